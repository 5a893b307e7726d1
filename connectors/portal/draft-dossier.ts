/**
 * Events about a whole dossier: that it was filed, and what an update of it changed.
 */
import type { Fault } from '../../src/domain/errors.ts';
import type { JsonObject } from '../../src/domain/words.ts';
import type { SystemFacts } from '../connector.ts';
import type { ReadDossier } from './parse-dossier.ts';
import { isObject, present, textIn } from './read.ts';

/** An event without its envelope; `changedAt` undefined = the dialect named no time. */
export interface Draft {
  type: string;
  subject: string;
  changedAt: string | undefined;
  data: JsonObject;
}

/** A dossier filed online. */
export function submitted(read: ReadDossier, system: SystemFacts): Draft {
  return {
    type: 'dossier.submitted',
    subject: read.code,
    changedAt: textIn(read.content, 'submittedAt') ?? textIn(read.content, 'receivedAt') ?? read.changedAt,
    data: present({
      dossierCode: read.code,
      procedureCode: read.procedureCode,
      unitCode: read.unitCode,
      status: read.status,
      statusList: system.statusList,
      codes: [{ system: system.id, code: read.code, kind: 'national' }],
      ...read.content,
    }),
  };
}

/** Members whose word is the handler's (events.md, owners); all others belong to the citizen's side. */
const HANDLERS = new Set(['dueAt', 'fees']);

/**
 * A change there. The message carries the whole dossier, so the portal may say in LoaiCapNhat what it is about:
 * the status, the citizen's information, the due date and fees, or a result. Where it says nothing all are reported, each
 * owner's part in an event of its own, and what is no news is an echo.
 */
export function changed(
  read: ReadDossier,
  item: JsonObject,
  pointer: string,
  system: SystemFacts,
  faults: Fault[],
): Draft[] {
  const { unitCode } = read;
  const about = textIn(item, 'LoaiCapNhat');
  const base = { subject: read.code, changedAt: read.changedAt };
  const drafts: Draft[] = [];
  if (about !== 'ThongTin' && about !== 'HenTra') {
    drafts.push({
      ...base,
      type: 'dossier.status-changed',
      data: present({
        dossierCode: read.code,
        unitCode,
        procedureCode: read.procedureCode,
        status: read.status,
        statusList: system.statusList,
        ...read.statusParts,
      }),
    });
  }
  const split = Object.entries(read.content).filter(([name]) => name !== 'more');
  const parts = [
    { wanted: about === undefined || about === 'ThongTin', members: split.filter(([name]) => !HANDLERS.has(name)) },
    { wanted: about === undefined || about === 'HenTra', members: split.filter(([name]) => HANDLERS.has(name)) },
  ];
  for (const { members } of parts.filter(part => part.wanted && part.members.length > 0)) {
    const applicant = members.find(([name]) => name === 'applicant')?.[1];
    if (isObject(applicant) && applicant.name === undefined)
      faults.push(missing(`${pointer}/ChuHoSo`, 'applicant.name'));
    const data = {
      dossierCode: read.code,
      unitCode,
      changed: members.map(([name]) => `/${name}`),
      ...Object.fromEntries(members),
    };
    drafts.push({ ...base, type: 'dossier.updated', data: present({ ...data, more: read.content.more }) });
  }
  if (read.result !== undefined && read.status === '9' && (about === undefined || about === 'KetQua')) {
    for (const member of ['number', 'signedAt', 'signer']) {
      if (read.result[member] === undefined) faults.push(missing(`${pointer}/ThongTinTra`, member));
    }
    drafts.push({
      ...base,
      type: 'dossier.result-issued',
      data: present({ dossierCode: read.code, unitCode, procedureCode: read.procedureCode, result: read.result }),
    });
  }
  return drafts;
}

/** A fact that a canonical event needs and the message does not have. */
export function missing(pointer: string, what = 'unitCode'): Fault {
  return {
    pointer,
    code: 'required',
    detail: { vi: `Không xác định được ${what} từ bản tin.`, en: `The message does not say ${what}.` },
  };
}
