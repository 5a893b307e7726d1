/** Facts as tests need them: short to write, with sound defaults. */
import type { Fact, FactBodies, FactKind, NewFact } from '../../src/facts/fact.ts';
import { type KnownFacts, knownFacts } from '../../src/facts/known-facts.ts';
import { beginningOf } from '../../src/facts/local-time.ts';

let serial = 0;

/** An instant from a local day or time. */
export const at = (text: string): number => {
  const instant = beginningOf(text);
  if (instant === undefined) throw new Error(`${text} is no time`);
  return instant;
};

/** A fact that holds from `from` (local day or time) to `to`; unit null = the province's. */
export function fact<K extends FactKind>(
  kind: K,
  unit: string | null,
  body: FactBodies[K],
  from: string,
  to: string | null = null,
  key = `${kind}:${unit ?? ''}`,
): Fact<K> {
  serial += 1;
  return {
    id: `00000000-0000-7000-8000-${String(serial).padStart(12, '0')}`,
    kind,
    key,
    unit,
    body,
    from: at(from),
    to: to === null ? null : at(to),
    origin: 'person',
    event: null,
    madeBy: 'test',
    reason: null,
    madeAt: at(from),
    version: serial,
  };
}

/** A picture of these facts. */
export const known = (...facts: Fact[]): KnownFacts => knownFacts(facts, serial);

/** A fact as it is stored. */
export function asNew<K extends FactKind>({ version: _version, madeAt: _madeAt, ...rest }: Fact<K>): NewFact<K> {
  return rest;
}
