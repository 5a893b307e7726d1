/**
 * How much of the catalogue a commune can read: for each procedure whether its commune entry is full, only its plain title or
 * only its official name is there, or nothing; counted by field and by unit, weighed by what really came, and what to do first.
 */
import type { JsonObject } from '../domain/words.ts';
import { communeEntry } from './commune-entry.ts';
import type { Vocabulary } from './vocabulary.ts';

/** `full` commune entry; `plain` title with parts lacking; `official` name only; `missing` from the catalogue. */
export type Level = 'full' | 'plain' | 'official' | 'missing';
export const LEVELS: readonly Level[] = ['full', 'plain', 'official', 'missing'];
export type Counts = Record<Level, number>;

/** How often a procedure came for a unit. */
export interface Traffic {
  unit: string | null;
  /** As the ledger has it: the national code, or the code as sent where it is unknown. */
  procedure: string;
  events: number;
}

export interface Share {
  /** Procedures by level; for a unit those that came. */
  procedures: Counts;
  /** Events by the level of their procedure. */
  events: Counts;
  /** Share of `full`, 0 to 1, of the events, or of the procedures where none came. */
  covered: number;
}
export interface Helpful {
  code: string;
  name: string | null;
  field: string | null;
  level: Level;
  /** Parts of the commune entry that lack; `record` where only the record of a replaced code is there. */
  lacks: string[];
  events: number;
  units: number;
}
export interface Coverage {
  /** Name of the release. */
  release: string;
  /** What the order of `most` rests on: what came, or the catalogue alone. */
  basis: 'traffic' | 'catalogue';
  total: Share;
  fields: (Share & { field: string })[];
  units: (Share & { unit: string; name: string; overrides: number })[];
  /** The entries that would help most. */
  most: Helpful[];
}

interface State {
  code: string;
  name: string | null;
  field: string;
  level: Level;
  lacks: string[];
  /** Order where nothing came: what communes decide and Đồng Nai is known to use goes first. */
  rank: number;
}

/** Procedures that no record names stand under this field. */
const NO_FIELD = '(chưa có trong danh mục)';
const HELPFUL = 10;
const collator = new Intl.Collator('vi');

/** Coverage of `vocabulary` as of `at` (RFC 3339); `traffic` is what came, as far back as one likes. */
export function coverageOf(vocabulary: Vocabulary, at: string, traffic: readonly Traffic[] = []): Coverage {
  const states = new Map<string, State>();
  const stateOf = (code: string): State => {
    const known = states.get(code);
    if (known !== undefined) return known;
    const state = judge(code, at, vocabulary);
    states.set(code, state);
    return state;
  };
  const { procedures, procedureAliases } = vocabulary.content;
  const replaced = new Set(procedureAliases.map(alias => alias.from));
  for (const { code } of procedures) if (!replaced.has(code)) stateOf(code);
  for (const { to } of procedureAliases) if (!replaced.has(to)) stateOf(to);
  const came = traffic.map(each => ({ ...each, state: stateOf(each.procedure) }));
  const byState = Map.groupBy(came, each => each.state);
  const all = [...states.values()];
  const eventsOf = (list: readonly State[]) => list.flatMap(state => byState.get(state) ?? []);
  const byUnit = Map.groupBy(came, each => each.unit);
  const own = Map.groupBy(vocabulary.content.unitOverrides ?? [], override => override.unit);
  const inForce = vocabulary.content.units
    .filter(({ code }) => vocabulary.resolveUnit(code, at).ok)
    .map(({ code }) => code);
  const seen = [...byUnit.keys()].filter(unit => unit !== null);
  return {
    release: vocabulary.name,
    basis: came.length > 0 ? 'traffic' : 'catalogue',
    total: share(all, came),
    fields: [...Map.groupBy(all, state => state.field)]
      .map(([field, list]) => ({ field, ...share(list, eventsOf(list)) }))
      .sort((one, other) => collator.compare(one.field, other.field)),
    units: [...new Set([...inForce, ...seen])].sort().map(unit => {
      const here = byUnit.get(unit) ?? [];
      const name = vocabulary.unitName(unit, at) ?? vocabulary.unitName(unit) ?? unit;
      const met = [...new Set(here.map(each => each.state))];
      return { unit, name, overrides: own.get(unit)?.length ?? 0, ...share(met, here) };
    }),
    most: all
      .filter(state => state.level !== 'full')
      .map(state => ({ state, here: byState.get(state) ?? [] }))
      .map(({ state, here }) => ({ state, events: sum(here), units: new Set(here.map(each => each.unit)).size }))
      .sort(
        (one, other) => gain(other) - gain(one) || other.state.rank - one.state.rank || order(one.state, other.state),
      )
      .slice(0, HELPFUL)
      .map(({ state: { code, name, field, level, lacks }, events, units }) => ({
        code,
        name,
        field: field === NO_FIELD ? null : field,
        level,
        lacks,
        events,
        units,
      })),
  };
}

function judge(code: string, at: string, vocabulary: Vocabulary): State {
  const facts = vocabulary.procedureFacts(code);
  if (facts === undefined) return { code, name: null, field: NO_FIELD, level: 'missing', lacks: ['record'], rank: 0 };
  const data: JsonObject = { procedure: { code } };
  const missing = communeEntry(data, at, vocabulary)?.entry.missing;
  const lacks = Array.isArray(missing) ? missing.map(String) : [];
  // a new code that still carries the record of the one it replaced
  if (facts.record.code !== code) lacks.push('record');
  const level = !facts.hasPlainTitle ? 'official' : lacks.length > 0 ? 'plain' : 'full';
  const rank = (facts.level === 'xã' ? 2 : 0) + (facts.record.knownAtDongNai === true ? 1 : 0);
  return { code, name: facts.name, field: facts.field, level, lacks, rank };
}

type Came = Traffic & { state: State };

const sum = (list: readonly Traffic[]): number => list.reduce((total, each) => total + each.events, 0);

/** What an entry would give to those who met it: all of it where there is nothing, less where only parts lack. */
function gain({ state, events }: { state: State; events: number }): number {
  return events * (state.level === 'plain' ? Math.min(1, state.lacks.length / 9) : 1);
}

function order(one: State, other: State): number {
  const need = LEVELS.indexOf(other.level) - LEVELS.indexOf(one.level);
  return need !== 0 ? need : one.code < other.code ? -1 : 1;
}

function share(states: readonly State[], came: readonly Came[]): Share {
  const procedures = { full: 0, plain: 0, official: 0, missing: 0 };
  const events = { full: 0, plain: 0, official: 0, missing: 0 };
  for (const state of states) procedures[state.level] += 1;
  for (const each of came) events[each.state.level] += each.events;
  const total = sum(came);
  const covered = total > 0 ? events.full / total : states.length > 0 ? procedures.full / states.length : 0;
  return { procedures, events, covered: Math.round(covered * 1000) / 1000 };
}
