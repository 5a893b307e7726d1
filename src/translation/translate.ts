/**
 * One event into the words of its target: units and procedures as of the event's time, the status in the target's list.
 * Pure: the same event, release and translator version always give the same result, so a trace need not be stored.
 */
import type { GatewayEvent, Json, JsonObject, Mark, Role, TraceEntry } from '../domain/words.ts';
import { OWN_WORDS } from './commune-draft.ts';
import { certaintyOf, communeEntry } from './commune-entry.ts';
import type { EntryRef } from './content.ts';
import { marksOf } from './marks.ts';
import { fieldOf } from './policy.ts';
import { nationalProcedureCode, type ProcedureFacts } from './procedures.ts';
import {
  documentStatusPark,
  type Park,
  type StatusPlace,
  statusOf,
  statusPark,
  textOf,
  UNIT_FIELDS,
  unitAt,
  unitPark,
  writtenList,
} from './read-event.ts';
import { procedureOf } from './read-procedure.ts';
import { NATIONAL_LIST } from './statuses.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Raised whenever the same event and release would translate differently than before. */
export const TRANSLATOR_VERSION = 3;

export interface Translation {
  /** A copy; branches that nothing changed are shared with the original, which is never touched. */
  event: GatewayEvent;
  trace: TraceEntry[];
  /** Specialised terms in the texts for a commune, also in `event.data.marks` where there are any. */
  marks: Mark[];
  /** What keeps the event from being delivered; the fields concerned are left as they came. */
  parks: Park[];
  national: { status?: string; subStatus?: string };
}
export interface TranslationTarget {
  role: Role;
  statusList: string;
}

/** The translation while it is made. */
interface Draft {
  vocabulary: Vocabulary;
  at: string;
  data: JsonObject;
  trace: TraceEntry[];
  parks: Park[];
}

/**
 * Translates `event` for `target`. `sourceStatusList` counts where the event names no list; `previousNational` is the dossier's
 * national status before; `at` (RFC 3339) replaces the event's time for a unit on trial. Never throws for content: see `parks`.
 */
export function translateEvent(
  event: GatewayEvent,
  target: TranslationTarget,
  sourceStatusList: string,
  vocabulary: Vocabulary,
  previousNational?: string,
  at: string = event.time,
): Translation {
  const draft: Draft = { vocabulary, at, data: { ...event.data }, trace: [], parks: [] };
  translateUnits(draft);
  const procedure = translateProcedure(draft);
  if (target.role === 'commune') addNames(draft, event, procedure);
  const place = statusOf(event, sourceStatusList, vocabulary, previousNational);
  const national: Translation['national'] = {};
  if (place !== undefined) {
    const { answer } = place;
    if (answer.ok) {
      national.status = answer.status;
      if (answer.subStatus !== undefined) national.subStatus = answer.subStatus;
      translateStatus(draft, place, writtenList(target.statusList, vocabulary));
    } else draft.parks.push(statusPark(place, event, vocabulary));
  }
  translateStep(draft, event, writtenList(target.statusList, vocabulary), sourceStatusList, previousNational);
  const documentPark = documentStatusPark(event, vocabulary);
  if (documentPark !== undefined) draft.parks.push(documentPark);
  const told = { ...event, data: draft.data };
  const marks = target.role === 'commune' ? marksOf(told, vocabulary, procedure) : [];
  if (marks.length > 0) draft.data.marks = marks.map(mark => ({ ...mark }));
  return { event: told, trace: draft.trace, marks, parks: draft.parks, national };
}

function note(draft: Draft, pointer: string, from: Json, to: Json, entry: EntryRef): void {
  const { id, grade, source, certainty } = entry;
  draft.trace.push({ pointer, from, to, entry: id, grade, source, certainty });
}

function translateUnits(draft: Draft): void {
  for (const field of UNIT_FIELDS) {
    const place = unitAt(draft.data, field);
    if (place === undefined) continue;
    const { pointer, code } = place;
    const answer = draft.vocabulary.resolveUnit(code, draft.at);
    if (!answer.ok) {
      draft.parks.push(unitPark(place, answer, draft.at, draft.vocabulary));
    } else if (answer.code !== code) {
      draft.data[field] = place.holder === undefined ? answer.code : { ...place.holder, code: answer.code };
      if (answer.entry !== undefined) note(draft, pointer, code, answer.code, answer.entry);
    }
  }
}

/** The code in force, where the event names a procedure that is known. */
function translateProcedure(draft: Draft): string | undefined {
  const read = procedureOf(draft.data, draft.at, draft.vocabulary);
  if (read === undefined) return undefined;
  if (!read.ok) {
    draft.parks.push(read.park);
    return undefined;
  }
  const { given, code, entry, unmatched } = read;
  if (code !== given) draft.data.procedureCode = code;
  // What goes on without a match is in the trace too, as the warning that it is.
  if (entry !== undefined && (unmatched || code !== given)) note(draft, '/data/procedureCode', given, code, entry);
  return code;
}

/** Commune staff read the plain title beside the official name; what the event already carries is never replaced. */
function addNames(draft: Draft, event: GatewayEvent, procedure: string | undefined): void {
  const published = event.data.procedure;
  const catalogue = published !== null && typeof published === 'object' && !Array.isArray(published) ? published : {};
  const given = textOf(catalogue, 'code') ?? '';
  const code = procedure ?? nationalProcedureCode(given) ?? given;
  const facts = draft.vocabulary.procedureFacts(code);
  if (facts === undefined) {
    // Nothing to add to what the province publishes: its own text goes on, and the trace says that plain words are missing.
    const rule = draft.vocabulary.policies.of('published', fieldOf(draft.data));
    const published = textOf(catalogue, 'code');
    if (published !== undefined && rule.act === 'pass-official') {
      note(draft, '/data/procedure/code', published, published, rule.entry);
    }
    return;
  }
  if (procedure !== undefined && draft.data.procedureName === undefined) {
    draft.data.procedureName = facts.name;
    note(draft, '/data/procedureName', null, facts.name, facts.entry);
  }
  if (draft.data.plainTitle === undefined) addPlainTitle(draft, facts);
  const made = event.type === 'procedure.published' ? communeEntry(draft.data, draft.at, draft.vocabulary) : undefined;
  if (made === undefined) return;
  draft.data.communeEntry = made.entry;
  draft.trace.push(...made.trace);
}

/** The unit's own title where it has one, else the common one, which is a proposal until somebody confirms it. */
function addPlainTitle(draft: Draft, facts: ProcedureFacts): void {
  const { record, entry } = facts;
  const unit = textOf(draft.data, 'unitCode');
  const { overrides } = draft.vocabulary;
  const own = unit === undefined ? undefined : overrides.of(unit, 'plainTitle', record.code, record.field, draft.at);
  const title = own?.record.plainTitle ?? (facts.hasPlainTitle ? facts.plainTitle : undefined);
  if (title === undefined) return;
  draft.data.plainTitle = title;
  const certainty = certaintyOf(record, 'plainTitle');
  const ours = certainty === 'proposal' ? { ...entry, certainty, source: OWN_WORDS } : { ...entry, certainty };
  note(draft, '/data/plainTitle', null, title, own?.entry ?? ours);
}

function translateStatus(draft: Draft, place: StatusPlace, list: string): void {
  const { answer, status } = place;
  if (!answer.ok) return;
  let written: string | undefined = list;
  if (list !== place.list) {
    if (place.list !== NATIONAL_LIST) note(draft, '/data/status', status, answer.status, answer.entry);
    if (list === NATIONAL_LIST) draft.data.status = answer.status;
    else written = writeLocal(draft, place, answer.status, list);
  }
  if (written === undefined) return;
  if (draft.data.statusList !== written) draft.data.statusList = written;
  if (place.list === NATIONAL_LIST || list === place.list || answer.subStatus === undefined) return;
  // The local code alone names nothing: the list it belongs to goes with it.
  note(draft, '/data/subStatus', place.subStatus ?? null, answer.subStatus, answer.entry);
  draft.data.subStatus = answer.subStatus;
  draft.data.subStatusList = place.list;
}

/** Writes the target list's own code; where it has none for this number, its rule counts. The list written in, if any. */
function writeLocal(draft: Draft, place: StatusPlace, national: string, list: string): string | undefined {
  const keptList = textOf(draft.data, 'subStatusList');
  const kept = keptList === undefined || keptList === list ? place.subStatus : undefined;
  const local = draft.vocabulary.fromNational(list, national, kept);
  if (!local.ok) {
    const rule = draft.vocabulary.policies.of('status', list);
    if (rule.act === 'park') {
      draft.parks.push({ cause: local.cause, pointer: '/data/status', value: place.status });
      return undefined;
    }
    draft.data.status = rule.act === 'fixed' ? rule.use : national;
    note(draft, '/data/status', national, draft.data.status, rule.entry);
    return rule.act === 'fixed' ? list : NATIONAL_LIST;
  }
  note(draft, '/data/status', national, local.code, local.entry);
  draft.data.status = local.code;
  return list;
}

/**
 * A step may carry the dossier's status or a word of its own workflow: the first is translated, the second passes as it is.
 * It is a fact about the step and changes nothing of the dossier, so it neither parks nor counts as the dossier's status.
 */
function translateStep(
  draft: Draft,
  event: GatewayEvent,
  list: string,
  sourceStatusList: string,
  previousNational: string | undefined,
): void {
  const { step } = event.data;
  if (event.type !== 'dossier.step-changed' || step === null || typeof step !== 'object' || Array.isArray(step)) return;
  const status = textOf(step, 'status');
  const from = textOf(event.data, 'statusList') ?? sourceStatusList;
  if (status === undefined || list === from) return;
  const { vocabulary } = draft;
  const answer = vocabulary.toNational(from, status, undefined, previousNational);
  if (!answer.ok) return;
  const local = list === NATIONAL_LIST ? undefined : vocabulary.fromNational(list, answer.status);
  if (local?.ok === false) return;
  const written = local?.code ?? answer.status;
  note(draft, '/data/step/status', status, written, local?.entry ?? answer.entry);
  draft.data.step = { ...step, status: written };
  draft.data.statusList = list;
}
