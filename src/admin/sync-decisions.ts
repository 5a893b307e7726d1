/**
 * Answers to what is held at the desk (a unit that is off, authority, legal basis, rights): deliver all the same, refuse or return it,
 * or name another seat. Whatever is answered, the rest is judged as ever: who lets a matter pass without authority has not given a right.
 */
import { judgeWaiting } from '../delivery/judging.ts';
import type { CauseCode } from '../domain/causes.ts';
import { GatewayError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import { withAnswers } from '../entities/answer.ts';
import { answered, type Payload } from '../entities/payload.ts';
import { holds } from '../facts/fact.ts';
import { type Actor, notParked } from '../ledger/act.ts';
import { cancelSync } from '../ledger/cancel.ts';
import { storeWord, type Word } from '../ledger/decide-sync.ts';
import { freeParked } from '../ledger/free-parked.ts';
import { keepHeld, type WaitingSync, waitingAmong } from '../ledger/judged.ts';
import type { PeopleContext } from './context.ts';
import { parkedSync } from './parked-sync.ts';

export type DecisionWord = 'deliver' | 'refuse' | 'return';
/** Exactly one member is set. */
export interface DeskChoice {
  decision?: DecisionWord | undefined;
  seat?: string | undefined;
  officerId?: string | undefined;
}
/** What became of the sync. */
export interface Decided extends JsonObject {
  id: string;
  state: 'queued' | 'parked' | 'cancelled';
  freed: { id: string; target: string }[];
}

export const DECISIONS: readonly DecisionWord[] = ['deliver', 'refuse', 'return'];
/** Which causes take which answer. */
export const DECIDABLE: ReadonlySet<string> = new Set<CauseCode>([
  'unit-off',
  'no-authority',
  'no-legal-basis',
  'missing-right',
  'unknown-officer',
]);
const SEATED: ReadonlySet<string> = new Set<CauseCode>(['missing-right', 'unknown-officer']);

/** Answers one sync; with `cause` only where it is still held for that. Throws 404, 409 `not-parked`, 422 `not-answerable`, `wrong-answer`, `seat-may-not`. */
export async function decideSync(
  context: PeopleContext,
  id: string,
  choice: DeskChoice,
  actor: Actor,
  dryRun: boolean,
  cause?: CauseCode,
): Promise<Decided> {
  await context.factsKeeper.follow();
  const sync = await heldAtTheDesk(context, id, choice);
  if (cause !== undefined && sync.cause !== cause) throw notParked(sync.cause);
  const { decision } = choice;
  if (decision === 'refuse' || decision === 'return') {
    const { home, freed } = await cancelSync(context.database, id, actor, dryRun, decision);
    if (!dryRun) context.turns.wake([home]);
    return { id, state: 'cancelled', decision, freed: freed === null ? [] : [{ id: freed, target: home.target }] };
  }
  const word = decision === 'deliver' ? deliverAnyway(sync, actor) : anotherDesk(sync, choice, actor, context);
  const desk = context.desk();
  const judge = (revision: number) => judgeWaiting({ ...sync, revision, payload: word.payload }, desk, context);
  const expected = judge(sync.revision);
  if (expected === undefined) throw notAnswerable(sync.cause);
  const stillAt = 'held' in expected ? expected.held.cause : undefined;
  if (stillAt === sync.cause) throw seatMayNot(expected);
  const said = { ...word.said, ...(stillAt === undefined ? { state: 'queued' } : { state: 'parked', cause: stillAt }) };
  if (dryRun) return { id, freed: [], ...said } as Decided;
  const revision = await storeWord(context.database, sync, { ...word, said }, actor);
  if (revision === undefined) throw notParked('changed');
  const verdict = judge(revision);
  if (verdict !== undefined && 'held' in verdict) {
    await keepHeld(context.database, [verdict.held], desk.facts.version);
    return { id, freed: [], ...said } as Decided;
  }
  const free = verdict === undefined ? [] : [verdict.free];
  const freed = await freeParked(context.database, free, `sync:${id}`, actor, false);
  context.turns.wake(freed);
  return { id, ...said, freed: freed.map(one => ({ id: one.id, target: one.target })) } as Decided;
}

async function heldAtTheDesk(context: PeopleContext, id: string, choice: DeskChoice): Promise<WaitingSync> {
  const { cause } = (await parkedSync(context, id)).sync;
  if (cause === undefined || !DECIDABLE.has(cause)) throw notAnswerable(cause ?? null);
  if (choice.decision === undefined && !SEATED.has(cause)) {
    const text = {
      vi: 'Lượt gửi này chờ decision: deliver, refuse hoặc return.',
      en: 'This sync waits for a decision: deliver, refuse or return.',
    };
    throw new GatewayError('wrong-answer', 422, text, { extra: { wanted: 'decision' } });
  }
  const [sync] = await waitingAmong(context.database.people, [id]);
  if (sync === undefined) throw notAnswerable(cause);
  return sync;
}

/** It goes although the tables speak against it; that stands among the event's warnings, with who decided. */
function deliverAnyway({ payload, cause, target }: WaitingSync, { who, reason }: Actor): Word {
  return {
    payload: { ...payload, decisions: [...(payload.decisions ?? []), { cause, by: who, reason }] },
    said: { decision: 'deliver', over: cause },
    warning: {
      cause,
      target,
      text: { vi: `Gửi theo quyết định của ${who}: ${reason}`, en: `Delivered by decision of ${who}: ${reason}` },
      detail: { decidedBy: who },
    },
  };
}

/** The post of the seat that is named, or of one on which the officer sits, in the place of the one that was asked. */
function anotherDesk(sync: WaitingSync, choice: DeskChoice, { who: by, reason }: Actor, context: PeopleContext): Word {
  const { facts, now } = context.desk();
  const { payload } = sync;
  const seats =
    choice.seat === undefined
      ? facts
          .of('holding', sync.unit)
          .filter(fact => fact.body.officer === choice.officerId && holds(fact, now))
          .map(fact => fact.body.seat)
      : [choice.seat];
  const posts = seats.flatMap(seat =>
    facts.under('seat', seat).flatMap(fact => (fact.unit === sync.unit && holds(fact, now) ? [fact.body.post] : [])),
  );
  const from = answered(payload.event, payload.answers).data.post ?? null;
  const post = posts.find(one => one !== from);
  if (post === undefined) throw noSuchDesk(choice, sync.unit);
  const answer = { pointer: '/data/post', from, to: post, by, reason };
  return { payload: put(payload, answer), said: { answers: [{ pointer: '/data/post', from, to: post }] } };
}

const put = (payload: Payload, answer: Parameters<typeof withAnswers>[1][number]): Payload =>
  withAnswers(payload, [answer]);

function noSuchDesk({ seat, officerId }: DeskChoice, unit: string | null): GatewayError {
  const who = seat ?? officerId ?? '';
  return new GatewayError(
    'unknown-seat',
    422,
    {
      vi: `${who} không có vị trí nào khác đang có hiệu lực ở ${unit ?? 'tỉnh'}. Chọn vị trí khác, hoặc nhập vị trí ấy trước.`,
      en: `${who} has no other seat at ${unit ?? 'the province'} now. Choose another, or enter the seat first.`,
    },
    { extra: { pointer: seat === undefined ? '/officerId' : '/seat' } },
  );
}

function seatMayNot(expected: { held: { detail: JsonObject } } | object): GatewayError {
  const detail = 'held' in expected ? expected.held.detail : {};
  return new GatewayError(
    'seat-may-not',
    422,
    {
      vi: 'Vị trí này cũng chưa đủ quyền. Chọn vị trí khác, bổ sung quyền, hoặc quyết định vẫn gửi (decision: deliver).',
      en: 'This seat may not do it either. Choose another, grant the right, or decide to deliver (decision: deliver).',
    },
    { extra: { missing: detail.missing ?? null, seats: detail.seats ?? null } },
  );
}

function notAnswerable(cause: string | null): GatewayError {
  return new GatewayError(
    'not-answerable',
    422,
    {
      vi: 'Lượt gửi này không chờ một quyết định. Xem hướng xử lý, rồi trả lời, gửi lại hoặc bỏ lượt gửi.',
      en: 'This sync does not wait for a decision. See its remedy, then answer, replay or cancel it.',
    },
    { extra: { cause } },
  );
}
