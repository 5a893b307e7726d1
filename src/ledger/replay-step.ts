/**
 * One row of a replay: the sync goes again, the row gets its result and the count moves, in one transaction; so a runner that
 * is killed anywhere has done a row whole or not at all. Any number of runners may try: the lock on the replay's row is the
 * lease of whoever carries out its next row, and ends with its connection.
 */
import type pg from 'pg';
import { GatewayError } from '../domain/errors.ts';
import { actOnLedger } from './act.ts';
import type { Database } from './database.ts';
import { type ReplayOptions, replayWithin } from './replay.ts';
import type { ReplayVocabulary } from './replays.ts';

/** A row whose turn it is. */
export interface DueRow {
  replay: string;
  ord: number;
  sync: string;
  vocabulary: ReplayVocabulary;
  confirmStale: boolean;
  who: string;
  reason: string;
  was: { state: string; series: number; cause: string | null };
}
export type RowResult = 'done' | 'changed' | 'failed';
export interface Stepped {
  /** Undefined where another runner was quicker, or the replay was paused or stopped meanwhile. */
  result?: RowResult;
  /** The lane to wake. */
  home?: { target: string; home: string };
}

/** A runner that had to wait does not hurry to make up for more than this, seconds. */
const CATCH_UP = 1;
/** Refusals that say the sync is no longer what the person saw. */
const CHANGED = ['changed-since', 'still-under-way', 'younger-delivered'];
/** How long a replay waits where the lane is just being worked on, seconds. */
const BUSY = 1;

/** Targets that may be sent to now; the same words as the claim's. A replay waits before a shut gate, it does not pile up there. */
const OPEN_GATE = `NOT t.held AND (NOT t.paused OR t.paused_until <= now()) AND (t.not_before IS NULL OR t.not_before <= now())
  AND (t.breaker = 'closed' OR t.probe_at <= now())`;

/**
 * Targets where nobody waits already: a replay goes beside live traffic, and behind it where the target cannot keep up. Its own
 * rows count too, so it never piles up more than the target takes.
 */
const NOBODY_WAITS = `NOT EXISTS (SELECT FROM lanes l WHERE l.target = t.target AND l.due < now() - $1 * interval '1 millisecond' AND l.lease IS NULL)`;

/**
 * The next row of the replay that has waited longest; undefined when nothing is due. Nothing is due for a target where some lane has
 * been waiting for a slot for `liveWaitsMs`.
 */
export async function dueRow(database: Database, liveWaitsMs?: number): Promise<DueRow | undefined> {
  const { rows } = await database.people.query<
    Omit<DueRow, 'was'> & { was_state: string; was_series: number; was_cause: string | null }
  >(
    `SELECT p.id AS replay, r.ord, r.sync, p.vocabulary, p.confirm_stale AS "confirmStale", p.who, p.reason, r.was_state, r.was_series, r.was_cause
     FROM replays p CROSS JOIN LATERAL (
       SELECT n.* FROM targets t CROSS JOIN LATERAL (
         SELECT * FROM replay_rows r WHERE r.replay = p.id AND r.target = t.target AND r.result IS NULL ORDER BY r.ord LIMIT 1) n
       WHERE ${OPEN_GATE} ${liveWaitsMs === undefined ? '' : `AND ${NOBODY_WAITS}`}
       UNION ALL
       (SELECT * FROM replay_rows r WHERE r.replay = p.id AND r.result IS NULL AND r.target NOT IN (SELECT target FROM targets) ORDER BY r.ord LIMIT 1)
       ORDER BY ord LIMIT 1) r
     WHERE p.state IN ('open', 'running') AND p.next_at <= now() ORDER BY p.next_at LIMIT 1`,
    liveWaitsMs === undefined ? [] : [liveWaitsMs],
  );
  const row = rows[0];
  if (!row) return undefined;
  const { was_state: state, was_series: series, was_cause: cause, ...rest } = row;
  return { ...rest, was: { state, series, cause } };
}

/** Carries out a row as planned, or writes down why it could not be planned. */
export function carryOut(
  database: Database,
  due: DueRow,
  plan: Pick<ReplayOptions, 'otherBytes' | 'fixedRelease'> | GatewayError,
): Promise<Stepped> {
  return actOnLedger(database, false, async client => {
    const locked = await client.query(
      "SELECT 1 FROM replays WHERE id = $1 AND state IN ('open', 'running') AND next_at <= now() FOR UPDATE SKIP LOCKED",
      [due.replay],
    );
    if (locked.rowCount === 0) return {};
    // a statement of its own: only its snapshot is younger than the lock
    const row = await client.query('SELECT 1 FROM replay_rows WHERE replay = $1 AND ord = $2 AND result IS NULL', [
      due.replay,
      due.ord,
    ]);
    if (row.rowCount === 0) return {};
    if (plan instanceof GatewayError) return finish(client, due, { result: 'failed', code: plan.code });
    try {
      const replayed = await replayWithin(
        client,
        due.sync,
        { ...plan, confirmStale: due.confirmStale, set: due.replay, expected: due.was },
        { who: due.who, reason: due.reason },
      );
      return await finish(client, due, { result: 'done', series: replayed.series, home: replayed.home });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.code === 'lane-busy') {
        await client.query(`UPDATE replays SET next_at = now() + interval '${BUSY} seconds' WHERE id = $1`, [
          due.replay,
        ]);
        return {};
      }
      return finish(client, due, { result: CHANGED.includes(error.code) ? 'changed' : 'failed', code: error.code });
    }
  });
}

async function finish(
  client: pg.ClientBase,
  due: DueRow,
  became: { result: RowResult; code?: string; series?: number; home?: { target: string; home: string } },
): Promise<Stepped> {
  const { result, code, series, home } = became;
  await client.query(
    `WITH r AS (UPDATE replay_rows SET result = $3::text, code = $4, series = $5, at = clock_timestamp() WHERE replay = $1 AND ord = $2 AND result IS NULL
       RETURNING 1)
     UPDATE replays SET done = done + CASE WHEN $3::text = 'done' THEN 1 ELSE 0 END, changed = changed + CASE WHEN $3::text = 'changed' THEN 1 ELSE 0 END,
       failed = failed + CASE WHEN $3::text = 'failed' THEN 1 ELSE 0 END,
       state = CASE WHEN done + changed + failed + 1 = counted THEN 'done' ELSE 'running' END,
       finished_at = CASE WHEN done + changed + failed + 1 = counted THEN clock_timestamp() END,
       next_at = greatest(next_at, now() - interval '${CATCH_UP} seconds') + interval '1 second' / rate
     FROM r WHERE id = $1`,
    [due.replay, due.ord, result, code ?? null, series ?? null],
  );
  return home === undefined ? { result } : { result, home };
}

/** How long until some replay's next row is due, ms; undefined when none is going. */
export async function nextRowIn(database: Database): Promise<number | undefined> {
  const { rows } = await database.people.query<{ ms: number | null }>(
    "SELECT (extract(epoch FROM min(next_at) - clock_timestamp()) * 1000)::float8 AS ms FROM replays WHERE state IN ('open', 'running')",
  );
  return rows[0]?.ms ?? undefined;
}
