/**
 * Lets parked syncs go on once the vocabulary knows what they waited for: open again at their place in the lane, so that what
 * waited behind them follows in order. The entity learns unit and procedure, as if the event had been understood at once.
 * Locks: entities, then lanes, then syncs, then the audit head.
 */
import type pg from 'pg';
import type { Json } from '../domain/words.ts';
import { putInto } from '../entities/answer.ts';
import { noteUnderstood } from '../entities/echo.ts';
import type { EntityState, Normal } from '../entities/state.ts';
import { type Actor, actOnLedger } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';
import { storeState } from './entity-state.ts';
import { open } from './seal.ts';

/** A parked sync that may go on, and what is known of it now. */
export interface Freeable {
  sync: string;
  entity: number;
  lane: number;
  revision: number;
  pointer: string;
  /** The value that nobody knew. */
  value: Json;
  /** The canonical value in its place, where the merged dossier holds one. */
  to?: Json;
  /** The national status, where that was unknown. */
  status?: { national: string; subStatus: string | null };
  unit?: string;
  procedure?: string;
}
/** A parked sync as one that may go on, by what is understood of its event now. */
export function freeableOf(
  parked: Pick<Freeable, 'sync' | 'entity' | 'lane' | 'revision' | 'pointer' | 'value'>,
  { unit, procedure, national, subStatus }: Normal,
): Freeable {
  const { sync, entity, lane, revision, pointer, value } = parked;
  const to = pointer === '/data/procedureCode' ? procedure : pointer === '/data/unitCode' ? unit : undefined;
  return {
    sync,
    entity,
    lane,
    revision,
    pointer,
    value,
    ...(to === undefined ? {} : { to }),
    ...(pointer === '/data/status' && national !== undefined
      ? { status: { national, subStatus: subStatus ?? null } }
      : {}),
    ...(unit === undefined ? {} : { unit }),
    ...(procedure === undefined ? {} : { procedure }),
  };
}
export interface Freed {
  id: string;
  target: string;
  home: string;
}

/** Opens those that are still parked as they were read; answers them. One transaction; call it with some hundred at most. */
export function freeParked(
  database: Database,
  wanted: readonly Freeable[],
  subject: string,
  actor: Actor,
  dryRun: boolean,
): Promise<Freed[]> {
  return actOnLedger(database, dryRun, async client => {
    const entities = await lockEntities(client, wanted);
    await client.query('SELECT 1 FROM lanes WHERE lane = ANY($1::bigint[]) ORDER BY target, entity FOR UPDATE', [
      wanted.map(one => one.lane),
    ]);
    const freed: Freed[] = [];
    for (const one of wanted) {
      const { rows } = await client.query<Freed & { lane: number; pos: number; event: string; type: string }>(
        `UPDATE syncs s SET state = 'open', cause = NULL, fixed_release = NULL, unit = coalesce($3, s.unit), procedure = coalesce($4, s.procedure), updated_at = now()
         FROM lanes l, problems p WHERE s.id = $1 AND s.state = 'parked' AND s.revision = $2 AND l.lane = s.lane
           AND p.sync = s.id AND p.detail->>'pointer' = $5 AND p.detail->'value' = $6::jsonb
         RETURNING s.id, s.target, l.home, s.lane, s.pos, s.event, s.type`,
        [one.sync, one.revision, one.unit ?? null, one.procedure ?? null, one.pointer, JSON.stringify(one.value)],
      );
      const opened = rows[0];
      if (opened === undefined) continue;
      freed.push({ id: opened.id, target: opened.target, home: opened.home });
      await client.query('DELETE FROM problems WHERE sync = $1', [one.sync]);
      await client.query('UPDATE lanes SET blocked_by = NULL, due = now() WHERE lane = $1 AND head = $2', [
        opened.lane,
        opened.pos,
      ]);
      const entity = entities.get(one.entity);
      if (entity === undefined) continue;
      learn(entity, one);
      noteUnderstood(
        entity.state,
        { target: opened.target, sync: opened.id, event: opened.event, type: opened.type },
        {
          unit: one.unit,
          procedure: one.procedure,
          national: one.status?.national,
          subStatus: one.status?.subStatus ?? undefined,
        },
      );
    }
    await storeEntities(client, entities);
    if (freed.length > 0) {
      await writeAudit(client, {
        who: actor.who,
        act: 'sync.free',
        subject,
        reason: actor.reason,
        before: { state: 'parked' },
        after: { state: 'open', freed: freed.map(one => one.id) },
      });
    }
    return freed;
  });
}

interface Entity {
  id: number;
  state: EntityState;
  changed: boolean;
}

async function lockEntities(client: pg.ClientBase, wanted: readonly Freeable[]): Promise<Map<number, Entity>> {
  const { rows } = await client.query<{ id: number; key_id: number; state: Buffer }>(
    'SELECT id, key_id, state FROM entities WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE',
    [[...new Set(wanted.map(one => one.entity))]],
  );
  return new Map(
    rows.map(row => {
      const state = open({ keyId: row.key_id, body: row.state }) as unknown as EntityState;
      return [row.id, { id: row.id, state, changed: false }];
    }),
  );
}

/** The merged dossier speaks canonical terms: what was unknown is put in now, where it still stands. */
function learn(entity: Entity, { pointer, value, to, status, unit, procedure }: Freeable): void {
  const { state } = entity;
  entity.changed = true;
  if (to !== undefined) {
    state.fields = putInto(state.fields, [{ pointer, from: value, to, by: '', reason: '' }]);
  }
  if (status !== undefined && state.fields.status === value) {
    state.fields = { ...state.fields, status: status.national, statusList: 'national' };
    state.national = status.national;
    if (status.subStatus !== null) state.subStatus = status.subStatus;
  }
  if (unit !== undefined) state.unit ??= unit;
  if (procedure !== undefined) state.procedure ??= procedure;
}

async function storeEntities(client: pg.ClientBase, entities: ReadonlyMap<number, Entity>): Promise<void> {
  for (const { id, state, changed } of entities.values()) {
    if (!changed) continue;
    await storeState(client, id, state);
  }
}
