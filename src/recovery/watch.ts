/**
 * Notices that the ledger is an older copy: at start, before anything is delivered, and while running, when PostgreSQL was put
 * back underneath. Every few seconds the position moves on and is noted outside; what a restore loses shows by it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type Anchor, type Doubt, doubtOf, isBehind, type Position } from '../domain/position.ts';
import type { Database } from '../ledger/database.ts';
import { noteRestore, type Restored, readPosition, tickPosition } from '../ledger/position.ts';
import { readAnchor, writeAnchor } from './anchor.ts';

/** How often the position is noted: what was committed within one such time before a loss cannot be told from nothing. */
const TICK_MS = 5_000;

export interface RecoveryWatch {
  /** Why deliveries are held from this start on; undefined when the ledger is what it was. */
  doubt: Doubt | undefined;
  stop(): Promise<void>;
}

export interface RecoveryOptions {
  database: Database;
  anchorFile: string;
  /** Everything is held now. */
  onRestored(doubt: Doubt, restored: Restored | undefined): void;
  onError(error: unknown): void;
  /** Shorter in tests. */
  tickMs?: number;
}

/** Judges the ledger against its anchor, notes a restore, and goes on noting. Call it before deliveries begin. */
export async function watchRecovery(options: RecoveryOptions): Promise<RecoveryWatch> {
  const { database, anchorFile, onError, tickMs = TICK_MS } = options;
  const anchor = await readAnchor(anchorFile);
  const ledger = await readPosition(database);
  const doubt = doubtOf(ledger, anchor);
  const noted: Anchor | undefined = typeof anchor === 'string' ? undefined : anchor;
  if (doubt !== undefined) await held(ledger, noted ?? ledger, doubt, noted?.restored?.from);
  let last = await tickPosition(database);
  await writeAnchor(anchorFile, last);

  const stopping = new AbortController();
  const ticking = (async () => {
    for (;;) {
      await wait(tickMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await tick().catch(onError);
    }
  })();
  return {
    doubt,
    stop: async () => {
      stopping.abort();
      await ticking;
    },
  };

  async function held(from: Position, known: Position, why: Doubt, source?: string): Promise<void> {
    options.onRestored(why, await noteRestore(database, { ledger: from, known, doubt: why, from: source }));
  }

  async function tick(): Promise<void> {
    let now = await tickPosition(database);
    // each tick is beyond all earlier ones, whoever made them
    if (!isBehind(last, now)) {
      await held(now, last, 'behind-anchor');
      now = await tickPosition(database);
    }
    last = now;
    await writeAnchor(anchorFile, last);
  }
}
