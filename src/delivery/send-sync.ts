/**
 * One sync: translated, looked up where an earlier attempt may have taken effect, sent, and judged by what the target says.
 */
import type { Delivery, Outcome } from '../../connectors/connector.ts';
import { CAUSES, type CauseCode } from '../domain/causes.ts';
import { TransportFault } from '../domain/errors.ts';
import { trialName } from '../domain/trial-name.ts';
import type { Payload } from '../entities/payload.ts';
import { isAway } from '../ledger/away.ts';
import { type ClaimedSync, sealedOf } from '../ledger/claim.ts';
import { open } from '../ledger/seal.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { whileHeld } from '../wire/held.ts';
import type { GateWatch } from './gate-watch.ts';
import type { Recorder } from './recorder.ts';
import { judgeFailure } from './retry.ts';
import { parkedBy, type Settled, settled } from './settled.ts';
import { lineOf, type Target } from './target.ts';
import { prepareSync } from './translate-sync.ts';

/** When a sync is tried again that met a ledger that was away. */
const LEDGER_AWAY_MS = 1_000;
/** Of an attempt whose end nobody heard. */
const UNHEARD = 'an earlier call may have arrived; what became of it was not recorded';

export interface SendContext {
  target: Target;
  recorder: Pick<Recorder, 'learn'>;
  gate: Pick<GateWatch, 'success' | 'failure'>;
  /** Monotonic ms until which the claim is certainly ours. */
  leaseUntil(): number;
  /** Any release, for what is replayed as it was. */
  releaseById(id: number): Promise<Vocabulary>;
  statusListOf(source: string): string;
  random(): number;
  onFault(sync: string, error: unknown): void;
}

const NO_GATE: SendContext['gate'] = { success: () => {}, failure: () => {} };

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

/** Translates with the release in force, or with the sync's own, sends and judges one sync; undefined when the lease ran out first. */
export async function settleSync(
  sync: ClaimedSync,
  inForce: Vocabulary,
  given: SendContext,
): Promise<Settled | undefined> {
  const { target } = given;
  const { connector, apart } = lineOf(target, sync.mode);
  // what becomes of a trial's call says nothing of the official address
  const context = apart ? { ...given, gate: NO_GATE } : given;
  let sent = false;
  let late = false;
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
      const found = await findEffect(delivery, sync, context, true);
      if (found) return { ...found, hash: prepared.hash };
    }
    sent = true;
    const [outcome] = await whileHeld(
      () => {
        late ||= performance.now() + target.system.timeoutMs > context.leaseUntil();
        return !late;
      },
      () => connector.deliver([delivery]),
    );
    if (!outcome) throw new Error(`connector ${target.system.connector} answered no outcome for ${sync.id}`);
    if (late && outcome.result === 'failed' && !outcome.unknown) return undefined;
    return { ...(await judge(outcome, delivery, sync, context)), hash: prepared.hash };
  } catch (error) {
    // a sign-in is shared through the ledger: that it was away meanwhile says nothing of sync or target
    if (isAway(error)) return settled('open', { retryMs: LEDGER_AWAY_MS, unknown: sync.unknown || sent, sent });
    context.onFault(sync.id, error);
    return settled('failed', {
      cause: 'gateway-fault',
      attempted: sent ? 1 : 0,
      unknown: sent,
      sent,
      detail: error instanceof Error ? error.name : 'error',
    });
  }
}

/**
 * Did an attempt take effect after all? Undefined: it did not, send it. `unknown`: what remains of it when the target does not
 * say. A look-up that leads to a send says nothing of the target's health: the send will.
 */
async function findEffect(
  delivery: Delivery,
  sync: ClaimedSync,
  context: SendContext,
  unknown: boolean,
): Promise<Settled | undefined> {
  const { target, gate } = context;
  if (!target.means.looksUp)
    return settled('parked', { cause: 'outcome-unknown', attempted: 1, outcome: 'unknown', detail: UNHEARD });
  try {
    const answer = await lineOf(target, sync.mode).connector.lookUp(delivery);
    if (answer.found === 'absent' || answer.found === 'different') return undefined;
    gate.success(sync.probe);
    if (answer.found === 'newer')
      return settled('superseded', {
        attempted: 1,
        outcome: 'newer-there',
        detail: 'the target holds something newer',
      });
    if (answer.found === 'unproven')
      return settled('parked', {
        attempted: 1,
        cause: 'outcome-unknown',
        outcome: 'unknown',
        detail: 'the target does not tell whether it took effect',
      });
    learn(sync, answer, context);
    return settled('delivered', { attempted: 1, outcome: 'found', detail: 'found at the target by look-up' });
  } catch (error) {
    if (isAway(error)) throw error;
    const detail = error instanceof Error ? error.message.slice(0, 300) : 'look-up failed';
    const { retryAfterMs } = error as { retryAfterMs?: unknown };
    const wait = typeof retryAfterMs === 'number' ? { retryAfterMs } : {};
    return failure(
      { syncId: sync.id, result: 'failed', cause: causeOf(error), detail, unknown, ...wait },
      sync,
      context,
      false,
    );
  }
}

/** Why a look-up failed: connectors name the cause in `reason` or as the error's code, the wire in its own fault. */
function causeOf(error: unknown): CauseCode {
  const { reason, code } = error as { reason?: unknown; code?: unknown };
  for (const name of [reason, code])
    if (typeof name === 'string' && Object.hasOwn(CAUSES, name)) return name as CauseCode;
  if (!(error instanceof TransportFault) || error.kind === 'unavailable') return 'target-unavailable';
  return error.kind === 'timeout' ? 'target-timeout' : 'target-protocol';
}

/** Keeps the target's own id and the numbers it gave, where they are new. */
function learn(
  sync: ClaimedSync,
  answer: { foreignId?: string; codes?: { code: string }[] },
  context: SendContext,
): void {
  const foreignId = answer.foreignId === sync.foreign_id ? undefined : answer.foreignId;
  const keys = sync.foreign_id === null ? (answer.codes ?? []).map(code => `dossier:${code.code}`) : [];
  if (foreignId === undefined && keys.length === 0) return;
  const { id } = context.target.system;
  const system = lineOf(context.target, sync.mode).apart ? trialName(id) : id;
  context.recorder.learn({ entity: sync.entity, system, foreignId, keys });
}

async function judge(outcome: Outcome, delivery: Delivery, sync: ClaimedSync, context: SendContext): Promise<Settled> {
  if (outcome.result === 'delivered') {
    context.gate.success(sync.probe);
    learn(sync, outcome, context);
    return settled('delivered', { attempted: 1, detail: outcome.detail ?? null });
  }
  if (outcome.cause === 'target-conflict' && context.target.means.looksUp) {
    // looked up, then decided: it is there, something newer is there, or nobody can tell now
    const found = await findEffect(delivery, sync, context, outcome.unknown);
    if (found && found.state !== 'parked') return found;
  }
  return failure(outcome, sync, context, true);
}

/** `sent`: a message went out; false where only the look-up before it failed. */
function failure(
  outcome: Extract<Outcome, { result: 'failed' }>,
  sync: ClaimedSync,
  context: SendContext,
  sent: boolean,
): Settled {
  const { target } = context;
  context.gate.failure(outcome.cause, outcome.retryAfterMs, sync.probe);
  const ageMs =
    sync.retry_age === null ? 0 : Math.max(0, sync.retry_age - (sync.shut_ms - (sync.retry_mark ?? sync.shut_ms)));
  const verdict = judgeFailure(
    {
      cause: outcome.cause,
      previous: sync.cause,
      unknown: outcome.unknown,
      sent,
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
    sent,
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
