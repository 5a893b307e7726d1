/**
 * What waits for a mapping goes on by itself once the vocabulary has it: every second, whatever is parked and was not judged
 * with the release in force is judged with it. No change is waited for and none can be missed: what another process parked with
 * the former release, in the very moment of the change or long after it, is found like everything else.
 */
import type { Vocabulary } from '../translation/vocabulary.ts';
import { freeWaiting, type TranslatingAtDesk } from './waiting.ts';

const TICK_MS = 1_000;
const ACTOR = { who: 'gateway', reason: 'Danh mục nay đã có điều đang chờ (the vocabulary now has what was missing)' };

export interface Freeing {
  stop(): Promise<void>;
}
export interface FreeingOptions extends TranslatingAtDesk {
  vocabulary(): { vocabulary: Vocabulary; release: number };
  wake(homes: readonly { target: string; home: string }[]): void;
  /** A parked sync that cannot be judged: a bug, logged whole. */
  onFault(sync: string, error: unknown): void;
  onError(error: unknown): void;
  tickMs?: number;
}

/** Starts freeing; the first round comes at once. */
export function startFreeing(options: FreeingOptions): Freeing {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const free = async (): Promise<void> => {
    try {
      const { homes } = await freeWaiting(options.vocabulary(), options, ACTOR, options.onFault);
      if (homes.length > 0) options.wake(homes);
    } catch (error) {
      options.onError(error);
    }
  };
  const loop = (ms: number): void => {
    timer = setTimeout(() => {
      running = free().finally(() => {
        if (!stopped) loop(options.tickMs ?? TICK_MS);
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
