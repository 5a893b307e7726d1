/**
 * What waits for a fact about desks: which syncs are to be judged again, and what is written of those that go on waiting.
 * A sync is due when a fact of its unit (or of the province) is younger than its last judgement, or when its own time has come:
 * that covers the fact that comes, the one that came in the very moment of acceptance, and the one that begins on a date.
 */
import type pg from 'pg';
import type { CauseCode } from '../domain/causes.ts';
import type { Json, JsonObject } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import type { Database } from './database.ts';
import type { Freeable } from './free-parked.ts';
import type { ParkedSync } from './read-payloads.ts';
import { open } from './seal.ts';

/** A parked sync with the cause it waits for. */
export interface WaitingSync extends ParkedSync {
  cause: CauseCode;
}

const SELECT = `SELECT s.id, s.target, s.unit, s.procedure, s.type, s.revision, l.entity, s.lane, b.cause, b.detail->>'pointer' AS pointer, b.detail->'value' AS value, p.key_id, p.body
  FROM problems b JOIN syncs s ON s.id = b.sync JOIN lanes l ON l.lane = s.lane JOIN payloads p ON p.event = s.event AND p.revision = s.revision
  WHERE b.desk_version IS NOT NULL AND s.state = 'parked'`;

type Row = Omit<WaitingSync, 'payload'> & { key_id: number; body: Buffer };

const opened = ({ key_id, body, ...sync }: Row): WaitingSync => ({
  ...sync,
  value: sync.value as Json,
  payload: open({ keyId: key_id, body }) as unknown as Payload,
});

/** Before all syncs. */
export const FIRST = '00000000-0000-0000-0000-000000000000';

/** The next syncs after `after` that are to be judged with facts of version `version`, oldest first. */
export async function dueForJudging(
  database: Database,
  version: number,
  after: string,
  limit: number,
): Promise<WaitingSync[]> {
  const { rows } = await database.people.query<Row>(
    `${SELECT} AND b.sync > $3 AND (b.recheck_at <= now()
       OR (b.desk_version < $1 AND (EXISTS (SELECT FROM facts f WHERE f.unit IS NULL AND f.version > b.desk_version)
         OR EXISTS (SELECT FROM facts f WHERE f.unit = b.unit AND f.version > b.desk_version))))
     ORDER BY b.sync LIMIT $2`,
    [version, limit, after],
  );
  return rows.map(opened);
}

/** What waits for facts of these units (undefined = of any), oldest first, at most `limit`: for trying a fact out before it is saved. */
export async function waitingForFacts(
  database: Database,
  units: readonly string[] | undefined,
  after: string,
  limit: number,
): Promise<WaitingSync[]> {
  const { rows } = await database.people.query<Row>(
    `${SELECT} AND b.sync > $1 AND ($3::text[] IS NULL OR b.unit = ANY($3)) ORDER BY b.sync LIMIT $2`,
    [after, limit, units ?? null],
  );
  return rows.map(opened);
}

/** Those of these syncs that still wait for a fact. */
export async function waitingAmong(
  client: Pick<pg.ClientBase, 'query'>,
  ids: readonly string[],
): Promise<WaitingSync[]> {
  const { rows } = await client.query<Row>(`${SELECT} AND b.sync = ANY($1::uuid[]) ORDER BY b.sync`, [ids]);
  return rows.map(opened);
}

/** Those of these syncs that have gone on. */
export async function goneOn(database: Database, ids: readonly string[]): Promise<{ id: string; target: string }[]> {
  const { rows } = await database.people.query<{ id: string; target: string }>(
    "SELECT id, target FROM syncs WHERE id = ANY($1::uuid[]) AND state NOT IN ('parked', 'cancelled') ORDER BY id",
    [ids],
  );
  return rows;
}

/** What could not be judged waits for the next fact like all that was judged, so that it is not tried without end. */
export async function setAside(database: Database, ids: readonly string[], version: number): Promise<void> {
  await database.people.query(
    'UPDATE problems SET desk_version = $2, recheck_at = NULL WHERE sync = ANY($1::uuid[]) AND desk_version IS NOT NULL',
    [ids, version],
  );
}

/** A sync that goes on waiting, and for what. */
export interface StillHeld {
  sync: string;
  revision: number;
  cause: CauseCode;
  detail: JsonObject;
  recheckAt: number | undefined;
  /** The unit whose facts it waits for: an event that is understood only now has found its desk. */
  unit: string | null;
}

/** A parked sync as it can be judged. */
export type Judgeable = Omit<ParkedSync, 'since' | 'type'>;
/** A judged sync either goes on, or goes on waiting. */
export type Verdict = { free: Freeable & { target: string } } | { held: StillHeld };

/** Writes what syncs wait for after a judgement with facts of `version`. */
export const keepHeld = (database: Database, held: readonly StillHeld[], version: number): Promise<void> =>
  writeHeld(database.people, held, version);

/** The same in the caller's transaction. */
export async function writeHeld(
  client: Pick<pg.ClientBase, 'query'>,
  held: readonly StillHeld[],
  version: number,
): Promise<void> {
  if (held.length === 0) return;
  await client.query(
    `WITH h AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(sync uuid, revision int, cause text, detail jsonb, "recheckAt" float8, unit text)),
       s AS (UPDATE syncs SET cause = h.cause, unit = coalesce(h.unit, syncs.unit), updated_at = now() FROM h
         WHERE syncs.id = h.sync AND syncs.state = 'parked' AND syncs.revision = h.revision AND syncs.cause IS DISTINCT FROM h.cause)
     UPDATE problems SET cause = h.cause, unit = coalesce(h.unit, problems.unit), detail = h.detail, desk_version = $2, recheck_at = to_timestamp(h."recheckAt" / 1000.0)
     FROM h JOIN syncs x ON x.id = h.sync AND x.state = 'parked' AND x.revision = h.revision WHERE problems.sync = h.sync`,
    [JSON.stringify(held), version],
  );
}
