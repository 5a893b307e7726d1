/**
 * One claimed lane: its syncs one after the other, each translated, formatted, sent and recorded, until one does not go
 * through or the lease is too short for another call. Whoever lost the lease learns it from the record.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { ClaimedSync } from '../ledger/claim.ts';
import type { LaneStep } from '../ledger/record.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { GateWatch } from './gate-watch.ts';
import type { Recorded, Recorder } from './recorder.ts';
import { settlingMs } from './retry.ts';
import { type SendContext, settleSync } from './send-sync.ts';
import { asOutcome, doubtful, gaveUp } from './settled.ts';
import { lineOf } from './target.ts';

/**
 * So many leases lost in a row with nothing recorded, and its head is taken for what ends or stops its workers: it fails, and a person
 * looks. At least a minute and a quarter of it, since no lease is shorter than fifteen seconds.
 */
const MOST_LOST = 5;

export interface LaneContext extends SendContext {
  token: string;
  recorder: Recorder;
  gate: GateWatch;
  vocabulary(): { vocabulary: Vocabulary; release: number };
  stopping(): boolean;
  onOutcome(sync: ClaimedSync, state: string, cause: CauseCode | null): void;
}

/** Runs a lane; resolves when its lease is given back (or was lost). */
export async function runLane(syncs: readonly ClaimedSync[], context: LaneContext): Promise<Recorded> {
  const sent = { calls: 0 };
  const recorded = await sendLane(syncs, context, sent);
  // a lane that was to probe the target and did not call it
  if (sent.calls === 0 && syncs[0]?.probe) context.gate.unused();
  return recorded;
}

async function sendLane(
  syncs: readonly ClaimedSync[],
  context: LaneContext,
  sent: { calls: number },
): Promise<Recorded> {
  const { recorder, token } = context;
  let lost = false;
  const lane = (syncs[0] as ClaimedSync).lane;
  const step = (head: number, more: Partial<LaneStep>): LaneStep => ({
    lane,
    token,
    head,
    retryMs: null,
    blocked: null,
    release: true,
    ...more,
  });
  const last = syncs.length - 1;
  for (const [index, sync] of syncs.entries()) {
    const next = sync.pos + 1;
    if (sync.state === 'parked' || sync.state === 'failed')
      return recorder.record(step(sync.pos, { blocked: sync.id }), []);
    if (sync.state !== 'open') {
      if (index === last) return recorder.record(step(next, {}), []);
      void recorder.record(step(next, { release: false }), []);
      continue;
    }
    const tooLate = performance.now() + context.target.system.timeoutMs > context.leaseUntil();
    // the gate is shut to all but the probe
    const shut = !sync.probe && !context.gate.open();
    if (lost || context.stopping() || tooLate || shut) return recorder.record(step(sync.pos, {}), []);
    if (index === 0 && sync.lost >= MOST_LOST) {
      context.onFault(
        sync.id,
        new Error(`nothing was recorded of it in ${sync.lost} leases in a row: does it end its worker?`),
      );
      const given = gaveUp(sync);
      context.onOutcome(sync, given.state, given.cause);
      return recorder.record(step(sync.pos, { blocked: sync.id }), [
        asOutcome(sync, given, performance.now(), context.target.system.id, context.vocabulary().release),
      ]);
    }
    if (sync.maybe_sent && !context.target.means.honoursKeys) {
      return recorder.record(
        step(sync.pos, { retryMs: context.target.means.looksUp ? context.target.means.settleMs : 0 }),
        doubtful(syncs.slice(index)),
      );
    }
    const settling = sync.unknown ? settlingMs(sync.unknown_ms, context.target.means) : 0;
    if (settling > 0) return recorder.record(step(sync.pos, { retryMs: settling }), []);
    const started = performance.now();
    // taken once a sync: another release may come into force while its call is in the air
    const inForce = context.vocabulary();
    const result = await settleSync(sync, inForce.vocabulary, context);
    // the lease ran out before a byte left: no attempt, and nobody's fault
    if (!result) return recorder.record(step(sync.pos, {}), []);
    // an attempt that nobody heard of was made by somebody else
    const { apart } = lineOf(context.target, sync.mode);
    if (result.outcome !== 'unknown' && !apart) sent.calls += result.attempted;
    const release = sync.fixed_release ?? inForce.release;
    const outcome = asOutcome(sync, result, started, context.target.system.id, release);
    context.onOutcome(sync, result.state, result.cause);
    if (result.state === 'open') return recorder.record(step(sync.pos, { retryMs: result.retryMs }), [outcome]);
    if (result.state === 'parked' || result.state === 'failed')
      return recorder.record(step(sync.pos, { blocked: sync.id }), [outcome]);
    if (index === last) return recorder.record(step(next, {}), [outcome]);
    void recorder.record(step(next, { release: false }), [outcome]).then(({ accepted }) => {
      lost ||= !accepted;
    });
  }
  throw new Error('a lane was claimed without syncs');
}
