/** How much goes on when some parked syncs are freed: the open ones behind them in their lanes. */
import type { Database } from './database.ts';

/** Open syncs that would move if `ids` were freed: up to the next parked or failed one of their lane. */
export async function countBehind(database: Database, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { rows } = await database.people.query<{ n: number }>(
    `WITH freed AS MATERIALIZED (SELECT id, lane FROM syncs WHERE id = ANY($1::uuid[])),
       affected AS MATERIALIZED (
         SELECT l.lane, l.head, l.tail, coalesce(min(b.pos), l.tail + 1) AS stop
         FROM (SELECT DISTINCT lane FROM freed) f JOIN lanes l USING (lane)
         LEFT JOIN syncs b ON b.lane = l.lane AND b.pos >= l.head AND b.state IN ('parked', 'failed')
           AND NOT EXISTS (SELECT FROM freed WHERE freed.id = b.id)
         GROUP BY l.lane)
     SELECT count(*)::int AS n FROM affected a JOIN syncs s ON s.lane = a.lane AND s.pos >= a.head AND s.pos < a.stop WHERE s.state = 'open'`,
    [ids],
  );
  return rows[0]?.n ?? 0;
}
