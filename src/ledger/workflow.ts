/**
 * What moves the processing of dossiers, in the ledger: written by accepting commits (one statement a group, none where nothing moves),
 * read for one dossier, for those that may be late, and for a report.
 */
import type pg from 'pg';
import type { Move } from '../workflow/move.ts';
import { plainArray, textArray } from './arrays.ts';
import { type Database, run, type Statement } from './database.ts';

/** A move of one dossier, and how it stands after it. */
export interface MoveRow {
  entity: number;
  event: string;
  unit: string | null;
  procedure: string | null;
  trial: boolean;
  move: Move;
}

/** National statuses that end the processing: refused, withdrawn, stopped, done, handed out. */
const SETTLED = "'3', '7', '8', '9', '10'";

/** The last status of a dossier within the group decides; what comes late of an older one changes nothing but its own row. */
const WRITE_MOVES: Statement = {
  name: 'accept_moves',
  text: `WITH i AS MATERIALIZED (
      SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::bool[], $6::float8[], $7::text[], $8::float8[], $9::text[])
        WITH ORDINALITY AS t(entity, event, unit, procedure, trial, at, national, due, move, ord)),
    m AS (INSERT INTO workflow_moves (entity, event, move) SELECT entity, event, move::jsonb FROM i ORDER BY 1, 2),
    last AS (SELECT DISTINCT ON (entity) entity, unit, procedure, trial FROM i ORDER BY entity, ord DESC),
    said AS (SELECT DISTINCT ON (entity) entity, national, to_timestamp(at / 1000.0) AS at, national IN (${SETTLED}) AS settles FROM i
      WHERE national IS NOT NULL ORDER BY entity, at DESC, ord DESC),
    due AS (SELECT DISTINCT ON (entity) entity, to_timestamp(due / 1000.0) AS due FROM i WHERE due IS NOT NULL ORDER BY entity, ord DESC),
    began AS (SELECT entity, to_timestamp(min(at) / 1000.0) AS at FROM i GROUP BY 1)
    INSERT INTO workflow AS w (entity, unit, procedure, trial, began_at, national, national_at, given_due, settled_at)
    SELECT entity, last.unit, last.procedure, last.trial, began.at, said.national, said.at, due.due, CASE WHEN said.settles THEN said.at END
    FROM last JOIN began USING (entity) LEFT JOIN said USING (entity) LEFT JOIN due USING (entity) ORDER BY entity
    ON CONFLICT (entity) DO UPDATE SET
      unit = coalesce(EXCLUDED.unit, w.unit), procedure = coalesce(EXCLUDED.procedure, w.procedure), trial = EXCLUDED.trial,
      began_at = least(w.began_at, EXCLUDED.began_at),
      given_due = coalesce(EXCLUDED.given_due, w.given_due),
      national = CASE WHEN EXCLUDED.national_at >= coalesce(w.national_at, EXCLUDED.national_at) THEN EXCLUDED.national ELSE w.national END,
      national_at = greatest(w.national_at, EXCLUDED.national_at),
      settled_at = CASE WHEN EXCLUDED.national_at IS NULL OR EXCLUDED.national_at < w.national_at THEN w.settled_at
        WHEN EXCLUDED.settled_at IS NULL THEN NULL ELSE coalesce(w.settled_at, EXCLUDED.settled_at) END`,
};

/** Writes the moves of a group of accepted events; the entities are locked by the caller. */
export async function writeMoves(client: pg.ClientBase, moves: readonly MoveRow[]): Promise<void> {
  await run(client, WRITE_MOVES, [
    plainArray(moves.map(row => row.entity)),
    plainArray(moves.map(row => row.event)),
    textArray(moves.map(row => row.unit)),
    textArray(moves.map(row => row.procedure)),
    plainArray(moves.map(row => String(row.trial))),
    plainArray(moves.map(row => row.move.at)),
    textArray(moves.map(row => row.move.national ?? null)),
    plainArray(moves.map(row => row.move.due ?? null)),
    textArray(moves.map(row => JSON.stringify(row.move))),
  ]);
}

/** What is learnt later of an event that nobody could read: the unit, the procedure or the national status of its dossier. */
export interface LearntMove {
  entity: number;
  event: string;
  unit?: string | undefined;
  procedure?: string | undefined;
  national?: string | undefined;
}

/** Keeps what is learnt, in this order for each dossier; the entities are locked by the caller. */
export async function learnMoves(client: pg.ClientBase, learnt: readonly LearntMove[]): Promise<void> {
  let left = learnt;
  while (left.length > 0) {
    // one statement changes a row once: a dossier's next one waits for the next
    const first = new Map<number, LearntMove>();
    const later: LearntMove[] = [];
    for (const one of left) {
      if (first.has(one.entity)) later.push(one);
      else first.set(one.entity, one);
    }
    await learn(client, [...first.values()]);
    left = later;
  }
}

async function learn(client: pg.ClientBase, learnt: readonly LearntMove[]): Promise<void> {
  await client.query(
    `WITH i AS MATERIALIZED (SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[])
         AS i(entity, event, unit, procedure, national)),
       m AS (UPDATE workflow_moves SET move = move || jsonb_build_object('national', i.national) FROM i
         WHERE i.national IS NOT NULL AND workflow_moves.entity = i.entity AND workflow_moves.event = i.event AND move ? 'unread'
         RETURNING i.entity, to_timestamp((move->>'at')::float8 / 1000) AS at),
       said AS (SELECT i.*, m.at, coalesce(m.at >= coalesce(o.national_at, m.at), false) AS newest
         FROM i JOIN workflow o ON o.entity = i.entity LEFT JOIN m ON m.entity = i.entity)
     UPDATE workflow w SET unit = coalesce(w.unit, said.unit), procedure = coalesce(w.procedure, said.procedure),
       national = CASE WHEN said.newest THEN said.national ELSE w.national END,
       national_at = greatest(w.national_at, said.at),
       settled_at = CASE WHEN NOT said.newest THEN w.settled_at
         WHEN said.national IN (${SETTLED}) THEN coalesce(w.settled_at, said.at) END
     FROM said WHERE w.entity = said.entity`,
    [
      plainArray(learnt.map(one => one.entity)),
      plainArray(learnt.map(one => one.event)),
      textArray(learnt.map(one => one.unit)),
      textArray(learnt.map(one => one.procedure)),
      textArray(learnt.map(one => one.national)),
    ],
  );
}

/** One dossier with all its moves. */
export interface Processing {
  code: string;
  unit: string | null;
  procedure: string | null;
  trial: boolean;
  moves: Move[];
}

const MOVES = '(SELECT json_agg(m.move ORDER BY m.event) FROM workflow_moves m WHERE m.entity = w.entity) AS moves';
const SHOWN = `substr(e.key, position(':' in e.key) + 1) AS code, w.unit, w.procedure, w.trial, ${MOVES}`;

/** The processing of the dossier that one of these keys leads to; undefined where nothing has moved. */
export async function readProcessing(database: Database, keys: readonly string[]): Promise<Processing | undefined> {
  const { rows } = await database.people.query<Processing>(
    `SELECT ${SHOWN} FROM aliases a JOIN workflow w ON w.entity = a.entity JOIN entities e ON e.id = w.entity
     WHERE a.key = ANY($1::text[]) ORDER BY array_position($1::text[], a.key) LIMIT 1`,
    [keys],
  );
  return rows[0];
}

/** Which open dossiers may be nearly late: nothing that cannot be is read. */
export interface MayBeLate {
  unit?: string;
  /** Procedures with the least time (ms) after which one of them can be nearly late. */
  procedures: readonly { code: string; afterMs: number }[];
  /** The same for a filing that is not answered yet. */
  answerAfterMs: number;
  /** The share of a given time after which it is nearly spent. */
  share: number;
  now: number;
  most: number;
}

/** Open dossiers that may be nearly late or late, the longest under way first; official ones only. */
export async function readMayBeLate(database: Database, wanted: MayBeLate): Promise<Processing[]> {
  const { rows } = await database.patient.query<Processing>(
    `SELECT ${SHOWN} FROM (
       SELECT w.* FROM workflow w LEFT JOIN unnest($1::text[], $2::float8[]) p(code, after_ms) ON p.code = w.procedure
       WHERE w.settled_at IS NULL AND NOT w.trial AND ($3::text IS NULL OR w.unit = $3)
         AND (w.began_at <= to_timestamp(($4::float8 - p.after_ms) / 1000)
           OR (w.national = '1' AND w.began_at <= to_timestamp(($4::float8 - $5::float8) / 1000))
           OR w.began_at + (w.given_due - w.began_at - interval '10 days') * $6::float8 - interval '1 day' <= to_timestamp($4::float8 / 1000))
       ORDER BY w.began_at LIMIT $7) w JOIN entities e ON e.id = w.entity ORDER BY w.began_at`,
    [
      wanted.procedures.map(({ code }) => code),
      wanted.procedures.map(({ afterMs }) => afterMs),
      wanted.unit ?? null,
      wanted.now,
      wanted.answerAfterMs,
      wanted.share,
      wanted.most,
    ],
  );
  return rows;
}

export interface SettledFilter {
  from: Date;
  to: Date;
  unit?: string;
  procedures?: readonly string[];
  most: number;
  /** Dossiers read at once: their moves are in memory, so no more of them than that. */
  atOnce?: number;
}

/** Official dossiers settled in a time, newest first, a few hundred at a time. */
export async function* readSettled(database: Database, filter: SettledFilter): AsyncGenerator<Processing[], void> {
  const { atOnce = 500 } = filter;
  let left = filter.most;
  let last: { settled: string; entity: string } | undefined;
  while (left > 0) {
    const { rows } = await database.patient.query<Processing & { settled: string; entity: string }>(
      `SELECT ${SHOWN}, w.settled_at::text AS settled, w.entity::text FROM (SELECT * FROM workflow
         WHERE settled_at >= $1 AND settled_at < $2 AND NOT trial AND ($3::text IS NULL OR unit = $3)
           AND ($4::text[] IS NULL OR procedure = ANY($4))
           AND ($6::timestamptz IS NULL OR (settled_at <= $6 AND (settled_at, entity) < ($6, $7::bigint)))
         ORDER BY settled_at DESC, entity DESC LIMIT $5) w JOIN entities e ON e.id = w.entity
       ORDER BY w.settled_at DESC, w.entity DESC`,
      [
        filter.from,
        filter.to,
        filter.unit ?? null,
        filter.procedures ?? null,
        Math.min(left, atOnce),
        last?.settled ?? null,
        last?.entity ?? null,
      ],
    );
    last = rows.at(-1);
    left -= rows.length;
    if (rows.length > 0) yield rows;
    if (rows.length < atOnce) return;
  }
}
