/**
 * The work of one commit: the entities locked, each event of the group decided in its turn with all that was decided before it, and all
 * of it written at once. A request whose events clash with what is stored, or with each other, is left out; the others go on.
 */
import type pg from 'pg';
import type { EntityState } from '../entities/state.ts';
import { together as allOf, changesNothing, type FactChange } from '../facts/fact.ts';
import { afterChange } from '../facts/known-facts.ts';
import {
  type EntityRow,
  type EventRow,
  type KnownEvent,
  knownEvents,
  type QuestionRow,
  type SyncRow,
  syncStates,
  writeGroup,
} from '../ledger/accept.ts';
import { together } from '../ledger/database.ts';
import { changeFacts, lockFacts } from '../ledger/facts.ts';
import { type LockedEntity, learnAliases, lockEntities } from '../ledger/lock-entities.ts';
import { open } from '../ledger/seal.ts';
import { type MoveRow, writeMoves } from '../ledger/workflow.ts';
import { conflict } from './accept-faults.ts';
import { type DecideContext, decide, type Prepared } from './decide.ts';
import type { EntityCache } from './entity-cache.ts';

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

/** What came of one request inside a group. */
export type Result = { accepted: Accepted[] } | { error: unknown };

/** Stores a group; `touched` names the entities whose cached state has changed, for whoever rolls back. */
export async function storeGroup(
  client: pg.PoolClient,
  requests: readonly { events: readonly Prepared[] }[],
  given: DecideContext,
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
  // an event that carries facts is read with all that were stored before it, also by other processes and in this very group
  let context = given;
  if (all.some(({ type }) => type.internal)) context = { ...given, facts: await lockFacts(client, given.facts) };
  const factsVersion = context.facts.version + 1;
  const known = new Map(stored.map(row => [row.key, row]));
  for (const row of locked.values()) cache.take(row, open);
  const duplicatesOf: { result: Accepted; event: string }[] = [];
  const events: EventRow[] = [];
  const syncs: SyncRow[] = [];
  const questions: QuestionRow[] = [];
  const facts: FactChange[] = [];
  const moves: MoveRow[] = [];
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
    const clash = clashIn(request.events, known);
    if (clash !== undefined) {
      results.push({ error: clash });
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
      if (decision.move) moves.push(decision.move);
      if (decision.facts && !changesNothing(decision.facts)) {
        facts.push(decision.facts);
        context = { ...context, facts: afterChange(context.facts, decision.facts, context.now, factsVersion) };
      }
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
    if (facts.length > 0) await changeFacts(client, allOf(facts));
    const [, written] = await together([
      learnAliases(client, aliases),
      writeGroup(client, { events, syncs, questions, entities }),
      ...(moves.length === 0 ? [] : [writeMoves(client, moves)]),
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

/** The fault of a request of which an event stands for other content than one of the same id, stored or in the request itself. */
function clashIn(events: readonly Prepared[], known: ReadonlyMap<string, KnownEvent>): Error | undefined {
  const firsts = new Map<string, Prepared>();
  for (const [index, prepared] of events.entries()) {
    const { key, hash } = prepared;
    const other = known.get(key)?.hash ?? firsts.get(key)?.hash;
    if (other !== undefined && !other.equals(hash)) {
      return conflict(prepared, events.length === 1 ? '/id' : `/${index}/id`, other);
    }
    if (!firsts.has(key)) firsts.set(key, prepared);
  }
  return undefined;
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
