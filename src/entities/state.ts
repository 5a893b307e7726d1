/**
 * What the gateway knows of one dossier, document, procedure or seat: its numbers, its merged canonical data,
 * and what each system holds of it as far as was said or told. Pure; src/ledger stores it as bytes.
 */
import type { EventType } from '../domain/event-types.ts';
import type { GatewayEvent, Json, JsonObject } from '../domain/words.ts';

/** What one system holds: each leaf's last value, and whether we told it (1) or it said so itself (0). */
export interface Held {
  leaves: Record<string, [value: string, told: 0 | 1]>;
  /** The last few tellings, newest first: an echo may come late, after the next telling was begun. */
  recent: { sync: string; event: string; leaves: Record<string, string> }[];
  /** The last event it was told of. */
  last?: string;
  /** How it is told: as one of a unit's trial, or officially (begun.ts). */
  mode?: 'trial' | 'official';
}

/** A person's answer to what an event was parked for, kept for the rest of the dossier's life. */
export interface Answer {
  pointer: string;
  from: Json;
  to: Json;
  by: string;
  reason: string;
}

export interface EntityState {
  codes: { system: string; code: string; kind: string }[];
  /** Canonical data merged from all that was said; file contents left out. */
  fields: JsonObject;
  national?: string;
  subStatus?: string;
  /** `at` of the last status, RFC 3339. */
  statusAt?: string;
  /** Unit and procedure as the vocabulary resolved them. */
  unit?: string;
  procedure?: string;
  held: Record<string, Held>;
  /** Who asked for an approval or opinion, by request id. */
  asked?: Record<string, string>;
  /** Which system sent the document. */
  sentBy?: string;
  answers?: Answer[];
}

/** What routing found of an event with the vocabulary: national status, resolved unit and procedure. */
export interface Normal {
  unit?: string | undefined;
  /** The unit that a document is addressed to. */
  addressee?: string | undefined;
  procedure?: string | undefined;
  national?: string | undefined;
  subStatus?: string | undefined;
}

/** The state of an entity of which nothing is known yet. */
export function emptyState(): EntityState {
  return { codes: [], fields: {}, held: {} };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Files without their content: the entity remembers names and hashes, not bytes. */
function withoutContent(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return value.map(item => {
    if (!isObject(item) || item.content === undefined) return item;
    const { content: _content, ...rest } = item;
    return rest;
  });
}

/** Members of an event that say something of the message, not of the dossier. */
const OF_THE_MESSAGE = new Set([
  'codes',
  'changed',
  'at',
  'actor',
  'reason',
  'statusList',
  'statusName',
  'step',
  'about',
]);

/** Merges an accepted event into the state: later values win, nested applicant members one by one. Changes `state`. */
export function mergeEvent(state: EntityState, event: GatewayEvent, type: EventType, normal: Normal): void {
  const { data } = event;
  learnNumbers(state, event);
  if (typeof data.dossierCode === 'string') addCode(state, event.source, data.dossierCode, 'national');
  if (normal.unit !== undefined) state.unit = normal.unit;
  if (normal.procedure !== undefined) state.procedure = normal.procedure;
  if (normal.national !== undefined) {
    state.national = normal.national;
    if (normal.subStatus === undefined) delete state.subStatus;
    else state.subStatus = normal.subStatus;
    state.statusAt = typeof data.at === 'string' ? data.at : event.time;
  }
  if (type.about === 'procedure') return;
  if (type.internal) {
    state.fields = { ...data };
    return;
  }
  if (event.type === 'approval.requested' || event.type === 'opinion.requested') {
    const request = requestId(event);
    if (request !== undefined) state.asked = { ...state.asked, [request]: event.source };
    return;
  }
  if (event.type.startsWith('document.') || event.type.endsWith('.given')) {
    if (event.type === 'document.sent') state.sentBy = event.source;
    return;
  }
  for (const key of Object.keys(data)) {
    if (OF_THE_MESSAGE.has(key)) continue;
    const value = data[key] as Json;
    if (key === 'applicant' && isObject(value) && isObject(state.fields.applicant)) {
      state.fields.applicant = { ...state.fields.applicant, ...value };
    } else if (key === 'more' && isObject(value)) state.fields.more = mergeMore(state.fields.more, value);
    else if (key === 'files') state.fields.files = withoutContent(value);
    else if (key === 'result' && isObject(value))
      state.fields.result = { ...value, files: withoutContent(value.files ?? []) };
    else state.fields[key] = value;
  }
  // the merged dossier speaks canonical terms: resolved unit and procedure, national status
  if (normal.unit !== undefined) state.fields.unitCode = normal.unit;
  if (normal.procedure !== undefined) state.fields.procedureCode = normal.procedure;
  if (normal.national !== undefined) {
    state.fields.status = normal.national;
    state.fields.statusList = 'national';
  }
}

/** What only one dialect knows, kept under the system's id: later values win member by member. */
function mergeMore(known: Json | undefined, said: JsonObject): JsonObject {
  const merged: JsonObject = isObject(known) ? { ...known } : {};
  for (const [system, value] of Object.entries(said)) {
    const before = merged[system];
    merged[system] = isObject(value) && isObject(before) ? { ...before, ...value } : value;
  }
  return merged;
}

/** Id by which an approval or opinion is asked for and answered. */
export function requestId(event: GatewayEvent): string | undefined {
  const value = event.data.requestId ?? event.data.inReplyTo;
  return typeof value === 'string' ? value : undefined;
}

/** Adds a number that is not known yet. */
function addCode(state: EntityState, system: string, code: string, kind: string): void {
  if (!state.codes.some(known => known.code === code)) state.codes.push({ system, code, kind });
}

/** Adds the numbers an event lists in `codes`; also an echo, which brings no other news, may bring one. Changes `state`. */
export function learnNumbers(state: EntityState, event: GatewayEvent): void {
  const { codes } = event.data;
  if (!Array.isArray(codes)) return;
  for (const item of codes) {
    if (isObject(item) && typeof item.code === 'string') {
      addCode(state, String(item.system ?? event.source), item.code, String(item.kind ?? 'local'));
    }
  }
}
