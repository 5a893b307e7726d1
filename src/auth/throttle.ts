/**
 * A growing delay for an account after wrong passwords: guessing one takes years, a person who mistypes twice notices nothing.
 */

/** Free tries, and the longest delay. */
const FREE = 3;
const LONGEST_MS = 60_000;
/** Accounts remembered; the oldest goes first. */
const ACCOUNTS = 10_000;

export class Throttle {
  readonly #accounts = new Map<string, { failures: number; until: number }>();
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds until the account may try again; 0 when it may now. */
  delay(account: string): number {
    return Math.max(0, (this.#accounts.get(account)?.until ?? 0) - this.#now());
  }

  failed(account: string): void {
    const failures = (this.#accounts.get(account)?.failures ?? 0) + 1;
    const delay = failures <= FREE ? 0 : Math.min(LONGEST_MS, 1_000 * 2 ** Math.min(failures - FREE - 1, 10));
    this.#accounts.delete(account);
    this.#accounts.set(account, { failures, until: this.#now() + delay });
    if (this.#accounts.size > ACCOUNTS) this.#accounts.delete(this.#accounts.keys().next().value as string);
  }

  succeeded(account: string): void {
    this.#accounts.delete(account);
  }
}
