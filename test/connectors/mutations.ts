/** Ways in which a message of a dialect goes wrong on its way, for properties: cut, changed, doubled, emptied. */
import fc from 'fast-check';
import type { Json } from '../../src/domain/words.ts';

/** What intake itself refuses (U+0000, half surrogate pairs, numbers beyond 2^53) never reaches a connector and is left out. */
const STRAY = fc.constantFrom<Json>(
  null,
  true,
  0,
  -1,
  0.1,
  '',
  ' ',
  'x'.repeat(5_000),
  '\u202e',
  '😀',
  '../../x',
  '__proto__',
  [],
  {},
  [[]],
  [null],
  { constructor: 1 },
);

/** Places of a JSON value, each as the keys that lead to it. */
function places(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [path];
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => places(item, [...path, index]))
    : Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]));
  return [path, ...inner];
}

/** The value with what stands at `path` replaced; left out when `put` is undefined. */
function changed(value: Json, path: readonly (string | number)[], put: Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return put;
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => (index === key ? (changed(item, rest, put) ?? []) : [item])) as Json[];
  }
  const entries = Object.entries(value as { [key: string]: Json });
  return Object.fromEntries(
    entries.flatMap(([name, item]) => {
      const kept = name === key ? changed(item, rest, put) : item;
      return kept === undefined ? [] : [[name, kept] as const];
    }),
  );
}

/** One or two places of `value` replaced by something stray, or left out. */
export function mutatedJson(value: Json): fc.Arbitrary<Json> {
  const place = fc.constantFrom(...places(value).filter(path => path.length > 0));
  const change = fc.tuple(place, fc.option(STRAY, { nil: undefined, freq: 3 }));
  return fc.array(change, { minLength: 1, maxLength: 2 }).map(changes =>
    changes.reduce<Json>((now, [path, put]) => {
      const known = places(now).some(each => each.join('/') === path.join('/'));
      return known ? (changed(now, path, put) ?? {}) : now;
    }, value),
  );
}

/** Bytes cut off, taken out, doubled, or overwritten. */
export function mutatedBytes(bytes: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat({ max: bytes.length });
  const put = fc.constantFrom(
    '',
    '<',
    '>',
    '&',
    '&x;',
    '<!DOCTYPE a [<!ENTITY x "y">]>',
    ']]>',
    '<a b="',
    '\u202e',
    'ễ',
    '9'.repeat(400),
  );
  return fc.oneof(
    at.map(end => bytes.subarray(0, end)),
    fc.tuple(at, at).map(([from, to]) => Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])),
    fc
      .tuple(at, put)
      .map(([from, text]) => Buffer.concat([bytes.subarray(0, from), Buffer.from(text), bytes.subarray(from)])),
    fc.tuple(at, fc.uint8Array({ maxLength: 4 })).map(([from, some]) => {
      const copy = Buffer.from(bytes);
      copy.set(some.subarray(0, Math.max(0, copy.length - from)), from);
      return copy;
    }),
  );
}
