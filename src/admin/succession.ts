/** A unit's dated succession as people see it: what it came from, what a former one became, and the rules by which a split one is shared out. */
import type { JsonObject } from '../domain/words.ts';
import type { Fact } from '../facts/fact.ts';
import type { DeskContext } from '../routing/at-the-desk.ts';

const shownRule = ({ id, body, from, to, madeBy, reason }: Fact<'place-rule'>): JsonObject => ({
  id,
  old: body.old,
  by: body.by,
  names: [...body.names],
  to: body.to,
  from: new Date(from).toISOString(),
  until: to === null ? null : new Date(to).toISOString(),
  madeBy,
  reason,
});

/** What was and became of a code; empty lists where it is new or unknown. */
export function successionOf(code: string, { vocabulary, facts }: Pick<DeskContext, 'vocabulary' | 'facts'>) {
  const { formerUnits } = vocabulary.content;
  const named = (unit: string): JsonObject => ({ code: unit, name: vocabulary.unitName(unit) ?? null });
  const before = formerUnits.flatMap(({ code: old, name, type, district, validTo, successors }): JsonObject[] => {
    const mine = successors.find(successor => successor.code === code);
    if (mine === undefined) return [];
    return [{ code: old, name, type, district: district ?? null, until: validTo, part: mine.part }];
  });
  const former = formerUnits.filter(unit => unit.code === code);
  const became = former.flatMap(({ validTo, successors, type, name }): JsonObject[] =>
    successors.map(({ code: next, part }) => ({ ...named(next), part, since: validTo, as: `${type} ${name}` })),
  );
  const rules = facts.all('place-rule').filter(({ body }) => body.old === code || body.to === code);
  return { code, predecessors: before, successors: became, rules: rules.map(shownRule) };
}

/** The succession of a code that leads to several units now; undefined where it leads to one, or to none. */
export function splitOf(code: string, desk: Pick<DeskContext, 'vocabulary' | 'facts' | 'now'>): JsonObject | undefined {
  const answer = desk.vocabulary.resolveUnit(code, new Date(desk.now).toISOString());
  if (answer.ok || answer.cause !== 'ambiguous-unit') return undefined;
  const candidates = answer.candidates.map(({ code: next, name }) => ({ code: next, name }));
  return { code, split: true, candidates, succession: successionOf(code, desk) as unknown as JsonObject };
}
