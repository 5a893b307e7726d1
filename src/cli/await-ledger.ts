/**
 * A start waits for a ledger that is away, as a server that boots before its database does: it says why, one log line a try, and
 * meanwhile answers whoever asks how it is. What waiting does not mend (a wrong password) ends the start.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isAway } from '../ledger/away.ts';

/** Pauses between tries grow up to a bound that keeps a return of the ledger from being overlooked. */
const FIRST_MS = 250;
const LONGEST_MS = 2_000;

export interface AwaitLedgerOptions {
  logger: Pick<Logger, 'warn'>;
  /** Ends the waiting. */
  signal: AbortSignal;
  /** Answers health while the ledger is away; undefined where this process does not listen. */
  open?: (() => Promise<{ close(): Promise<unknown> }>) | undefined;
}

/**
 * Does `work` as soon as `ask` is answered; both again, after a pause, while either says that the ledger is away. Undefined when
 * `signal` ended the waiting. `work` shuts the waiting door just before it opens its own, so that nobody finds none.
 */
export async function onceLedgerAnswers<T>(
  ask: () => Promise<unknown>,
  work: (shut: () => Promise<void>) => Promise<T>,
  { logger, signal, open }: AwaitLedgerOptions,
): Promise<T | undefined> {
  let door: { close(): Promise<unknown> } | undefined;
  const shut = async (): Promise<void> => {
    await door?.close();
    door = undefined;
  };
  try {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await ask();
        if (!signal.aborted) return await work(shut);
      } catch (error) {
        if (!isAway(error)) throw error;
        const waitMs = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
        logger.warn({ attempt, reason: reasonOf(error), waitMs }, 'the ledger cannot be reached; trying again');
        door ??= await open?.();
        await pause(waitMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  } finally {
    await shut();
  }
}

/** A refused connection to several addresses of one name has a code and no text. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return [code, message].filter(Boolean).join(': ');
}
