/**
 * RFC 8785: the one spelling of a JSON value that hashes are taken over. Own and short because every event passes here; what
 * a JSON text cannot hold (lone surrogates, cycles) the strict reader in src/http/json.ts has not let in.
 */
import type { Json } from './words.ts';

/** The canonical JSON text of a value: members by UTF-16 code units, no spaces. Members that are undefined are left out. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('not a number that JSON has');
    return JSON.stringify(value);
  }
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonical(item)}`;
    return `[${text}]`;
  }
  // a date, say: what JSON.stringify would write in its place
  if (typeof value.toJSON === 'function') return canonical((value as unknown as { toJSON(): Json }).toJSON());
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(member)}`;
  }
  return `{${text}}`;
}
