/**
 * Which successor of a split unit an address belongs to, by the rules that people entered (hamlet, street, list of names). Rules that
 * contradict each other for one address answer nothing: a person is asked, and told of the contradiction. Pure.
 */
import type { Bilingual } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type Place, partsOf, placesIn } from './addresses.ts';
import { type Fact, holds, type NewFact, overlap, type PlaceRule } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';

/** A rule that fits an address, and the name by which it does. */
export interface FittingRule {
  rule: Fact<'place-rule'>;
  name: string;
}
export type PlaceVerdict = { to: string; by: FittingRule } | { contradiction: FittingRule[] };
/** What is asked. Times are ms. */
export interface PlaceAsked {
  /** Code of the split unit. */
  old: string;
  address: string;
  /** Names of the split unit, which may stand behind a hamlet's. */
  unitNames?: readonly string[];
  at: number;
  now: number;
}

/** The name of a rule as it is compared: with or without the word for the kind of place. */
const keyOf = (by: Place['by'], name: string): string =>
  placesIn(name).find(place => place.by === by)?.key ?? wordsOf(name).join(' ');
const wordsOf = (text: string): string[] => partsOf(text).flatMap(words => words.map(word => word.key));

/** Where the unit of an address is decided: the name of `body` that fits, undefined where none does. */
function fittingName(body: PlaceRule, places: readonly Place[], parts: readonly string[]): string | undefined {
  const { by, names } = body;
  if (by !== 'list') return names.find(name => places.some(place => place.by === by && place.key === keyOf(by, name)));
  // whole words of one part of the address
  return names.find(name => {
    const wanted = wordsOf(name).join(' ');
    return wanted !== '' && parts.some(part => ` ${part} `.includes(` ${wanted} `));
  });
}

/** The successor that the rules find for an address; undefined where none fits. */
export function placeOf(asked: PlaceAsked, facts: KnownFacts): PlaceVerdict | undefined {
  const rules = facts.under('place-rule', asked.old);
  if (rules.length === 0) return undefined;
  const places = placesIn(asked.address, asked.unitNames);
  const parts = partsOf(asked.address).map(words => words.map(word => word.key).join(' '));
  const fitting = rules.flatMap((rule): FittingRule[] => {
    const name = fittingName(rule.body, places, parts);
    return name === undefined ? [] : [{ rule, name }];
  });
  const counting = countingAt(fitting, asked);
  const [first] = counting;
  if (first === undefined) return undefined;
  const single = counting.every(({ rule }) => rule.body.to === first.rule.body.to);
  return single ? { to: first.rule.body.to, by: first } : { contradiction: counting };
}

/**
 * Those in force when the event happened; where none was, those that began next and have begun by now: a rule that is entered after
 * the split says what was so since the split.
 */
function countingAt(fitting: readonly FittingRule[], { at, now }: PlaceAsked): FittingRule[] {
  const then = fitting.filter(({ rule }) => holds(rule, at));
  if (then.length > 0) return then;
  const later = fitting.filter(({ rule }) => rule.from > at && rule.from <= now);
  const soonest = Math.min(...later.map(({ rule }) => rule.from));
  return later.filter(({ rule }) => rule.from === soonest);
}

/** The one hamlet that an address names; undefined where it names none, or more than one. */
export function hamletIn(address: string, unitNames: readonly string[] = []): string | undefined {
  const hamlets = placesIn(address, unitNames).filter(place => place.by === 'hamlet');
  return new Set(hamlets.map(place => place.key)).size === 1 ? hamlets[0]?.name : undefined;
}

/** Why a rule cannot be entered. */
export interface PlaceFault {
  pointer: string;
  code: 'province-only' | 'not-split' | 'not-a-successor' | 'no-name' | 'contradicts';
  refuses: true;
  text: Bilingual;
  other?: string;
}

/** What speaks against a rule, given the vocabulary and the other rules of the same split unit. */
export function placeRuleFaults(
  given: NewFact<'place-rule'>,
  { facts, vocabulary }: { facts: KnownFacts; vocabulary: Vocabulary },
): PlaceFault[] {
  const { old, by, names, to } = given.body;
  const faults: PlaceFault[] = [];
  const fault = (pointer: string, code: PlaceFault['code'], vi: string, en: string, other?: string): void => {
    faults.push({ pointer, code, refuses: true, text: { vi, en }, ...(other === undefined ? {} : { other }) });
  };
  if (given.unit !== null) {
    const vi = 'Quy tắc địa bàn là của tỉnh, vì nó chia việc giữa các xã, phường; bỏ trống mục này.';
    fault('/unit', 'province-only', vi, 'A rule shares out between units, so it is the province’s; leave this out.');
  }
  const answer = vocabulary.resolveUnit(old, new Date(given.from).toISOString());
  if (answer.ok || answer.cause !== 'ambiguous-unit') {
    const vi = `Ngày bắt đầu của quy tắc, mã ${old} không phải là đơn vị đã tách cho nhiều xã, phường.`;
    fault('/old', 'not-split', vi, `On the day on which the rule begins, ${old} is no unit that was split.`);
  } else if (!answer.candidates.some(candidate => candidate.code === to)) {
    const list = answer.candidates.map(({ code, name }) => `${code} (${name})`).join(', ');
    const vi = `${to} không kế thừa ${old}; chỉ được chọn: ${list}.`;
    fault('/to', 'not-a-successor', vi, `${to} is no successor of ${old}; choose among ${list}.`);
  }
  for (const [index, name] of names.entries()) {
    // a bare number in a list would fit house numbers
    if (wordsOf(name).length > 0 && !(by === 'list' && /^\d+$/.test(wordsOf(name).join('')))) continue;
    const vi = `“${name}” không đủ để nhận ra một nơi trong địa chỉ.`;
    fault(`/names/${index}`, 'no-name', vi, `"${name}" is not enough to recognise a place in an address.`);
  }
  const compared = (kind: PlaceRule['by'], name: string): string =>
    kind === 'list' ? wordsOf(name).join(' ') : keyOf(kind, name);
  for (const other of facts.under('place-rule', old)) {
    if (other.id === given.id || other.body.by !== by || other.body.to === to) continue;
    if (!overlap(given, other)) continue;
    const same = names.find(name => other.body.names.some(its => compared(by, its) === compared(by, name)));
    if (same === undefined) continue;
    const vi = `“${same}” đã được ghi là thuộc ${other.body.to}; hãy kết thúc hoặc rút lại quy tắc ấy trước.`;
    fault(
      '/names',
      'contradicts',
      vi,
      `"${same}" is said to belong to ${other.body.to}; end that rule first.`,
      other.id,
    );
  }
  return faults;
}
