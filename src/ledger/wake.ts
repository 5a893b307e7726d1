/**
 * What the relay asks: which homes have lanes that are due and nobody's, and since when. Index probes only, never a scan
 * of all due lanes: homes are walked one by one along (target, home, due).
 */
import { type Database, run } from './database.ts';

export interface DueHome {
  target: string;
  home: string;
  /** Longest time a due lane of it has been waiting unleased, ms. */
  waitingMs: number;
}

/**
 * Homes of open gates with a due, unleased lane: of each target at most `limit`, those that have waited longest first, so that
 * neither a target nor a home with much to do keeps others from being seen.
 */
export function dueHomes(database: Database, limit: number): Promise<DueHome[]> {
  return run<DueHome & { waitingMs: number }>(
    database.hot,
    {
      name: 'wake_due',
      text: `WITH RECURSIVE walk AS (
          (SELECT target, home FROM lanes WHERE due IS NOT NULL ORDER BY target, home LIMIT 1)
          UNION ALL
          SELECT n.target, n.home FROM walk w CROSS JOIN LATERAL (
            SELECT target, home FROM lanes WHERE due IS NOT NULL AND (target, home) > (w.target, w.home) ORDER BY target, home LIMIT 1) n)
        SELECT target, home, "waitingMs" FROM (
        SELECT w.target, w.home, (extract(epoch FROM now() - d.due) * 1000)::float8 AS "waitingMs",
          row_number() OVER (PARTITION BY w.target ORDER BY d.due, w.home) AS n
        FROM walk w JOIN targets t ON t.target = w.target
          AND NOT t.held AND (NOT t.paused OR t.paused_until <= now()) AND (t.not_before IS NULL OR t.not_before <= now())
          AND (t.breaker = 'closed' OR t.probe_at <= now())
        CROSS JOIN LATERAL (SELECT due FROM lanes WHERE lanes.target = w.target AND lanes.home = w.home AND due <= now()
          AND (lease IS NULL OR NOT EXISTS (SELECT FROM claims WHERE token = lanes.lease AND until > now())) ORDER BY due LIMIT 1) d) r
        WHERE n <= $1 ORDER BY target, n`,
    },
    [limit],
  );
}
