/**
 * How single values of the commune dialect are written and read: times, dates, code lists, records, lists.
 * One table of fields serves both directions, so that what is written can be read back unchanged.
 */
import { type Fault, FormatFault } from '../../src/domain/errors.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';

/** Writes a canonical value in the dialect and reads it back; `faults` collects what cannot be read. */
interface Codec {
  out(value: Json, pointer: string): Json;
  in(value: Json, pointer: string, faults: Fault[]): Json;
}
/** Canonical name, dialect name, how the value is written. */
export type Field = readonly [canonical: string, wire: string, codec: Codec];

/** Bag for canonical fields that the dialect has no name for; a system may drop it. */
const REST = 'them';
/** Term marks: what the gateway adds for the reader, never a field of the thing itself, so they do not come back. */
export const MARKS = { canonical: 'marks', wire: 'chuThich' } as const;

export const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
/** The text, when it is one and not empty. */
export const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
export const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
export const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const LOCAL_DAY = /^(\d{2})\/(\d{2})\/(\d{4})$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i;
const HOURS_7 = 7 * 3_600_000;

/** An instant in the dialect's form, ISO 8601 at +07:00 (Vietnam has no summer time). */
export function atSeven(instant: Date): string {
  const iso = new Date(instant.getTime() + HOURS_7).toISOString();
  return `${iso.slice(0, 19)}${iso.slice(19, 23) === '.000' ? '' : iso.slice(19, 23)}+07:00`;
}

/** A time with offset → +07:00, a date alone → dd/MM/yyyy; undefined when it is neither. */
export function timeOut(value: string): string | undefined {
  const day = DAY.exec(value);
  if (day) return `${day[3]}/${day[2]}/${day[1]}`;
  if (!MOMENT.test(value) || Number.isNaN(Date.parse(value))) return undefined;
  return value.endsWith('+07:00') ? value : atSeven(new Date(value));
}

/** The way back: dd/MM/yyyy → yyyy-MM-dd, a time with offset stays; undefined when it is neither. */
export function timeIn(value: string): string | undefined {
  const day = LOCAL_DAY.exec(value);
  if (day) {
    const iso = `${day[3]}-${day[2]}-${day[1]}`;
    const read = new Date(`${iso}T00:00:00Z`);
    return Number.isNaN(read.getTime()) || read.toISOString().slice(0, 10) !== iso ? undefined : iso;
  }
  return MOMENT.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

const badTime = (pointer: string): Fault => ({
  pointer,
  code: 'invalid-time',
  detail: {
    vi: 'Thời điểm phải theo ISO 8601 kèm múi giờ, ngày theo dd/MM/yyyy.',
    en: 'A time is ISO 8601 with its offset, a date dd/MM/yyyy.',
  },
});

/** Passed as it is, both ways. */
export const same: Codec = { out: value => value, in: value => value };

/** A time, or a date alone. */
export const time: Codec = {
  out(value, pointer) {
    const written = typeof value === 'string' ? timeOut(value) : value === null ? null : undefined;
    if (written === undefined) throw new FormatFault(pointer, badTime(pointer).detail);
    return written;
  },
  in(value, pointer, faults) {
    if (value === null) return null;
    const read = typeof value === 'string' ? timeIn(value) : undefined;
    if (read === undefined) faults.push(badTime(pointer));
    return read ?? value;
  },
};

/** A code list of the dialect; an `open` one lets codes through that it does not know, both ways. */
export function codes(list: Readonly<Record<string, string>>, open: 'open' | 'closed' = 'closed'): Codec {
  const back = new Map(Object.entries(list).map(([canonical, wire]) => [wire, canonical]));
  const unknown = {
    vi: `Mã không thuộc danh mục: ${[...back.keys()].join(', ')}.`,
    en: `The code is not one of ${[...back.keys()].join(', ')}.`,
  };
  return {
    out(value, pointer) {
      const wire = typeof value === 'string' && Object.hasOwn(list, value) ? list[value] : undefined;
      if (wire === undefined && open === 'closed') {
        throw new FormatFault(pointer, {
          vi: 'Giá trị này chưa có mã tương ứng ở hệ thống cấp xã.',
          en: `The commune system has no code for this value; known are ${Object.keys(list).join(', ')}.`,
        });
      }
      return wire ?? value;
    },
    in(value, pointer, faults) {
      const canonical = typeof value === 'string' ? back.get(value) : undefined;
      if (canonical === undefined && open === 'closed') faults.push({ pointer, code: 'unknown-code', detail: unknown });
      return canonical ?? value;
    },
  };
}

/** A list of such values; a value that is no list passes as it is. */
export const list = (item: Codec): Codec => ({
  out: (value, pointer) =>
    Array.isArray(value) ? value.map((entry, at) => item.out(entry, `${pointer}/${at}`)) : value,
  in: (value, pointer, faults) =>
    Array.isArray(value) ? value.map((entry, at) => item.in(entry, `${pointer}/${at}`, faults)) : value,
});

/** An object by its table; a value that is no object (a bare name) passes as it is. */
export const record = (fields: readonly Field[]): Codec => ({
  out: (value, pointer) => (isObject(value) ? toWire(fields, value, pointer) : value),
  in: (value, pointer, faults) => (isObject(value) ? fromWire(fields, value, pointer, faults) : value),
});

const NONE: ReadonlySet<string> = new Set();

/** Canonical names of a table, worked out once. */
const tableNames = new WeakMap<readonly Field[], ReadonlySet<string>>();
function namesOf(fields: readonly Field[]): ReadonlySet<string> {
  let names = tableNames.get(fields);
  if (!names) {
    names = new Set(fields.map(([canonical]) => canonical));
    tableNames.set(fields, names);
  }
  return names;
}

/** Canonical object → dialect object; what the table does not name goes into `them`, what `skip` names is left out. */
export function toWire(
  fields: readonly Field[],
  data: Readonly<JsonObject>,
  pointer: string,
  skip: ReadonlySet<string> = NONE,
): JsonObject {
  const wire: JsonObject = {};
  for (const [canonical, name, codec] of fields) {
    const value = data[canonical];
    if (value !== undefined && !skip.has(canonical)) wire[name] = codec.out(value, `${pointer}/${canonical}`);
  }
  const known = namesOf(fields);
  let rest: JsonObject | undefined;
  for (const key in data) {
    if (known.has(key) || skip.has(key)) continue;
    rest ??= {};
    rest[key] = data[key] as Json;
  }
  if (rest) wire[REST] = rest;
  return wire;
}

/** Dialect object → canonical object; names the table lacks are kept in `more`, those in `skip` are the caller's. */
export function fromWire(
  fields: readonly Field[],
  wire: Readonly<JsonObject>,
  pointer: string,
  faults: Fault[],
  skip: ReadonlySet<string> = NONE,
): JsonObject {
  const known = new Set(fields.map(([, name]) => name));
  const data: JsonObject = { ...objectOf(wire[REST]) };
  const more = Object.entries(wire).filter(
    ([key]) => !known.has(key) && !skip.has(key) && key !== REST && key !== MARKS.wire,
  );
  if (more.length > 0) data.more = { ...objectOf(data.more), ...Object.fromEntries(more) };
  for (const [canonical, name, codec] of fields) {
    const value = wire[name];
    if (value !== undefined && !skip.has(name)) data[canonical] = codec.in(value, `${pointer}/${name}`, faults);
  }
  return data;
}

/** At most `limit` characters, cut between words where that costs little, with an ellipsis to show it. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const letters = [...text];
  if (letters.length <= limit) return text;
  const cut = letters.slice(0, limit - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > limit * 0.8 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
