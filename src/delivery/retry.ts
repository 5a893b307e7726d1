/**
 * When and whether to try again: by cause, exponential with full jitter, by age. Age counts from the first failure of the
 * series, less the time the target was cut off or paused (Tết is longer than three days). Pure.
 */
import { CAUSES, type CauseCode } from '../domain/causes.ts';

export interface RetryPolicy {
  baseMs: number;
  capMs: number;
  maxAgeMs: number;
}
/** What is known of a sync that just failed. */
export interface Failure {
  cause: CauseCode;
  /** Why the attempt before it in this series failed. */
  previous: CauseCode | null;
  /** It may have taken effect nevertheless. */
  unknown: boolean;
  /** Bytes of it may have left now; false where only the look-up after an earlier attempt failed. */
  sent: boolean;
  /** From Retry-After, ms. */
  retryAfterMs?: number | undefined;
  /** Attempts of this series, the failed one included. */
  attempts: number;
  /** Age of the series in ms, without the target's shut time. */
  ageMs: number;
}
/** What the target can do to keep an effect single. */
export interface TargetMeans {
  honoursKeys: boolean;
  looksUp: boolean;
  settleMs: number;
}
export type Verdict =
  | { next: 'retry'; inMs: number }
  | { next: 'failed'; cause: CauseCode }
  | { next: 'parked'; cause: CauseCode };

/** Longest Retry-After that is obeyed as it stands; a day. */
const LONGEST_WAIT_MS = 86_400_000;

/** Full jitter: anywhere between nothing and the exponential step. `random` in [0, 1). */
export function backoffMs(attempts: number, policy: RetryPolicy, random: () => number): number {
  const step = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(30, Math.max(0, attempts - 1)));
  return Math.round(random() * step);
}

/** How long a sync of unknown outcome must still wait before a look-up proves anything; `unknownMs` = since when, null = known. */
export function settlingMs(unknownMs: number | null, means: TargetMeans): number {
  if (unknownMs === null || means.honoursKeys || !means.looksUp) return 0;
  return Math.max(0, means.settleMs - unknownMs);
}

/** What becomes of a failed attempt. */
export function judgeFailure(failure: Failure, policy: RetryPolicy, means: TargetMeans, random: () => number): Verdict {
  const { kind } = CAUSES[failure.cause];
  if (failure.unknown && !means.honoursKeys && !means.looksUp) return { next: 'parked', cause: 'outcome-unknown' };
  if (kind === 'park') return { next: 'parked', cause: failure.cause };
  if (kind === 'fail') return { next: 'failed', cause: failure.cause };
  // refused again although each attempt signs in anew: whoever keeps the account must act, and more tries may lock it
  const refusedTwice = failure.cause === 'target-authentication' && failure.previous === 'target-authentication';
  if (refusedTwice) return { next: 'failed', cause: failure.cause };
  if (failure.ageMs >= policy.maxAgeMs) return { next: 'failed', cause: failure.cause };
  let inMs = backoffMs(failure.attempts, policy, random);
  if (failure.retryAfterMs !== undefined) inMs = Math.max(inMs, Math.min(failure.retryAfterMs, LONGEST_WAIT_MS));
  // a look-up proves nothing before the target has settled
  if (failure.unknown && failure.sent && !means.honoursKeys) inMs = Math.max(inMs, means.settleMs);
  return { next: 'retry', inMs };
}
