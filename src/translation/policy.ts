/**
 * What happens when nothing matches: wait for a person (`park`), go on with the official code and name (`pass-official`), or take
 * a fixed entry (`fixed`); by kind, and by field of procedures or by list where one is named. The more special rule counts.
 * Without a rule: park. A dossier is never sent to a place or told a status by such a rule (check-policies.ts).
 */
import type { CodeBook } from '../domain/code-book.ts';
import type { Grade, JsonObject, TraceEntry } from '../domain/words.ts';
import { type EntryRef, entryRef, type FactRecord, type Sourced } from './content.ts';

/** What a rule is about: `published` is a procedure that the province publishes and the catalogue lacks. */
export type PolicyKind = 'procedure' | 'published' | 'unit' | 'status' | 'term' | 'code';
export type PolicyAct = 'park' | 'pass-official' | 'fixed';

/** One rule of mappings/policies/. */
export interface PolicyRecord extends Sourced {
  id: string;
  of: PolicyKind;
  /** Fields of procedures (lĩnh vực) that it is limited to; all without it. */
  fields?: string[];
  /** Status or code lists that it is limited to; all without it. */
  lists?: string[];
  otherwise: PolicyAct;
  /** The entry to take where `otherwise` is `fixed`. */
  use?: string;
}

export type NoMatch =
  | { act: 'park' }
  | { act: 'pass-official'; entry: EntryRef }
  | { act: 'fixed'; use: string; entry: EntryRef };

export interface Policies {
  /** The rule for something of `kind` that has no match; `within` is its field or list. */
  of(kind: PolicyKind, within?: string): NoMatch;
  /** Is any code list under another rule than waiting? */
  readonly touchCodes: boolean;
}

/** How a fact of kind `policy` reads; its schema has vouched for the shape. */
export function policyOf(fact: FactRecord): PolicyRecord {
  const { source, certainty, data } = fact;
  return { ...(data as unknown as Omit<PolicyRecord, keyof Sourced>), source, certainty };
}

const PARK: NoMatch = { act: 'park' };
/** What holds where mappings/ says nothing: texts and newly published procedures pass as they are, all else waits. */
const PASSES: ReadonlySet<PolicyKind> = new Set(['term', 'published']);
const BY_DEFAULT: EntryRef = {
  id: 'policy:mac-dinh',
  grade: 'related',
  source: 'Cách làm mặc định của cổng liên thông: giữ nguyên tên và mã chính thức',
  certainty: 'low',
};

/** Builds the look-up; rules for the same thing are refused by the cross-checks. */
export function compilePolicies(facts: readonly FactRecord[]): Policies {
  const general = new Map<PolicyKind, NoMatch>();
  const special = new Map<string, NoMatch>();
  let touchCodes = false;
  for (const fact of facts) {
    const policy = policyOf(fact);
    const answer = answerOf(policy);
    const places = placesOf(policy);
    if (places.length === 0) general.set(policy.of, answer);
    for (const place of places) special.set(`${policy.of} ${place}`, answer);
    if (policy.of === 'code' && answer.act !== 'park') touchCodes = true;
  }
  return {
    touchCodes,
    of(kind, within) {
      const narrow = within === undefined ? undefined : special.get(`${kind} ${placeKey(within)}`);
      const found = narrow ?? general.get(kind);
      if (found !== undefined) return found;
      return PASSES.has(kind) ? { act: 'pass-official', entry: BY_DEFAULT } : PARK;
    },
  };
}

/** Fields and lists that a rule is limited to, as they are compared. */
export function placesOf(policy: PolicyRecord): string[] {
  return [...(policy.fields ?? []), ...(policy.lists ?? [])].map(placeKey);
}

function placeKey(place: string): string {
  return place.normalize('NFC').toLowerCase();
}

function answerOf(policy: PolicyRecord): NoMatch {
  if (policy.otherwise === 'park') return PARK;
  const grade: Grade = 'related';
  // Whoever wrote the rule, what it stands in for was not found: never shown as sure.
  const entry: EntryRef = { ...entryRef(`policy:${policy.id}`, policy, grade), certainty: 'low' };
  if (policy.otherwise === 'fixed') return { act: 'fixed', use: policy.use ?? '', entry };
  return { act: 'pass-official', entry };
}

/** The field of procedures that an event names, as official text; dialect data kept under `more` counts too. */
export function fieldOf(data: JsonObject): string | undefined {
  const { procedure, more } = data;
  const own = nameIn(data.field) ?? (isObject(procedure) ? nameIn(procedure.field) : undefined);
  if (own !== undefined || !isObject(more)) return own;
  for (const kept of Object.values(more)) {
    if (isObject(kept) && typeof kept.TenLinhVuc === 'string') return kept.TenLinhVuc;
  }
  return undefined;
}

function nameIn(value: JsonObject[string] | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return isObject(value) && typeof value.name === 'string' ? value.name : undefined;
}

function isObject(value: JsonObject[string] | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** `book` with the rules for codes that a list lacks; each use is added to `trace`. The very book where no rule is set. */
export function withCodePolicies<Book extends CodeBook>(book: Book, policies: Policies, trace: TraceEntry[]): Book {
  if (!policies.touchCodes) return book;
  const encode = (list: string, canonical: string): string | undefined => {
    const code = book.encode(list, canonical);
    if (code !== undefined) return code;
    const rule = policies.of('code', list);
    if (rule.act === 'park') return undefined;
    const to = rule.act === 'fixed' ? rule.use : canonical;
    const { id, grade, source, certainty } = rule.entry;
    trace.push({
      pointer: `/codes/${list.replaceAll('/', '~1')}`,
      from: canonical,
      to,
      entry: id,
      grade,
      source,
      certainty,
    });
    return to;
  };
  return { ...book, encode };
}
