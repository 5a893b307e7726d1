/**
 * A published procedure as commune staff read it: plain title beside the official one, desk, checklist, the steps folded into
 * three, and below all of it the official text as it came.
 */
import { FormatFault } from '../../src/domain/errors.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import type { FormatInput, Message } from '../connector.ts';
import { OPERATIONS, TITLE_LIMIT } from './dialect.ts';
import { entryOut, stepTexts } from './format-entry.ts';
import { isObject, listOf, objectOf, shorten, textOf, timeOut } from './values.ts';

/** The three steps of the simplified process; their names are the proposal of this dialect. */
const STEP_NAMES = ['Tiếp nhận', 'Giải quyết, thẩm định', 'Phê duyệt, ký và trả kết quả'] as const;
/** Words by which an official step is told to belong to the last or to the first of the three (a proposal, shown beside the official text). */
const LAST = /trả kết quả|phê duyệt|ký (ban hành|duyệt|giấy|văn bản|quyết định)|lãnh đạo.*\bký\b|ký,|trả giấy/iu;
const FIRST = /nộp hồ sơ|tiếp nhận|hẹn (ngày|trả)|kiểm tra (tính|thành phần)|hướng dẫn bổ sung/iu;

/** The version of the catalogue entry: the time of the event, at +07:00. */
function versionOf({ event }: FormatInput): string {
  const at = timeOut(textOf(event.data.at) ?? event.time);
  if (at === undefined)
    throw new FormatFault('/time', { vi: 'Thời điểm không đọc được.', en: 'The time cannot be read.' });
  return at;
}

function procedureOf({ event }: FormatInput): { procedure: JsonObject; ma: string } {
  const procedure = objectOf(event.data.procedure);
  const ma = textOf(procedure.code);
  if (ma === undefined) {
    throw new FormatFault('/data/procedure/code', {
      vi: 'Thiếu mã thủ tục.',
      en: 'The code of the procedure is missing.',
    });
  }
  return { procedure, ma };
}

/** `PUT /api/thu-tuc/{ma}`. Throws FormatFault where the official name or the field is missing. */
export function formatPublished(input: FormatInput): Message {
  const { data } = input.event;
  const { procedure, ma } = procedureOf(input);
  const known = input.book.procedure(ma);
  const name = textOf(procedure.name) ?? known?.name;
  const field = textOf(procedure.field) ?? textOf(objectOf(procedure.field).name) ?? known?.field;
  if (name === undefined || field === undefined) {
    throw new FormatFault(`/data/procedure/${name === undefined ? 'name' : 'field'}`, {
      vi: 'Thiếu tên hoặc lĩnh vực của thủ tục.',
      en: 'The name or the field of the procedure is missing.',
    });
  }
  const plain = textOf(data.plainTitle) ?? textOf(procedure.plainTitle) ?? known?.plainTitle ?? name;
  const phienBan = versionOf(input);
  const entry = objectOf(data.communeEntry);
  const capXa = entryOut(data.communeEntry);
  const payload: JsonObject = {
    ma,
    tenThuTuc: shorten(plain, TITLE_LIMIT),
    tenChinhThuc: name,
    linhVuc: field,
    cap: textOf(procedure.level) ?? known?.level ?? 'xã',
    quay: textOf(data.desk) ?? textOf(procedure.desk) ?? textOf(entry.desk) ?? deskOf(input, known?.field, field),
    giayTo: checklist(data, entry),
    buoc: withTasks(threeSteps(data.steps), data.communeEntry),
    phienBan,
    // The official text, untouched: staff open it beside the plain one.
    banGoc: withoutPlain(data),
    // Plain words, what is sure and what is a proposal, and where the record and the official text differ.
    ...(capXa === undefined ? {} : { capXa }),
  };
  for (const [canonical, wire] of PASSED) {
    const value = data[canonical];
    if (value !== undefined && value !== null) payload[wire] = canonical.startsWith('valid') ? dayOf(value) : value;
  }
  return {
    operation: OPERATIONS.publish,
    payload,
    ref: { kind: 'procedure', code: ma, expect: { phienBan, trangThai: 'dang-ap-dung' } },
  };
}

/** The desk by field: the vocabulary's where it has one (it goes by its own names of fields), else the field's own name. */
function deskOf({ book }: FormatInput, catalogued: string | undefined, field: string): string {
  const known = catalogued === undefined ? undefined : book.encode('commune/quay', catalogued);
  return known ?? book.encode('commune/quay', field) ?? `Quầy ${field}`;
}

/** `POST /api/thu-tuc/{ma}/ngung`. */
export function formatWithdrawn(input: FormatInput): Message {
  const { data } = input.event;
  const { ma } = procedureOf(input);
  const replaced = listOf(data.replacedBy);
  const decision = isObject(data.decision) ? { quyetDinh: data.decision } : {};
  const thoiDiem = versionOf(input);
  return {
    operation: OPERATIONS.withdraw,
    payload: {
      ma,
      thoiDiem,
      ...(data.validTo === undefined || data.validTo === null ? {} : { hieuLucDen: dayOf(data.validTo) }),
      ...(replaced.length === 0 ? {} : { thayThe: replaced }),
      ...decision,
    },
    ref: { kind: 'procedure', code: ma, expect: { phienBan: thoiDiem, trangThai: 'da-ngung' } },
  };
}

const PASSED: readonly (readonly [string, string])[] = [
  ['receivedBy', 'noiTiepNhan'],
  ['decidedBy', 'coQuanQuyetDinh'],
  ['cases', 'truongHop'],
  ['timeLimit', 'thoiHan'],
  ['fees', 'phiLePhi'],
  ['results', 'ketQua'],
  ['channels', 'kenhNop'],
  ['cutoffTime', 'gioChot'],
  ['legalBasis', 'canCuPhapLy'],
  ['decision', 'quyetDinh'],
  ['validFrom', 'hieuLucTu'],
  ['validTo', 'hieuLucDen'],
  ['replacedBy', 'thayThe'],
  ['marks', 'chuThich'],
];

const dayOf = (value: Json): Json => (typeof value === 'string' ? (timeOut(value) ?? value) : value);

function withoutPlain(data: JsonObject): JsonObject {
  const {
    plainTitle: _title,
    procedureName: _name,
    desk: _desk,
    marks: _marks,
    communeEntry: _entry,
    ...official
  } = data;
  return official;
}

/** The papers to bring, one a line, with their case where they have one: the event's own, else those of the record. */
function checklist(data: JsonObject, entry: JsonObject): Json[] {
  const papers = [data.components, data.papers, entry.papers].map(listOf).find(each => each.length > 0) ?? [];
  return papers.flatMap(paper => papersOf(paper, undefined));
}

/** A component is a paper, a bare name, or a case with papers of its own. */
function papersOf(paper: Json, inCase: string | undefined): Json[] {
  if (typeof paper === 'string') return paper === '' ? [] : [{ ten: paper, ...(inCase ? { truongHop: inCase } : {}) }];
  if (!isObject(paper)) return [];
  const nested = [paper.papers, paper.components].find(Array.isArray);
  const truongHop = textOf(paper.case) ?? textOf(paper.condition) ?? inCase;
  if (nested !== undefined) return nested.flatMap(one => papersOf(one, truongHop));
  const ten = textOf(paper.name);
  if (ten === undefined) return [];
  const line: JsonObject = { ten };
  const put = (name: string, value: Json | undefined): void => {
    if (value !== undefined && value !== null && value !== '') line[name] = value;
  };
  put('ma', paper.code);
  put('banChinh', paper.originals ?? paper.original);
  put('banSao', paper.copies);
  put('bieuMau', paper.form);
  put('truongHop', truongHop);
  return [line];
}

/** Text of one official step; a case brings its own steps. */
function textsOf(step: Json): string[] {
  if (typeof step === 'string') return step === '' ? [] : [step];
  if (!isObject(step)) return [];
  if (Array.isArray(step.steps)) return step.steps.flatMap(textsOf);
  const text = textOf(step.text) ?? textOf(step.content) ?? textOf(step.name) ?? textOf(step.title);
  return text === undefined ? [] : [text];
}

/** Folds the official steps into three, case by case; with several cases each text says which it belongs to. */
function threeSteps(steps: Json | undefined): Json[] {
  const cases = new Map<string, string[]>();
  for (const step of listOf(steps)) {
    const name = isObject(step) ? (textOf(step.case) ?? '') : '';
    cases.set(name, [...(cases.get(name) ?? []), ...textsOf(step)]);
  }
  const folded: string[][] = [[], [], []];
  for (const [name, texts] of cases) {
    foldOne(texts).forEach((part, at) => {
      folded[at]?.push(...part.map(text => (cases.size > 1 && name !== '' ? `${name}: ${text}` : text)));
    });
  }
  return STEP_NAMES.map((ten, at) => ({ so: at + 1, ten, noiDung: folded[at] ?? [] }));
}

/** Who does what in each step, beside the official text folded into it. */
function withTasks(steps: Json[], entry: Json | undefined): Json[] {
  const tasks = stepTexts(entry);
  return steps.map((step, at) => (isObject(step) && tasks[at] !== undefined ? { ...step, viec: tasks[at] } : step));
}

/** The steps of one case, never backwards: what comes after a later step stays there. */
function foldOne(texts: string[]): string[][] {
  const folded: string[][] = [[], [], []];
  const last = texts.length - 1;
  let reached = 0;
  texts.forEach((text, at) => {
    // The first step is always reception; with three or more the last is always the return.
    const wanted = at === 0 ? 0 : at === last && last > 1 ? 2 : FIRST.test(text) ? 0 : LAST.test(text) ? 2 : 1;
    reached = Math.max(reached, wanted);
    folded[reached]?.push(text);
  });
  return folded;
}
