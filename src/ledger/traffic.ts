/**
 * What really came, by unit and procedure, so that work on the vocabulary begins where it helps most. Bounded: the newest
 * events of the window, read backwards along the primary key (ids are UUIDv7).
 */
import type { Database } from './database.ts';

/** Newest events that are counted; more would not change the order of what helps most. */
const MOST_EVENTS = 200_000;
const MOST_UNKNOWN = 1_000;

export interface TrafficRow {
  unit: string | null;
  /** The national code; the code as sent where it is unknown. */
  procedure: string;
  events: number;
}

/** Events by unit and procedure of the last `days` days, echoes left out; `truncated` where the window holds more than are counted. */
export async function readTraffic(
  database: Database,
  days: number,
  most: number = MOST_EVENTS,
): Promise<{ rows: TrafficRow[]; truncated: boolean }> {
  const newest = await database.people.query<
    Omit<TrafficRow, 'procedure'> & { procedure: string | null; echo: boolean }
  >(
    `SELECT unit, procedure, echo_of IS NOT NULL AS echo, count(*)::int AS events
     FROM (SELECT unit, procedure, echo_of FROM events
       WHERE id >= uuidv7_floor(now() - $1::int * interval '1 day') ORDER BY id DESC LIMIT $2) newest
     GROUP BY 1, 2, 3`,
    [days, most],
  );
  // one event may wait at several targets and is one event
  const unknown = await database.people.query<TrafficRow>(
    `SELECT p.unit, left(p.detail->>'value', 64) AS procedure, count(DISTINCT s.event)::int AS events
     FROM problems p JOIN syncs s ON s.id = p.sync
     WHERE p.cause = 'unknown-procedure' AND p.since >= now() - $1::int * interval '1 day' AND p.detail->>'value' IS NOT NULL
     GROUP BY 1, 2 ORDER BY 3 DESC LIMIT $2`,
    [days, MOST_UNKNOWN],
  );
  const known = newest.rows.flatMap(({ unit, procedure, events, echo }) =>
    procedure === null || echo ? [] : [{ unit, procedure, events }],
  );
  const read = newest.rows.reduce((total, row) => total + row.events, 0);
  const rows = [...known, ...unknown.rows];
  return { rows, truncated: read >= most };
}
