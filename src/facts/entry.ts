/**
 * What people enter, made into facts: units and periods read, what is unsound refused, what held before under the same key ended
 * where the new one begins. One row or a whole table go the same way, so that a table is judged as it will stand. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import { deskOf } from '../domain/province.ts';
import type { Bilingual } from '../domain/words.ts';
import { type Fact, type FactBodies, type FactChange, holds, type NewFact } from './fact.ts';
import type { CheckContext, FactFault } from './kind-checks.ts';
import type { KindRules } from './kinds.ts';
import { beginningOf, endOf, localTime } from './local-time.ts';

/** A fact as somebody gives it: the members of its kind, a unit, a period. */
export interface GivenFact extends Record<string, unknown> {
  unit?: string | null;
  from?: string;
  to?: string;
}
export interface EntryContext extends CheckContext {
  who: string;
  reason: string;
  newId(): string;
}
/** What became of one given fact. */
export interface Entry {
  /** Absent where it could not be read. */
  fact?: NewFact;
  /** All that refuses it. */
  faults: FactFault[];
  /** What is told and taken. */
  warnings: FactFault[];
  /** It stands like this already; nothing is to be done. */
  unchanged: boolean;
}

const fault = (pointer: string, code: string, text: Bilingual, other?: string): FactFault => ({
  pointer,
  code,
  refuses: true,
  text,
  ...(other === undefined ? {} : { other }),
});
export const BACKWARDS: Bilingual = {
  vi: 'Thời gian kết thúc phải sau khi bắt đầu.',
  en: 'The end must come after the beginning.',
};
const MISSING: Bilingual = { vi: 'Thiếu mục này.', en: 'This member is missing.' };

/** Reads all that is given; the change holds what is sound and new, and is to be carried out only where no row has faults. */
export function enter(
  rules: KindRules,
  given: readonly GivenFact[],
  context: EntryContext,
): { entries: Entry[]; change: FactChange } {
  const entries = given.map(one => read(rules, one, context));
  const fresh = entries.filter((entry): entry is Sound => entry.fact !== undefined && !entry.unchanged);
  const byKey = Map.groupBy(fresh, ({ fact }) => fact.key);
  const end = new Map<string, number>();
  if (!rules.several) {
    for (const row of byKey.values()) inOrder(row);
    for (const entry of fresh) besideKnown(entry, context, end);
  }
  const facts = context.facts.with(
    fresh.map(({ fact }): Fact => ({ ...fact, version: context.facts.version + 1, madeAt: context.now })),
  );
  for (const entry of fresh) {
    const { fact } = entry;
    // what is entered under the same key in one go was put in order above
    const mates = (byKey.get(fact.key) ?? []).flatMap(other => (other === entry ? [] : [other.fact.id]));
    const after = { ...context, facts: mates.length === 0 || rules.several ? facts : facts.with([], mates) };
    for (const found of rules.check(fact as never, after)) (found.refuses ? entry.faults : entry.warnings).push(found);
  }
  const put = fresh.map(({ fact }) => fact);
  return { entries, change: { put, end: [...end].map(([id, at]) => ({ id, at })) } };
}

type Sound = Entry & { fact: NewFact };

/** What is entered in one go under one key: each one that says no end ends where the next begins. */
function inOrder(row: Sound[]): void {
  row.sort((a, b) => a.fact.from - b.fact.from);
  row.forEach((entry, index) => {
    const before = row[index - 1];
    if (before === undefined) return;
    if (before.fact.from === entry.fact.from) entry.faults.push(overlapping('/from', before.fact));
    else if (before.fact.to === null) before.fact = { ...before.fact, to: entry.fact.from };
    else if (before.fact.to > entry.fact.from) entry.faults.push(overlapping('/from', before.fact));
  });
}

/** What held before under the key ends where the new one begins; into what begins later it may not run. */
function besideKnown(entry: Sound, { facts }: EntryContext, end: Map<string, number>): void {
  const { fact } = entry;
  for (const other of facts.under(fact.kind, fact.key)) {
    if (other.from < fact.from) {
      if (!holds(other, fact.from)) continue;
      // told, since nobody may have meant to cut short what had an end of its own
      if (other.to !== null) entry.warnings.push({ ...endsEarlier(other, fact), refuses: false });
      end.set(other.id, Math.min(end.get(other.id) ?? Number.POSITIVE_INFINITY, fact.from));
    } else if (fact.to === null || fact.to > other.from) {
      entry.faults.push(overlapping(other.from === fact.from ? '/from' : '/to', other));
    }
  }
}

const overlapping = (pointer: string, other: NewFact): FactFault =>
  fault(
    pointer,
    'overlapping-period',
    {
      vi: `Trùng thời gian với mục đã có từ ${localTime(other.from)}. Hãy kết thúc hoặc rút mục ấy trước, hoặc sửa thời gian.`,
      en: `It overlaps with the one that holds from ${localTime(other.from)}. End or withdraw that one first, or mend the period.`,
    },
    other.id,
  );
const endsEarlier = (other: Fact, { from }: NewFact): FactFault =>
  fault(
    '/from',
    'ends-earlier',
    {
      vi: `Mục đang có hiệu lực đến ${localTime(other.to as number)} sẽ kết thúc sớm hơn, lúc ${localTime(from)}.`,
      en: `The one that holds to ${localTime(other.to as number)} will end earlier, at ${localTime(from)}.`,
    },
    other.id,
  );
function read(rules: KindRules, given: GivenFact, context: EntryContext): Entry {
  const { unit = null, from, ...rest } = given;
  // a place's `to` is the unit that it leads to; its rule has no end but the one that is set later
  const { to, ...others } = rest;
  const members: Record<string, unknown> = rules.members.to === undefined ? others : rest;
  const faults = rules.required
    .filter(name => members[name] === undefined)
    .map(name => fault(`/${name}`, 'required', MISSING));
  const begins = from === undefined ? context.now : beginningOf(from);
  const ends = to === undefined || 'to' in members ? null : endOf(to);
  if (begins === undefined || ends === undefined || (ends !== null && ends <= begins)) {
    faults.push(fault('/to', 'backwards-period', BACKWARDS));
  }
  const known = unitOf(unit, begins ?? context.now, context);
  if (known === undefined) faults.push(unknownUnit(unit as string));
  else if (known === null && rules.belongs === 'unit') faults.push(fault('/unit', 'required', MISSING));
  if (faults.length > 0 || known === undefined || begins === undefined || ends === undefined) {
    return { faults, warnings: [], unchanged: false };
  }
  const body = members as unknown as FactBodies[typeof rules.kind];
  const key = rules.keyOf(body as never, known);
  const same = context.facts
    .under(rules.kind, key)
    .find(
      other =>
        other.unit === known && other.from === begins && other.to === ends && isDeepStrictEqual(other.body, body),
    );
  const fact: NewFact = {
    id: same?.id ?? context.newId(),
    kind: rules.kind,
    key,
    unit: known,
    body,
    from: begins,
    to: ends,
    origin: 'person',
    event: null,
    madeBy: context.who,
    reason: context.reason,
  };
  return { fact, faults, warnings: [], unchanged: same !== undefined };
}

/**
 * The unit by its code of today, else of the day when the fact begins (a unit that is gone); null for the province, undefined where
 * there is none. Today counts first: on the trial's days most codes still stood for other territories.
 */
function unitOf(code: string | null, at: number, { vocabulary, now }: EntryContext): string | null | undefined {
  if (code === null) return null;
  const answered = [now, at]
    .map(instant => vocabulary.resolveUnit(code, new Date(instant).toISOString()))
    .find(unit => unit.ok);
  return answered?.ok === true ? deskOf(answered.code) : undefined;
}

const unknownUnit = (code: string): FactFault =>
  fault('/unit', 'unknown-unit', {
    vi: `Tỉnh không có xã, phường nào mang mã ${code}, hoặc mã ấy nay ứng với nhiều nơi.`,
    en: `The province has no unit ${code}, or the code leads to several.`,
  });
