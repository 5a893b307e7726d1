/**
 * The entries of the authority table, wherever they stand: those that people made and those of the files (mappings/authority), found by
 * act and procedure or field, the strongest first. Pure.
 */
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { Act, Authority, Fact } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';
import { beginningOf, endOf } from './local-time.ts';

export const ACTS: readonly Act[] = ['receive', 'decide', 'sign', 'opinion'];

/** An entry with its period, wherever it stands. Times are ms of the epoch. */
export interface AuthorityEntry {
  /** `authority:<id>` of the files, the fact's id of people. */
  id: string;
  origin: 'mappings' | Fact['origin'];
  /** The unit that it is limited to; null = all. */
  unit: string | null;
  body: Authority;
  from: number | null;
  to: number | null;
  /** Where it stands written; who entered it and who confirmed it. */
  source: string;
  /** A person entered it and no second one has confirmed it: it holds nothing back. */
  tentative: boolean;
}
/** Under which key an entry is found: an act for a procedure, or for a field. */
const lookUpKey = ({ act, procedure, field }: Pick<Authority, 'act' | 'procedure' | 'field'>): string =>
  `${act}|${procedure ?? `field:${field ?? ''}`}`;

/**
 * The key of what people enter: of one act for one procedure or field in one case, for all units or for one, only one holds at a time.
 * What nobody has confirmed stands apart, so that it ends nothing that was confirmed.
 */
export const authorityKey = (body: Authority, unit: string | null): string =>
  [lookUpKey(body), unit ?? '', body.case ?? '', ...(body.confirmedBy === undefined ? ['?'] : [])].join('|');

/** The files' entries by key, one for each procedure that an entry names, compiled once for a vocabulary. */
const COMPILED = new WeakMap<Vocabulary, ReadonlyMap<string, AuthorityEntry[]>>();
function written(vocabulary: Vocabulary): ReadonlyMap<string, AuthorityEntry[]> {
  let compiled = COMPILED.get(vocabulary);
  if (compiled === undefined) {
    const entries = vocabulary.facts('authority').flatMap(({ id, data, certainty, source }): AuthorityEntry[] => {
      const { id: _id, procedures, validFrom, validTo, ...body } = data;
      const codes = Array.isArray(procedures) ? procedures.map(String) : [undefined];
      return codes.map(procedure => ({
        id: `authority:${id}`,
        origin: 'mappings',
        unit: null,
        // the schema of its kind has vouched for this shape
        body: { ...(body as unknown as Authority), ...(procedure === undefined ? {} : { procedure }), certainty },
        from: typeof validFrom === 'string' ? (beginningOf(validFrom) ?? null) : null,
        to: typeof validTo === 'string' ? (endOf(validTo) ?? null) : null,
        source: source.join('; '),
        tentative: false,
      }));
    });
    compiled = Map.groupBy(entries, ({ body }) => lookUpKey(body));
    COMPILED.set(vocabulary, compiled);
  }
  return compiled;
}

/** Every entry of the files, in the order of their ids. */
export const writtenEntries = (vocabulary: Vocabulary): AuthorityEntry[] => [...written(vocabulary).values()].flat();

/** A fact of people as an entry. */
export function enteredEntry({ id, origin, unit, body, from, to, madeBy }: Fact<'authority'>): AuthorityEntry {
  const { confirmedBy } = body;
  const confirmed = confirmedBy === undefined ? {} : { certainty: 'confirmed' };
  const source = confirmedBy === undefined ? madeBy : `${madeBy}; ${confirmedBy}`;
  const tentative = origin === 'person' && confirmedBy === undefined;
  return { id, origin, unit, body: { ...body, ...confirmed }, from, to, source, tentative };
}

/** People's entries by key, the last that began first, compiled once for a picture of the facts. */
const ENTERED = new WeakMap<KnownFacts, ReadonlyMap<string, AuthorityEntry[]>>();
function entered(facts: KnownFacts): ReadonlyMap<string, AuthorityEntry[]> {
  let compiled = ENTERED.get(facts);
  if (compiled === undefined) {
    compiled = Map.groupBy(facts.all('authority').map(enteredEntry).toReversed(), ({ body }) => lookUpKey(body));
    ENTERED.set(facts, compiled);
  }
  return compiled;
}

/** For which act authority is asked. */
export interface AuthorityFor {
  procedure: string;
  act: Act;
  /** Ms of the epoch. */
  at: number;
  /** The unit that it is asked for; what was entered for other units does not count. */
  unit: string | null;
  /** Leaves out what one person entered and nobody confirmed. */
  settledOnly?: boolean;
}

/** What is written and entered for an act of a procedure. */
export interface Entries {
  /** The strongest first; in a tier the last that began comes first. */
  tiers: AuthorityEntry[][];
  /** Those for single cases. */
  cases: AuthorityEntry[];
}

/** Kept while vocabulary and facts are the same: it is asked for every event. */
const KEPT = new WeakMap<Vocabulary, { facts: KnownFacts; entries: Map<string, Entries> }>();
/** What is known for an act of a procedure that counts for the unit. */
export function entriesFor({ procedure, act, unit }: AuthorityFor, facts: KnownFacts, vocabulary: Vocabulary): Entries {
  let kept = KEPT.get(vocabulary);
  if (kept?.facts !== facts) {
    kept = { facts, entries: new Map() };
    KEPT.set(vocabulary, kept);
  }
  const name = `${act}|${procedure}|${facts.all('authority').length === 0 ? '' : (unit ?? '')}`;
  let entries = kept.entries.get(name);
  if (entries === undefined) {
    const record = vocabulary.procedureFacts(procedure)?.record;
    // a new code without a record of its own carries that of the code it replaced, and what was said of it
    const codes = record === undefined || record.code === procedure ? [procedure] : [procedure, record.code];
    const keys = [
      ...codes.map(code => lookUpKey({ act, procedure: code })),
      ...(record === undefined ? [] : [lookUpKey({ act, field: record.field })]),
    ];
    const tiers = keys.flatMap(key => {
      const people = entered(facts).get(key) ?? [];
      const own = unit === null ? [] : people.filter(entry => entry.unit === unit);
      return [own, people.filter(entry => entry.unit === null), written(vocabulary).get(key) ?? []];
    });
    entries = {
      tiers: tiers.map(tier => tier.filter(entry => entry.body.case === undefined)).filter(tier => tier.length > 0),
      cases: tiers.flat().filter(entry => entry.body.case !== undefined),
    };
    // what no catalogue knows may be asked in any number of spellings
    if (record !== undefined) kept.entries.set(name, entries);
  }
  return entries;
}
