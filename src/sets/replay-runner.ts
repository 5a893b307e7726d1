/**
 * Carries out replays row by row, at each one's rate, beside live traffic. Runs in every process with the worker or scheduler
 * role: who comes first does a row, and what one leaves behind when it dies the next one does.
 */
import { GatewayError } from '../domain/errors.ts';
import { carryOut, type DueRow, dueRow, nextRowIn } from '../ledger/replay-step.ts';
import { type Plan, type PlanContext, replayPlan } from './replay-plan.ts';

export interface RunnerContext extends PlanContext {
  wake(homes: readonly { target: string; home: string }[]): void;
  onError(error: unknown): void;
}
export interface ReplayRunner {
  /** Finishes the row in hand. */
  stop(): Promise<void>;
}

/** How often a runner looks whether there is something to do. */
const IDLE_MS = 500;
/** Least wait between two looks at something that goes on soon. */
const SHORTEST_MS = 5;

/** Starts the runner of one process; with `liveWaitsMs` it stands back where a lane has been waiting for so long. */
export function startReplayRunner(context: RunnerContext, idleMs = IDLE_MS, liveWaitsMs?: number): ReplayRunner {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  /** Does what is due now; answers how long until the next look, ms. */
  const work = async (): Promise<number> => {
    while (!stopped) {
      const due = await dueRow(context.database, liveWaitsMs);
      if (due === undefined) break;
      const { result, home } = await carryOut(context.database, due, await planned(due, context));
      if (home !== undefined) context.wake([home]);
      // another runner was quicker, or its lane is in hand
      if (result === undefined) return SHORTEST_MS + Math.random() * 20;
    }
    const next = await nextRowIn(context.database);
    // something is due and nothing can be done: it waits before a shut gate, or behind live traffic
    return next === undefined || next <= 0 ? idleMs : Math.min(idleMs, Math.max(SHORTEST_MS, next));
  };
  const loop = (ms: number): void => {
    timer = setTimeout(() => {
      running = work()
        .catch(error => {
          context.onError(error);
          return idleMs;
        })
        .then(wait => {
          if (!stopped) loop(wait);
        });
    }, ms);
  };
  loop(0);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** A sync that cannot be planned is written down as failed; the ledger being away is no reason to. */
async function planned(due: DueRow, context: RunnerContext): Promise<Plan | GatewayError> {
  try {
    return await replayPlan(due.sync, due.vocabulary, context);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}
