/**
 * May anybody in the unit do what is asked of it? A request goes only where one seat that somebody sits on has all ticks; what is
 * missing is said, with the posts that could have it, who gives it, and whom to call. Pure.
 */
import type { GatewayEvent, Json, JsonObject } from '../domain/words.ts';
import { contactsFor } from './contacts.ts';
import { nextChange } from './fact.ts';
import type { Finding, Question, Rule } from './judge.ts';
import { couldHold } from './post-rights.ts';
import { giversOf, nobodyMay, unknownPost } from './right-texts.ts';
import { missingIn, shownTicks, ticksOf } from './rights.ts';

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** A directive (SteeringType of edXML; 1 directs nothing, 3 reports). */
const DIRECTIVES: ReadonlySet<string> = new Set(['2', 'directive']);

/** The right that an event asks somebody in the unit to use; undefined where it asks for none. */
export function rightAsked(event: GatewayEvent): string | undefined {
  const { data } = event;
  switch (event.type) {
    case 'opinion.requested':
      return 'opinion';
    case 'approval.requested':
      return textOf(data.act) ?? 'approve';
    case 'document.sent':
    case 'document.replaced': {
      // an answer needs nobody; what directs, or is to be done by a day, must be taken up and given to somebody
      const answers = Array.isArray(data.responseFor) && data.responseFor.length > 0;
      const directs = DIRECTIVES.has(String(data.steeringType ?? '')) || textOf(data.dueAt) !== undefined;
      return directs && !answers ? 'assign' : undefined;
    }
    default:
      return undefined;
  }
}

/** Speaks against a request that nobody in the unit may act on. */
export const rightRule: Rule = (question): Finding | undefined => {
  const { event, unit, target, field, procedure, facts, vocabulary } = question;
  const right = rightAsked(event);
  const desk = event.type.startsWith('document.') ? 'commune' : 'documents';
  if (right === undefined || target.role !== desk) return undefined;
  // whoever is to act does so when it arrives: a right granted since it was asked for counts
  const at = Math.max(question.at, question.now);
  const post = textOf(event.data.post);
  const all = ticksOf({ unit, right, system: target.id, field, procedure, at }, facts, vocabulary);
  const asked = post === undefined ? all : all.filter(ticks => ticks.post === post);
  if (asked.some(ticks => missingIn(ticks).length === 0)) return undefined;
  const held = {
    value: event.data.unitCode ?? unit,
    list: 'rights' as const,
    certain: false,
    changesAt: changesAt(question, at),
  };
  const common = {
    right,
    unit,
    system: target.id,
    post: post ?? null,
    couldHold: couldHold(right, unit, vocabulary),
    contacts: contactsOf(question),
  };
  if (post !== undefined && vocabulary.fact('post', post) === undefined) {
    return {
      ...held,
      cause: 'unknown-officer',
      pointer: '/data/post',
      value: post,
      text: unknownPost(question, post, right),
      detail: { ...common, seats: all.slice(0, 10).map(ticks => shownTicks(ticks, vocabulary)) },
    };
  }
  const best = asked[0];
  const missing = best === undefined ? ['legal', 'account'] : missingIn(best);
  const givers = giversOf(missing, best?.post ?? post, target.role, vocabulary);
  return {
    ...held,
    cause: 'missing-right',
    pointer: '/data/unitCode',
    text: nobodyMay(question, { right, post, missing, best, givers }),
    detail: {
      ...common,
      missing: [...missing],
      seats: asked.slice(0, 10).map(ticks => shownTicks(ticks, vocabulary)),
      givers,
    },
  };
};

/** When something about who may act in the unit begins or ends next. */
const changesAt = ({ facts, unit }: Question, at: number): number | undefined =>
  nextChange(
    (['right', 'holding', 'seat', 'delegation'] as const).flatMap(kind => facts.of(kind, unit)),
    at,
  );

/** Whom to call about it, as far as anybody is known. */
function contactsOf({ facts, vocabulary, unit, target: system, now, enforced }: Question): JsonObject[] {
  return contactsFor({ about: 'rights', unit, system, now }, facts, vocabulary, enforced).map(one => ({ ...one }));
}
