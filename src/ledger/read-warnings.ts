/**
 * What was delivered with a warning, counted by cause over the last day: apart from what stands still, since nothing waits for it.
 * Only the newest are read, so that a day of observing everything costs no more than any other.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { Warning } from '../facts/judge.ts';
import type { Database } from './database.ts';
import { idFloor } from './sync-view.ts';

const DAY_MS = 24 * 3_600_000;
/** Most events that are read. */
const MOST = 10_000;

export interface WarnedCause {
  cause: CauseCode;
  count: number;
  units: { unit: string | null; count: number }[];
  targets: { target: string; count: number }[];
}
export interface Warned {
  causes: WarnedCause[];
  /** From when on they are counted (RFC 3339). */
  since: string;
  /** True where there were more than are counted. */
  more: boolean;
}

/** Warnings of the last day, most first. */
export async function countWarnings(
  database: Database,
  filter: { unit?: string; target?: string },
  now: number,
): Promise<Warned> {
  const since = new Date(now - DAY_MS);
  const { rows } = await database.people.query<{
    cause: CauseCode;
    unit: string | null;
    target: string;
    count: number;
    read: number;
  }>(
    `WITH newest AS (SELECT unit, note FROM events WHERE note ? 'warnings' AND id >= $1::uuid AND ($2::text IS NULL OR unit = $2)
       ORDER BY id DESC LIMIT ${MOST})
     SELECT w->>'cause' AS cause, unit, w->>'target' AS target, count(*)::int AS count, (SELECT count(*)::int FROM newest) AS read
     FROM newest, jsonb_array_elements(note->'warnings') w WHERE $3::text IS NULL OR w->>'target' = $3 GROUP BY 1, 2, 3`,
    [idFloor(since), filter.unit ?? null, filter.target ?? null],
  );
  const sum = (some: readonly { count: number }[]): number => some.reduce((total, { count }) => total + count, 0);
  const most = (one: { count: number }, other: { count: number }): number => other.count - one.count;
  const causes = [...Map.groupBy(rows, row => row.cause)].map(
    ([cause, group]): WarnedCause => ({
      cause,
      count: sum(group),
      units: [...Map.groupBy(group, row => row.unit)].map(([unit, some]) => ({ unit, count: sum(some) })).sort(most),
      targets: [...Map.groupBy(group, row => row.target)].map(([target, some]) => ({ target, count: sum(some) })),
    }),
  );
  return { causes: causes.sort(most), since: since.toISOString(), more: (rows[0]?.read ?? 0) >= MOST };
}

/** The warnings of one event; undefined target = to all systems. */
export async function readWarnings(database: Database, event: string, target?: string): Promise<Warning[]> {
  const { rows } = await database.people.query<{ warnings: Warning[] | null }>(
    "SELECT note->'warnings' AS warnings FROM events WHERE id = $1",
    [event],
  );
  return (rows[0]?.warnings ?? []).filter(warning => target === undefined || warning.target === target);
}
