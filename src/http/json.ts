/**
 * Reads JSON strictly, because a signer and a reader must never see two different things in the same bytes, and because
 * what JSON.parse lets pass (doubled keys, U+0000, lone surrogates, 2^53+1, 10,000 brackets) breaks a later stage.
 * The ordinary case costs one pass over the bytes, JSON.parse and one walk over the values; faults are named by json-faults.ts.
 */
import { isUtf8 } from 'node:buffer';
import { type Fault, InputFault } from '../domain/errors.ts';
import type { Json } from '../domain/words.ts';
import { explainJson } from './json-faults.ts';

/** Bounds on one JSON text. */
export interface JsonLimits {
  /** Objects and arrays inside one another. */
  maxDepth: number;
  /** Values in all, counted from above by commas and brackets. */
  maxValues: number;
}

/** 64 levels and 100,000 values: a batch of 1,000 events needs about 40,000. */
export const JSON_LIMITS: Readonly<JsonLimits> = { maxDepth: 64, maxValues: 100_000 };

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const SMALL_U = 0x75;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What one pass over the bytes tells before anything is parsed. */
interface Outline {
  /** Members of all objects = colons outside strings. */
  members: number;
  depth: number;
  values: number;
  /** True when a `\u` escape could hide U+0000 or half a surrogate pair. */
  unicodeEscapes: boolean;
}

/** Counts brackets, colons and commas outside strings; stops as soon as a limit is passed. */
function outline(raw: Buffer, limits: Readonly<JsonLimits>): Outline {
  let members = 0;
  let level = 0;
  let depth = 0;
  let values = 1;
  let unicodeEscapes = false;
  const end = raw.length;
  for (let at = 0; at < end; at += 1) {
    const byte = raw[at];
    if (byte === QUOTE) {
      for (at += 1; at < end; at += 1) {
        const inner = raw[at];
        if (inner === QUOTE) break;
        if (inner === BACKSLASH) {
          at += 1;
          if (raw[at] === SMALL_U) unicodeEscapes = true;
        }
      }
    } else if (byte === COLON) {
      members += 1;
    } else if (byte === COMMA) {
      values += 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      values += 1;
      level += 1;
      if (level > depth) depth = level;
      if (depth > limits.maxDepth) break;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      level -= 1;
    }
  }
  return { members, depth, values, unicodeEscapes };
}

/** True for a text that jsonb, XML and most peers can carry. */
const sound = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

/**
 * Members of all objects in `value`, or NaN as soon as it holds something that may not pass. JSON.parse keeps only the last
 * of two members with one key, so a count below the colons' betrays a doubled key without a set per object.
 */
function countMembers(value: Json, unicodeEscapes: boolean): number {
  if (typeof value === 'string') return unicodeEscapes && !sound(value) ? Number.NaN : 0;
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER ? Number.NaN : 0;
  if (value === null || typeof value !== 'object') return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countMembers(item, unicodeEscapes);
    return members;
  }
  for (const key in value) {
    if (key === '__proto__' || (unicodeEscapes && !sound(key))) return Number.NaN;
    const member = value[key] as Json;
    if (key === 'constructor' && member !== null && typeof member === 'object' && Object.hasOwn(member, 'prototype')) {
      return Number.NaN;
    }
    members += 1 + countMembers(member, unicodeEscapes);
  }
  return members;
}

/** The refusal of a JSON text, status 400. */
function jsonFault(faults: Fault[]): InputFault {
  return new InputFault(
    'invalid-json',
    400,
    {
      vi: 'Nội dung JSON không hợp lệ; không có phần nào được lưu.',
      en: 'The JSON is not acceptable; nothing of it was stored.',
    },
    { faults },
  );
}

const whole = (code: string, vi: string, en: string): InputFault =>
  jsonFault([{ pointer: '', code, detail: { vi, en } }]);

/** First byte that is no UTF-8: where decoding with replacement and encoding again first differs. */
function firstBadByte(raw: Buffer): number {
  const again = Buffer.from(raw.toString('utf8'), 'utf8');
  let at = 0;
  while (at < raw.length && raw[at] === again[at]) at += 1;
  return at;
}

/**
 * The value of a JSON text (RFC 8259), equal to what JSON.parse gives for it.
 *
 * Refused although JSON.parse takes it: a byte order mark or other than UTF-8, more than `maxDepth` levels or `maxValues`
 * values, doubled keys, `__proto__` and `constructor.prototype`, U+0000 and lone surrogates, numbers beyond ±(2^53−1)
 * (RFC 7493, 2.2: they would change on the way).
 *
 * @throws InputFault `invalid-json`, status 400, with a JSON pointer (RFC 6901) for each fault.
 */
export function parseJson(raw: Buffer, limits: Readonly<JsonLimits> = JSON_LIMITS): Json {
  if (raw.length === 0) throw whole('empty', 'Nội dung trống.', 'The body is empty.');
  if (raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf) {
    throw whole('byte-order-mark', 'Bỏ dấu BOM ở đầu nội dung.', 'Remove the byte order mark.');
  }
  const seen = outline(raw, limits);
  if (seen.depth > limits.maxDepth) {
    throw whole(
      'too-deep',
      `Dữ liệu lồng nhau quá ${limits.maxDepth} cấp.`,
      `More than ${limits.maxDepth} levels inside one another.`,
    );
  }
  if (seen.values > limits.maxValues) {
    throw whole('too-many-values', `Có quá ${limits.maxValues} giá trị.`, `More than ${limits.maxValues} values.`);
  }
  if (!isUtf8(raw)) {
    const at = firstBadByte(raw);
    throw whole('invalid-utf8', `Byte thứ ${at + 1} không phải UTF-8.`, `Byte ${at + 1} is not UTF-8.`);
  }
  const text = raw.toString('utf8');
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    // The engine's own message quotes the text, which may hold personal data: ours names only the place.
    if (!(error instanceof SyntaxError)) throw error;
    throw jsonFault(explainJson(text));
  }
  if (countMembers(value, seen.unicodeEscapes) !== seen.members) throw jsonFault(explainJson(text));
  return value;
}
