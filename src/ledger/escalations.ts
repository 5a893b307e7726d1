/**
 * What stands too long, in the ledger: what waits now by cause, unit, target and thing; the escalations that are open; and their
 * steps. Each step carries its guard, so that of two schedulers that look at once only one takes it. Times are ms, given by the caller.
 */
import type pg from 'pg';
import type { CauseCode } from '../domain/causes.ts';
import type { JsonObject } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import { open } from './seal.ts';

/** What one escalation is about. */
export interface Matter {
  cause: CauseCode;
  unit: string | null;
  target: string;
  /** The right, procedure, code … that all of it waits for; empty where the cause says it all. */
  key: string;
}
/** What waits now about one matter. */
export interface Standing extends Matter {
  /** Since when the longest of it waits. */
  since: number;
  count: number;
  dossiers: number;
  /** How many of them are of a trial. */
  trial: number;
}
/** An escalation as it stands, or as it is to be written. */
export interface Risen extends Standing {
  id: string;
  level: number;
  nextAt: number | null;
  /** Who has looked at it since it reached its level; null = silence. */
  noticed: Notice | null;
}
export interface Notice {
  by: string;
  at: number;
  /** Took note of it, not only opened it. */
  acknowledged: boolean;
}

/** What makes two syncs wait for the same thing. */
const KEY = `left(CASE
  WHEN b.cause = 'missing-right' THEN concat_ws('|', b.detail->>'right', b.detail->>'post')
  WHEN b.cause IN ('no-authority', 'no-legal-basis', 'unknown-procedure', 'unknown-unit', 'ambiguous-unit', 'unknown-officer', 'unmapped-status', 'unmapped-term')
    THEN concat_ws('|', b.detail->>'list', b.detail->>'value')
  WHEN b.cause = 'invalid-for-target' THEN coalesce(b.detail->>'pointer', '')
  ELSE '' END, 200)`;

/** Parked, failed, and what is tried again and again; the last has no unit, because only the target's side can mend it. */
const STANDING = `
  SELECT s.id AS sync, b.cause, b.unit, b.target, ${KEY} AS key, b.since, b.detail, s.lane, s.mode
  FROM problems b JOIN syncs s ON s.id = b.sync
  UNION ALL
  SELECT s.id, s.cause, NULL, s.target, '', s.retry_since, NULL, s.lane, s.mode
  FROM lanes l JOIN syncs s ON s.lane = l.lane AND s.pos = l.head
  WHERE l.due IS NOT NULL AND s.state = 'open' AND s.retry_since IS NOT NULL AND s.cause IS NOT NULL`;

const MS = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::bigint`;
const AT = (parameter: string): string => `to_timestamp(${parameter} / 1000.0)`;

/** Everything that waits, by matter. */
export async function readStanding(client: pg.Pool | pg.ClientBase): Promise<Standing[]> {
  const { rows } = await client.query<Standing>(
    `SELECT w.cause, w.unit, w.target, w.key, ${MS('min(w.since)')} AS since, count(*)::int AS count,
       count(DISTINCT l.entity)::int AS dossiers, (count(*) FILTER (WHERE w.mode = 'trial'))::int AS trial
     FROM (${STANDING}) w JOIN lanes l ON l.lane = w.lane GROUP BY 1, 2, 3, 4`,
  );
  return rows;
}

/** What is read of an escalation `e`: a `Risen`. */
export const RISEN = `e.id, e.cause, e.unit, e.target, e.key, e.level, ${MS('e.since')} AS since, ${MS('e.next_at')} AS "nextAt", e.count, e.dossiers, e.trial,
  CASE WHEN e.acknowledged_at >= e.raised_at THEN json_build_object('by', e.acknowledged_by, 'at', ${MS('e.acknowledged_at')}, 'acknowledged', true)
    WHEN e.seen_at >= e.raised_at THEN json_build_object('by', e.seen_by, 'at', ${MS('e.seen_at')}, 'acknowledged', false) END AS noticed`;

/** The escalations that are open. */
export async function readOpenEscalations(client: pg.Pool | pg.ClientBase): Promise<Risen[]> {
  const { rows } = await client.query<Risen>(`SELECT ${RISEN} FROM escalations e WHERE e.closed_at IS NULL`);
  return rows;
}

const RECORDS = 'jsonb_to_recordset($1::jsonb)';

/** Opens those of `risen` that nobody else has opened; answers their ids. */
export async function openEscalations(
  client: pg.ClientBase,
  risen: readonly Risen[],
  now: number,
): Promise<Set<string>> {
  if (risen.length === 0) return new Set();
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO escalations (id, cause, unit, target, key, level, since, next_at, count, dossiers, trial, opened_at, raised_at)
     SELECT id, cause, unit, target, key, level, ${AT('since')}, ${AT('"nextAt"')}, count, dossiers, trial, ${AT('$2::float8')}, ${AT('$2::float8')}
     FROM ${RECORDS} AS t(id uuid, cause text, unit text, target text, key text, level int, since float8, "nextAt" float8, count int, dossiers int, trial int)
     ON CONFLICT (cause, coalesce(unit, ''), target, key) WHERE closed_at IS NULL DO NOTHING RETURNING id`,
    [JSON.stringify(risen), now],
  );
  return new Set(rows.map(row => row.id));
}

/** Raises those of `risen` that stand lower; answers their ids. */
export async function raiseEscalations(
  client: pg.ClientBase,
  risen: readonly Risen[],
  now: number,
): Promise<Set<string>> {
  if (risen.length === 0) return new Set();
  const { rows } = await client.query<{ id: string }>(
    `UPDATE escalations e SET level = t.level, raised_at = ${AT('$2::float8')}
     FROM ${RECORDS} AS t(id uuid, level int) WHERE e.id = t.id AND e.level < t.level AND e.closed_at IS NULL RETURNING e.id`,
    [JSON.stringify(risen), now],
  );
  return new Set(rows.map(row => row.id));
}

/** Writes what has changed of those that still stand: counts, since when, and the next limit. Told to nobody. */
export async function recountEscalations(client: pg.ClientBase, standing: readonly Risen[]): Promise<void> {
  if (standing.length === 0) return;
  await client.query(
    `UPDATE escalations e SET count = t.count, dossiers = t.dossiers, trial = t.trial, since = ${AT('t.since')}, next_at = ${AT('t."nextAt"')}, gone_at = NULL
     FROM ${RECORDS} AS t(id uuid, since float8, "nextAt" float8, count int, dossiers int, trial int)
     WHERE e.id = t.id AND e.closed_at IS NULL AND (e.count, e.dossiers, e.trial, e.since, e.next_at, e.gone_at)
       IS DISTINCT FROM (t.count, t.dossiers, t.trial, ${AT('t.since')}, ${AT('t."nextAt"')}, NULL::timestamptz)`,
    [JSON.stringify(standing)],
  );
}

/** Nothing of these stands any more: notes since when, and closes those of which nothing has stood for `graceMs`; answers the closed ones. */
export async function closeEscalations(
  client: pg.ClientBase,
  gone: readonly string[],
  now: number,
  graceMs: number,
): Promise<Set<string>> {
  if (gone.length === 0) return new Set();
  const { rows } = await client.query<{ id: string; closed: boolean }>(
    `UPDATE escalations SET gone_at = coalesce(gone_at, ${AT('$2::float8')}), count = 0, dossiers = 0, trial = 0,
       closed_at = CASE WHEN coalesce(gone_at, ${AT('$2::float8')}) <= ${AT('($2::float8 - $3::float8)')} THEN ${AT('$2::float8')} END
     WHERE id = ANY($1::uuid[]) AND closed_at IS NULL RETURNING id, closed_at IS NOT NULL AS closed`,
    [gone, now, graceMs],
  );
  return new Set(rows.filter(row => row.closed).map(row => row.id));
}

/** One of the syncs of a matter, with its payload. */
export interface Sample {
  sync: string;
  procedure: string | null;
  type: string;
  detail: JsonObject | null;
  payload: Payload;
}

/** The longest-standing syncs of a matter. */
export async function readSamples(client: pg.ClientBase, matter: Matter, limit: number): Promise<Sample[]> {
  const { rows } = await client.query<Omit<Sample, 'payload'> & { key_id: number; body: Buffer }>(
    `SELECT w.sync, w.detail, s.procedure, s.type, p.key_id, p.body FROM (${STANDING}) w
     JOIN syncs s ON s.id = w.sync JOIN payloads p ON p.event = s.event AND p.revision = s.revision
     WHERE w.cause = $1 AND w.unit IS NOT DISTINCT FROM $2 AND w.target = $3 AND w.key = $4 ORDER BY w.since, w.sync LIMIT $5`,
    [matter.cause, matter.unit, matter.target, matter.key, limit],
  );
  return rows.map(({ key_id, body, ...row }) => ({
    ...row,
    payload: open({ keyId: key_id, body }) as unknown as Payload,
  }));
}
