/**
 * The records that mappings/ holds, as plain data: what a YAML entry becomes once its source is resolved.
 * A release is made of this and nothing else, so that an old translation can be computed again exactly.
 */
import type { Bilingual, Certainty, Grade, Json } from '../domain/words.ts';

/** Where an entry comes from and how sure that makes us. */
export interface Sourced {
  source: string[];
  certainty: Certainty;
  /** How close it is; where it is not given, grades.ts tells it from the facts. */
  grade?: Grade;
  note?: string;
  /** Id of the learnt entry that brought it (learnt.ts); what stands in a file has none. */
  learnt?: string;
}

/** A change of a unit that kept its code (an xã that became a phường). */
export interface UnitChange extends Sourced {
  from: string;
  name?: string;
  type?: string;
}
/** A commune, ward or the province in force from `validFrom` (dates are days in UTC+7, both ends included). */
export interface UnitRecord extends Sourced {
  code: string;
  name: string;
  type: string;
  province?: string;
  validFrom: string;
  validTo?: string;
  changes?: UnitChange[];
  unchanged?: boolean;
  formerProvince?: string;
  formerDistricts?: string[];
  areaKm2?: number;
  population?: number;
}
/** A unit that ended on `validTo`, and where its code leads from the next day on. */
export interface FormerUnitRecord extends Sourced {
  code: string;
  name: string;
  type: string;
  district?: string;
  districtCode?: string;
  province?: string;
  validTo: string;
  successors: { code: string; part: 'whole' | 'partial' }[];
}
/** A code outside the list of units that stands for a unit in force, from `validFrom` on. */
export interface UnitAliasRecord extends Sourced {
  from: string;
  to: string;
  validFrom: string;
}

export interface TimeLimit {
  value: number;
  /** `days` where the source does not say whether they are working days; `sameDay` has the value 0. */
  unit: 'workingDays' | 'calendarDays' | 'days' | 'hours' | 'sameDay';
  valueDifficultArea?: number;
  casesSeen?: number[];
  certainty: Certainty;
  source: string[];
  note?: string;
}
/** Who does what in each of the three steps, one sentence each. */
export interface DeskSteps {
  receive: string;
  process: string;
  return: string;
}
/** What the catalogue says of a procedure beyond its name; a proposal wherever `proposals` names the part. */
export interface ProcedureDetails extends Sourced {
  agency?: string;
  level?: string;
  desk?: string;
  /** When and for whom, in one or two sentences. */
  explanation?: string;
  deskSteps?: DeskSteps;
  /** Parts that no source gives, and what to say at the desk meanwhile. */
  gaps?: { timeLimit?: string; fee?: string; legalBasis?: string };
  asOf?: string;
  decision?: { number: string; date?: string };
  papers?: Json[];
  papersTotal?: number;
  steps?: string[];
  timeLimits?: { value: number; unit: TimeLimit['unit']; condition?: string }[];
  timeLimitsLocalText?: string[];
  fees?: Json[];
  results?: string[];
  legalBasis?: Json[];
  applicants?: string[];
  online?: Json;
  fieldCertainty?: Record<string, Certainty>;
  proposals?: string[];
}
export interface ProcedureRecord extends Sourced {
  code: string;
  name: string;
  /** False where the name was shortened and is a label only. */
  nameOfficial: boolean;
  plainTitle?: string;
  /** Short code for use at the commune's desk; never in place of the national one. */
  communeCode?: string;
  field: string;
  levelBefore?: string;
  levelBeforeCertainty?: Certainty;
  levelAfter: 'xã' | 'tỉnh';
  movedDown?: boolean;
  knownAtDongNai?: boolean;
  timeLimit?: TimeLimit;
  /** Why this code may no longer be in use. */
  doubt?: string;
  details?: ProcedureDetails;
}
/** An old procedure code that a later one replaces from `validFrom` on. */
export interface ProcedureAliasRecord extends Sourced {
  from: string;
  to: string;
  validFrom: string;
}

/** One status of a list. `national` is `before` where the status says nothing new, `none` where only a person can tell. */
export interface StatusRecord extends Sourced {
  list: string;
  code: string;
  level: 'status' | 'sub-status';
  name: string;
  national: string;
  /** The national number once the dossier had been received, where it differs. */
  nationalAfterReception?: string;
  /** Kept beside the national number, since the number says less. */
  keep: boolean;
  /** The one to write for its national number. */
  preferred: boolean;
  grade: Grade;
  /** What the national number cannot say. */
  lost?: string;
  /** Step of the three-step process, where the list has them. */
  step?: number;
  phase?: string;
  suggestedNext?: string[];
  basis?: string;
  english?: string;
  emittedBy?: string;
}
/** A list that statuses travel under. Lists about documents have no national numbers. */
export interface StatusListRecord extends Sourced {
  list: string;
  name: string;
  about: 'dossier' | 'document';
  details?: Record<string, Json>;
}

export interface CodeRecord extends Sourced {
  list: string;
  code: string;
  /** The value in canonical events. */
  canonical: string;
  name: string;
  /** Further canonical values that this code stands for when it is written. */
  alsoFor?: string[];
}

/** A ward's own words for what its staff read: for one procedure, for a field of them, or for all. */
export interface UnitOverrideRecord extends Sourced {
  unit: string;
  procedure?: string;
  field?: string;
  validFrom: string;
  validTo?: string;
  plainTitle?: string;
  desk?: string;
  /** Local names of offices and posts, by the words they stand for. */
  titles?: Record<string, string>;
  deskSteps?: Partial<DeskSteps>;
}

/** Kinds that are carried as the reviewed facts they are: terms, document types, posts, calendar, agencies and such. */
export interface FactRecord extends Sourced {
  kind: string;
  id: string;
  data: Record<string, Json>;
}

/** Everything in mappings/, sorted, sources resolved. */
export interface VocabularyContent {
  format: 1;
  units: UnitRecord[];
  formerUnits: FormerUnitRecord[];
  /** Absent in releases from before there were any. */
  unitAliases?: UnitAliasRecord[];
  procedures: ProcedureRecord[];
  procedureAliases: ProcedureAliasRecord[];
  statusLists: StatusListRecord[];
  statuses: StatusRecord[];
  codes: CodeRecord[];
  /** Left out where there are none, so that releases of earlier files keep their hash. */
  unitOverrides?: UnitOverrideRecord[];
  facts: FactRecord[];
}

/** The entry that made an answer, as a trace shows it. */
export interface EntryRef {
  /** `unit:26011`, `former-unit:26449`, `procedure-alias:1.012752`, `status:xa-3b/trinh-ky`, `code:portal/KENH/1`. */
  id: string;
  grade: Grade;
  source: string;
  certainty: Certainty;
}

/** A choice offered to a person; for what is unknown, how likely it is and what speaks for it (candidates.ts). */
export interface Candidate {
  code: string;
  name: string;
  /** 0 to 1; only orders what is offered, nothing is ever decided by it. */
  score?: number;
  why?: Bilingual;
  /** The text behind a reason, where an entry of the vocabulary names one. */
  source?: string;
}

/** How a record is shown in a trace; a learnt one bears the id of its learnt entry. */
export function entryRef(place: string, record: Sourced, grade: Grade): EntryRef {
  const id = record.learnt === undefined ? place : `learnt:${record.learnt}`;
  return { id, grade: record.grade ?? grade, source: record.source.join('; '), certainty: record.certainty };
}
