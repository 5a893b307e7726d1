/**
 * What this process saw of a target, told to the gate in the ledger in groups: a success matters only while the gate has
 * failures on record, a failure always. `open()` is what lanes ask between sends.
 */
import type { SystemConfig } from '../config/system.ts';
import type { Seen } from '../domain/breaker.ts';
import type { CauseCode } from '../domain/causes.ts';
import type { Database } from '../ledger/database.ts';
import { gateIsOpen, giveBackProbe, noteOutcomes } from '../ledger/gate.ts';

/** Causes that say the target is away, not that it dislikes a message. */
const AWAY: ReadonlySet<CauseCode> = new Set([
  'target-unavailable',
  'target-timeout',
  'target-protocol',
  'target-authentication',
]);
/** Causes that are answers: the target is there, whatever it thinks of the message. */
const ANSWERS: ReadonlySet<CauseCode> = new Set([
  'target-rejected',
  'target-conflict',
  'target-throttled',
  'not-known-there',
  'file-too-large',
]);
/** How often a plain success is noted for "last answer seen". */
const SEEN_EVERY_MS = 5_000;
/** How long an answer of the gate is believed between sends. */
const BELIEVE_MS = 250;

export class GateWatch {
  readonly #database: Database;
  readonly #system: SystemConfig;
  readonly #onError: (error: unknown) => void;
  #dirty = false;
  #successes = 0;
  #failures = 0;
  #probe: Seen['probe'] = null;
  #cause: CauseCode | null = null;
  #notBeforeMs: number | null = null;
  #seenAt = 0;
  #open = true;
  #askedAt = 0;
  #running: Promise<void> | undefined;

  constructor(database: Database, system: SystemConfig, onError: (error: unknown) => void) {
    this.#database = database;
    this.#system = system;
    this.#onError = onError;
  }

  /** As the claim saw it: does the gate have failures to be cleared? */
  claimed(dirty: boolean): void {
    this.#dirty = dirty;
    this.#open = true;
    this.#askedAt = performance.now();
  }

  /** May a claimed lane send another one? Asks the ledger in the background now and then. */
  open(): boolean {
    if (performance.now() - this.#askedAt > BELIEVE_MS) {
      this.#askedAt = performance.now();
      gateIsOpen(this.#database, this.#system.id).then(
        open => {
          this.#open = open;
        },
        error => this.#onError(error),
      );
    }
    return this.#open;
  }

  /** The target answered a call; `probe`: the one that may be made while it is cut off. */
  success(probe = false): void {
    this.#successes += 1;
    if (probe) this.#probe = 'answered';
    if (this.#dirty || performance.now() - this.#seenAt > SEEN_EVERY_MS) this.#note();
  }

  /** A call failed; whether that says anything of the target is told by the cause. */
  failure(cause: CauseCode, retryAfterMs: number | undefined, probe = false): void {
    if (AWAY.has(cause)) {
      this.#failures += 1;
      this.#cause = cause;
      if (probe && this.#probe === null) this.#probe = 'failed';
      this.#note();
    } else if (ANSWERS.has(cause)) this.success(probe);
    else if (probe) this.unused();
    if (cause === 'target-throttled' && retryAfterMs !== undefined) {
      this.#notBeforeMs = Math.max(this.#notBeforeMs ?? 0, retryAfterMs);
      this.#open = false;
      this.#askedAt = performance.now();
      this.#note();
    }
  }

  /** The lane claimed to probe the target said nothing of it: another may. */
  unused(): void {
    giveBackProbe(this.#database, this.#system.id).catch(this.#onError);
  }

  /** Waits until what was seen is noted. */
  async idle(): Promise<void> {
    await this.#running;
  }

  #note(): void {
    this.#running ??= Promise.resolve().then(async () => {
      try {
        while (
          this.#failures > 0 ||
          this.#notBeforeMs !== null ||
          (this.#successes > 0 && (this.#dirty || performance.now() - this.#seenAt > SEEN_EVERY_MS))
        ) {
          const news = {
            successes: this.#successes,
            failures: this.#failures,
            probe: this.#probe,
            cause: this.#cause,
            notBeforeMs: this.#notBeforeMs,
          };
          this.#successes = 0;
          this.#failures = 0;
          this.#probe = null;
          this.#notBeforeMs = null;
          this.#seenAt = performance.now();
          const { breaker, failures } = await noteOutcomes(
            this.#database,
            { target: this.#system.id, ...news },
            this.#system.breaker,
          );
          this.#dirty = breaker !== 'closed' || failures > 0;
          if (breaker !== 'closed') this.#open = false;
          this.#askedAt = performance.now();
        }
      } catch (error) {
        this.#onError(error);
      } finally {
        this.#running = undefined;
      }
    });
  }
}
