/**
 * Reads members of JSON whose shape is not ours: a wrong kind of value reads as absent, so that nobody trips over it.
 */
import type { Json, JsonObject } from '../../src/domain/words.ts';

/** Is it an object (no array, no null)? */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text member; numbers read as their decimal text; empty reads as absent. */
export function textIn(object: Readonly<JsonObject>, key: string): string | undefined {
  const value = object[key];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An object member. */
export function objectIn(object: Readonly<JsonObject>, key: string): JsonObject | undefined {
  const value = object[key];
  return isObject(value) ? value : undefined;
}

/** The objects of a list member; empty where there is no list. */
export function objectsIn(object: Readonly<JsonObject>, key: string): JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Without members that say nothing: null and the empty text, at every depth. The portal fills optional fields with them. */
export function withoutBlanks(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutBlanks);
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  for (const [key, member] of Object.entries(value))
    if (member !== null && member !== '') kept[key] = withoutBlanks(member);
  return kept;
}

/** An object of the members that are there. */
export function present(members: Record<string, Json | undefined>): JsonObject {
  const kept: JsonObject = {};
  for (const [key, member] of Object.entries(members)) if (member !== undefined) kept[key] = member;
  return kept;
}
