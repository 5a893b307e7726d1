/**
 * Lets parked syncs go on once the vocabulary knows what they waited for: open again at their place in the lane, so that what
 * waited behind them follows in order. The entity learns unit and procedure, as if the event had been understood at once.
 * Locks: entities, then lanes, then syncs, then the audit head.
 */
import type pg from 'pg';
import type { Json } from '../domain/words.ts';
import { putInto } from '../entities/answer.ts';
import { noteBegun } from '../entities/begun.ts';
import { noteUnderstood } from '../entities/echo.ts';
import type { Payload } from '../entities/payload.ts';
import type { Answer, EntityState, Normal } from '../entities/state.ts';
import type { Warning } from '../facts/judge.ts';
import { type Actor, actOnLedger } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';
import { storeStates } from './entity-state.ts';
import { type Going, keepWarnings } from './keep-warnings.ts';
import { addRevision } from './revisions.ts';
import { open } from './seal.ts';
import { type LearntMove, learnMoves } from './workflow.ts';

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
  /** How it goes: marked as a trial's, or officially; as it was where nothing is said. */
  mode?: 'trial' | 'official';
  /** What speaks against it and does not hold it back; as it stands among the event's warnings where nothing is said. */
  warnings?: readonly Warning[];
  /** What a rule answers now, and the payload with it: stored as a revision, so that delivery sees it too. */
  byRule?: { answers: readonly [Answer, ...Answer[]]; payload: Payload };
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

/** Most syncs of one transaction: what arrives for their entities meanwhile waits for it. */
const MOST = 200;

/** Opens those that are still parked as they were read, some hundred in a transaction; answers them in the order asked for. */
export async function freeParked(
  database: Database,
  wanted: readonly Freeable[],
  subject: string,
  actor: Actor,
  dryRun: boolean,
): Promise<Freed[]> {
  const freed: Freed[] = [];
  for (let from = 0; from < wanted.length; from += MOST) {
    const some = wanted.slice(from, from + MOST);
    freed.push(...(await actOnLedger(database, dryRun, client => freeSome(client, some, subject, actor))));
  }
  return freed;
}

async function freeSome(
  client: pg.ClientBase,
  wanted: readonly Freeable[],
  subject: string,
  actor: Actor,
): Promise<Freed[]> {
  const entities = await lockEntities(client, wanted);
  await client.query('SELECT 1 FROM lanes WHERE lane = ANY($1::bigint[]) ORDER BY target, entity FOR UPDATE', [
    wanted.map(one => one.lane),
  ]);
  const opened = await openAll(client, wanted);
  const freed: Freed[] = [];
  const going: Going[] = [];
  const learnt: LearntMove[] = [];
  for (const one of wanted) {
    const sync = opened.get(one.sync);
    if (sync === undefined) continue;
    freed.push({ id: sync.id, target: sync.target, home: sync.home });
    if (one.warnings !== undefined) going.push({ event: sync.event, target: sync.target, warnings: one.warnings });
    if (one.byRule !== undefined) await keepAnswers(client, one, sync.event, one.byRule.payload, actor);
    const entity = entities.get(one.entity);
    if (entity === undefined) continue;
    learn(entity, one);
    const { unit, procedure, status } = one;
    learnt.push({ entity: one.entity, event: sync.event, unit, procedure, national: status?.national });
    if (one.mode !== undefined) noteBegun(entity.state, sync.target, one.mode);
    noteUnderstood(
      entity.state,
      { target: sync.target, sync: sync.id, event: sync.event, type: sync.type },
      { unit, procedure, national: status?.national, subStatus: status?.subStatus ?? undefined },
    );
  }
  await learnMoves(client, learnt);
  await storeStates(
    client,
    new Map([...entities].flatMap(([id, { state, changed }]) => (changed ? [[id, state]] : []))),
  );
  await keepWarnings(client, going);
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
}

interface Opened extends Freed {
  lane: number;
  pos: number;
  event: string;
  type: string;
}

/** Opens the syncs and their lanes, whose rows are locked. */
async function openAll(client: pg.ClientBase, wanted: readonly Freeable[]): Promise<Map<string, Opened>> {
  const { rows } = await client.query<Opened>(
    `WITH w AS (SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[])
         AS w(sync, revision, unit, procedure, pointer, value, mode)),
       o AS (UPDATE syncs s SET state = 'open', cause = NULL, fixed_release = NULL, unit = coalesce(w.unit, s.unit),
           procedure = coalesce(w.procedure, s.procedure), mode = coalesce(w.mode, s.mode), updated_at = now()
         FROM w, lanes l, problems p WHERE s.id = w.sync AND s.state = 'parked' AND s.revision = w.revision AND l.lane = s.lane
           AND p.sync = s.id AND p.detail->>'pointer' = w.pointer AND p.detail->'value' = w.value
         RETURNING s.id, s.target, l.home, s.lane, s.pos, s.event, s.type),
       p AS (DELETE FROM problems USING o WHERE problems.sync = o.id),
       l AS (UPDATE lanes SET blocked_by = NULL, due = now() FROM o WHERE lanes.lane = o.lane AND lanes.head = o.pos)
     SELECT * FROM o`,
    [
      wanted.map(one => one.sync),
      wanted.map(one => one.revision),
      wanted.map(one => one.unit ?? null),
      wanted.map(one => one.procedure ?? null),
      wanted.map(one => one.pointer),
      wanted.map(one => JSON.stringify(one.value)),
      wanted.map(one => one.mode ?? null),
    ],
  );
  return new Map(rows.map(row => [row.id, row]));
}

/** The lane is open already in this transaction: what it is claimed with is the revision with the answers. */
async function keepAnswers(
  client: pg.ClientBase,
  { sync, revision }: Freeable,
  event: string,
  payload: Payload,
  actor: Actor,
): Promise<void> {
  const made = await addRevision(client, { event, basedOn: revision, sync, kind: 'answer', payload }, actor);
  await client.query('UPDATE syncs SET revision = $2 WHERE id = $1', [sync, made]);
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
function learn(entity: Entity, { pointer, value, to, status, unit, procedure, byRule }: Freeable): void {
  const { state } = entity;
  entity.changed = true;
  if (to !== undefined) {
    state.fields = putInto(state.fields, [{ pointer, from: value, to, by: '', reason: '' }]);
  }
  if (byRule !== undefined) state.fields = putInto(state.fields, byRule.answers);
  if (status !== undefined && state.fields.status === value) {
    state.fields = { ...state.fields, status: status.national, statusList: 'national' };
    state.national = status.national;
    if (status.subStatus !== null) state.subStatus = status.subStatus;
  }
  if (unit !== undefined) state.unit ??= unit;
  if (procedure !== undefined) state.procedure ??= procedure;
}
