/**
 * Grouped commits: what arrives while a commit runs goes into the next one; an idle gateway commits at once.
 * A request is taken whole or not at all; one that breaks the statement is found by doing the group again one by one.
 */
import type pg from 'pg';
import type { EntityState } from '../entities/state.ts';
import {
  type EntityRow,
  type EventRow,
  knownEvents,
  type LockedEntity,
  learnAliases,
  lockEntities,
  type QuestionRow,
  type SyncRow,
  syncStates,
  writeGroup,
} from '../ledger/accept.ts';
import { isAway } from '../ledger/away.ts';
import { type Database, onConnection, sqlState, together } from '../ledger/database.ts';
import type { Room } from '../ledger/room.ts';
import { open } from '../ledger/seal.ts';
import { conflict, noRoom, unavailable, unstorable } from './accept-faults.ts';
import { Backlog, type Waiting } from './backlog.ts';
import { type DecideContext, decide, type Prepared } from './decide.ts';
import { EntityCache } from './entity-cache.ts';

/** One event as the answer names it. */
export interface Accepted {
  /** The source's id. */
  id: string;
  source: string;
  /** The ledger's id, UUIDv7. */
  eventId: string;
  duplicate: boolean;
  echoOf?: string;
  syncs: { id: string; target: string; state: string }[];
}

interface Request extends Waiting {
  events: readonly Prepared[];
  resolve(accepted: Accepted[]): void;
  reject(error: unknown): void;
}
/** What came of one request inside a group. */
type Result = { accepted: Accepted[] } | { error: unknown };

/** Most events of one commit. */
const GROUP = 400;
/** How often a group that met a deadlock or a race is tried. */
const TRIES = 4;

export interface AcceptQueue {
  /** Stores the events of one request in one commit; resolves after it. `bytes` is the size of the request, for back-pressure. Throws InputFault (409) when an id stands for other content. */
  accept(events: readonly Prepared[], bytes?: number): Promise<Accepted[]>;
  /** Waits until nothing is being stored. */
  idle(): Promise<void>;
}

export interface AcceptOptions {
  database: Database;
  context: () => DecideContext;
  /** Whether the ledger has room for more; taken for granted where nothing is given. */
  room?: Pick<Room, 'full' | 'failed'>;
  /** Called after the commit with the homes that have something new. */
  wake(homes: readonly { target: string; home: string }[]): void;
}

/** Makes the queue of one process. */
export function createAcceptQueue(options: AcceptOptions): AcceptQueue {
  const cache = new EntityCache(3_000);
  const backlog = new Backlog<Request>();
  let running: Promise<void> | undefined;

  const storeOnce = async (requests: readonly Request[]): Promise<Result[]> => {
    const touched: number[] = [];
    try {
      const { results, homes } = await onConnection(options.database.hot, client =>
        storeGroup(client, requests, options.context(), cache, touched),
      );
      cache.shrink();
      if (homes.length > 0) options.wake(homes);
      return results;
    } catch (error) {
      for (const entity of touched) cache.forget(entity);
      throw error;
    }
  };

  const store = async (requests: readonly Request[], tries: number): Promise<void> => {
    try {
      const results = await storeOnce(requests);
      requests.forEach((request, index) => {
        const result = results[index] as Result;
        if ('accepted' in result) request.resolve(result.accepted);
        else request.reject(result.error);
      });
    } catch (error) {
      const state = sqlState(error);
      options.room?.failed(error);
      const away = isAway(error);
      // a bad value or a race for one key must not fail strangers
      if (!away && requests.length > 1 && (state === undefined || /^2[23]/.test(state))) {
        for (const request of requests) await store([request], tries);
        return;
      }
      if (tries > 1 && (state === '40P01' || state === '40001' || state === '23505')) return store(requests, tries - 1);
      const answer = answerTo(error);
      for (const request of requests) request.reject(answer);
    }
  };

  const drain = async (): Promise<void> => {
    while (!backlog.empty) {
      const { group, late } = backlog.take(GROUP);
      for (const request of late) request.reject(unavailable(undefined));
      if (group.length === 0) continue;
      backlog.begin();
      await store(group, TRIES);
      backlog.end();
    }
    running = undefined;
  };

  return {
    accept: (events, bytes = 0) =>
      new Promise((resolve, reject) => {
        if (options.room?.full()) return reject(noRoom());
        if (!backlog.add({ events, bytes, since: performance.now(), resolve, reject }))
          return reject(unavailable(undefined));
        running ??= Promise.resolve().then(drain);
      }),
    idle: async () => {
      await running;
    },
  };
}

/** What the senders of a group that failed are told. */
function answerTo(error: unknown): unknown {
  const state = sqlState(error);
  if (state === '53100') return noRoom(error);
  if (isAway(error) || state?.startsWith('40')) return unavailable(error);
  return state?.startsWith('22') ? unstorable(error) : error;
}

/** The work of one commit. */
async function storeGroup(
  client: pg.PoolClient,
  requests: readonly Request[],
  context: DecideContext,
  cache: EntityCache,
  touched: number[],
): Promise<{ results: Result[]; homes: { target: string; home: string }[] }> {
  const all = requests.flatMap(request => request.events);
  // one round trip: the events are read after the entities are locked, since statements run in the order sent
  const [, locked, stored] = await together([
    client.query('BEGIN'),
    lockEntities(
      client,
      all.map(prepared => prepared.entity),
      key => cache.version(key),
    ),
    knownEvents(
      client,
      all.map(prepared => prepared.key),
    ),
  ]);
  const known = new Map(stored.map(row => [row.key, row]));
  for (const row of locked.values()) cache.take(row, open);
  const duplicatesOf: { result: Accepted; event: string }[] = [];
  const events: EventRow[] = [];
  const syncs: SyncRow[] = [];
  const questions: QuestionRow[] = [];
  const changed = new Map<number, EntityState>();
  const aliases: { key: string; entity: number; from: string }[] = [];
  const wasDelivered = async (ids: readonly string[]): Promise<boolean> => {
    const states = await syncStates(client, ids);
    return [...states.values()].includes('delivered');
  };

  /** What this group itself stores, by the ledger's id: a duplicate may stand in the same group. */
  const fresh = new Map<string, Accepted>();
  const results: Result[] = [];
  for (const request of requests) {
    const clash = request.events.findIndex(prepared => {
      const stored = known.get(prepared.key);
      return stored !== undefined && !stored.hash.equals(prepared.hash);
    });
    const firsts = new Map<string, Prepared>();
    const twice = request.events.findIndex(prepared => {
      const first = firsts.get(prepared.key);
      if (first === undefined) firsts.set(prepared.key, prepared);
      return first !== undefined && !first.hash.equals(prepared.hash);
    });
    if (clash >= 0 || twice >= 0) {
      const index = Math.max(clash, twice);
      const prepared = request.events[index] as Prepared;
      const stored = known.get(prepared.key)?.hash ?? (firsts.get(prepared.key) as Prepared).hash;
      results.push({ error: conflict(prepared, request.events.length === 1 ? '/id' : `/${index}/id`, stored) });
      continue;
    }
    const accepted: Accepted[] = [];
    for (const prepared of request.events) {
      const stored = known.get(prepared.key);
      const named = { id: prepared.event.id, source: prepared.event.source };
      if (stored) {
        const result: Accepted = { ...named, eventId: stored.id, duplicate: true, syncs: [] };
        if (stored.echo_of) result.echoOf = stored.echo_of;
        const twin = fresh.get(stored.id);
        if (twin) result.syncs = twin.syncs;
        else duplicatesOf.push({ result, event: stored.id });
        accepted.push(result);
        continue;
      }
      const keys = [prepared.entity.key, ...prepared.entity.others];
      const leads = locked.get(keys.find(key => locked.has(key)) as string) as LockedEntity;
      const entity = leads.id;
      const state = cache.state(entity);
      touched.push(entity);
      const decision = await decide(prepared, entity, state, context, wasDelivered);
      changed.set(entity, state);
      for (const key of keys) {
        if (locked.has(key)) continue;
        aliases.push({ key, entity, from: prepared.event.source });
        locked.set(key, leads);
      }
      events.push(decision.row);
      syncs.push(...decision.syncs);
      questions.push(...decision.questions);
      known.set(prepared.key, {
        key: prepared.key,
        id: decision.row.id,
        hash: prepared.hash,
        echo_of: decision.row.echoOf,
      });
      const result: Accepted = {
        ...named,
        eventId: decision.row.id,
        duplicate: false,
        ...(decision.row.echoOf ? { echoOf: decision.row.echoOf } : {}),
        syncs: decision.syncs.map(sync => ({
          id: sync.id,
          target: sync.target,
          state: sync.state === 'open' ? 'queued' : sync.state,
        })),
      };
      fresh.set(result.eventId, result);
      accepted.push(result);
    }
    results.push({ accepted });
  }

  let homes: { target: string; home: string }[] = [];
  if (events.length > 0) {
    const entities: EntityRow[] = [...changed].map(([id, state]) => ({
      id,
      state: state as unknown as EntityRow['state'],
    }));
    await nameSyncs(client, duplicatesOf);
    const [, written] = await together([
      learnAliases(client, aliases),
      writeGroup(client, { events, syncs, questions, entities }),
      client.query('COMMIT'),
    ]);
    homes = written;
    for (const id of changed.keys()) cache.advance(id);
  } else {
    await nameSyncs(client, duplicatesOf);
    await client.query('COMMIT');
  }
  return { results, homes };
}

/** A duplicate is answered with the syncs that the first one made, as they stand now. */
async function nameSyncs(client: pg.PoolClient, duplicates: { result: Accepted; event: string }[]): Promise<void> {
  if (duplicates.length === 0) return;
  const { rows } = await client.query<{ id: string; event: string; target: string; state: string }>(
    "SELECT id, event, target, CASE state WHEN 'open' THEN 'queued' ELSE state END AS state FROM syncs WHERE event = ANY($1::uuid[]) ORDER BY id",
    [duplicates.map(duplicate => duplicate.event)],
  );
  for (const duplicate of duplicates) {
    duplicate.result.syncs = rows
      .filter(row => row.event === duplicate.event)
      .map(({ id, target, state }) => ({ id, target, state }));
  }
}
