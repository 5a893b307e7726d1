/**
 * The set of a replay: which syncs exactly, fixed in one statement when it is asked for, in the old order of their lanes;
 * and what is counted of it before anyone says yes.
 */
import type pg from 'pg';
import type { CauseCode } from '../domain/causes.ts';
import { GatewayError } from '../domain/errors.ts';
import type { SyncState } from '../domain/words.ts';
import type { Database } from './database.ts';
import { buildQuery, type SyncFilter } from './read-syncs.ts';
import { JOINS_SQL } from './sync-view.ts';

/** What a set is chosen by: a list's filter without its paging. */
export type SetFilter = Omit<SyncFilter, 'cursor' | 'limit'>;

/** Most syncs of one replay. */
export const MOST = 100_000;
/** What goes again unless states are named: what people dropped, or what something younger replaced, only when it is named. */
const USUAL: readonly SyncState[] = ['delivered', 'failed', 'parked'];

/**
 * Writes the rows of set `id` and answers how many. Syncs still under way are left out, they go by themselves.
 * Order: by acceptance, but in each lane by position. Throws 422 `set-too-large`.
 */
export async function fixSet(
  database: Database,
  client: pg.ClientBase,
  id: string,
  filter: SetFilter,
): Promise<{ counted: number; underWay: number }> {
  const { where, values } = await buildQuery(database, { ...filter, limit: 0 });
  const usual = filter.states === undefined ? `s.state = ANY('{${USUAL.join(',')}}')` : "s.state <> 'open'";
  const from = `FROM syncs s ${JOINS_SQL} WHERE ${where.join(' AND ')}`;
  const next = values.length + 1;
  const { rows } = await client.query<{ counted: number }>(
    `WITH q AS (SELECT s.id, s.target, s.pos, s.state, s.series, s.cause,
        max(s.id::text COLLATE "C") OVER (PARTITION BY s.lane ORDER BY s.pos) AS after
        ${from} AND ${usual} LIMIT ${MOST + 1}),
      i AS (INSERT INTO replay_rows (replay, ord, sync, target, was_state, was_series, was_cause)
        SELECT $${next}, row_number() OVER (ORDER BY after, pos), id, target, state, series, cause FROM q RETURNING 1)
    SELECT count(*)::int AS counted FROM i`,
    [...values, id],
  );
  const counted = rows[0]?.counted ?? 0;
  if (counted > MOST) throw tooLarge();
  const open = await client.query<{ n: number }>(`SELECT count(*)::int AS n ${from} AND s.state = 'open'`, values);
  return { counted, underWay: open.rows[0]?.n ?? 0 };
}

export interface Counts {
  byCause: { cause: CauseCode | null; count: number }[];
  byTarget: { target: string; count: number }[];
  byUnit: { unit: string | null; count: number }[];
  byState: { state: string; count: number }[];
}

/** A fixed set by cause, target, unit and state, the most frequent first. */
export async function countSet(client: pg.ClientBase, id: string): Promise<Counts> {
  const by = async <Row extends pg.QueryResultRow>(column: string, name: string): Promise<Row[]> => {
    const { rows } = await client.query<Row>(
      `SELECT ${column} AS ${name}, count(*)::int AS count FROM replay_rows r JOIN syncs s ON s.id = r.sync
       WHERE r.replay = $1 GROUP BY 1 ORDER BY 2 DESC, 1`,
      [id],
    );
    return rows;
  };
  return {
    byCause: await by('r.was_cause', 'cause'),
    byTarget: await by('r.target', 'target'),
    byUnit: await by('s.unit', 'unit'),
    byState: await by('r.was_state', 'state'),
  };
}

/** Syncs of the set over which something younger, not of the set, was delivered: how many, and the first of the younger. */
export async function staleIn(client: pg.ClientBase, id: string): Promise<{ count: number; younger: string[] }> {
  const { rows } = await client.query<{ count: number; younger: string[] | null }>(
    `SELECT count(DISTINCT sync)::int AS count, (array_agg(younger ORDER BY younger))[1:50] AS younger FROM (
       SELECT r.sync, y.id AS younger FROM replay_rows r JOIN syncs s ON s.id = r.sync JOIN lanes l ON l.lane = s.lane AND s.pos < l.head
         JOIN LATERAL (SELECT y.id FROM syncs y WHERE y.lane = s.lane AND y.pos > s.pos AND y.state = 'delivered'
           AND NOT EXISTS (SELECT FROM replay_rows m WHERE m.replay = $1 AND m.sync = y.id) ORDER BY y.pos DESC LIMIT 1) y ON true
       WHERE r.replay = $1) q`,
    [id],
  );
  return { count: rows[0]?.count ?? 0, younger: rows[0]?.younger ?? [] };
}

export interface SetItem {
  id: string;
  target: string;
  type: string;
  subject: string | null;
  unit: string | null;
  state: string;
  cause?: CauseCode;
}

/** The first syncs of a set, in the order in which they will go. */
export async function firstOfSet(client: pg.ClientBase, id: string, limit: number): Promise<SetItem[]> {
  const { rows } = await client.query<Omit<SetItem, 'cause'> & { cause: CauseCode | null }>(
    `SELECT r.sync AS id, r.target, s.type, e.subject, s.unit, r.was_state AS state, r.was_cause AS cause
     FROM replay_rows r JOIN syncs s ON s.id = r.sync JOIN events e ON e.id = s.event WHERE r.replay = $1 ORDER BY r.ord LIMIT $2`,
    [id, limit],
  );
  return rows.map(({ cause, ...row }) => (cause === null ? row : { ...row, cause }));
}

function tooLarge(): GatewayError {
  return new GatewayError(
    'set-too-large',
    422,
    {
      vi: `Quá ${MOST.toLocaleString('vi-VN')} lượt gửi cho một đợt. Hãy chia theo thời gian, đơn vị hoặc bên nhận.`,
      en: `More than ${MOST} syncs for one replay. Split it by time, unit or target.`,
    },
    { extra: { most: MOST } },
  );
}
