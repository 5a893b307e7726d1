/** How high what waits has climbed, by working time. Weekends, days off and nights do not count. Pure. */
import { type Level, rungOf } from '../domain/levels.ts';
import type { WorkingCalendar } from '../workflow/working-time.ts';
import type { Limit } from './limits.ts';

const HOUR_MS = 3_600_000;

export interface Height {
  /** Rung reached, from 1; 0 = no limit has passed. */
  rung: number;
  /** When the next limit passes, ms; undefined = there is none above. */
  nextAt: number | undefined;
}

/** The rung that waiting since `since` has reached at `now`. */
export function heightAt(
  waiting: { since: number; unit: string | null },
  limits: readonly Limit[],
  calendar: WorkingCalendar,
  now: number,
): Height {
  let rung = 0;
  for (const { level, hours } of limits) {
    const passes = calendar.after(waiting.since, hours * HOUR_MS, waiting.unit);
    if (passes > now) return { rung, nextAt: passes };
    rung = rungOf(level);
  }
  return { rung, nextAt: undefined };
}

/** Is a recipient of these levels told when a rung above `from` up to `to` is reached? */
export const hears = (levels: readonly Level[], from: number, to: number): boolean =>
  levels.some(level => rungOf(level) > from && rungOf(level) <= to);
