/**
 * After how many working hours what waits is told to whom, by cause and unit: the entries of mappings/policies/escalation.yaml. Pure.
 */
import type { CauseCode } from '../domain/causes.ts';
import { LEVELS, type Level } from '../domain/levels.ts';
import type { FactRecord } from '../translation/content.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';

/** A rung and its limit. */
export interface Limit {
  level: Level;
  hours: number;
}
export interface Limits {
  /** The rungs that hear of a cause at a unit, from below; none where nobody is to be told. */
  of(cause: CauseCode, unit: string | null): readonly Limit[];
}

const COMPILED = new WeakMap<Vocabulary, Limits>();

/** The limits of a vocabulary, compiled once. */
export function limitsOf(vocabulary: Vocabulary): Limits {
  let limits = COMPILED.get(vocabulary);
  if (limits === undefined) {
    limits = compileLimits(vocabulary.facts('escalation-limit'));
    COMPILED.set(vocabulary, limits);
  }
  return limits;
}

/** Builds them from facts of the kind `escalation-limit`. The narrower entry counts: cause and unit, unit, cause, all. */
export function compileLimits(facts: readonly FactRecord[]): Limits {
  const entries = new Map<string, readonly Limit[]>();
  for (const { data } of facts) {
    const { unit, causes } = data;
    const hours = (data.hours ?? {}) as Record<string, unknown>;
    const rungs = LEVELS.flatMap((level): Limit[] => {
      const limit = hours[level];
      return typeof limit === 'number' ? [{ level, hours: limit }] : [];
    });
    for (const cause of Array.isArray(causes) ? causes : ['']) entries.set(`${unit ?? ''} ${cause}`, rungs);
  }
  return {
    of(cause, unit) {
      const own = unit === null ? undefined : (entries.get(`${unit} ${cause}`) ?? entries.get(`${unit} `));
      const rungs = own ?? entries.get(` ${cause}`) ?? entries.get(' ') ?? [];
      // what belongs to no commune has no desk and no leader there
      return unit === null ? rungs.filter(({ level }) => level === 'department' || level === 'province') : rungs;
    },
  };
}
