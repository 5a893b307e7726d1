/**
 * What waits for a commit, and how much of it may: memory is bounded, and whoever sends is told at once to come again when the ledger
 * does not keep up, instead of being left waiting until they give up.
 */

/** One request that waits. */
export interface Waiting {
  events: readonly unknown[];
  bytes: number;
  /** Monotonic ms. */
  since: number;
}

export interface BacklogLimits {
  /** Most events that may wait. */
  events: number;
  /** Most bytes of requests, as they were received, that may wait; they take several times as much once parsed. */
  bytes: number;
  /** A commit that lasts longer than this lets nobody else in. */
  stuckMs: number;
  /** Who has waited longer than this is sent away rather than tried. */
  waitMs: number;
}

export const BACKLOG_LIMITS: BacklogLimits = {
  events: 20_000,
  bytes: 16 * 1024 * 1024,
  stuckMs: 5_000,
  waitMs: 8_000,
};

export class Backlog<Request extends Waiting> {
  readonly #limits: BacklogLimits;
  readonly #now: () => number;
  readonly #waiting: Request[] = [];
  #events = 0;
  #bytes = 0;
  #commitSince: number | undefined;

  constructor(limits: BacklogLimits = BACKLOG_LIMITS, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Lets a request wait; false when it must be sent away. */
  add(request: Request): boolean {
    const { events, bytes, stuckMs } = this.#limits;
    if (this.#commitSince !== undefined && this.#now() - this.#commitSince > stuckMs) return false;
    if (this.#events + request.events.length > events || this.#bytes + request.bytes > bytes) return false;
    this.#waiting.push(request);
    this.#events += request.events.length;
    this.#bytes += request.bytes;
    return true;
  }

  /** The next group, in the order they came: at most `most` events, but one request at least; and who has waited too long. */
  take(most: number): { group: Request[]; late: Request[] } {
    const group: Request[] = [];
    const late: Request[] = [];
    let size = 0;
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || (size > 0 && size + next.events.length > most)) break;
      this.#waiting.shift();
      this.#events -= next.events.length;
      this.#bytes -= next.bytes;
      if (this.#now() - next.since > this.#limits.waitMs) late.push(next);
      else {
        group.push(next);
        size += next.events.length;
      }
    }
    return { group, late };
  }

  /** A commit begins. */
  begin(): void {
    this.#commitSince = this.#now();
  }

  /** It is over, whatever became of it. */
  end(): void {
    this.#commitSince = undefined;
  }
}
