/**
 * The facts about desks, held by one process and followed by all: the ledger's version is looked at several times a second, so that a
 * right granted anywhere counts everywhere within a second. Whoever takes `current()` has one picture for one piece of work.
 */
import type { KnownFacts } from './facts/known-facts.ts';
import { NO_FACTS } from './facts/known-facts.ts';
import { startFollowing } from './following.ts';
import type { Database } from './ledger/database.ts';
import { readFacts } from './ledger/facts.ts';

/** How often a process looks whether facts have changed. */
const POLL_MS = 300;

export interface FactsKeeper {
  current(): KnownFacts;
  /** Takes up at once what the ledger holds: for whoever has just changed something. */
  follow(): Promise<KnownFacts>;
  stop(): void;
}
export interface FactsKeeperOptions {
  database: Database;
  onError(error: unknown): void;
  /** The picture has changed in this process. */
  onChange?(facts: KnownFacts): void;
  pollMs?: number;
}

/** Reads the facts and starts following them. */
export async function openFactsKeeper(options: FactsKeeperOptions): Promise<FactsKeeper> {
  let current = NO_FACTS;
  const read = async (): Promise<KnownFacts> => {
    const next = await readFacts(options.database.people, current);
    if (next !== current && next.version > current.version) {
      current = next;
      options.onChange?.(current);
    }
    return current;
  };
  const following = await startFollowing(read, { everyMs: options.pollMs ?? POLL_MS, onError: options.onError });
  return { current: () => current, ...following };
}
