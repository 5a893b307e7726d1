/** Moves of a dossier by local time, and the clocks that come of them, with the project's own mappings. */
import { clocksOf } from '../../src/workflow/clocks.ts';
import { fold } from '../../src/workflow/fold.ts';
import { workflowOf } from '../../src/workflow/mapping.ts';
import type { Move } from '../../src/workflow/move.ts';
import { vocabulary } from '../translation/fixture.ts';

export const mapping = workflowOf(vocabulary);
export const at = (local: string): number => Date.parse(`${local}:00+07:00`);
export const local = (instant: number | null | undefined): string | null =>
  instant === null || instant === undefined ? null : new Date(instant + 7 * 3_600_000).toISOString().slice(0, 16);
export const said = (when: string, national: string, more: Partial<Move> = {}): Move => ({
  at: at(when),
  national,
  ...more,
});
export const UNIT = '26041';
/** A procedure of ten working days. */
export const TEN_DAYS = vocabulary.content.procedures.find(
  ({ timeLimit }) => timeLimit?.unit === 'workingDays' && timeLimit.value === 10,
)?.code as string;
export const clocks = (moves: Move[], now: string, procedure: string | null = TEN_DAYS) =>
  clocksOf(fold(moves, mapping), { unit: UNIT, procedure }, vocabulary, at(now));
