/**
 * What an event moves in a dossier's processing: its status, one of its steps, its pause or its due date. Read when the event is
 * accepted; the rest of events moves nothing and leaves nothing. Folding (fold.ts) reads moves with the vocabulary of its day. Pure.
 */
import type { GatewayEvent, Json, JsonObject } from '../domain/words.ts';
import type { EntityState, Normal } from '../entities/state.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type StepNumber, workflowOf } from './mapping.ts';

export interface Move {
  /** When it happened, ms of the epoch. */
  at: number;
  national?: string;
  /** The status in its own list, `xa-3b/trinh-ky`, where it says more than the number. */
  local?: string;
  /** A status that nobody has mapped yet, `list/code`: read once it is. */
  unread?: string;
  pause?: { reason: string; since?: number; clockStops?: boolean };
  step?: MovedStep;
  /** The due date that the handler gave. */
  due?: number;
  /** It is the filing: what is known of the dossier begins with its beginning. */
  filed?: true;
  /** When the dossier was received, where the filing says it. */
  received?: number;
  /** The filing came online. */
  online?: true;
  /** A result, an approval or an opinion: something was done. */
  act?: true;
}
export interface MovedStep {
  no: number;
  /** The number is one of the three: the system that reported it counts so. */
  three?: StepNumber;
  /** Entry of the mapping that knew it by its code or words. */
  known?: string;
  code?: string;
  /** Where it was done: the post, else the department. */
  place?: string;
  from: number;
  to?: number;
  due?: number;
}

/** Types that may move something. */
const MOVING: ReadonlySet<string> = new Set([
  'dossier.submitted',
  'dossier.updated',
  'dossier.status-changed',
  'dossier.step-changed',
  'dossier.result-issued',
  'approval.given',
  'opinion.given',
]);

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
/** Times that somebody may have meant; 0001-01-01 and 9999-12-31 stand for none. */
const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
const LATEST = Date.parse('2100-01-01T00:00:00Z');
const timeOf = (value: Json | undefined): number | undefined => {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return at >= EARLIEST && at < LATEST ? at : undefined;
};
const objectOf = (value: Json | undefined): JsonObject | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;

/** The move of an event as the dossier stood `before` it; undefined where nothing moves, or nobody can say when. */
export function moveOf(
  event: GatewayEvent,
  normal: Normal,
  before: Pick<EntityState, 'national' | 'subStatus' | 'fields'>,
  statusList: string,
  vocabulary: Vocabulary,
): Move | undefined {
  if (!MOVING.has(event.type)) return undefined;
  const { data } = event;
  // most events move nothing: what costs time is read only of those that do
  const toldAt = (): number => timeOf(data.at) ?? timeOf(event.time) ?? Number.NaN;
  const move: Move = { at: Number.NaN };
  const pause = objectOf(data.pause);
  const moved = normal.national !== undefined && normal.national !== before.national;
  if (moved || (normal.national !== undefined && normal.subStatus !== before.subStatus) || pause !== undefined) {
    if (normal.national !== undefined) move.national = normal.national;
    const local = localOf(data, normal, statusList);
    if (local !== undefined) move.local = local;
  }
  const unread = event.type.startsWith('dossier.') ? textOf(data.status) : undefined;
  if (normal.national === undefined && unread !== undefined) {
    move.unread = `${textOf(data.statusList) ?? statusList}/${unread}`.slice(0, 200);
  }
  if (pause !== undefined) move.pause = pauseOf(pause);
  if (event.type === 'dossier.submitted' && before.national === undefined) {
    move.at = timeOf(data.submittedAt) ?? toldAt();
    move.filed = true;
    const received = timeOf(data.receivedAt);
    if (received !== undefined) move.received = received;
    if (data.channel === 'online') move.online = true;
  }
  const due = timeOf(data.dueAt);
  if (event.type.startsWith('dossier.') && due !== undefined && due !== timeOf(before.fields.dueAt)) move.due = due;
  const step = event.type === 'dossier.step-changed' ? objectOf(data.step) : undefined;
  if (step !== undefined) {
    move.step = stepOf(step, toldAt(), textOf(data.statusList) ?? statusList, vocabulary);
    move.at = move.step.from;
  }
  if (event.type === 'dossier.result-issued' || event.type.endsWith('.given')) move.act = true;
  if (Object.keys(move).length === 1) return undefined;
  if (Number.isNaN(move.at)) move.at = toldAt();
  return Number.isNaN(move.at) ? undefined : move;
}

/** A status of another list than the national one, or the sub-status kept beside the number. */
function localOf(data: JsonObject, normal: Normal, statusList: string): string | undefined {
  const list = textOf(data.statusList) ?? statusList;
  if (list !== 'national') return `${list}/${textOf(data.status) ?? normal.subStatus ?? ''}`.slice(0, 200);
  return normal.subStatus === undefined ? undefined : `${statusList}/${normal.subStatus}`.slice(0, 200);
}

function pauseOf(pause: JsonObject): NonNullable<Move['pause']> {
  const since = timeOf(pause.since);
  return {
    reason: textOf(pause.reason) ?? '',
    ...(since === undefined ? {} : { since }),
    ...(typeof pause.clockStops === 'boolean' ? { clockStops: pause.clockStops } : {}),
  };
}

/** Names of officers and what they wrote are left behind: only what the mapping made of it is kept. */
function stepOf(step: JsonObject, at: number, list: string, vocabulary: Vocabulary): MovedStep {
  const mapping = workflowOf(vocabulary);
  const code = textOf(step.code);
  const known = mapping.knownStep(code, textOf(step.content));
  const no = typeof step.no === 'number' ? step.no : 0;
  const three = mapping.countsThree(list) && (no === 1 || no === 2 || no === 3) ? no : undefined;
  const place = textOf(step.post) ?? textOf(step.department);
  const to = timeOf(step.endedAt);
  const due = timeOf(step.dueAt);
  return {
    no,
    ...(three === undefined ? {} : { three }),
    ...(known === undefined ? {} : { known: known.id }),
    ...(code === undefined ? {} : { code }),
    ...(place === undefined ? {} : { place }),
    from: timeOf(step.startedAt) ?? at,
    ...(to === undefined ? {} : { to }),
    ...(due === undefined ? {} : { due }),
  };
}
