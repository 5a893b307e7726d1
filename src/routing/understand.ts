/**
 * An event as it is understood: by the vocabulary, and where it names a split unit by the rules about places. What a rule answers is an
 * answer like a person's, so that delivery sees it too. Acceptance and judging again read by this one function. Pure.
 */
import type { GatewayEvent, Json, JsonObject } from '../domain/words.ts';
import { answered } from '../entities/payload.ts';
import type { Answer, Normal } from '../entities/state.ts';
import { type FittingRule, placeOf } from '../facts/places.ts';
import { normalise } from '../translation/normalise.ts';
import type { DeskContext } from './at-the-desk.ts';
import type { Park } from './route.ts';

export interface ToUnderstand {
  /** With people's answers put in. */
  event: GatewayEvent;
  /** What is known of the dossier besides: its address counts where the event names none. */
  fields: JsonObject;
  sourceStatusList: string;
  previous?: string | undefined;
  asOf?: string | undefined;
}
export interface Understood {
  /** With the answers of rules put in. */
  event: GatewayEvent;
  /** What rules answered. */
  answers: Answer[];
  normal: Normal & { parks: readonly Park[] };
}

/** Reads an event with what is known about desks. */
export function understand(
  given: ToUnderstand,
  { vocabulary, facts, now }: Pick<DeskContext, 'vocabulary' | 'facts' | 'now'>,
): Understood {
  const { event, sourceStatusList, previous, asOf } = given;
  const read = (what: GatewayEvent): Understood['normal'] =>
    normalise(what, sourceStatusList, vocabulary, previous, asOf);
  const normal = read(event);
  const split = normal.parks.some(park => park.cause === 'ambiguous-unit');
  const address = split ? (addressOf(event.data) ?? addressOf(given.fields)) : undefined;
  if (address === undefined) return { event, answers: [], normal };
  const answers: Answer[] = [];
  const contradictions = new Map<string, FittingRule[]>();
  for (const { cause, pointer, value, candidates } of normal.parks) {
    if (cause !== 'ambiguous-unit' || typeof value !== 'string') continue;
    const name = vocabulary.content.formerUnits.find(unit => unit.code === value)?.name;
    const verdict = placeOf(
      { old: value, address, unitNames: name === undefined ? [] : [name], at: Date.parse(asOf ?? event.time), now },
      facts,
    );
    if (verdict === undefined) continue;
    if ('contradiction' in verdict) contradictions.set(pointer, verdict.contradiction);
    else if (isAmong(candidates, verdict.to)) answers.push(answerOf(pointer, value, verdict.to, verdict.by));
  }
  const settled = answered(event, answers);
  const again = answers.length === 0 ? normal : read(settled);
  const parks = again.parks.map(park => said(park, contradictions.get(park.pointer)));
  return { event: settled, answers, normal: { ...again, parks } };
}

/** The address of a dossier's applicant, in an event's data or in what is known of the dossier. */
export function addressOf({ applicant }: JsonObject): string | undefined {
  if (applicant === null || typeof applicant !== 'object' || Array.isArray(applicant)) return undefined;
  const { address } = applicant;
  return typeof address === 'string' && address.trim() !== '' ? address : undefined;
}

const isAmong = (candidates: unknown, code: string): boolean =>
  Array.isArray(candidates) && candidates.some((candidate: { code?: Json }) => candidate.code === code);

function answerOf(pointer: string, from: string, to: string, { rule, name }: FittingRule): Answer {
  const reason = `Địa bàn “${name}” của ${from} nay thuộc ${to} (quy tắc do ${rule.madeBy} ghi)`;
  return { pointer, from, to, by: `rule:${rule.id}`, reason };
}

/** A park whose rules contradict each other says so. */
function said(park: Park, contradiction: readonly FittingRule[] | undefined): Park {
  if (contradiction === undefined) return park;
  const each = contradiction.map(({ rule, name }) => `“${name}” → ${rule.body.to}`).join('; ');
  return {
    ...park,
    text: {
      vi: `Các quy tắc địa bàn mâu thuẫn nhau ở địa chỉ này: ${each}. Hãy chọn đơn vị, và sửa quy tắc sai.`,
      en: `The rules about places contradict each other for this address: ${each}. Choose the unit, and mend the wrong rule.`,
    },
    detail: {
      ...park.detail,
      rules: contradiction.map(({ rule, name }) => ({ id: rule.id, by: rule.body.by, name, to: rule.body.to })),
    },
  };
}
