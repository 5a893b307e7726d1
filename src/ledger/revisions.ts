/**
 * Revisions of a payload: what a person answered or edited is stored beside what came, never over it. A revision counts for
 * the sync that it was made for; who made it, why and from which one stands in `revisions`.
 */
import type pg from 'pg';
import type { JsonObject } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import type { Actor } from './act.ts';
import type { Database } from './database.ts';
import { open, seal } from './seal.ts';

export interface NewRevision {
  event: string;
  /** The revision that it changes. */
  basedOn: number;
  /** The sync that it is made for. */
  sync: string;
  kind: 'answer' | 'edit';
  payload: Payload;
}
/** A later revision as it is read: with what it changed. */
export interface Revision {
  revision: number;
  basedOn: number;
  kind: 'answer' | 'edit';
  who: string;
  reason: string;
  at: Date;
  /** As stored; personal data not yet masked. Undefined once past its retention. */
  before: Payload | undefined;
  after: Payload | undefined;
}

/** Stores a payload's next revision; answers its number. The caller holds the entity locked, so that no other gets the same. */
export async function addRevision(client: pg.ClientBase, made: NewRevision, actor: Actor): Promise<number> {
  const sealed = seal(made.payload as unknown as JsonObject);
  const { rows } = await client.query<{ revision: number }>(
    `WITH p AS (INSERT INTO payloads (event, revision, key_id, body)
       SELECT $1::uuid, max(revision) + 1, $2::smallint, $3::bytea FROM payloads WHERE event = $1::uuid RETURNING event, revision)
     INSERT INTO revisions (event, revision, based_on, sync, kind, edited, who, reason)
       SELECT event, revision, $4, $5, $6,
         $6 = 'edit' OR coalesce((SELECT edited FROM revisions WHERE event = $1::uuid AND revision = $4), false), $7, $8
       FROM p RETURNING revision`,
    [made.event, sealed.keyId, sealed.body, made.basedOn, made.sync, made.kind, actor.who, actor.reason],
  );
  return (rows[0] as { revision: number }).revision;
}

/** Lets a locked sync go on with a revision; its unit and procedure follow where the revision settles them. */
export async function useRevision(
  client: pg.ClientBase,
  sync: string,
  revision: number,
  settles: { unit?: string | undefined; procedure?: string | undefined },
): Promise<void> {
  await client.query(
    'UPDATE syncs SET revision = $2, unit = coalesce($3, unit), procedure = coalesce($4, procedure) WHERE id = $1',
    [sync, revision, settles.unit ?? null, settles.procedure ?? null],
  );
}

interface RevisionRow {
  revision: number;
  based_on: number;
  kind: 'answer' | 'edit';
  who: string;
  reason: string;
  at: Date;
  before_key: number | null;
  before_body: Buffer | null;
  after_key: number | null;
  after_body: Buffer | null;
}

/** Every revision that was made for a sync, oldest first. */
export async function revisionsOf(database: Database, sync: string, event: string): Promise<Revision[]> {
  const { rows } = await database.people.query<RevisionRow>(
    `SELECT r.revision, r.based_on, r.kind, r.who, r.reason, r.at, b.key_id AS before_key, b.body AS before_body,
       a.key_id AS after_key, a.body AS after_body
     FROM revisions r LEFT JOIN payloads b ON b.event = r.event AND b.revision = r.based_on
       LEFT JOIN payloads a ON a.event = r.event AND a.revision = r.revision
     WHERE r.event = $2 AND r.sync = $1 ORDER BY r.revision`,
    [sync, event],
  );
  return rows.map(row => ({
    revision: row.revision,
    basedOn: row.based_on,
    kind: row.kind,
    who: row.who,
    reason: row.reason,
    at: row.at,
    before: payloadOf(row.before_key, row.before_body),
    after: payloadOf(row.after_key, row.after_body),
  }));
}

const payloadOf = (keyId: number | null, body: Buffer | null): Payload | undefined =>
  keyId === null || body === null ? undefined : (open({ keyId, body }) as unknown as Payload);
