/**
 * When a target is cut off, and when it is called again: the rule of the breaker. The ledger keeps one state a target, for all
 * processes; this says what a group of outcomes makes of it. Pure.
 */

export interface BreakerPolicy {
  /** Failures in a row that open it. */
  failures: number;
  /** Share of failed calls within `windowMs` that opens it, once there were `minimumCalls`. */
  failureRate: number;
  windowMs: number;
  minimumCalls: number;
  /** How long it stays open at first, and at most; each failed probe doubles it. */
  openMs: number;
  maxOpenMs: number;
}
export type Breaker = 'closed' | 'open' | 'half-open';
export interface BreakerState {
  breaker: Breaker;
  /** Failures in a row. */
  failures: number;
  /** Calls since `windowAt` (ms), and how many of them failed. */
  windowAt: number;
  calls: number;
  failed: number;
  /** How long it stays open this time, and when it may be probed; null while it is closed. */
  openMs: number | null;
  probeAt: number | null;
}
/** What one process saw since it told last. */
export interface Seen {
  successes: number;
  /** Failures that say the target is away; a refusal is an answer. */
  failures: number;
  /** What became of the one call that may be made while it is cut off. */
  probe: 'answered' | 'failed' | null;
}

const closed = (now: number): BreakerState => ({
  breaker: 'closed',
  failures: 0,
  windowAt: now,
  calls: 0,
  failed: 0,
  openMs: null,
  probeAt: null,
});

/**
 * The state after `seen`, at `now` (ms). While the target is cut off only a probe counts: what was sent before it was cut off
 * and ends late, well or badly, says nothing of how it is now.
 */
export function nextBreaker(state: BreakerState, seen: Seen, policy: BreakerPolicy, now: number): BreakerState {
  const failures = seen.successes > 0 ? 0 : state.failures + seen.failures;
  if (state.breaker !== 'closed') {
    if (seen.probe === 'answered') return closed(now);
    if (seen.probe === null || state.breaker === 'open') return state;
    const openMs = Math.min((state.openMs ?? policy.openMs) * 2, policy.maxOpenMs);
    return { ...state, failures, breaker: 'open', openMs, probeAt: now + openMs };
  }
  const anew = now - state.windowAt >= policy.windowMs;
  const calls = (anew ? 0 : state.calls) + seen.successes + seen.failures;
  const failed = (anew ? 0 : state.failed) + seen.failures;
  const counted = { ...state, failures, windowAt: anew ? now : state.windowAt, calls, failed };
  const inARow = failures >= policy.failures;
  const tooMany = failed > 0 && calls >= policy.minimumCalls && failed >= policy.failureRate * calls;
  if (!inARow && !tooMany) return counted;
  return { ...counted, breaker: 'open', openMs: policy.openMs, probeAt: now + policy.openMs };
}
