/**
 * What of an event people may see: identity numbers cut to their last three digits, telephone, e-mail and address hidden,
 * files by size only (Luật 91/2025/QH15). Codes, names and statuses stay: without them nobody can do their work.
 */
import type { Difference } from '../delivery/json-differences.ts';
import type { Json, JsonObject, Mark, TraceEntry } from '../domain/words.ts';
import { maskPersonal } from '../http/log.ts';

// The dialects' names stand beside the canonical ones: what goes out is shown as well.
const IDENTITY =
  /^(?:identityNumber|personalId|passportNumber|taxCode|soDinhDanh|soGiayTo(?:ChuHoSo)?|soCCCD|soCMND|maSoThue)$/i;
/** Members that hold an identity: the number in it is personal. */
const IDENTITY_HOLDERS: Readonly<Record<string, string>> = { identity: 'number', giayTo: 'so' };
const PHONE = /(?:phone|telephone|mobile|fax|dienThoai)$/i;
const EMAIL = /e-?mail$/i;
const ADDRESS = /(?:address|^diaChi.*)$/i;
/** Contents of files, inline. */
const CONTENT = /^(?:content|noiDung)$/;

const tail = (text: string): string => (text.length <= 3 ? '***' : `***${text.slice(-3)}`);

function maskText(key: string, value: string, holder: string): string {
  if (IDENTITY.test(key) || IDENTITY_HOLDERS[holder] === key || PHONE.test(key)) return tail(value);
  if (EMAIL.test(key)) return value.includes('@') ? `***@${value.slice(value.lastIndexOf('@') + 1)}` : '***';
  if (ADDRESS.test(key)) return '***';
  if ((CONTENT.test(key) && value.length > 200) || value.startsWith('data:')) return `(${value.length} ký tự)`;
  // whatever a member is called, a text that quotes an identity or telephone number is masked in that place
  return maskPersonal(value);
}

/** A value as people see it; `key` is its member name, `holder` that of the object around it. */
export function maskValue(value: Json, key = '', holder = ''): Json {
  if (typeof value === 'string') return maskText(key, value, holder);
  if (typeof value === 'number') return IDENTITY.test(key) || PHONE.test(key) ? tail(String(value)) : value;
  if (Array.isArray(value)) return value.map(item => maskValue(item, key, holder));
  if (value === null || typeof value !== 'object') return value;
  if (ADDRESS.test(key)) return '***';
  return maskObject(value, key);
}

/** An object as people see it. */
export function maskObject(object: JsonObject, key = ''): JsonObject {
  const masked: JsonObject = {};
  for (const [name, value] of Object.entries(object)) masked[name] = maskValue(value, name, key);
  return masked;
}

/** The last two member names of a JSON pointer. */
function namesOf(pointer: string): [key: string, holder: string] {
  const path = pointer.split('/').filter(part => !/^[0-9]+$/.test(part));
  return [path.at(-1) ?? '', path.at(-2) ?? ''];
}

/** A value named by its pointer. */
export function maskAt(pointer: string, value: Json): Json {
  const [key, holder] = namesOf(pointer);
  return maskValue(value, key, holder);
}

/** A trace as people see it. */
export function maskTrace(trace: readonly TraceEntry[]): TraceEntry[] {
  return trace.map(entry => ({
    ...entry,
    from: maskAt(entry.pointer, entry.from),
    to: maskAt(entry.pointer, entry.to),
  }));
}

/** What an edit or answer changed, as people see it; null where a side lacks the member. */
export function maskDifferences(changed: readonly Difference[]): { pointer: string; before: Json; after: Json }[] {
  return changed.map(({ pointer, from, to }) => ({
    pointer,
    before: maskAt(pointer, from),
    after: maskAt(pointer, to),
  }));
}

/** Marks of the texts of `event` that people see whole: in a masked text the offsets would point elsewhere. */
export function maskMarks(marks: readonly Mark[], event: JsonObject): Mark[] {
  return marks.filter(mark => isWhole(event, mark.pointer));
}

/** A message as people see it; its own marks (`chuThich`, by `truong`) go with the texts they stand in. */
export function maskMessage(payload: Json): Json {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) return maskValue(payload);
  const { chuThich, ...rest } = payload;
  if (!Array.isArray(chuThich)) return maskObject(payload);
  const shown = chuThich.filter(mark => {
    const place = mark !== null && typeof mark === 'object' && !Array.isArray(mark) ? mark.truong : undefined;
    return typeof place === 'string' && isWhole(rest, place);
  });
  return { ...maskObject(rest), chuThich: shown.map(mark => maskValue(mark)) };
}

/** Does the text at a pointer pass unmasked? */
function isWhole(root: JsonObject, pointer: string): boolean {
  let value: Json | undefined = root;
  for (const part of pointer.split('/').slice(1)) {
    if (value === null || typeof value !== 'object') return false;
    value = Array.isArray(value) ? value[Number(part)] : value[part];
  }
  return typeof value === 'string' && maskAt(pointer, value) === value;
}
