/**
 * Event → syncs: which systems must hear of it, for which unit, and whether something keeps it from going.
 * Ownership follows events.md 3: what a non-owner reports is no fact, it becomes a question. Pure.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { EventType } from '../domain/event-types.ts';
import { PROVINCE } from '../domain/province.ts';
import type { Bilingual, GatewayEvent, Json, JsonObject, Role } from '../domain/words.ts';
import type { EntityState, Normal } from '../entities/state.ts';
import { requestId } from '../entities/state.ts';
import type { Judgement, Warning } from '../facts/judge.ts';

/** What routing must know of a system. */
export interface RoutedSystem {
  id: string;
  role: Role;
  /** Units it serves; undefined = all. */
  units?: readonly string[] | undefined;
  /** Its address for trial traffic, where it has one: what it knows by that, it does not know officially. */
  trialBaseUrl?: string | undefined;
}

/** A reason that keeps a sync from going, found by the vocabulary. */
export interface Park {
  cause: CauseCode;
  pointer: string;
  value: Json;
  list?: string;
  candidates?: unknown;
  text?: Bilingual;
  /** What people need to mend it. */
  detail?: JsonObject;
}

/** What people see of a reason to wait. */
export function detailOf({ pointer, value, list, candidates, text, detail }: Park): JsonObject {
  return {
    pointer,
    value,
    ...(list === undefined ? {} : { list }),
    candidates: (candidates ?? null) as Json,
    ...(text === undefined ? {} : { text: { ...text } }),
    ...(detail ?? {}),
  };
}

export interface PlannedSync {
  target: string;
  unit: string | null;
  procedure: string | null;
  mode: 'trial' | 'official';
  state: 'open' | 'parked' | 'superseded';
  park?: Park;
  /** When it is to be judged again although no fact has changed, ms. */
  recheckAt?: number | undefined;
}

export interface Routed {
  syncs: PlannedSync[];
  /** What speaks against delivering and does not hold it back. */
  warnings: Warning[];
  /** Targets that hear nothing more of it: the dossier was closed with its unit's trial. */
  closed?: string[];
  question?: { kind: 'not-the-owner'; detail: JsonObject };
}

export interface RouteInput {
  event: GatewayEvent;
  type: EventType;
  normal: Normal & { parks: readonly Park[] };
  /** State before this event. */
  state: EntityState;
  /** Where the deciding agency works. */
  handler: 'portal' | 'commune';
  source: RoutedSystem;
  systems: readonly RoutedSystem[];
  /** May it go to this system for this unit? Asked of the facts about desks (at-the-desk.ts). */
  judge(unit: string | null, procedure: string | null, target: RoutedSystem): Judgement;
}

/** Who may say this of a dossier as a fact; undefined when the reporter may. */
function notTheOwner(input: RouteInput): string | undefined {
  const { event, normal, handler, source } = input;
  if (source.role === handler) return undefined;
  if (event.type === 'dossier.status-changed') {
    const status = normal.national;
    if (status === undefined) return undefined;
    if (status === '1' && source.role === 'portal') return undefined;
    // 10 belongs to whoever hands out, which is the receiving desk as a rule
    if (status === '10' && source.role === 'commune') return undefined;
    return `status ${status} belongs to the ${handler}`;
  }
  if (event.type === 'dossier.step-changed' || event.type === 'dossier.result-issued') {
    return `${event.type} belongs to the ${handler}`;
  }
  if (event.type === 'dossier.updated') {
    const foreign = ['dueAt', 'result', 'fees'].filter(key => event.data[key] !== undefined);
    return foreign.length > 0 ? `${foreign.join(', ')} belongs to the ${handler}` : undefined;
  }
  return undefined;
}

const serves = (system: RoutedSystem, unit: string | null): boolean =>
  system.units === undefined || unit === null || unit === PROVINCE || system.units.includes(unit);

/** Systems that must hear of the event, the reporter left out. */
function targetsOf(input: RouteInput, unit: string | null): RoutedSystem[] {
  const { event, state, handler, systems, source } = input;
  const ofRole = (role: Role): RoutedSystem[] => systems.filter(system => system.role === role && serves(system, unit));
  const pick = (): RoutedSystem[] => {
    switch (event.type) {
      case 'procedure.published':
      case 'procedure.withdrawn':
        return ofRole('commune');
      case 'approval.requested':
      case 'opinion.requested':
        return ofRole('documents');
      case 'approval.given':
      case 'opinion.given': {
        const asker = state.asked?.[requestId(event) ?? ''];
        const system = systems.find(candidate => candidate.id === asker);
        return system ? [system] : ofRole(handler);
      }
      case 'document.status-changed': {
        const sender = systems.find(candidate => candidate.id === state.sentBy);
        return sender ? [sender] : ofRole('documents');
      }
      case 'document.sent':
      case 'document.updated':
      case 'document.recalled':
      case 'document.replaced':
        return ofRole('commune');
      default:
        return [...ofRole('portal'), ...ofRole('commune')];
    }
  };
  return pick().filter(system => system.id !== source.id);
}

/** Older than the last status known of the dossier: shown, not delivered. */
function isStale(event: GatewayEvent, type: EventType, state: EntityState): boolean {
  if (type.type !== 'dossier.status-changed' || state.statusAt === undefined) return false;
  const at = typeof event.data.at === 'string' ? event.data.at : event.time;
  // some dialects tell whole seconds only: within one second nothing is older
  return Math.floor(Date.parse(at) / 1_000) < Math.floor(Date.parse(state.statusAt) / 1_000);
}

/** What cannot be read; whom a document is addressed to does not matter where its dossier's unit is known. */
export const unreadOf = (parks: readonly Park[], unit: string | null): Park | undefined =>
  parks.find(park => park.pointer !== '/data/to' || unit === null);

/** Decides the syncs of an event that is news. */
export function route(input: RouteInput): Routed {
  const { event, type, normal, state } = input;
  if (type.internal) return { syncs: [], warnings: [] };
  const owner = notTheOwner(input);
  if (owner !== undefined) {
    return {
      syncs: [],
      warnings: [],
      question: { kind: 'not-the-owner', detail: { reason: owner, type: event.type, status: normal.national ?? null } },
    };
  }
  const unit = type.about === 'procedure' ? PROVINCE : (normal.unit ?? normal.addressee ?? state.unit ?? null);
  const procedure = normal.procedure ?? state.procedure ?? null;
  const stale = isStale(event, type, state);
  const unread = unreadOf(normal.parks, unit);
  const warnings: Warning[] = [];
  const syncs: PlannedSync[] = [];
  const closed: string[] = [];
  for (const target of targetsOf(input, unit)) {
    const judged = input.judge(unit, procedure, target);
    if (judged.closed) {
      closed.push(target.id);
      continue;
    }
    warnings.push(...judged.warnings);
    // what cannot be read is answered first: only then is it known whose desk it is
    const park = unread ?? judged.held;
    const planned = { target: target.id, unit, procedure, mode: judged.mode };
    if (stale) syncs.push({ ...planned, state: 'superseded' });
    else if (park) syncs.push({ ...planned, state: 'parked', park, recheckAt: judged.recheckAt });
    else syncs.push({ ...planned, state: 'open' });
  }
  return { syncs, warnings, ...(closed.length === 0 ? {} : { closed }) };
}
