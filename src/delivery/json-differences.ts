/** Where two JSON values differ, by JSON pointer (RFC 6901). */
import type { Json } from '../domain/words.ts';

export interface Difference {
  pointer: string;
  /** Null where the member is missing. */
  from: Json;
  to: Json;
}

/** Every leaf, or whole branch that only one side has, that differs; in the order of the members. */
export function differences(from: Json | undefined, to: Json | undefined, pointer: string): Difference[] {
  if (from === to) return [];
  if (Array.isArray(from) && Array.isArray(to)) {
    return Array.from({ length: Math.max(from.length, to.length) }, (_none, index) =>
      differences(from[index], to[index], `${pointer}/${index}`),
    ).flat();
  }
  if (isObject(from) && isObject(to)) {
    const members = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...members].flatMap(member => differences(from[member], to[member], `${pointer}/${escaped(member)}`));
  }
  return [{ pointer, from: from ?? null, to: to ?? null }];
}

const isObject = (value: Json | undefined): value is { [member: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const escaped = (member: string): string => member.replaceAll('~', '~0').replaceAll('/', '~1');
