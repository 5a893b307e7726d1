/**
 * One claimed lane: its syncs one after the other, each translated, formatted, sent and recorded, until one does not go
 * through or the lease is too short for another call. Whoever lost the lease learns it from the record.
 */
import type { Delivery, Outcome } from '../../connectors/connector.ts';
import { CAUSES, type CauseCode } from '../domain/causes.ts';
import { TransportFault } from '../domain/errors.ts';
import type { Payload } from '../entities/payload.ts';
import { isAway } from '../ledger/away.ts';
import { type ClaimedSync, sealedOf } from '../ledger/claim.ts';
import type { LaneStep } from '../ledger/record.ts';
import { open } from '../ledger/seal.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { whileHeld } from '../wire/held.ts';
import type { GateWatch } from './gate-watch.ts';
import type { Recorded, Recorder } from './recorder.ts';
import { judgeFailure } from './retry.ts';
import { asOutcome, doubtful, parkedBy, type Settled, settled } from './settled.ts';
import type { Target } from './target.ts';
import { prepareSync } from './translate-sync.ts';

/** When a sync is tried again that met a ledger that was away. */
const LEDGER_AWAY_MS = 1_000;

export interface LaneContext {
  target: Target;
  token: string;
  recorder: Recorder;
  gate: GateWatch;
  /** Monotonic ms until which the claim is certainly ours. */
  leaseUntil(): number;
  vocabulary(): { vocabulary: Vocabulary; release: number };
  /** Any release, for what is replayed as it was. */
  releaseById(id: number): Promise<Vocabulary>;
  statusListOf(source: string): string;
  stopping(): boolean;
  random(): number;
  onFault(sync: string, error: unknown): void;
  onOutcome(sync: ClaimedSync, state: string, cause: CauseCode | null): void;
}

/** Headers by which the target knows a sync: the same through all attempts of a series. */
export function deliveryHeaders(
  sync: { id: string; send_no: number; mode: string },
  traceparent: string | undefined,
): Record<string, string> {
  const trace = sync.id.replaceAll('-', '');
  return {
    'idempotency-key': sync.send_no === 1 ? sync.id : `${sync.id}.${sync.send_no}`,
    'x-lienthong-sync': sync.id,
    traceparent: traceparent ?? `00-${trace}-${trace.slice(16)}-01`,
    ...(sync.mode === 'official' ? {} : { 'x-lienthong-mode': sync.mode }),
  };
}

/** Runs a lane; resolves when its lease is given back (or was lost). */
export async function runLane(syncs: readonly ClaimedSync[], context: LaneContext): Promise<Recorded> {
  const sent = { calls: 0 };
  const recorded = await sendLane(syncs, context, sent);
  // a lane that was to probe the target and did not call it
  if (sent.calls === 0 && syncs[0]?.gate_dirty) context.gate.unused();
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
    if (lost || context.stopping() || tooLate || !context.gate.open()) return recorder.record(step(sync.pos, {}), []);
    if (sync.maybe_sent && !sync.unknown && !context.target.means.honoursKeys) {
      return recorder.record(
        step(sync.pos, { retryMs: context.target.means.looksUp ? context.target.means.settleMs : 0 }),
        doubtful(syncs.slice(index)),
      );
    }
    const started = Date.now();
    // taken once a sync: another release may come into force while its call is in the air
    const inForce = context.vocabulary();
    const result = await settleSync(sync, inForce.vocabulary, context);
    sent.calls += result.attempted;
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

/** Translates with the release in force, or with the sync's own, sends and judges one sync. */
async function settleSync(sync: ClaimedSync, inForce: Vocabulary, context: LaneContext): Promise<Settled> {
  const { target } = context;
  let sent = false;
  try {
    const payload = open(sealedOf(sync)) as unknown as Payload;
    const vocabulary = sync.fixed_release === null ? inForce : await context.releaseById(sync.fixed_release);
    const prepared = prepareSync(
      payload,
      target.system,
      target.connector,
      context.statusListOf(payload.event.source),
      vocabulary,
    );
    if (!prepared.ok) return parkedBy(prepared.blocked);
    const delivery: Delivery = {
      syncId: sync.id,
      message: prepared.message,
      headers: deliveryHeaders(sync, payload.event.traceparent),
      foreignId: sync.foreign_id ?? undefined,
    };
    if (sync.unknown && !target.means.honoursKeys) {
      const found = await findEffect(delivery, sync, context);
      if (found) return { ...found, hash: prepared.hash };
    }
    sent = true;
    const [outcome] = await whileHeld(
      () => performance.now() + target.system.timeoutMs <= context.leaseUntil(),
      () => target.connector.deliver([delivery]),
    );
    if (!outcome) throw new Error(`connector ${target.system.connector} answered no outcome for ${sync.id}`);
    return { ...(await judge(outcome, delivery, sync, context)), hash: prepared.hash };
  } catch (error) {
    // a sign-in is shared through the ledger: that it was away meanwhile says nothing of sync or target
    if (isAway(error)) return settled('open', { retryMs: LEDGER_AWAY_MS, unknown: sync.unknown || sent });
    context.onFault(sync.id, error);
    return settled('failed', {
      cause: 'gateway-fault',
      attempted: sent ? 1 : 0,
      unknown: sent,
      detail: error instanceof Error ? error.name : 'error',
    });
  }
}

/** Did an unanswered attempt take effect after all? Undefined: send it. */
async function findEffect(delivery: Delivery, sync: ClaimedSync, context: LaneContext): Promise<Settled | undefined> {
  const { target } = context;
  if (!target.means.looksUp) return settled('parked', { cause: 'outcome-unknown' });
  try {
    const answer = await target.connector.lookUp(delivery);
    context.gate.success();
    if (answer.found === 'equal') {
      learn(sync, answer, context);
      return settled('delivered', { attempted: 1, outcome: 'found', detail: 'found at the target by look-up' });
    }
    if (answer.found === 'newer')
      return settled('superseded', {
        attempted: 1,
        outcome: 'newer-there',
        detail: 'the target holds something newer',
      });
    return undefined;
  } catch (error) {
    if (isAway(error)) throw error;
    const detail = error instanceof Error ? error.message.slice(0, 300) : 'look-up failed';
    return failure({ syncId: sync.id, result: 'failed', cause: causeOf(error), detail, unknown: true }, sync, context);
  }
}

/** Why a look-up failed: connectors name the cause in `reason`, the wire in its own fault. */
function causeOf(error: unknown): CauseCode {
  const reason = (error as { reason?: unknown } | null)?.reason;
  if (typeof reason === 'string' && reason in CAUSES) return reason as CauseCode;
  if (!(error instanceof TransportFault) || error.kind === 'unavailable') return 'target-unavailable';
  return error.kind === 'timeout' ? 'target-timeout' : 'target-protocol';
}

/** Keeps the target's own id and the numbers it gave, where they are new. */
function learn(
  sync: ClaimedSync,
  answer: { foreignId?: string; codes?: { code: string }[] },
  context: LaneContext,
): void {
  const foreignId = answer.foreignId === sync.foreign_id ? undefined : answer.foreignId;
  const keys = sync.foreign_id === null ? (answer.codes ?? []).map(code => `dossier:${code.code}`) : [];
  if (foreignId === undefined && keys.length === 0) return;
  context.recorder.learn({ entity: sync.entity, system: context.target.system.id, foreignId, keys });
}

async function judge(outcome: Outcome, delivery: Delivery, sync: ClaimedSync, context: LaneContext): Promise<Settled> {
  if (outcome.result === 'delivered') {
    context.gate.success();
    learn(sync, outcome, context);
    return settled('delivered', { attempted: 1, detail: outcome.detail ?? null });
  }
  if (outcome.cause === 'target-conflict' && context.target.means.looksUp) {
    const found = await findEffect(delivery, sync, context);
    if (found && found.state !== 'open') return found;
  }
  return failure(outcome, sync, context);
}

function failure(outcome: Extract<Outcome, { result: 'failed' }>, sync: ClaimedSync, context: LaneContext): Settled {
  const { target } = context;
  context.gate.failure(outcome.cause, outcome.retryAfterMs);
  const ageMs =
    sync.retry_since === null
      ? 0
      : Math.max(0, Date.now() - sync.retry_since - (sync.shut_ms - (sync.retry_mark ?? sync.shut_ms)));
  const verdict = judgeFailure(
    {
      cause: outcome.cause,
      unknown: outcome.unknown,
      retryAfterMs: outcome.retryAfterMs,
      attempts: sync.attempts + 1,
      ageMs,
    },
    target.system.retry,
    target.means,
    context.random,
  );
  const common = {
    attempted: 1 as const,
    unknown: outcome.unknown,
    detail: outcome.detail,
    status: outcome.status ?? null,
    outcome: 'failed',
  };
  if (verdict.next === 'retry') return settled('open', { ...common, cause: outcome.cause, retryMs: verdict.inMs });
  return settled(verdict.next, {
    ...common,
    // left to a person: their replay is the answer, and it must go out
    unknown: common.unknown && verdict.cause !== 'outcome-unknown',
    cause: verdict.cause,
    problem: JSON.stringify({ detail: outcome.detail }),
  });
}
