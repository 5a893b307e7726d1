/**
 * A commune-level entry while it is made: each value with its certainty and its line in the trace, the words of a single ward over
 * the common ones, and at the end what is still missing.
 */
import type { Certainty, Json, JsonObject, TraceEntry } from '../domain/words.ts';
import type { EntryRef } from './content.ts';
import type { Override } from './overrides.ts';
import type { ProcedureFacts } from './procedures.ts';

export interface CommuneEntry {
  entry: JsonObject;
  trace: TraceEntry[];
}

/** Parts of a full entry; what the event itself brings counts as there. */
const ENTRY_PARTS = [
  'plainTitle',
  'desk',
  'steps',
  'papers',
  'timeLimits',
  'fees',
  'results',
  'legalBasis',
  'explanation',
] as const;
/** Which field of the event carries a part officially. */
export const OFFICIAL: Readonly<Record<string, string>> = {
  papers: 'components',
  timeLimits: 'timeLimit',
  fees: 'fees',
  results: 'results',
  legalBasis: 'legalBasis',
};
/** A part without a source may have a text that says so; it stands in this field of `gaps`. */
export const GAPS: Readonly<Record<string, 'timeLimit' | 'fee' | 'legalBasis'>> = {
  timeLimits: 'timeLimit',
  fees: 'fee',
  legalBasis: 'legalBasis',
};

export const OWN_WORDS = 'Đề xuất của dự án';

/** The entry while it is made: values, their certainty, and the trace. */
export class EntryDraft {
  readonly entry: JsonObject = {};
  readonly trace: TraceEntry[] = [];
  readonly #facts: ProcedureFacts;
  readonly #certainty: Record<string, Certainty> = {};
  constructor(facts: ProcedureFacts) {
    this.#facts = facts;
  }
  /** Adds a part from the procedure's record; nothing where there is none. */
  put(part: string, value: unknown, certainty?: Certainty, source?: readonly string[]): void {
    if (value === undefined || value === null) return;
    const { entry: ref, record } = this.#facts;
    const to = value as Json;
    const sure = certainty ?? ref.certainty;
    this.entry[part] = to;
    this.#certainty[part] = sure;
    const told = source ?? (certainty === undefined ? record.source : (record.details?.source ?? record.source));
    this.#note(part, to, ref.id, sure === 'proposal' ? OWN_WORDS : told.join('; '), sure);
  }
  /** Adds a part from an entry other than the procedure's own. */
  from(part: string, to: Json, ref: EntryRef | undefined): void {
    if (ref === undefined) return;
    const { id: entry, grade, source, certainty } = ref;
    this.entry[part] = to;
    this.#certainty[part] = certainty;
    this.trace.push({ pointer: `/data/communeEntry/${part}`, from: null, to, entry, grade, source, certainty });
  }
  /** A part that a unit may word for itself: its words count, the common ones stay visible in the trace. */
  worded(
    part: 'plainTitle' | 'desk' | 'titles',
    common: string | undefined,
    certainty: Certainty,
    own?: Override,
  ): void {
    this.put(part, common, certainty);
    const value = own?.record[part];
    if (own === undefined || value === undefined) return;
    const from = this.entry[part] ?? null;
    this.entry[part] = value as Json;
    this.#certainty[part] = own.entry.certainty;
    this.trace.push({ pointer: `/data/communeEntry/${part}`, from, to: value as Json, ...traceOf(own) });
    this.overridden(part, own, from);
  }
  /** Figures that stand elsewhere, official or recorded, said in lines; nothing is added to them. */
  reworded(part: string, figures: Json | undefined, lines: string[]): void {
    if (lines.length === 0) return;
    this.entry[part] = lines;
    const told = {
      entry: 'rule:figures-in-words',
      grade: 'equivalent',
      source: OWN_WORDS,
      certainty: 'proposal',
    } as const;
    this.trace.push({ pointer: `/data/communeEntry/${part}`, from: figures ?? null, to: lines, ...told });
  }
  overridden(part: string, own: Override, common: Json): void {
    const list = Array.isArray(this.entry.overridden) ? this.entry.overridden : [];
    this.entry.overridden = [...list, { part, common, entry: own.entry.id, ...sourced(own) }];
  }
  /** What is there and what is not, once all parts are in. */
  finish(data: JsonObject): CommuneEntry {
    const missing = ENTRY_PARTS.filter(part => {
      if (this.entry[part] !== undefined) return false;
      const official = OFFICIAL[part];
      if (official !== undefined && !isEmpty(data[official])) return false;
      const gap = GAPS[part];
      return gap === undefined || this.#facts.record.details?.gaps?.[gap] === undefined;
    });
    this.entry.complete = missing.length === 0;
    if (missing.length > 0) this.entry.missing = missing;
    this.entry.grade = this.#facts.entry.grade;
    this.entry.certainty = { ...this.#certainty };
    this.entry.proposals = Object.keys(this.#certainty).filter(part => this.#certainty[part] === 'proposal');
    return { entry: this.entry, trace: this.trace };
  }
  #note(part: string, to: Json, entry: string, source: string, certainty: Certainty): void {
    const pointer = `/data/communeEntry/${part}`;
    this.trace.push({ pointer, from: null, to, entry, grade: this.#facts.entry.grade, source, certainty });
  }
}

export function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

export const sourced = ({ entry }: Override): JsonObject => ({ source: entry.source, certainty: entry.certainty });
export const traceOf = ({
  entry: { id, grade, source, certainty },
}: Override): Pick<TraceEntry, 'entry' | 'grade' | 'source' | 'certainty'> => ({ entry: id, grade, source, certainty });
