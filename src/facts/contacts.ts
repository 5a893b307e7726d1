/** Whom to call about a thing: who was entered for the unit first, then for the province, then the common offices of mappings/contacts. Pure. */
import type { Role } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type Contact, holds } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';

/** A contact as people see it. */
export interface ContactView {
  name: string;
  /** Null = the province's. */
  unit: string | null;
  post: string | null;
  phone: string | null;
  email: string | null;
  hours: string | null;
}
export interface ContactWanted {
  about: string;
  unit: string | null;
  /** The system that it concerns. */
  system: { id: string; role: Role | undefined };
  /** Ms of the epoch. */
  now: number;
}

const MOST = 3;

/** The nearest contacts; `samples` lets the sample entries of the files in (the sandbox). */
export function contactsFor(
  { about, unit, system, now }: ContactWanted,
  facts: KnownFacts,
  vocabulary: Vocabulary,
  samples: boolean,
): ContactView[] {
  const fits = (body: Pick<Contact, 'about' | 'system' | 'role'>): boolean =>
    body.about === about &&
    (body.system ?? system.id) === system.id &&
    (body.role === undefined || body.role === system.role);
  const entered = [...(unit === null ? [] : facts.of('contact', unit)), ...facts.of('contact', null)]
    .filter(fact => holds(fact, now) && fits(fact.body))
    .map(fact => viewOf(fact.body, fact.unit));
  const common = vocabulary.facts('contact').flatMap(({ data }) => {
    const body = data as unknown as Contact & { unit?: string; sample?: boolean };
    const here = body.unit === undefined || body.unit === unit;
    return here && fits(body) && (samples || body.sample !== true) ? [viewOf(body, body.unit ?? null)] : [];
  });
  return [...entered, ...common].slice(0, MOST);
}

function viewOf({ name, post, phone, email, hours }: Contact, unit: string | null): ContactView {
  return {
    name,
    unit,
    post: post ?? null,
    phone: phone ?? null,
    email: email ?? null,
    hours: hours ?? null,
  };
}
