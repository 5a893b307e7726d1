/**
 * The procedure that an event names, with the rule for one that the catalogue lacks (policy.ts) already counted in: routing and
 * translation both ask here, so that an event is never held by one and sent by the other.
 */
import type { JsonObject } from '../domain/words.ts';
import type { EntryRef } from './content.ts';
import { fieldOf } from './policy.ts';
import { type Park, textOf } from './read-event.ts';
import type { Vocabulary } from './vocabulary.ts';

export type ProcedureRead =
  | { ok: true; given: string; code: string; entry?: EntryRef; unmatched: boolean }
  | { ok: false; park: Park };

/** The code to go on with at `at`; undefined where the event names no procedure. `unmatched`: by a rule, not by an entry. */
export function procedureOf(data: JsonObject, at: string, vocabulary: Vocabulary): ProcedureRead | undefined {
  const given = textOf(data, 'procedureCode');
  if (given === undefined) return undefined;
  const answer = vocabulary.resolveProcedure(given, at, textOf(data, 'procedureName'));
  if (answer.ok) {
    const { code, entry } = answer;
    return entry === undefined
      ? { ok: true, given, code, unmatched: false }
      : { ok: true, given, code, entry, unmatched: false };
  }
  const rule = vocabulary.policies.of('procedure', fieldOf(data));
  if (rule.act === 'park') {
    const { cause, candidates } = answer;
    return { ok: false, park: { cause, pointer: '/data/procedureCode', value: given, candidates } };
  }
  return { ok: true, given, code: rule.act === 'fixed' ? rule.use : given, entry: rule.entry, unmatched: true };
}
