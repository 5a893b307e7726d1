/**
 * One event into the words of its target: units and procedures as of the event's time, the status in the target's list.
 * Pure: the same event, release and translator version always give the same result, so a trace need not be stored.
 */
import type { GatewayEvent, Json, JsonObject, Role, TraceEntry } from '../domain/words.ts';
import type { EntryRef } from './content.ts';
import {
  documentStatusPark,
  type Park,
  type StatusPlace,
  statusOf,
  textOf,
  UNIT_FIELDS,
  unitAt,
  writtenList,
} from './read-event.ts';
import { NATIONAL_LIST } from './statuses.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Raised whenever the same event and release would translate differently than before. */
export const TRANSLATOR_VERSION = 1;

export interface Translation {
  /** A copy; branches that nothing changed are shared with the original, which is never touched. */
  event: GatewayEvent;
  trace: TraceEntry[];
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
    } else draft.parks.push({ cause: answer.cause, pointer: '/data/status', value: place.status });
  }
  translateStep(draft, event, writtenList(target.statusList, vocabulary), sourceStatusList, previousNational);
  const documentPark = documentStatusPark(event, vocabulary);
  if (documentPark !== undefined) draft.parks.push(documentPark);
  return { event: { ...event, data: draft.data }, trace: draft.trace, parks: draft.parks, national };
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
      const park: Park = { cause: answer.cause, pointer, value: code };
      draft.parks.push(answer.cause === 'ambiguous-unit' ? { ...park, candidates: answer.candidates } : park);
    } else if (answer.code !== code) {
      draft.data[field] = place.holder === undefined ? answer.code : { ...place.holder, code: answer.code };
      if (answer.entry !== undefined) note(draft, pointer, code, answer.code, answer.entry);
    }
  }
}

/** The code in force, where the event names a procedure that is known. */
function translateProcedure(draft: Draft): string | undefined {
  const given = textOf(draft.data, 'procedureCode');
  if (given === undefined) return undefined;
  const answer = draft.vocabulary.resolveProcedure(given, draft.at, textOf(draft.data, 'procedureName'));
  if (!answer.ok) {
    const { cause, candidates } = answer;
    draft.parks.push({ cause, pointer: '/data/procedureCode', value: given, candidates });
    return undefined;
  }
  if (answer.code !== given) {
    draft.data.procedureCode = answer.code;
    if (answer.entry !== undefined) note(draft, '/data/procedureCode', given, answer.code, answer.entry);
  }
  return answer.code;
}

/** Commune staff read the plain title beside the official name; what the event already carries is never replaced. */
function addNames(draft: Draft, event: GatewayEvent, procedure: string | undefined): void {
  const published = event.data.procedure;
  const catalogue = published !== null && typeof published === 'object' && !Array.isArray(published) ? published : {};
  const code = procedure ?? textOf(catalogue, 'code');
  const facts = code === undefined ? undefined : draft.vocabulary.procedureFacts(code);
  if (facts === undefined) return;
  if (procedure !== undefined && draft.data.procedureName === undefined) {
    draft.data.procedureName = facts.name;
    note(draft, '/data/procedureName', null, facts.name, facts.entry);
  }
  if (facts.hasPlainTitle && draft.data.plainTitle === undefined) {
    draft.data.plainTitle = facts.plainTitle;
    note(draft, '/data/plainTitle', null, facts.plainTitle, facts.entry);
  }
}

function translateStatus(draft: Draft, place: StatusPlace, list: string): void {
  const { answer, status } = place;
  if (!answer.ok) return;
  if (list !== place.list) {
    if (place.list !== NATIONAL_LIST) note(draft, '/data/status', status, answer.status, answer.entry);
    if (list === NATIONAL_LIST) draft.data.status = answer.status;
    else if (!writeLocal(draft, place, answer.status, list)) return;
  }
  if (draft.data.statusList !== list) draft.data.statusList = list;
  if (place.list === NATIONAL_LIST || list === place.list || answer.subStatus === undefined) return;
  // The local code alone names nothing: the list it belongs to goes with it.
  note(draft, '/data/subStatus', place.subStatus ?? null, answer.subStatus, answer.entry);
  draft.data.subStatus = answer.subStatus;
  draft.data.subStatusList = place.list;
}

/** Writes the target list's own code; false when it has none for this number. */
function writeLocal(draft: Draft, place: StatusPlace, national: string, list: string): boolean {
  const keptList = textOf(draft.data, 'subStatusList');
  const kept = keptList === undefined || keptList === list ? place.subStatus : undefined;
  const local = draft.vocabulary.fromNational(list, national, kept);
  if (!local.ok) {
    draft.parks.push({ cause: local.cause, pointer: '/data/status', value: place.status });
    return false;
  }
  note(draft, '/data/status', national, local.code, local.entry);
  draft.data.status = local.code;
  return true;
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
