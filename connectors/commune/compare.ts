/**
 * Two JSON values are the same when they say the same, whatever the order of their members.
 */
import type { Json } from '../../src/domain/words.ts';
import { isObject } from './values.ts';

/** A text that is equal for equal values; an absent value has its own. */
export function canonical(value: Json | undefined): string {
  if (value === undefined) return '';
  return JSON.stringify(value, (_key, member: Json) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
  );
}
