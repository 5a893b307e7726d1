/**
 * The vocabulary as the gateway asks it: compiled once from the content of mappings/, immutable, every look-up O(1).
 * Connectors see only its CodeBook side.
 */
import type { CodeBook } from '../domain/code-book.ts';
import type { Bilingual } from '../domain/words.ts';
import { compileAgencies, whyNoUnit } from './agencies.ts';
import { statusCandidates } from './candidates-statuses.ts';
import { compileCodes } from './codes.ts';
import type { Candidate, EntryRef, FactRecord, VocabularyContent } from './content.ts';
import { compileOverrides, type Overrides } from './overrides.ts';
import { compilePolicies, type Policies } from './policy.ts';
import { compileProcedures, type ProcedureAnswer, type ProcedureFacts } from './procedures.ts';
import { compileStatuses, type LocalAnswer, type NationalAnswer } from './statuses.ts';
import { compileUnits, type UnitAnswer } from './units.ts';

export interface Vocabulary extends CodeBook {
  /** SHA-256 over the canonical content, hex. */
  readonly release: string;
  /** The first twelve digits of `release`, for people. */
  readonly name: string;
  readonly content: VocabularyContent;

  /** Which unit a code is on the day of `at` in UTC+7; an ended code leads to its successor, a split one is ambiguous. */
  resolveUnit(code: string, at: string): UnitAnswer;
  /** Which unit bears a full name at `at`, or bore it before. */
  unitNamed(name: string, at: string): UnitAnswer;
  /** Why an agency code leads to no unit; undefined where it has not the form of one. */
  whyNoUnit(code: string): Bilingual | undefined;
  /** What may be meant by a unit code that is unknown at `at`, likeliest first. */
  unitCandidates(code: string, at: string, name?: string): Candidate[];
  /** Full name as of `at`; without it the last recorded name. */
  unitName(code: string, at?: string): string | undefined;
  /** The national procedure code in force at `at`; `name` only helps to order the candidates. */
  resolveProcedure(code: string, at: string, name?: string): ProcedureAnswer;
  /** What may be meant by a procedure at `at`, likeliest first: its likes by code and name. */
  procedureCandidates(code: string, at: string, name?: string): Candidate[];
  /** Everything recorded of a procedure; undefined when it is not in the catalogue. */
  procedureFacts(code: string): ProcedureFacts | undefined;
  /** Who decides: the portal for what the province decides, else (also when unknown) the commune. */
  handlerOf(procedureCode: string): 'commune' | 'portal';
  toNational(list: string, status: string, subStatus?: string, previousNational?: string): NationalAnswer;
  fromNational(list: string, national: string, subStatus?: string): LocalAnswer;
  /** What may be meant by a status that `list` lacks, likeliest first; `name` where the event has one. */
  statusCandidates(list: string, code: string, name?: string): Candidate[];
  /** What the statuses of a list are about; undefined for an unknown list. */
  statusListAbout(list: string): 'dossier' | 'document' | undefined;
  hasStatus(list: string, code: string): boolean;
  /** The name of a status for people. */
  statusName(list: string, code: string): string | undefined;
  /** The entry behind a code of a code list, for traces. */
  codeEntry(list: string, code: string): EntryRef | undefined;
  /** What single wards call otherwise. */
  readonly overrides: Overrides;
  /** What happens to what has no match. */
  readonly policies: Policies;
  /** Reviewed facts of a kind (`term`, `document-type`, `post`, `day-off`, …), in the order of their ids. */
  facts(kind: string): readonly FactRecord[];
  /** One fact by kind and id. */
  fact(kind: string, id: string): FactRecord | undefined;
}

/** Compiles checked content; `release` is its hash (release.ts). */
export function compileVocabulary(content: VocabularyContent, release: string): Vocabulary {
  const procedures = compileProcedures(content.procedures, content.procedureAliases);
  const statuses = compileStatuses(content.statusLists, content.statuses);
  const codes = compileCodes(content.codes);
  const byKind = Map.groupBy(content.facts, fact => fact.kind);
  const agencies = compileAgencies(byKind.get('agency') ?? []);
  const units = compileUnits(content.units, content.formerUnits, content.unitAliases, agencies);
  const byId = new Map(content.facts.map(fact => [`${fact.kind}:${fact.id}`, fact]));

  return Object.freeze<Vocabulary>({
    release,
    name: release.slice(0, 12),
    content,
    resolveUnit: (code, at) => units.resolve(code, at),
    unitNamed: (name, at) => units.byName(name, at),
    whyNoUnit: code => whyNoUnit(code, agencies),
    unitCandidates: (code, at, name) => units.candidates(code, at, name),
    unitName: (code, at) => units.name(code, at),
    resolveProcedure: (code, at, name) => procedures.resolve(code, at, name),
    procedureCandidates: (code, at, name) => procedures.candidates(code, at, name),
    procedureFacts: code => procedures.facts(code),
    procedure: code => procedures.facts(code),
    handlerOf: code => (procedures.facts(code)?.level === 'tỉnh' ? 'portal' : 'commune'),
    toNational: (list, status, subStatus, previous) => statuses.toNational(list, status, subStatus, previous),
    fromNational: (list, national, subStatus) => statuses.fromNational(list, national, subStatus),
    statusCandidates: (list, code, name) => statusCandidates(content.statuses, list, code, name),
    statusListAbout: list => statuses.about(list),
    hasStatus: (list, code) => statuses.has(list, code),
    statusName: (list, code) => statuses.name(list, code),
    encode: (list, canonical) => codes.encode(list, canonical),
    decode: (list, code) => codes.decode(list, code),
    codeEntry: (list, code) => codes.entry(list, code),
    overrides: compileOverrides(content.unitOverrides ?? []),
    policies: compilePolicies(byKind.get('policy') ?? []),
    facts: kind => byKind.get(kind) ?? [],
    fact: (kind, id) => byId.get(`${kind}:${id}`),
  });
}
