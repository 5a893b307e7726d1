/**
 * Which officers are one person: every system has its own id for somebody. They are joined by the official address or by a person's
 * word (`sameAs`), never by name and never because two systems happened to choose the same id. Pure.
 */
import type { Fact, Officer } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';

/** An officer's id in the facts: a system's own id is only known within that system. */
export const officerId = (system: string, id: string): string => `${system}:${id}`;

const addressOf = (email: string | undefined): string | undefined => email?.trim().toLowerCase();

/** What is known last of each officer, by id. */
function latest(facts: KnownFacts): Map<string, Fact<'officer'>> {
  return new Map(facts.all('officer').map(fact => [fact.body.id, fact]));
}

/** Are an officer of the facts and this one, who may not stand there yet, the same person? */
export function samePerson(id: string, other: Pick<Officer, 'id' | 'email'>, facts: KnownFacts): boolean {
  if (id === other.id) return true;
  const all = latest(facts);
  const email = addressOf(other.email);
  if (email !== undefined && personOf(id, facts).some(one => addressOf(all.get(one)?.body.email) === email))
    return true;
  return personOf(id, facts).includes(other.id);
}

/** All ids of the person behind an officer's id, the asked one first. An id of which nothing is known stands for itself. */
export function personOf(id: string, facts: KnownFacts): string[] {
  const all = [...latest(facts).values()].map(({ body }) => body);
  const joined = new Set([id]);
  // a join may lead to another one
  for (let before = 0; before !== joined.size; ) {
    before = joined.size;
    const mine = all.filter(one => joined.has(one.id));
    const addresses = new Set(mine.flatMap(({ email }) => addressOf(email) ?? []));
    const named = new Set(mine.flatMap(({ sameAs = [] }) => sameAs));
    for (const one of all) {
      const address = addressOf(one.email);
      if (
        named.has(one.id) ||
        (address !== undefined && addresses.has(address)) ||
        one.sameAs?.some(other => joined.has(other)) === true
      ) {
        joined.add(one.id);
      }
    }
  }
  return [...joined];
}

/** Officers that an id means: the id as it stands, else a system's own id without the system before it. */
export function officersCalled(id: string, facts: KnownFacts): Fact<'officer'>[] {
  const all = latest(facts);
  const exact = all.get(id);
  if (exact !== undefined) return [exact];
  return [...all.values()].filter(({ body }) => body.id.slice(body.id.indexOf(':') + 1) === id);
}
