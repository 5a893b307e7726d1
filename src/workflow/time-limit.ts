/**
 * When a dossier is due by its procedure's time limit: counted from the working day after its receipt, over days off, and on the same
 * day where the procedure says so and it came in before the last hour of filing. Pure.
 */
import type { TimeLimit } from '../translation/content.ts';
import type { Cutoff } from './mapping.ts';
import { dayOf, type WorkingCalendar } from './working-time.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const OFFSET_MS = 7 * HOUR_MS;

export interface Due {
  at: number;
  /** The source does not say which days: they were counted as working days. */
  assumed?: true;
}

const timeOfDay = (at: number): number => (at + OFFSET_MS) % DAY_MS;

/** Due date of what was received at `received` in a unit. */
export function dueBy(
  limit: Pick<TimeLimit, 'value' | 'unit'>,
  received: number,
  calendar: WorkingCalendar,
  unit: string | null,
  cutoff?: Cutoff,
): Due {
  // days are counted from the day after anyhow; the last hour of filing can only move a worked day
  const byDays = limit.unit === 'workingDays' || limit.unit === 'calendarDays' || limit.unit === 'days';
  const asReceived = byDays && (cutoff === undefined || !calendar.isWorked(dayOf(received)));
  const counted = asReceived ? received : countedFrom(received, calendar, unit, cutoff);
  const day = dayOf(counted);
  switch (limit.unit) {
    case 'sameDay':
      return { at: calendar.endOfWork(day, unit) };
    case 'hours':
      return { at: calendar.after(counted, limit.value * HOUR_MS, unit) };
    case 'calendarDays':
      return { at: calendar.endOfWork(dayOf(counted + limit.value * DAY_MS), unit) };
    case 'workingDays':
      return { at: calendar.endOfWork(calendar.dueDay(counted, limit.value), unit) };
    case 'days':
      return { at: calendar.endOfWork(calendar.dueDay(counted, limit.value), unit), assumed: true };
  }
}

/** As of when a receipt counts: after the last hour of filing, after work or on a day off, as of the next worked day. */
export function countedFrom(received: number, calendar: WorkingCalendar, unit: string | null, cutoff?: Cutoff): number {
  const day = dayOf(received);
  const spans = calendar.spansOf(day, unit);
  const end = spans.at(-1)?.[1];
  const late = end === undefined || received >= end || (cutoff !== undefined && timeOfDay(received) > cutoff.ms);
  if (!late) return received;
  let next = received - timeOfDay(received) + DAY_MS;
  while (calendar.spansOf(dayOf(next), unit).length === 0) next += DAY_MS;
  return (calendar.spansOf(dayOf(next), unit)[0] as readonly [number, number])[0];
}
