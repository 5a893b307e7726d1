/** A person's word that is added to a fact (a join, a handover): what holds now ends and another takes its place; the rest is replaced whole. Pure. */
import { type Fact, type FactBodies, type FactChange, type FactKind, holds, type NewFact } from './fact.ts';

/** The fact with `body` from now on, and the change that makes it so. */
export function amend<K extends FactKind>(
  { version: _version, madeAt: _madeAt, ...known }: Fact<K>,
  body: FactBodies[K],
  { now, newId, who, reason }: { now: number; newId(): string; who: string; reason: string },
): { fact: NewFact<K>; change: FactChange } {
  const under = holds(known, now);
  const fact: NewFact<K> = {
    ...known,
    id: newId(),
    body,
    from: under ? now : known.from,
    origin: 'person',
    event: null,
    madeBy: who,
    reason,
  };
  const put = [fact];
  return { fact, change: under ? { put, end: [{ id: known.id, at: now }] } : { put, withdraw: [known.id] } };
}
