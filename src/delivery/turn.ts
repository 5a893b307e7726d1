/**
 * A turn: about a second of work for one home at one target. It claims what can start now, refills as slots come free,
 * and leaves slow calls to the process: they keep their lease, the turn does not wait for them.
 */
import { randomUUID } from 'node:crypto';
import { type ClaimedSync, claimLanes, type EmptyClaim } from '../ledger/claim.ts';
import type { Database } from '../ledger/database.ts';
import type { GateWatch } from './gate-watch.ts';
import { type LaneContext, runLane } from './lane-run.ts';
import type { Recorder } from './recorder.ts';
import type { Target } from './target.ts';

/** How long a turn goes on refilling. */
const BOX_MS = 1_000;
/** How long a finished lane waits at most for its neighbours before the home is claimed again. */
const REFILL_MS = 50;

export interface TurnContext extends Omit<LaneContext, 'token' | 'leaseUntil' | 'target' | 'gate' | 'recorder'> {
  database: Database;
  recorder: Recorder;
  worker: string;
  leaseMs(target: Target): number;
  /** Monotonic ms of the last extension of this worker's leases that succeeded. */
  extendedAt(): number;
  gateOf(target: Target): GateWatch;
  /** Asks for another turn: a slow lane ended after its turn and has more to do. */
  wake(target: string, home: string): void;
  /** Lanes in the air, for the graceful stop. */
  track(lane: Promise<unknown>): void;
}

/** Works on a home; true when it has more to do and should get another turn. */
export async function takeTurn(target: Target, home: string, context: TurnContext): Promise<boolean> {
  const end = performance.now() + BOX_MS;
  let more = false;
  let over = false;
  const leave = (again: boolean): boolean => {
    over = true;
    return again;
  };
  while (!context.stopping()) {
    await target.slots.wait(Math.max(1, end - performance.now()));
    const slots = target.slots.free;
    if (slots <= 0) return leave(true);
    target.slots.take(slots);
    let lanes: (readonly ClaimedSync[])[] = [];
    let token = '';
    let claimedAt = 0;
    try {
      token = randomUUID();
      claimedAt = performance.now();
      const rows = await claimLanes(context.database, {
        target: target.system.id,
        home,
        slots,
        token,
        worker: context.worker,
        leaseMs: context.leaseMs(target),
      });
      lanes = await byLane(rows, token, context);
    } finally {
      target.slots.give(slots - lanes.length);
    }
    if (lanes.length === 0) return leave(more);
    more = false;
    const gate = context.gateOf(target);
    gate.claimed(lanes.some(([first]) => first?.gate_dirty === true));
    const laneContext: LaneContext = {
      ...context,
      target,
      token,
      gate,
      leaseUntil: () => Math.max(claimedAt, context.extendedAt()) + context.leaseMs(target),
    };
    let pending = lanes.length;
    let finished: () => void = () => {};
    const all = new Promise<void>(resolve => {
      finished = resolve;
    });
    for (const syncs of lanes) {
      const running = runLane(syncs, laneContext)
        .then(recorded => {
          if (!recorded.more) return;
          if (over) context.wake(target.system.id, home);
          else more = true;
        })
        .finally(() => {
          target.slots.give(1);
          pending -= 1;
          if (pending === 0) finished();
        });
      context.track(running);
    }
    const full = lanes.length === slots;
    while (pending > 0 && performance.now() < end) {
      await Promise.race([all, new Promise(resolve => setTimeout(resolve, REFILL_MS))]);
      if (more || full) break;
    }
    if (performance.now() >= end) return leave(more || full);
    if (!full) return leave(more);
  }
  return leave(more);
}

/** Groups claimed rows by lane; a lane of which nothing was visible yet is handed back at once. */
async function byLane(
  rows: readonly (ClaimedSync | EmptyClaim)[],
  token: string,
  context: TurnContext,
): Promise<(readonly ClaimedSync[])[]> {
  const lanes = new Map<number, ClaimedSync[]>();
  for (const row of rows) {
    if (row.id === null) {
      await context.recorder.record(
        { lane: row.lane, token, head: row.head, retryMs: null, blocked: null, release: true },
        [],
      );
      continue;
    }
    const lane = lanes.get(row.lane);
    if (lane) lane.push(row);
    else lanes.set(row.lane, [row]);
  }
  return [...lanes.values()];
}
