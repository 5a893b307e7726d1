/**
 * Webhooks of the commune system → canonical events. A new dossier is announced thinly and read from the system by its id.
 */

import { type Fault, InputFault } from '../../src/domain/errors.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import type { InboundRequest, Parsed, SystemFacts } from '../connector.ts';
import type { Check } from './check.ts';
import {
  DOCUMENT_STATUS,
  DOSSIER,
  OFFICER,
  REQUEST,
  RESULT_EVENT,
  RETURN,
  STATUS,
  STATUS_LIST,
  STEP_EVENT,
} from './dialect.ts';
import { dossierData, identify, withCodes } from './dossier.ts';
import { type Field, fromWire, isObject, listOf, objectOf, textOf, timeIn } from './values.ts';

interface ParseParts {
  system: SystemFacts;
  check: Check;
  /** The dossier as the system holds it; throws GatewayError 503 when it cannot be had, InputFault when there is none. */
  read(id: string): Promise<JsonObject>;
}

/** One webhook, its envelope checked. */
interface Notice {
  system: SystemFacts;
  id: string;
  maSo: string;
  donVi: string;
  at: string;
  duLieu: JsonObject;
  faults: Fault[];
}
interface Reading {
  type: string;
  data: JsonObject;
  subject: string;
}

/** Announced by commune.md, but their canonical types come with a later release. */
const LATER: ReadonlySet<string> = new Set(['thu-phi', 'ho-so.chuyen', 'ho-so.hen-lai']);

/** Parses one webhook. Throws InputFault: 415 no JSON, 400 not the dialect, 422 not supported yet. */
export async function parseWebhook(parts: ParseParts, request: InboundRequest): Promise<Parsed> {
  const body = request.json;
  if (!isObject(body)) {
    throw new InputFault('not-json', 415, {
      vi: 'Hệ thống cấp xã gửi tin bằng một đối tượng JSON.',
      en: 'The commune system sends its messages as a JSON object.',
    });
  }
  const kind = textOf(body.suKien) ?? '';
  if (kind !== '' && !Object.hasOwn(READERS, kind)) throw unsupported(kind);
  const faults = parts.check(body);
  const at = timeIn(textOf(body.thoiDiem) ?? '');
  if (at === undefined && faults.length === 0) faults.push(timeFault());
  const read = READERS[kind];
  if (faults.length > 0 || read === undefined || at === undefined) throw invalid(faults);
  const notice: Notice = {
    system: parts.system,
    id: textOf(body.id) ?? '',
    maSo: textOf(body.maSo) ?? '',
    donVi: textOf(body.donVi) ?? '',
    at: at.length === 10 ? `${at}T00:00:00+07:00` : at,
    duLieu: objectOf(body.duLieu),
    faults,
  };
  const reading = kind === 'ho-so.moi' ? submitted(notice, await parts.read(notice.id)) : read(notice);
  if (faults.length > 0) throw invalid(faults);
  const event: GatewayEvent = {
    specversion: '1.0',
    id: request.messageId ?? request.headers['webhook-id'] ?? `${kind}:${notice.id}:${notice.at}`,
    source: parts.system.id,
    type: reading.type,
    subject: reading.subject,
    time: notice.at,
    datacontenttype: 'application/json',
    data: reading.data,
  };
  return { events: [event] };
}

function unsupported(kind: string): InputFault {
  const later = LATER.has(kind);
  const text = later
    ? {
        vi: `Sự kiện "${kind}" chưa được hỗ trợ ở phiên bản này.`,
        en: `The event "${kind}" is not supported by this release yet.`,
      }
    : { vi: `Không có sự kiện "${kind.slice(0, 60)}".`, en: `There is no event "${kind.slice(0, 60)}".` };
  const code = later ? 'not-supported-yet' : 'unknown-event';
  return new InputFault(code, 422, text, { faults: [{ pointer: '/suKien', code, detail: text }] });
}

function invalid(faults: Fault[]): InputFault {
  return new InputFault(
    'invalid-message',
    400,
    { vi: 'Tin của hệ thống cấp xã không đúng mẫu.', en: "The commune system's message is not as its dialect says." },
    { faults },
  );
}

const timeFault = (): Fault => ({
  pointer: '/thoiDiem',
  code: 'invalid-time',
  detail: {
    vi: 'Thời điểm phải theo ISO 8601 kèm múi giờ, ngày theo dd/MM/yyyy.',
    en: 'A time is ISO 8601 with its offset, a date dd/MM/yyyy.',
  },
});

/** Names of duLieu that identify or that the reader takes care of itself. */
const OWN: ReadonlySet<string> = new Set(['maQuocGia', 'danhMuc', 'maVanBan', 'hanhDong', 'thayDoi']);

/** Reads duLieu by a table and puts the dossier's numbers in front. */
function aboutDossier(notice: Notice, type: string, fields: readonly Field[]): Reading {
  const data = fromWire(fields, notice.duLieu, '/duLieu', notice.faults, OWN);
  const { code, codes } = identify(notice.system.id, notice.maSo, notice.duLieu.maQuocGia);
  return { type, subject: code, data: { dossierCode: code, ...withCodes(codes), unitCode: notice.donVi, ...data } };
}

function submitted(notice: Notice, dossier: JsonObject): Reading {
  const data = dossierData(notice.system, dossier, notice.faults, '');
  // The announcement knows the status of that moment; by the time the dossier is read it may have moved on.
  const then = textOf(notice.duLieu.trangThai);
  return {
    type: 'dossier.submitted',
    subject: String(data.dossierCode),
    data: then === undefined ? data : { ...data, status: then },
  };
}

function statusChanged(notice: Notice): Reading {
  const reading = aboutDossier(notice, 'dossier.status-changed', STATUS);
  const national = notice.duLieu.danhMuc === 'quoc-gia';
  if (national && !/^([1-9]|10)$/.test(String(reading.data.status))) {
    notice.faults.push({
      pointer: '/duLieu/trangThai',
      code: 'unknown-status',
      detail: { vi: 'Trạng thái quốc gia là số từ 1 đến 10.', en: 'A national status is a number from 1 to 10.' },
    });
  }
  return {
    ...reading,
    data: {
      ...reading.data,
      at: reading.data.at ?? notice.at,
      statusList: national ? 'national' : notice.system.statusList,
    },
  };
}

function resultIssued(notice: Notice): Reading {
  const reading = aboutDossier(notice, 'dossier.result-issued', RESULT_EVENT);
  const listed = reading.data.status === undefined ? {} : { statusList: notice.system.statusList };
  return { ...reading, data: { ...reading.data, at: reading.data.at ?? notice.at, ...listed } };
}

/** Handing out is status 10 nationally; who received it stays beside. */
function returned(notice: Notice): Reading {
  const reading = aboutDossier(notice, 'dossier.status-changed', RETURN);
  const { at = notice.at, ...data } = reading.data;
  return { ...reading, data: { ...data, status: 'da-tra-ket-qua', statusList: STATUS_LIST, at } };
}

function updated(notice: Notice): Reading {
  const reading = aboutDossier(notice, 'dossier.updated', DOSSIER);
  const changed = listOf(notice.duLieu.thayDoi).map(name => {
    const field = DOSSIER.find(([, wire]) => wire === name);
    return `/${field?.[0] ?? String(name)}`;
  });
  const named = changed.length > 0 ? { changed } : {};
  return { ...reading, data: { ...reading.data, ...named, at: notice.at } };
}

function requested(type: string): (notice: Notice) => Reading {
  return notice => {
    const { maQuocGia, maVanBan } = notice.duLieu;
    const data = fromWire(REQUEST, notice.duLieu, '/duLieu', notice.faults, OWN);
    const document = textOf(maVanBan);
    const { code, codes } = identify(notice.system.id, notice.maSo, maQuocGia);
    const about: JsonObject = {
      ...(code === '' ? {} : { dossierCode: code }),
      ...(document === undefined ? {} : { documentId: document }),
    };
    const act = data.act ?? (type === 'opinion.requested' ? 'opinion' : 'sign');
    return {
      type,
      subject: code === '' ? (document ?? '') : code,
      data: {
        about,
        ...withCodes(codes),
        unitCode: notice.donVi,
        files: [],
        ...data,
        act,
        at: data.at ?? notice.at,
      },
    };
  };
}

function ofOfficer(types: Readonly<Record<string, string>>): (notice: Notice) => Reading {
  return notice => {
    const data = fromWire(OFFICER, notice.duLieu, '/duLieu', notice.faults, OWN);
    const type = types[String(notice.duLieu.hanhDong)] ?? '';
    const seat = textOf(data.seat) ?? `${notice.donVi}/${String(data.post)}`;
    return { type, subject: seat, data: { unitCode: notice.donVi, ...data } };
  };
}

function documentStatus(notice: Notice): Reading {
  const data = fromWire(DOCUMENT_STATUS, notice.duLieu, '/duLieu', notice.faults);
  return {
    type: 'document.status-changed',
    subject: String(data.documentId),
    data: { ...data, statusList: 'edxml', at: data.at ?? notice.at },
  };
}

const READERS: Readonly<Record<string, (notice: Notice) => Reading>> = {
  'ho-so.moi': notice => submitted(notice, notice.duLieu),
  'ho-so.trang-thai': statusChanged,
  'ho-so.buoc': notice => aboutDossier(notice, 'dossier.step-changed', STEP_EVENT),
  'ho-so.ket-qua': resultIssued,
  'ho-so.da-tra': returned,
  'ho-so.cap-nhat': updated,
  'trinh-ky': requested('approval.requested'),
  'xin-y-kien': requested('opinion.requested'),
  'can-bo.quyen': ofOfficer({ cap: 'right.granted', 'thu-hoi': 'right.revoked' }),
  'can-bo.vi-tri': ofOfficer({ nhan: 'post.assigned', thoi: 'post.ended' }),
  'van-ban.trang-thai': documentStatus,
};

/** Canonical types that parsing can bring. */
export const TYPES_IN: readonly string[] = [
  'dossier.submitted',
  'dossier.updated',
  'dossier.status-changed',
  'dossier.step-changed',
  'dossier.result-issued',
  'approval.requested',
  'opinion.requested',
  'right.granted',
  'right.revoked',
  'post.assigned',
  'post.ended',
  'document.status-changed',
];
