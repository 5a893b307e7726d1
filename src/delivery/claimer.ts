/**
 * Claims for the turns of one target in one process: turns that ask while a claim runs share the next one, so that a busy
 * target costs a few large statements. Each home gets a fair share of the free slots; a home for which none was left stands
 * first when the next one comes free, so that a home which asks again at once cannot starve it.
 */
import { randomUUID } from 'node:crypto';
import { type ClaimedSync, claimLanes } from '../ledger/claim.ts';
import type { Database } from '../ledger/database.ts';
import type { Recorder } from './recorder.ts';
import type { Target } from './target.ts';

/** What a turn gets: lanes of its home, each with a slot taken for it (give it back when the lane is done). */
export interface Claimed {
  token: string;
  /** Monotonic ms before the claim was asked for. */
  at: number;
  lanes: (readonly ClaimedSync[])[];
  /** There may be more due lanes than were given. */
  full: boolean;
}

/** Homes of one claim. */
const HOMES = 100;
/** Longest wait for a free slot before the turn goes to the back of the queue. */
const WAIT_MS = 1_000;

interface Asking {
  home: string;
  /** Monotonic ms. */
  since: number;
  resolve(claimed: Claimed): void;
  reject(error: unknown): void;
}

export interface Claimer {
  claim(home: string): Promise<Claimed>;
}

/** Makes the claimer of one target. */
export function createClaimer(options: {
  database: Database;
  target: Target;
  worker: string;
  leaseMs: number;
  recorder: Recorder;
}): Claimer {
  const { database, target, worker, leaseMs, recorder } = options;
  let asking: Asking[] = [];
  let running = false;

  const claimFor = async (turns: readonly Asking[], slots: number): Promise<void> => {
    const token = randomUUID();
    const at = performance.now();
    const homes = [...new Set(turns.map(turn => turn.home))];
    const perHome = Math.max(4, Math.ceil((2 * slots) / homes.length));
    const rows = await claimLanes(database, {
      target: target.system.id,
      homes,
      slots,
      perHome,
      token,
      worker,
      leaseMs,
      trialApart: target.trial !== undefined,
    });
    const byHome = new Map<string, Map<number, ClaimedSync[]>>();
    let count = 0;
    for (const row of rows) {
      if (row.id === null) {
        void recorder.record(
          { lane: row.lane, token, head: row.head, retryMs: null, blocked: null, release: true },
          [],
        );
        continue;
      }
      let lanes = byHome.get(row.home);
      if (!lanes) {
        lanes = new Map();
        byHome.set(row.home, lanes);
      }
      const lane = lanes.get(row.lane);
      if (lane) lane.push(row);
      else {
        lanes.set(row.lane, [row]);
        count += 1;
      }
    }
    target.slots.give(slots - count);
    const unserved: Asking[] = [];
    for (const turn of turns) {
      const found = byHome.get(turn.home);
      const lanes = [...(found?.values() ?? [])];
      // a second turn of the same home gets what is left: nothing
      byHome.set(turn.home, new Map());
      if (found === undefined && count >= slots && at - turn.since < WAIT_MS) unserved.push(turn);
      else turn.resolve({ token, at, lanes, full: lanes.length >= perHome || count >= slots });
    }
    asking = [...unserved, ...asking];
  };

  const drain = async (): Promise<void> => {
    while (asking.length > 0) {
      await target.slots.wait(WAIT_MS);
      const turns = asking.slice(0, HOMES);
      asking = asking.slice(HOMES);
      const slots = target.slots.free;
      if (slots <= 0) {
        for (const turn of turns) turn.resolve({ token: '', at: 0, lanes: [], full: true });
        continue;
      }
      target.slots.take(slots);
      try {
        await claimFor(turns, slots);
      } catch (error) {
        target.slots.give(slots);
        for (const turn of turns) turn.reject(error);
      }
    }
    running = false;
  };

  return {
    claim: home =>
      new Promise((resolve, reject) => {
        asking.push({ home, since: performance.now(), resolve, reject });
        if (running) return;
        running = true;
        void Promise.resolve().then(drain);
      }),
  };
}
