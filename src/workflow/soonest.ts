/**
 * The least time after which a dossier can be nearly late, whatever days off lie between: what an index can tell without reading the
 * dossier. Never too late, so nothing that is nearly late is passed over. Pure.
 */
import type { TimeLimit } from '../translation/content.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { workflowOf } from './mapping.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** No run of days off is longer; they may stand at the end of a limit that counts them. */
const MOST_OFF = 10;

/** Ms after its beginning before which no dossier under this limit is nearly late. */
export function soonestNear({ value, unit }: Pick<TimeLimit, 'value' | 'unit'>, share: number): number {
  switch (unit) {
    case 'sameDay':
      return 0;
    case 'hours':
      return value * share * HOUR_MS;
    case 'calendarDays':
      return Math.max(0, (value - MOST_OFF) * share - 1) * DAY_MS;
    case 'workingDays':
    case 'days':
      // what is used of N working days and the rest of the first takes that many days less one
      return Math.max(0, value * share - 1) * DAY_MS;
  }
}

/** Every procedure with a time limit, and the least time after which one of its dossiers can be nearly late. */
export function soonestByProcedure(vocabulary: Vocabulary): { code: string; afterMs: number }[] {
  const { nearlyLate } = workflowOf(vocabulary);
  const { procedures, procedureAliases } = vocabulary.content;
  const codes = new Set([...procedures.map(({ code }) => code), ...procedureAliases.map(({ to }) => to)]);
  return [...codes].flatMap(code => {
    const limit = vocabulary.procedureFacts(code)?.record.timeLimit;
    return limit === undefined ? [] : [{ code, afterMs: soonestNear(limit, nearlyLate) }];
  });
}
