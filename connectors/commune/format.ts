/**
 * Canonical events → what is written to the commune system. Pure: no clock, no calls. Units, procedures and statuses are already
 * in the commune's words; here they only get their places and names.
 */
import { FormatFault } from '../../src/domain/errors.ts';
import type { Bilingual, Json, JsonObject } from '../../src/domain/words.ts';
import type { FormatInput, Message, SystemFacts } from '../connector.ts';
import {
  ANSWER,
  DOCUMENT,
  DOCUMENT_STATUS,
  DOSSIER,
  OPERATIONS,
  RESULT_EVENT,
  STATUS,
  STATUSES,
  STEP_EVENT,
  TITLE_LIMIT,
} from './dialect.ts';
import { formatPublished, formatWithdrawn } from './format-procedure.ts';
import { withMarks, withoutMarks } from './marks.ts';
import { isObject, listOf, objectOf, shorten, textOf, timeOut, toWire } from './values.ts';

type Format = (input: FormatInput, system: SystemFacts) => Message;

/** Members of data that are about the event, not about the thing; they have places of their own. */
const ABOUT: ReadonlySet<string> = new Set([
  'dossierCode',
  'codes',
  'statusList',
  'changed',
  'procedureName',
  'plainTitle',
]);
const ABOUT_AND_PLACE: ReadonlySet<string> = new Set([...ABOUT, 'unitCode']);
/** What `PATCH` may change: the applicant's data and wishes; all else is the handler's and travels by types of its own. */
const OF_APPLICANT: ReadonlySet<string> = new Set([
  'applicant',
  'submitter',
  'returnMethod',
  'returnUnit',
  'summary',
  'files',
  'accountVerified',
  'digitised',
]);

/** Formats one event. Throws FormatFault naming the canonical field that the commune system needs and does not get. */
export function formatEvent(input: FormatInput, system: SystemFacts): Message {
  const format = Object.hasOwn(FORMATS, input.event.type) ? FORMATS[input.event.type] : undefined;
  if (format === undefined) {
    throw new FormatFault('/type', {
      vi: `Hệ thống cấp xã không nhận sự kiện "${input.event.type}".`,
      en: `The commune system takes no "${input.event.type}".`,
    });
  }
  const message = format(withoutMarks(input), system);
  return { ...message, payload: withMarks(message.payload, input.event.data) };
}

const missing = (pointer: string, vi: string, en: string): FormatFault => new FormatFault(pointer, { vi, en });

function need(data: JsonObject, key: string, parent = '/data'): string {
  const value = textOf(data[key]);
  if (value !== undefined) return value;
  const text: Bilingual = { vi: `Thiếu trường ${key}.`, en: `The field ${key} is missing.` };
  throw new FormatFault(`${parent}/${key}`, text);
}

/** The dossier's national number where it has one, else the number it goes by; and the commune's own number. */
function numbers({ event, codes }: FormatInput, system: SystemFacts): { code: string; own: JsonObject } {
  const all = [...codes, ...listOf(event.data.codes).filter(isObject)];
  const find = (test: (code: JsonObject) => boolean): string | undefined =>
    textOf(all.find(code => test(code as JsonObject))?.code);
  const code =
    find(entry => entry.kind === 'national') ??
    textOf(event.data.dossierCode) ??
    textOf(objectOf(event.data.about).dossierCode);
  if (code === undefined) throw missing('/data/dossierCode', 'Thiếu mã hồ sơ.', 'The dossier code is missing.');
  const maSo = find(entry => entry.kind === 'local' && entry.system === system.id);
  return { code, own: maSo === undefined ? {} : { maSo } };
}

/** A status must be one of the commune's list by now: one that is not would be stored there as nonsense. */
function checkStatus(status: Json | undefined): void {
  if (typeof status === 'string' && STATUSES.has(status)) return;
  throw missing(
    '/data/status',
    'Trạng thái chưa được quy đổi sang danh mục xa-3b.',
    'The status was not translated into the list xa-3b.',
  );
}

const timeOf = (input: FormatInput, pointer = '/time'): string => {
  const at = timeOut(textOf(input.event.data.at) ?? input.event.time);
  if (at === undefined) throw missing(pointer, 'Thời điểm không đọc được.', 'The time cannot be read.');
  return at;
};

/** Title for lists; the official text stays whole in its own field. */
const title = (text: string | undefined): JsonObject =>
  text === undefined ? {} : { tieuDe: shorten(text, TITLE_LIMIT) };

const submitted: Format = (input, system) => {
  const { data } = input.event;
  const { code } = numbers(input, system);
  const maThuTuc = need(data, 'procedureCode');
  checkStatus(data.status);
  const procedure = input.book.procedure(maThuTuc);
  const plain = textOf(data.plainTitle) ?? procedure?.plainTitle;
  const official = textOf(data.procedureName) ?? procedure?.name;
  const donVi = need(data, 'unitCode');
  return {
    operation: OPERATIONS.submit,
    payload: {
      maQuocGia: code,
      ...(plain === undefined ? {} : { tenThuTuc: shorten(plain, TITLE_LIMIT) }),
      ...(official === undefined ? {} : { tenChinhThuc: official }),
      ...title(textOf(data.summary) ?? plain),
      ...toWire(DOSSIER, data, '/data', ABOUT),
    },
    ref: { kind: 'dossier', code, expect: { maThuTuc, donVi } },
  };
};

const updated: Format = (input, system) => {
  const { data } = input.event;
  const { code, own } = numbers(input, system);
  const named = listOf(data.changed).map(
    pointer =>
      String(pointer)
        .replace(/^\/data(?=\/)/, '')
        .split('/')[1] ?? '',
  );
  const given = Object.keys(data).filter(key => OF_APPLICANT.has(key));
  const chosen = named.length > 0 ? given.filter(key => named.includes(key)) : given;
  if (chosen.length === 0) {
    throw missing(
      '/data/changed',
      'Hệ thống cấp xã chỉ nhận thay đổi dữ liệu của người nộp.',
      "The commune system takes changes of the applicant's data only.",
    );
  }
  const wire = toWire(DOSSIER, Object.fromEntries(chosen.map(key => [key, data[key] ?? null])), '/data');
  const payload = { ...wire, ...title(typeof wire.trichYeu === 'string' ? wire.trichYeu : undefined) };
  const phienBan = timeOf(input);
  return {
    operation: OPERATIONS.update,
    payload: { ...payload, phienBan },
    ref: { kind: 'dossier', code, expect: { ...own, ...wire, phienBan } },
  };
};

const statusChanged: Format = (input, system) => {
  const { data } = input.event;
  const { code, own } = numbers(input, system);
  checkStatus(data.status);
  const thoiDiem = timeOf(input);
  const wire = toWire(STATUS, data, '/data', ABOUT_AND_PLACE);
  return {
    operation: OPERATIONS.status,
    payload: { ...wire, thoiDiem, ...handler(wire.nguoiXuLy, input) },
    ref: { kind: 'dossier', code, expect: { ...own, trangThai: data.status ?? null, thoiDiem } },
  };
};

/** Who did it: the person named, else the deciding agency as far as it is known; never an invented name. */
function handler(person: Json | undefined, { event, entity }: FormatInput): JsonObject {
  if (person !== undefined) return {};
  const agency = objectOf(event.data.decidingAgency ?? entity.decidingAgency);
  const name = textOf(agency.name) ?? textOf(agency.code);
  return name === undefined ? {} : { nguoiXuLy: { phongBan: name } };
}

const stepChanged: Format = (input, system) => {
  const { data } = input.event;
  const { code, own } = numbers(input, system);
  const step = data.step;
  if (!isObject(step)) throw missing('/data/step', 'Thiếu bước xử lý.', 'The step is missing.');
  need(step, 'content', '/data/step');
  const wire = toWire(STEP_EVENT, data, '/data', ABOUT_AND_PLACE);
  const { so = null, noiDung = null, batDau } = objectOf(wire.buoc);
  return {
    operation: OPERATIONS.step,
    payload: wire,
    ref: { kind: 'dossier', code, expect: { ...own, so, noiDung, ...(batDau === undefined ? {} : { batDau }) } },
  };
};

const resultIssued: Format = (input, system) => {
  const { data } = input.event;
  const { code, own } = numbers(input, system);
  const result = data.result;
  if (!isObject(result)) throw missing('/data/result', 'Thiếu kết quả.', 'The result is missing.');
  const soHieu = need(result, 'number', '/data/result');
  if (data.status !== undefined) checkStatus(data.status);
  return {
    operation: OPERATIONS.result,
    payload: { ...toWire(RESULT_EVENT, data, '/data', ABOUT_AND_PLACE), thoiDiem: timeOf(input) },
    ref: { kind: 'dossier', code, expect: { ...own, soHieu } },
  };
};

const answered: Format = (input, system) => {
  const { data } = input.event;
  const maYeuCau = need(data, 'inReplyTo');
  if (input.event.type === 'approval.given') need(data, 'decision');
  else if (textOf(data.decision) === undefined) need(data, 'text');
  const about = objectOf(data.about);
  const dossier = textOf(about.dossierCode);
  const numbered = dossier === undefined ? undefined : numbers(input, system).code;
  const document = textOf(about.documentId);
  return {
    operation: OPERATIONS.answer,
    payload: {
      ...(numbered === undefined ? {} : { maQuocGia: numbered }),
      ...(document === undefined ? {} : { maVanBan: document }),
      ...toWire(ANSWER, data, '/data', new Set([...ABOUT, 'about'])),
    },
    ref: {
      kind: numbered === undefined ? 'document' : 'dossier',
      code: numbered ?? document ?? maYeuCau,
      expect: { maYeuCau },
    },
  };
};

const BUSINESS: Readonly<Record<string, string>> = {
  'document.sent': 'moi',
  'document.updated': 'cap-nhat',
  'document.recalled': 'thu-hoi',
  'document.replaced': 'thay-the',
};

const documentSent: Format = input => {
  const { data, type } = input.event;
  const maVanBan = need(data, 'documentId');
  // A recall may name the document only; its subject is known from when it was sent.
  const subject = textOf(data.subject) ?? textOf(input.entity.subject);
  if (subject === undefined) throw missing('/data/subject', 'Thiếu trích yếu.', 'The subject is missing.');
  const nghiepVu = BUSINESS[type] ?? 'moi';
  return {
    operation: OPERATIONS.document,
    payload: {
      nghiepVu,
      ...title(subject),
      ...toWire(DOCUMENT, { ...data, subject }, '/data', ABOUT),
      thoiDiem: timeOf(input),
    },
    ref: { kind: 'document', code: maVanBan, expect: { nghiepVu, thoiDiem: timeOf(input) } },
  };
};

const documentStatus: Format = input => {
  const { data } = input.event;
  const maVanBan = need(data, 'documentId');
  const coQuan = need(data, 'agencyCode');
  const trangThai = need(data, 'status');
  return {
    operation: OPERATIONS.documentStatus,
    payload: { ...toWire(DOCUMENT_STATUS, data, '/data', ABOUT), thoiDiem: timeOf(input) },
    ref: { kind: 'document', code: maVanBan, expect: { coQuan, trangThai } },
  };
};

const FORMATS: Readonly<Record<string, Format>> = {
  'procedure.published': formatPublished,
  'procedure.withdrawn': formatWithdrawn,
  'dossier.submitted': submitted,
  'dossier.updated': updated,
  'dossier.status-changed': statusChanged,
  'dossier.step-changed': stepChanged,
  'dossier.result-issued': resultIssued,
  'approval.given': answered,
  'opinion.given': answered,
  'document.sent': documentSent,
  'document.updated': documentSent,
  'document.recalled': documentSent,
  'document.replaced': documentSent,
  'document.status-changed': documentStatus,
};
/** Canonical types that can be written. */
export const TYPES_OUT: readonly string[] = Object.keys(FORMATS);
