/**
 * Echo or news (events.md 2): both ways means loops unless a change that comes back is recognised.
 * An event is taken apart into leaves, short texts in canonical terms; it is an echo when its source holds every leaf
 * already and was told at least one of them by us. Pure.
 */
import { createHash } from 'node:crypto';
import type { GatewayEvent, Json, JsonObject } from '../domain/words.ts';
import type { EntityState, Held, Normal } from './state.ts';

/** How many tellings are remembered one by one; older ones are folded into what the system holds. */
const RECENT = 6;

export type Leaves = Record<string, string>;

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A value as a leaf: compared in NFC, long ones by hash. */
function leafText(value: Json): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).normalize('NFC').trim();
  return text.length <= 40 ? text : `#${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
}

function put(leaves: Leaves, name: string, value: Json | undefined): void {
  if (value !== undefined && value !== null && value !== '') leaves[name] = leafText(value);
}

/** Two spellings of one instant are one leaf. */
function putTime(leaves: Leaves, name: string, value: Json | undefined): void {
  if (typeof value !== 'string') return;
  const epoch = Date.parse(value);
  leaves[name] = Number.isNaN(epoch) ? value : String(Math.floor(epoch / 1000));
}

function dossierLeaves(leaves: Leaves, data: JsonObject, normal: Normal): void {
  if (normal.procedure !== undefined) leaves.procedure = normal.procedure;
  if (normal.unit !== undefined) leaves.unit = normal.unit;
  const { applicant } = data;
  if (isObject(applicant)) {
    put(leaves, 'applicant.name', applicant.name);
    put(
      leaves,
      'applicant.identity',
      applicant.identityNumber ?? (isObject(applicant.identity) ? applicant.identity.number : undefined),
    );
    put(leaves, 'applicant.phone', applicant.phone);
    put(leaves, 'applicant.email', applicant.email);
    put(leaves, 'applicant.address', applicant.address);
  }
  put(leaves, 'summary', data.summary);
  putTime(leaves, 'dueAt', data.dueAt);
}

/** What an event says, leaf by leaf. Metadata (numbers, times of the message, actor) is no news by itself. */
export function leavesOf(event: GatewayEvent, normal: Normal): Leaves {
  const { data, type } = event;
  const leaves: Leaves = {};
  if (normal.national !== undefined) leaves.status = normal.national;
  if (normal.subStatus !== undefined) leaves.subStatus = normal.subStatus;
  if (type === 'dossier.submitted' || type === 'dossier.updated') dossierLeaves(leaves, data, normal);
  else if (type === 'dossier.step-changed' && isObject(data.step)) {
    const no = String(data.step.no ?? '');
    put(leaves, `step.${no}.content`, data.step.content);
    putTime(leaves, `step.${no}.startedAt`, data.step.startedAt);
    putTime(leaves, `step.${no}.endedAt`, data.step.endedAt);
  } else if (type === 'dossier.result-issued' && isObject(data.result)) {
    put(leaves, 'result.number', data.result.number);
    put(leaves, 'outcome', data.outcome);
    leaves.status ??= '9';
  } else if (type.startsWith('approval.') || type.startsWith('opinion.')) {
    put(
      leaves,
      `${type}.${String(data.requestId ?? data.inReplyTo ?? '')}`,
      data.decision ?? data.text ?? data.act ?? 'asked',
    );
  } else if (type === 'document.status-changed') {
    put(leaves, `document.${String(data.documentId)}.status`, data.status);
  } else if (type.startsWith('document.')) {
    put(leaves, `document.${String(data.documentId)}.${type}`, data.subject ?? data.reason ?? '-');
  } else if (type.startsWith('procedure.') && isObject(data.procedure)) {
    put(leaves, `${type}.${String(data.procedure.code)}`, data as Json);
  }
  return leaves;
}

export type EchoVerdict =
  | { verdict: 'news' }
  | { verdict: 'echo'; echoOf: string | null }
  /** An echo if none of these syncs was delivered yet; news otherwise. */
  | { verdict: 'late'; echoOf: string; unless: string[] };

const NEWS: EchoVerdict = { verdict: 'news' };

/** Does `system` say no more than it was told? */
export function judgeEcho(state: EntityState, system: string, leaves: Leaves): EchoVerdict {
  const held = state.held[system];
  const names = Object.keys(leaves);
  if (!held || names.length === 0) return NEWS;
  let told = false;
  let echoOf: string | null = null;
  const unless: string[] = [];
  for (const name of names) {
    const value = leaves[name] as string;
    const known = held.leaves[name];
    if (known?.[0] === value) {
      if (known[1] === 1) {
        told = true;
        echoOf ??= held.recent.find(telling => telling.leaves[name] === value)?.event ?? held.last ?? null;
      }
      continue;
    }
    const index = held.recent.findIndex(telling => telling.leaves[name] === value);
    if (index < 0) {
      if (name === 'subStatus') continue;
      return NEWS;
    }
    told = true;
    echoOf = held.recent[index]?.event ?? echoOf;
    for (const later of held.recent.slice(0, index)) if (later.leaves[name] !== undefined) unless.push(later.sync);
    // the source itself said otherwise since: going back is news
    if (known?.[1] === 0) return NEWS;
  }
  if (!told) return NEWS;
  return unless.length === 0 ? { verdict: 'echo', echoOf } : { verdict: 'late', echoOf: echoOf as string, unless };
}

const heldOf = (state: EntityState, system: string): Held => {
  state.held[system] ??= { leaves: {}, recent: [] };
  return state.held[system];
};

/** Notes what a system said itself. Changes `state`. */
export function noteSaid(state: EntityState, system: string, leaves: Leaves): void {
  const held = heldOf(state, system);
  for (const name of Object.keys(leaves)) held.leaves[name] = [leaves[name] as string, 0];
}

/** Notes what a system is going to be told by `sync`; only what is new to it is remembered as a telling. Changes `state`. */
export function noteTold(state: EntityState, system: string, leaves: Leaves, sync: string, event: string): void {
  const held = heldOf(state, system);
  const changed: Leaves = {};
  for (const name of Object.keys(leaves)) {
    const value = leaves[name] as string;
    const known = held.leaves[name];
    if (known?.[0] !== value || known[1] !== 1) changed[name] = value;
    held.leaves[name] = [value, 1];
  }
  held.last = event;
  if (Object.keys(changed).length === 0) return;
  held.recent.unshift({ sync, event, leaves: changed });
  if (held.recent.length > RECENT) held.recent.length = RECENT;
}

/**
 * Notes what a parked sync tells its target beyond what was understood when the event came: a person's answer or a new mapping
 * has settled it since. Without it the target's own report of the same would come back as news. Changes `state`.
 */
export function noteUnderstood(
  state: EntityState,
  told: { target: string; sync: string; event: string; type: string },
  known: Normal,
): void {
  const leaves: Leaves = {};
  if (known.national !== undefined) leaves.status = known.national;
  if (known.subStatus !== undefined) leaves.subStatus = known.subStatus;
  if (told.type === 'dossier.submitted' || told.type === 'dossier.updated') {
    if (known.procedure !== undefined) leaves.procedure = known.procedure;
    if (known.unit !== undefined) leaves.unit = known.unit;
  }
  if (Object.keys(leaves).length > 0) noteTold(state, told.target, leaves, told.sync, told.event);
}
