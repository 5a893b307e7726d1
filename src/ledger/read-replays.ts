/**
 * Replays as people see them: what was asked, how far it is, what became of each sync, and what it waits for.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { JsonObject } from '../domain/words.ts';
import type { Database } from './database.ts';
import { GATE_SQL } from './sync-view.ts';

export interface ReplayView {
  id: string;
  state: string;
  filter: JsonObject;
  vocabulary: string;
  confirmStale: boolean;
  reason: string;
  who: string;
  rate: number;
  counted: number;
  done: number;
  changed: number;
  failed: number;
  /** Not carried out (yet): after a stop it stays. */
  left: number;
  createdAt: string;
  finishedAt?: string;
}
export interface ReplayDetail extends ReplayView {
  /** What has become of the syncs that were sent again: open, delivered, parked, failed, … */
  outcome: Record<string, number>;
  /** Targets before whose shut gate rows wait. */
  waitingFor: { target: string; reason: string; left: number }[];
  items: ReplayRow[];
  next: string | null;
}
export interface ReplayRow {
  ord: number;
  sync: string;
  target: string;
  was: { state: string; cause?: CauseCode };
  /** `left` = not carried out (yet). */
  result: 'done' | 'changed' | 'failed' | 'left';
  /** Why it was not done. */
  code?: string;
  at?: string;
  /** The sync's stored state now. */
  state: string;
}

interface Row extends Omit<ReplayView, 'createdAt' | 'finishedAt' | 'left'> {
  created_at: Date;
  finished_at: Date | null;
}
const COLUMNS =
  'id, state, filter, vocabulary, confirm_stale AS "confirmStale", reason, who, rate, counted, done, changed, failed, created_at, finished_at';

function viewOf({ created_at, finished_at, ...row }: Row): ReplayView {
  return {
    ...row,
    left: row.counted - row.done - row.changed - row.failed,
    createdAt: created_at.toISOString(),
    ...(finished_at === null ? {} : { finishedAt: finished_at.toISOString() }),
  };
}

/** One page, newest first. */
export async function listReplays(
  database: Database,
  page: { cursor?: string; limit: number },
): Promise<{ items: ReplayView[]; next: string | null }> {
  const { rows } = await database.people.query<Row>(
    `SELECT ${COLUMNS} FROM replays WHERE $1::uuid IS NULL OR id < $1::uuid ORDER BY id DESC LIMIT $2`,
    [page.cursor ?? null, page.limit + 1],
  );
  const items = rows.slice(0, page.limit).map(viewOf);
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

/** One replay with a page of its rows (`after` = the last row's number of the page before); undefined when there is none. */
export async function readReplay(
  database: Database,
  id: string,
  page: { after: number; limit: number; result?: ReplayRow['result'] },
): Promise<ReplayDetail | undefined> {
  const { rows } = await database.people.query<Row>(`SELECT ${COLUMNS} FROM replays WHERE id = $1`, [id]);
  const row = rows[0];
  if (!row) return undefined;
  const ended = row.state === 'done' || row.state === 'cancelled';
  const found = await rowsOf(database, id, page);
  const items = found.slice(0, page.limit);
  return {
    ...viewOf(row),
    outcome: await outcomeOf(database, id),
    waitingFor: ended ? [] : await waitingFor(database, id),
    items,
    next: found.length > page.limit ? String(items.at(-1)?.ord) : null,
  };
}

async function rowsOf(
  database: Database,
  id: string,
  page: { after: number; limit: number; result?: ReplayRow['result'] },
): Promise<ReplayRow[]> {
  const { rows } = await database.people.query<{
    ord: number;
    sync: string;
    target: string;
    was_state: string;
    was_cause: CauseCode | null;
    result: ReplayRow['result'];
    code: string | null;
    at: Date | null;
    state: string;
  }>(
    `SELECT r.ord, r.sync, r.target, r.was_state, r.was_cause, coalesce(r.result, 'left') AS result, r.code, r.at, s.state
     FROM replay_rows r JOIN syncs s ON s.id = r.sync
     WHERE r.replay = $1 AND r.ord > $2 AND ($3::text IS NULL OR coalesce(r.result, 'left') = $3) ORDER BY r.ord LIMIT $4`,
    [id, page.after, page.result ?? null, page.limit + 1],
  );
  return rows.map(row => ({
    ord: row.ord,
    sync: row.sync,
    target: row.target,
    was: { state: row.was_state, ...(row.was_cause === null ? {} : { cause: row.was_cause }) },
    result: row.result,
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.at === null ? {} : { at: row.at.toISOString() }),
    state: row.state,
  }));
}

async function outcomeOf(database: Database, id: string): Promise<Record<string, number>> {
  const { rows } = await database.people.query<{ state: string; count: number }>(
    "SELECT s.state, count(*)::int AS count FROM replay_rows r JOIN syncs s ON s.id = r.sync WHERE r.replay = $1 AND r.result = 'done' GROUP BY 1",
    [id],
  );
  return Object.fromEntries(rows.map(row => [row.state, row.count]));
}

async function waitingFor(database: Database, id: string): Promise<ReplayDetail['waitingFor']> {
  const { rows } = await database.people.query<ReplayDetail['waitingFor'][number]>(
    `SELECT r.target, ${GATE_SQL} AS reason, count(*)::int AS left FROM replay_rows r JOIN targets t ON t.target = r.target
     WHERE r.replay = $1 AND r.result IS NULL AND ${GATE_SQL} IS NOT NULL GROUP BY 1, 2 ORDER BY 1`,
    [id],
  );
  return rows;
}
