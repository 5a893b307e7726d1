/** Facts about desks as people see them, in lists, alone and in the audit. */

import { PROVINCE } from '../domain/province.ts';
import type { JsonObject } from '../domain/words.ts';
import { type Fact, holds, type NewFact } from '../facts/fact.ts';
import type { KindRules } from '../facts/kinds.ts';
import type { KnownFacts } from '../facts/known-facts.ts';
import { beginningOf } from '../facts/local-time.ts';
import { maskAt } from './mask.ts';

/** What a list of facts is chosen by. */
export interface Listed {
  unit?: string;
  at?: string;
  key?: string;
  cursor?: string;
  limit: number;
}

const memberTo = (body: Fact['body']): boolean => 'to' in body;
const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** A fact as people see it. `id` is the fact's own; what it is about stands in `key` (for officers: the officer's id). */
export function shown({
  id,
  kind,
  key,
  unit,
  body,
  from,
  to,
  origin,
  event,
  madeBy,
  reason,
  madeAt,
}: Fact): JsonObject {
  return {
    kind,
    ...(body as unknown as JsonObject),
    id,
    key,
    unit,
    from: isoOf(from),
    // a place's `to` is the unit that it leads to
    [memberTo(body) ? 'until' : 'to']: isoOf(to),
    origin,
    event,
    madeBy,
    madeAt: isoOf(madeAt),
    reason,
  };
}

/** A fact as the audit keeps it. */
export const auditOf = ({ id, key, unit, body, from, to }: NewFact): JsonObject => ({
  ...(body as unknown as JsonObject),
  id,
  key,
  unit,
  from: isoOf(from),
  [memberTo(body) ? 'until' : 'to']: isoOf(to),
});

/** The facts of a kind that a list asks for, by id. */
export function chosen(
  rules: KindRules,
  { unit, at, key }: Omit<Listed, 'cursor' | 'limit'>,
  facts: KnownFacts,
): Fact[] {
  const instant = at === undefined ? undefined : beginningOf(at);
  const all =
    key !== undefined
      ? facts.under(rules.kind, key)
      : unit === undefined
        ? facts.all(rules.kind)
        : facts.of(rules.kind, unit === PROVINCE ? null : unit);
  return all
    .filter(fact => instant === undefined || holds(fact, instant))
    .filter(fact => unit === undefined || (fact.unit ?? PROVINCE) === unit)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** A fact for who may only look: an officer's address by its domain only. Contacts are there to be called. */
export const shownTo = (fact: Fact, acts: boolean): JsonObject => {
  const { email, ...rest } = shown(fact);
  if (email === undefined) return rest;
  return { ...rest, email: acts || fact.kind !== 'officer' ? email : maskAt('/email', email) };
};

/** One page of them; `acts` = for somebody who may act. */
export function listed(
  rules: KindRules,
  { cursor, limit, ...wanted }: Listed,
  facts: KnownFacts,
  acts: boolean,
): object {
  const fitting = chosen(rules, wanted, facts).filter(fact => cursor === undefined || fact.id > cursor);
  const items = fitting.slice(0, limit);
  return { items: items.map(fact => shownTo(fact, acts)), next: fitting.length > limit ? items.at(-1)?.id : null };
}
