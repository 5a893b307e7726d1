/**
 * What sending a stored event again reads and writes: its entity locked, its last revision, its syncs, and new syncs for
 * targets that never had one.
 */
import type pg from 'pg';
import type { JsonObject } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import type { EntityState } from '../entities/state.ts';
import { type SyncRow, writeGroup } from './accept.ts';
import { open } from './seal.ts';

export interface StoredEvent {
  id: string;
  entity: number;
  unit: string | null;
  procedure: string | null;
  /** State of the entity now; changed by whoever adds syncs, stored by `addSyncs`. */
  state: EntityState;
  /** The last revision, people's answers in it (what was edited for one sync is that sync's alone); undefined once past its retention. */
  payload: Payload | undefined;
  revision: number;
  syncs: { id: string; target: string; state: string }[];
}

/** Locks the event's entity and the lanes of its syncs, in the order that acceptance uses; undefined when there is no such event. */
export async function lockEvent(client: pg.ClientBase, id: string): Promise<StoredEvent | undefined> {
  const { rows } = await client.query<{
    id: string;
    unit: string | null;
    procedure: string | null;
    entity: number;
    key_id: number;
    state: Buffer;
  }>(
    `SELECT e.id, e.unit, e.procedure, n.id AS entity, n.key_id, n.state FROM events e JOIN entities n ON n.id = e.entity
     WHERE e.id = $1 FOR UPDATE OF n`,
    [id],
  );
  const event = rows[0];
  if (!event) return undefined;
  await client.query(
    'SELECT 1 FROM lanes WHERE lane IN (SELECT lane FROM syncs WHERE event = $1) ORDER BY target FOR UPDATE',
    [id],
  );
  const syncs = await client.query<StoredEvent['syncs'][number]>(
    'SELECT id, target, state FROM syncs WHERE event = $1 ORDER BY target, id',
    [id],
  );
  const payloads = await client.query<{ revision: number; key_id: number; body: Buffer }>(
    `SELECT revision, key_id, body FROM payloads p WHERE event = $1
       AND NOT EXISTS (SELECT FROM revisions r WHERE r.event = p.event AND r.revision = p.revision AND r.edited)
     ORDER BY revision DESC LIMIT 1`,
    [id],
  );
  const payload = payloads.rows[0];
  return {
    ...event,
    state: open({ keyId: event.key_id, body: event.state }) as unknown as EntityState,
    payload: payload && (open({ keyId: payload.key_id, body: payload.body }) as unknown as Payload),
    revision: payload?.revision ?? 1,
    syncs: syncs.rows,
  };
}

/** Syncs of later events of the same entity that were delivered to these targets: what the event would be put over. */
export async function youngerThan(
  client: pg.ClientBase,
  event: Pick<StoredEvent, 'id' | 'entity'>,
  targets: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT s.id FROM lanes l JOIN syncs s ON s.lane = l.lane
     WHERE l.entity = $1 AND l.target = ANY($2) AND s.event > $3 AND s.state = 'delivered' ORDER BY s.id DESC LIMIT 50`,
    [event.entity, targets, event.id],
  );
  return rows.map(row => row.id);
}

/** Adds syncs of a stored event at their lanes' tails, with the entity as the caller changed it. Answers the homes to wake. */
export async function addSyncs(
  client: pg.PoolClient,
  event: StoredEvent,
  syncs: SyncRow[],
): Promise<{ target: string; home: string }[]> {
  const entities = [{ id: event.entity, state: event.state as unknown as JsonObject }];
  const homes = await writeGroup(client, { events: [], syncs, questions: [], entities });
  if (event.revision > 1) {
    const ids = syncs.map(sync => sync.id);
    await client.query('UPDATE syncs SET revision = $2 WHERE id = ANY($1::uuid[])', [ids, event.revision]);
  }
  return homes;
}
