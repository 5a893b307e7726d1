/**
 * What waits for a mapping goes on by itself once the vocabulary has it: at the start (new files are new facts), and a little after
 * every change. A little after, because another process may have parked something with the former release for as long as it had
 * not heard of the change.
 */
import type { Vocabulary } from '../translation/vocabulary.ts';
import { freeWaiting, type Translating } from './waiting.ts';

/** Longer than any process takes to hear of a change. */
const DELAY_MS = 3_000;
const ACTOR = { who: 'gateway', reason: 'Danh mục nay đã có điều đang chờ (the vocabulary now has what was missing)' };

export interface Freeing {
  /** Another vocabulary is in force. */
  changed(): void;
  stop(): Promise<void>;
}
export interface FreeingOptions extends Translating {
  vocabulary(): { vocabulary: Vocabulary };
  wake(homes: readonly { target: string; home: string }[]): void;
  onError(error: unknown): void;
  delayMs?: number;
}

/** Starts freeing; the first round comes by itself. */
export function startFreeing(options: FreeingOptions): Freeing {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  let stopped = false;
  const free = async (): Promise<void> => {
    if (stopped) return;
    try {
      const { homes } = await freeWaiting(options.vocabulary().vocabulary, options, ACTOR);
      if (homes.length > 0) options.wake(homes);
    } catch (error) {
      options.onError(error);
    }
  };
  const changed = (): void => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      round = round.then(free);
    }, options.delayMs ?? DELAY_MS);
  };
  changed();
  return {
    changed,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
