/**
 * A turn: about a second of work for one home at one target. It claims what can start now, refills as slots come free,
 * and leaves slow calls to the process: they keep their lease, the turn does not wait for them.
 */
import type { Claimed } from './claimer.ts';
import type { GateWatch } from './gate-watch.ts';
import { type LaneContext, runLane } from './lane-run.ts';
import type { Recorder } from './recorder.ts';
import type { Target } from './target.ts';

/** How long a turn goes on refilling. */
const BOX_MS = 1_000;
/** How often a turn looks whether its box is over. */
const REFILL_MS = 50;

export interface TurnContext extends Omit<LaneContext, 'token' | 'leaseUntil' | 'target' | 'gate' | 'recorder'> {
  recorder: Recorder;
  /** Claims due lanes of a home, sharing the statement with other turns. */
  claim(home: string): Promise<Claimed>;
  leaseMs: number;
  /** Monotonic ms before the last extension of this claim's lease that succeeded; 0 if there was none. */
  extendedAt(token: string): number;
  gateOf(target: Target): GateWatch;
  /** Asks for another turn: a slow lane ended after its turn and has more to do. */
  wake(target: string, home: string): void;
  /** Lanes in the air: their claims are extended, and the graceful stop waits for them. */
  track(token: string, lane: Promise<unknown>): void;
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
    more = false;
    const claimed = await context.claim(home);
    if (claimed.lanes.length === 0) return leave(more || claimed.full);
    const gate = context.gateOf(target);
    gate.claimed(claimed.lanes.some(([first]) => first?.gate_dirty === true));
    const laneContext: LaneContext = {
      ...context,
      target,
      token: claimed.token,
      gate,
      leaseUntil: () => Math.max(claimed.at, context.extendedAt(claimed.token)) + context.leaseMs,
    };
    let pending = claimed.lanes.length;
    let finished: () => void = () => {};
    const all = new Promise<void>(resolve => {
      finished = resolve;
    });
    for (const syncs of claimed.lanes) {
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
      context.track(claimed.token, running);
    }
    while (pending > 0 && performance.now() < end && !claimed.full) await Promise.race([all, pause(REFILL_MS)]);
    if (!(claimed.full || more) || performance.now() >= end) return leave(more || claimed.full);
  }
  return leave(more);
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
