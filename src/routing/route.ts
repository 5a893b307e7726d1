/**
 * Event → syncs: which systems must hear of it, for which unit, and whether something keeps it from going.
 * Ownership follows events.md 3: what a non-owner reports is no fact, it becomes a question. Pure.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { EventType } from '../domain/event-types.ts';
import type { GatewayEvent, Json, JsonObject, Role } from '../domain/words.ts';
import type { EntityState, Normal } from '../entities/state.ts';
import { requestId } from '../entities/state.ts';

/** What routing must know of a system. */
export interface RoutedSystem {
  id: string;
  role: Role;
  /** Units it serves; undefined = all. */
  units?: readonly string[] | undefined;
}

/** A reason that keeps a sync from going, found by the vocabulary. */
export interface Park {
  cause: CauseCode;
  pointer: string;
  value: Json;
  list?: string;
  candidates?: unknown;
}

export interface PlannedSync {
  target: string;
  unit: string | null;
  procedure: string | null;
  state: 'open' | 'parked' | 'superseded';
  park?: Park;
}

export interface Routed {
  syncs: PlannedSync[];
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
}

/** The province as a unit: what goes to all communes at once. */
export const PROVINCE = '75';

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

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

/** Units that a document names as addressees. */
function addressees(event: GatewayEvent): string[] {
  const { to } = event.data;
  if (!Array.isArray(to)) return [];
  return to.flatMap(item => (isObject(item) && typeof item.unitCode === 'string' ? [item.unitCode] : []));
}

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

/** Decides the syncs of an event that is news. */
export function route(input: RouteInput): Routed {
  const { event, type, normal, state } = input;
  if (type.internal) return { syncs: [] };
  const owner = notTheOwner(input);
  if (owner !== undefined) {
    return {
      syncs: [],
      question: { kind: 'not-the-owner', detail: { reason: owner, type: event.type, status: normal.national ?? null } },
    };
  }
  const unit =
    type.about === 'procedure'
      ? PROVINCE
      : (normal.unit ?? (event.type.startsWith('document.') ? addressees(event)[0] : undefined) ?? state.unit ?? null);
  const procedure = normal.procedure ?? state.procedure ?? null;
  const stale = isStale(event, type, state);
  const park = normal.parks[0] ?? missingAddressee(event, unit);
  return {
    syncs: targetsOf(input, unit).map(target => ({
      target: target.id,
      unit,
      procedure,
      state: stale ? 'superseded' : park ? 'parked' : 'open',
      ...(park && !stale ? { park } : {}),
    })),
  };
}

/** A document whose addressee is no unit that we know waits for a person to name one. */
function missingAddressee(event: GatewayEvent, unit: string | null): Park | undefined {
  if (event.type !== 'document.sent' || unit !== null) return undefined;
  return { cause: 'unknown-unit', pointer: '/data/to', value: event.data.to ?? null };
}
