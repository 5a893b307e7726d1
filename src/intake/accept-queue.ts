/**
 * Grouped commits: what arrives while a commit runs goes into the next one; an idle gateway commits at once.
 * A request is taken whole or not at all; one that breaks the statement is found by doing the group again one by one.
 */
import { isAway } from '../ledger/away.ts';
import { type Database, onConnection, sqlState } from '../ledger/database.ts';
import type { Room } from '../ledger/room.ts';
import { noRoom, unavailable, unstorable } from './accept-faults.ts';
import { Backlog, type Waiting } from './backlog.ts';
import type { DecideContext, Prepared } from './decide.ts';
import { EntityCache } from './entity-cache.ts';
import { type Accepted, type Result, storeGroup } from './store-group.ts';

interface Request extends Waiting {
  events: readonly Prepared[];
  resolve(accepted: Accepted[]): void;
  reject(error: unknown): void;
}
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
