/** What people set going and a process carries on: replays row by row, and releases from a held start step by step. */
import { growReleases } from '../ledger/ramp.ts';
import { type RunnerContext, startReplayRunner } from './replay-runner.ts';

/** How often a release is looked at; it grows by its own times. */
const TICK_MS = 1_000;
/** How often a replay looks for work, and how long a due lane may wait at a target before replays stand back there. */
const REPLAY = { idleMs: 500, liveWaitsMs: 1_000 };

/** Starts both in one process; any number of processes may. */
export function startSets(context: RunnerContext): { stop(): Promise<void> } {
  const runner = startReplayRunner(context, REPLAY.idleMs, REPLAY.liveWaitsMs);
  let growing: Promise<void> | undefined;
  const timer = setInterval(() => {
    growing ??= growReleases(context.database)
      .catch(context.onError)
      .finally(() => {
        growing = undefined;
      });
  }, TICK_MS);
  return {
    async stop() {
      clearInterval(timer);
      await runner.stop();
      await growing;
    },
  };
}
