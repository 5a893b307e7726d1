/**
 * A sync's lane as people see it: who stands before it, who waits behind it, each in the state it is shown in, and how many of
 * them still have to go.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { SyncState } from '../domain/words.ts';
import type { Database } from './database.ts';
import { JOINS_SQL, SHOWN_SQL, timeOfId } from './sync-view.ts';

export interface Neighbour {
  id: string;
  type: string;
  state: SyncState;
  cause?: CauseCode;
  position: 'before' | 'after';
  createdAt: string;
}
export interface LaneView {
  /** The nearest on each side, in the order of the lane. */
  neighbours: Neighbour[];
  /** Syncs that must be done, or dropped, before this one goes: none once it is done itself. */
  ahead: number;
  /** Syncs that wait behind this one. */
  behind: number;
}

/** Neighbours shown on each side. */
const NEAR = 10;

interface NeighbourRow {
  id: string;
  type: string;
  state: SyncState;
  cause: CauseCode | null;
  pos: number;
}

/** The lane around the sync at `pos`; `waits` = it still has to go. */
export async function readLane(
  database: Database,
  { lane, pos, head, waits }: { lane: number; pos: number; head: number; waits: boolean },
): Promise<LaneView> {
  const near = (side: string): string =>
    `(SELECT s.id, s.type, ${SHOWN_SQL} AS state, s.cause, s.pos FROM syncs s ${JOINS_SQL} WHERE s.lane = $1 AND s.pos ${side} LIMIT ${NEAR})`;
  const [neighbours, counts] = await Promise.all([
    database.people.query<NeighbourRow>(
      `${near('< $2 ORDER BY s.pos DESC')} UNION ALL ${near('> $2 ORDER BY s.pos')} ORDER BY pos`,
      [lane, pos],
    ),
    database.people.query<{ ahead: number; behind: number }>(
      `SELECT count(*) FILTER (WHERE pos < $2)::int AS ahead, count(*) FILTER (WHERE pos > $2)::int AS behind FROM syncs
       WHERE lane = $1 AND pos >= $3 AND state IN ('open', 'parked', 'failed')`,
      [lane, pos, head],
    ),
  ]);
  const { ahead, behind } = counts.rows[0] ?? { ahead: 0, behind: 0 };
  return {
    neighbours: neighbours.rows.map(row => ({
      id: row.id,
      type: row.type,
      state: row.state,
      ...(row.cause === null ? {} : { cause: row.cause }),
      position: row.pos < pos ? 'before' : 'after',
      createdAt: timeOfId(row.id).toISOString(),
    })),
    ahead: waits ? ahead : 0,
    behind,
  };
}
