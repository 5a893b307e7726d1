/**
 * `resolve` with `remember: "place"`: the answer to one dossier of a split unit becomes a rule for the hamlet that its address names, and
 * everything that waits with an address of that hamlet goes on, the asked one among it. A preview shows all that would, and may be
 * carried out as it was shown (`POST /v1/place-rules` with its `rehearsal`).
 */
import { uuidv7 } from 'uuidv7';
import { judgeWaiting } from '../delivery/judging.ts';
import { GatewayError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import { answersOf, type Choice } from '../entities/answer.ts';
import { answered, type Payload } from '../entities/payload.ts';
import { rulesOf } from '../facts/kinds.ts';
import { afterChange } from '../facts/known-facts.ts';
import { dayOf, endOf } from '../facts/local-time.ts';
import { hamletIn } from '../facts/places.ts';
import type { Actor } from '../ledger/act.ts';
import { waitingAmong } from '../ledger/judged.ts';
import { readSync } from '../ledger/read-sync.ts';
import type { DeskContext } from '../routing/at-the-desk.ts';
import { addressOf, understand } from '../routing/understand.ts';
import { carryOutChange, rehearseChange } from '../sets/facts-change.ts';
import type { PeopleContext } from './context.ts';
import { enterOne, unsound } from './entering.ts';
import { auditOf } from './facts-view.ts';
import { parkedSync, questionOf } from './parked-sync.ts';
import { payloadOf } from './translation.ts';

const refuse = (code: string, vi: string, en: string, extra: Record<string, unknown> = {}) =>
  new GatewayError(code, 422, { vi, en }, { extra });

/** Throws what refuses an answer to one sync, 422 `no-hamlet`, and what refuses a rule. */
export async function rememberForPlace(
  context: PeopleContext,
  id: string,
  choice: Choice,
  actor: Actor,
  dryRun: boolean,
): Promise<object> {
  const detail = await parkedSync(context, id);
  const question = questionOf(detail);
  const { cause, pointer, value } = question;
  if (cause !== 'ambiguous-unit' || typeof pointer !== 'string' || typeof value !== 'string') {
    const vi = 'Chỉ ghi nhớ theo ấp, khu phố được khi đơn vị cũ đã tách; hãy dùng “dossier” hoặc “all”.';
    throw refuse('not-learnable', vi, 'Only for a unit that was split; use "dossier" or "all".', { cause });
  }
  await context.factsKeeper.follow();
  const desk = context.desk();
  const payload = payloadOf(detail);
  answersOf(question, choice, payload.event, {
    vocabulary: desk.vocabulary,
    sourceStatusList: context.statusListOf(payload.event.source),
    now: new Date(desk.now).toISOString(),
    by: actor.who,
    reason: actor.reason,
  });
  const to = choice.unitCode ?? '';
  const hamlet = hamletOf(payload, value, desk);
  const { fact, change } = ruleFor(value, hamlet, to, desk, actor);
  const after = { ...desk, facts: afterChange(desk.facts, change, desk.now) };
  mustHelp(payload, pointer, to, after, context);
  const subject = `place-rule:${value}`;
  const named = { act: 'place-rule.enter', subject, before: null, after: { ...auditOf(fact), sync: id } };
  const rule: JsonObject = { id: fact.id, old: value, by: 'hamlet', names: [hamlet], to };
  const shared = { id, answers: [{ pointer, from: value, to }], hamlet, rule, remembered: true, dryRun };
  if (dryRun) {
    const rehearsed = await rehearseChange(change, named, actor.who, context);
    const freed = rehearsed.items.map(item => ({ id: item.id, target: item.target }));
    const [asked] = await waitingAmong(context.database.people, [id]);
    const verdict = asked === undefined ? undefined : judgeWaiting(asked, after, context);
    const state = verdict !== undefined && 'free' in verdict ? 'queued' : 'parked';
    return { ...shared, ...rehearsed, freed, freedCount: rehearsed.counts.goes, state };
  }
  const done = await carryOutChange(change, named, actor, context);
  const goes = done.freed.some(one => one.id === id);
  return { ...shared, ...done, freedCount: done.freed.length, state: goes ? 'queued' : await stateNow(id, context) };
}

/** Judging in the background may have been quicker. */
async function stateNow(id: string, context: PeopleContext): Promise<string> {
  return (await readSync(context.database, id))?.sync.state ?? 'parked';
}

/** The one hamlet of the dossier's address. Throws 422 `no-hamlet`. */
function hamletOf(payload: Payload, old: string, { vocabulary }: DeskContext): string {
  const { data } = answered(payload.event, payload.answers);
  const address = addressOf(data) ?? addressOf(payload.entity ?? {});
  const names = vocabulary.content.formerUnits.flatMap(unit => (unit.code === old ? [unit.name] : []));
  const hamlet = address === undefined ? undefined : hamletIn(address, names);
  if (hamlet !== undefined) return hamlet;
  throw refuse(
    'no-hamlet',
    'Địa chỉ trong hồ sơ không nêu đúng một ấp, thôn hay khu phố, nên không ghi nhớ theo nơi ở được; hãy dùng “dossier” cho hồ sơ này.',
    'The address does not name exactly one hamlet, so there is no place to remember; use "dossier" for this one.',
  );
}

/** The rule, in force since the day after the old unit ended. Throws 422 with what speaks against it. */
function ruleFor(old: string, hamlet: string, to: string, desk: DeskContext, { who, reason }: Actor) {
  const ended = desk.vocabulary.content.formerUnits.findLast(unit => unit.code === old)?.validTo;
  const since = ended === undefined ? desk.now : (endOf(ended) ?? desk.now);
  const given = { old, by: 'hamlet', names: [hamlet], to, from: dayOf(since) };
  const { change, fact } = enterOne(rulesOf('place-rule'), given, { ...desk, systems: [], newId: uuidv7, who, reason });
  if (fact === undefined) throw unsound([]);
  return { fact, change };
}

/** A rule by which the asked sync would still not be settled would only look like an answer. */
function mustHelp(payload: Payload, pointer: string, to: string, desk: DeskContext, context: PeopleContext): void {
  const { answers } = understand(
    {
      event: answered(payload.event, payload.answers),
      fields: payload.entity ?? {},
      sourceStatusList: context.statusListOf(payload.event.source),
      previous: payload.previous,
      asOf: payload.asOf,
    },
    desk,
  );
  if (answers.some(answer => answer.pointer === pointer && answer.to === to)) return;
  throw refuse(
    'answer-does-not-help',
    'Với quy tắc này hồ sơ vẫn chưa rõ đơn vị (quy tắc khác mâu thuẫn ở cùng địa chỉ, hoặc đơn vị chưa có vào ngày của sự kiện).',
    "With this rule the dossier would still have no single unit (another rule contradicts it, or no such unit on the event's day).",
  );
}
