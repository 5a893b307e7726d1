/**
 * What a person needs to decide about one matter: which procedures wait, in official and plain words, which dossiers are due soonest,
 * what exactly is missing, and whom to call. Pure.
 */
import type { CauseCode } from '../domain/causes.ts';
import { EVENT_TYPES, entityOf } from '../domain/event-types.ts';
import type { Bilingual, Role } from '../domain/words.ts';
import { type ContactView, contactsFor } from '../facts/contacts.ts';
import type { KnownFacts } from '../facts/known-facts.ts';
import { maskPersonal } from '../http/log.ts';
import type { Matter, Sample } from '../ledger/escalations.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';

export interface About {
  /** Unit for people; null where it belongs to none. */
  unitName: string | null;
  procedures: { code: string; official: string; plain: string | null; count: number }[];
  soonest: { code: string; dueAt: string }[];
  /** What the longest-standing sync says, without personal data. */
  detail: Bilingual | null;
  contacts: ContactView[];
  /** Procedures and due dates are told from so many of the longest-standing syncs. */
  sampled: number;
}
export interface AboutContext {
  facts: KnownFacts;
  vocabulary: Vocabulary;
  systems: readonly { id: string; role: Role }[];
  now: number;
  /** Sample contacts count (the sandbox). */
  samples: boolean;
}

/** Longest-standing syncs that are looked at. */
export const SAMPLES = 200;
const PROCEDURES = 5;
const SOONEST = 5;

/** What a contact must be able to mend; what is not listed is a matter of the target system. */
const MENDS: Partial<Record<CauseCode, string>> = {
  'missing-right': 'rights',
  'unknown-officer': 'staff',
  'no-authority': 'authority',
  'no-legal-basis': 'authority',
  'unknown-procedure': 'vocabulary',
  'unmapped-term': 'vocabulary',
  'unmapped-status': 'vocabulary',
  'unknown-unit': 'vocabulary',
  'ambiguous-unit': 'vocabulary',
  'unit-off': 'rollout',
};

/** Puts together what is known of a matter from its longest-standing syncs. */
export function aboutOf(matter: Matter, samples: readonly Sample[], context: AboutContext): About {
  const { vocabulary, facts, systems, now } = context;
  const { unit, target } = matter;
  const role = systems.find(system => system.id === target)?.role;
  const wanted = { about: MENDS[matter.cause] ?? 'system', unit, system: { id: target, role }, now };
  return {
    unitName: unit === null ? null : (vocabulary.unitName(unit) ?? unit),
    procedures: proceduresOf(samples, vocabulary),
    soonest: soonestOf(samples),
    detail: detailOf(samples[0]),
    contacts: contactsFor(wanted, facts, vocabulary, context.samples),
    sampled: samples.length,
  };
}

function proceduresOf(samples: readonly Sample[], vocabulary: Vocabulary): About['procedures'] {
  const counts = Map.groupBy(
    samples.filter(sample => sample.procedure !== null),
    sample => sample.procedure as string,
  );
  return [...counts]
    .map(([code, { length }]) => {
      const record = vocabulary.procedureFacts(code)?.record;
      return { code, official: record?.name ?? code, plain: record?.plainTitle ?? null, count: length };
    })
    .sort((one, other) => other.count - one.count || (one.code < other.code ? -1 : 1))
    .slice(0, PROCEDURES);
}

function soonestOf(samples: readonly Sample[]): About['soonest'] {
  const due = new Map<string, string>();
  for (const { payload } of samples) {
    const { event, entity } = payload;
    const type = EVENT_TYPES.get(event.type);
    const code = type && entityOf(type, event.data)?.code;
    const dueAt = event.data.dueAt ?? entity?.dueAt;
    if (code === undefined || typeof dueAt !== 'string' || Number.isNaN(Date.parse(dueAt))) continue;
    due.set(code, dueAt);
  }
  return [...due]
    .map(([code, dueAt]) => ({ code, dueAt }))
    .sort((one, other) => Date.parse(one.dueAt) - Date.parse(other.dueAt))
    .slice(0, SOONEST);
}

function detailOf(sample: Sample | undefined): Bilingual | null {
  const text = sample?.detail?.text;
  if (text === null || typeof text !== 'object' || Array.isArray(text)) return null;
  const { vi, en } = text;
  return typeof vi === 'string' && typeof en === 'string' ? { vi: maskPersonal(vi), en: maskPersonal(en) } : null;
}
