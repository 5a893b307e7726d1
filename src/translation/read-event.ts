/**
 * Where an event names units, procedures and statuses, and how each is read with the vocabulary.
 * Routing (normalise.ts) and translation (translate.ts) read by the same rules, so that they can never disagree.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { Bilingual, GatewayEvent, Json, JsonObject } from '../domain/words.ts';
import type { Candidate } from './content.ts';
import { NATIONAL_LIST, type NationalAnswer } from './statuses.ts';
import type { UnitAnswer } from './units.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Why an event cannot go on, and the place in it. */
export interface Park {
  cause: CauseCode;
  pointer: string;
  value: Json;
  /** The list that a status belongs to. */
  list?: string;
  candidates?: Candidate[];
  text?: Bilingual;
}

/** Fields of `data` that name a unit, either by its code or as an object with a `code`. */
export const UNIT_FIELDS = ['unitCode', 'receivingUnit', 'returnUnit', 'decidingUnit', 'decidingAgency'] as const;

/** A unit code has five digits, a province two; agency codes such as `H19.34` are none of the vocabulary's units. */
const UNIT_CODE = /^(?:[0-9]{5}|[0-9]{2})$/;

/** One unit named by an event. */
export interface UnitPlace {
  field: (typeof UNIT_FIELDS)[number];
  pointer: string;
  code: string;
  /** Set where the field is an object. */
  holder?: JsonObject;
}

/** The unit that `field` names; undefined where it is absent or names an agency by another kind of code. */
export function unitAt(data: JsonObject, field: UnitPlace['field']): UnitPlace | undefined {
  const value = data[field];
  if (typeof value === 'string') return { field, pointer: `/data/${field}`, code: value };
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const code = value.code;
  if (typeof code !== 'string' || !UNIT_CODE.test(code)) return undefined;
  return { field, pointer: `/data/${field}/code`, code, holder: value };
}

/** The park of a unit that has no single answer: successors to choose from, or what the code may have been meant for. */
export function unitPark(
  place: UnitPlace,
  answer: UnitAnswer & { ok: false },
  at: string,
  vocabulary: Vocabulary,
): Park {
  const { pointer, code, holder } = place;
  const name = holder === undefined ? undefined : textOf(holder, 'name');
  const candidates = answer.cause === 'ambiguous-unit' ? answer.candidates : vocabulary.unitCandidates(code, at, name);
  const text = answer.cause === 'unknown-unit' ? vocabulary.whyNoUnit(code) : undefined;
  return { cause: answer.cause, pointer, value: code, candidates, ...(text === undefined ? {} : { text }) };
}

/** The addressee of a document that is a unit of ours: the first that its unit code, agency code or full name leads to. */
export function addresseeOf(
  event: GatewayEvent,
  at: string,
  vocabulary: Vocabulary,
): { unit: string } | { park: Park } | undefined {
  const { to } = event.data;
  if (!event.type.startsWith('document.') || !Array.isArray(to)) return undefined;
  const items = to.filter(
    (item): item is JsonObject => item !== null && typeof item === 'object' && !Array.isArray(item),
  );
  const answers = items.flatMap(item => {
    const code = textOf(item, 'unitCode') ?? textOf(item, 'agencyCode');
    const name = textOf(item, 'name');
    const byCode = code === undefined ? undefined : vocabulary.resolveUnit(code, at);
    // a code that is known decides, whatever name stands beside it
    if (byCode?.ok === true || byCode?.cause === 'ambiguous-unit' || name === undefined) return byCode ?? [];
    return vocabulary.unitNamed(name, at);
  });
  const known = answers.find(answer => answer.ok);
  if (known?.ok === true) return { unit: known.code };
  const split = answers.find(answer => !answer.ok && answer.cause === 'ambiguous-unit');
  const park = { pointer: '/data/to', value: to };
  if (split?.ok === false && split.cause === 'ambiguous-unit') {
    return { park: { ...park, cause: split.cause, candidates: split.candidates } };
  }
  if (event.type !== 'document.sent') return undefined;
  const text = items.map(item => vocabulary.whyNoUnit(textOf(item, 'agencyCode') ?? '')).find(why => why !== undefined);
  return { park: { ...park, cause: 'unknown-unit', ...(text === undefined ? {} : { text }) } };
}

/** A dossier status in an event, with the list it belongs to. */
export interface StatusPlace {
  status: string;
  list: string;
  subStatus?: string;
  answer: NationalAnswer;
}

/** Reads the dossier status of an event; undefined where it has none (documents have statuses of their own list). */
export function statusOf(
  event: GatewayEvent,
  sourceStatusList: string,
  vocabulary: Vocabulary,
  previousNational: string | undefined,
): StatusPlace | undefined {
  if (!event.type.startsWith('dossier.')) return undefined;
  const { status, statusList, subStatus } = event.data;
  if (typeof status !== 'string') return undefined;
  const list = typeof statusList === 'string' ? statusList : sourceStatusList;
  const fine = typeof subStatus === 'string' ? subStatus : undefined;
  const answer = vocabulary.toNational(list, status, fine, previousNational);
  return fine === undefined ? { status, list, answer } : { status, list, subStatus: fine, answer };
}

/** The park of a status that cannot be read, with what it may mean. */
export function statusPark(place: StatusPlace, event: GatewayEvent, vocabulary: Vocabulary): Park {
  const { status, list } = place;
  const candidates = vocabulary.statusCandidates(list, status, textOf(event.data, 'statusName'));
  return { cause: 'unmapped-status', pointer: '/data/status', value: status, list, candidates };
}

/** The list of document statuses (QCVN 102:2016/BTTTT). */
const DOCUMENT_LIST = 'edxml';

/** Documents travel under one list; a code it lacks parks. */
export function documentStatusPark(event: GatewayEvent, vocabulary: Vocabulary): Park | undefined {
  if (event.type !== 'document.status-changed') return undefined;
  const { status } = event.data;
  if (typeof status !== 'string' || vocabulary.hasStatus(DOCUMENT_LIST, status)) return undefined;
  return { cause: 'unmapped-status', pointer: '/data/status', value: status };
}

/** The list to write in: the target's own where it is about dossiers, else the national one. */
export function writtenList(targetList: string, vocabulary: Vocabulary): string {
  return vocabulary.statusListAbout(targetList) === 'document' ? NATIONAL_LIST : targetList;
}

/** A text field of `data`, if it is one. */
export function textOf(data: JsonObject, key: string): string | undefined {
  const value = data[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
