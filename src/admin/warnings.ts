/** Warnings as people see them: with the cause's title and what mends it. */
import { CAUSES } from '../domain/causes.ts';
import type { JsonObject } from '../domain/words.ts';
import type { Warning } from '../facts/judge.ts';

/** Something that spoke against delivering and did not hold it back. */
export function shownWarning({ cause, target, text, detail }: Warning): JsonObject {
  const { title, remedy } = CAUSES[cause];
  return { cause, title: { ...title }, remedy: { ...remedy }, target, text: { ...text }, detail };
}
