/**
 * What one sync came to in one go, and how that is recorded. Pure.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { ClaimedSync } from '../ledger/claim.ts';
import type { SyncOutcome } from '../ledger/record.ts';
import type { Blocked } from './translate-sync.ts';

/** What one sync came to. */
export interface Settled {
  state: SyncOutcome['state'];
  cause: CauseCode | null;
  attempted: 0 | 1;
  unknown: boolean;
  /** A call that may have an effect was begun. */
  sent: boolean;
  hash: string | null;
  retryMs: number | null;
  detail: string | null;
  status: number | null;
  outcome: string;
  problem: string | null;
}

/** A sync's end with what differs from the plain case. */
export const settled = (state: Settled['state'], more: Partial<Settled>): Settled => ({
  state,
  cause: null,
  attempted: 0,
  unknown: false,
  sent: false,
  hash: null,
  retryMs: null,
  detail: null,
  status: null,
  outcome: state,
  problem: null,
  ...more,
});

/** What an earlier holder of the lane may have sent is marked, so that it is looked up before it is sent again. */
export function doubtful(syncs: readonly ClaimedSync[]): SyncOutcome[] {
  return syncs
    .filter(sync => sync.state === 'open' && sync.maybe_sent)
    .map(sync => ({
      id: sync.id,
      lane: sync.lane,
      state: 'open' as const,
      cause: null,
      attempted: 0,
      unknown: true,
      sent: true,
      release: null,
      sentHash: null,
      retrying: true,
      detail: null,
      tookMs: null,
      attempt: null,
      problem: null,
    }));
}

/** It was in hand again and again and nobody came to record it: not tried once more, and what an earlier holder did is not known. */
export const gaveUp = ({ unknown, maybe_sent }: ClaimedSync): Settled =>
  settled('failed', {
    cause: 'gateway-fault',
    unknown: unknown || maybe_sent,
    sent: maybe_sent,
    detail: 'worker-lost',
  });

/** As it is recorded; `startedAt` is monotonic ms, from before the call. */
export function asOutcome(
  sync: ClaimedSync,
  result: Settled,
  startedAt: number,
  target: string,
  release: number,
): SyncOutcome {
  const endedAt = performance.now();
  const plain = result.state === 'delivered' && sync.attempts === 0 && !sync.unknown;
  return {
    id: sync.id,
    lane: sync.lane,
    state: result.state,
    cause: result.cause,
    attempted: result.attempted,
    unknown: result.unknown,
    sent: result.sent,
    release,
    sentHash: result.hash,
    // what was not tried does not begin to age
    retrying: result.state === 'open' && (result.attempted === 1 || sync.retry_age !== null),
    detail: result.detail,
    tookMs: result.attempted === 0 ? null : Math.round(endedAt - startedAt),
    attempt:
      plain || result.attempted === 0
        ? null
        : {
            series: sync.series,
            no: sync.attempts + 1,
            startedAt,
            endedAt,
            outcome: result.outcome,
            status: result.status,
            detail: result.detail,
          },
    problem:
      result.state === 'parked' || result.state === 'failed'
        ? { unit: sync.unit, target, detail: result.problem }
        : null,
  };
}

/** Parked for what stands in the way of translating or formatting. */
export const parkedBy = (blocked: Blocked): Settled =>
  settled('parked', {
    cause: blocked.cause,
    problem: JSON.stringify({
      pointer: blocked.pointer,
      value: blocked.value,
      ...(blocked.list === undefined ? {} : { list: blocked.list }),
      ...(blocked.text ? { text: blocked.text } : {}),
      ...(blocked.candidates ? { candidates: blocked.candidates } : {}),
    }),
  });
