/**
 * The relay: every half second, in any number of processes, wakes the homes that have due lanes nobody holds. After a crash,
 * an emptied queue, a retry's due time, a closed breaker or a resumed target it is the same query.
 */

import { sweepClaims } from '../ledger/claim.ts';
import type { Database } from '../ledger/database.ts';
import { dueHomes } from '../ledger/wake.ts';
import type { Turns } from './turns.ts';

const TICK_MS = 500;
/** A lane that has been due and free for so long is rescued past deduplication. */
const RESCUE_MS = 2_000;
const SWEEP_MS = 10_000;

export interface Relay {
  stop(): Promise<void>;
}

/** Starts the relay of one process; `timing` in ms is for tests that cannot wait. */
export function startRelay(
  database: Database,
  turns: Turns,
  onError: (error: unknown) => void,
  timing: { tickMs: number; rescueMs: number } = { tickMs: TICK_MS, rescueMs: RESCUE_MS },
): Relay {
  const { tickMs, rescueMs } = timing;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let sweptAt = 0;
  const rescued = new Map<string, number>();

  const tick = async (): Promise<void> => {
    try {
      const homes = await dueHomes(database, 1_000);
      if (stopped) return;
      const now = performance.now();
      const late = homes.filter(home => {
        const key = `${home.target}/${home.home}`;
        if (home.waitingMs < rescueMs || now - (rescued.get(key) ?? -rescueMs) < rescueMs) return false;
        rescued.set(key, now);
        return true;
      });
      turns.wake(homes);
      if (late.length > 0) turns.rescue(late);
      if (now - sweptAt > SWEEP_MS) {
        sweptAt = now;
        await sweepClaims(database);
        for (const [key, at] of rescued) if (now - at > SWEEP_MS) rescued.delete(key);
      }
    } catch (error) {
      onError(error);
    }
  };
  let running: Promise<void> = Promise.resolve();
  const loop = (): void => {
    timer = setTimeout(() => {
      running = tick().finally(() => {
        if (!stopped) loop();
      });
    }, tickMs);
  };
  loop();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
