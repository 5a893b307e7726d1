/**
 * A dossier of a unit's trial that goes on officially: the official system has never heard of it, so it is told of it whole, as a
 * filing of its own before the first event that goes there. Pure.
 */
import type { GatewayEvent, JsonObject } from '../domain/words.ts';
import { type BegunBySystem, howBegun, noteBegun } from '../entities/begun.ts';
import type { Payload } from '../entities/payload.ts';
import type { EntityState } from '../entities/state.ts';
import type { SyncRow } from '../ledger/accept.ts';
import type { PlannedSync, RoutedSystem } from '../routing/route.ts';

/** Is a sync held back because its unit is off? Then nothing is decided yet about how the dossier is told. */
const undecided = ({ state, park }: PlannedSync): boolean => state === 'superseded' || park?.cause === 'unit-off';

/** Is this the first that an official system hears of a dossier that it knows from the trial only? */
export function carriedOver(
  planned: PlannedSync,
  event: GatewayEvent,
  begun: BegunBySystem,
  systems: readonly RoutedSystem[],
): boolean {
  const { begunOnTrial } = howBegun(begun, planned.target);
  if (planned.mode !== 'official' || !begunOnTrial || undecided(planned)) return false;
  const target = systems.find(system => system.id === planned.target);
  // at the same address it is known already; the document system is told of requests, never of a dossier as such
  const knowsNothing = target?.trialBaseUrl !== undefined && target.role !== 'documents';
  return knowsNothing && event.type !== 'dossier.submitted';
}

/** The filing for an official system: everything known of the dossier, with the status before the event that follows it. */
export function filingOf(
  planned: PlannedSync,
  stored: { id: string; entity: number; payload: JsonObject },
  state: EntityState,
  previous: string | undefined,
  { newId }: { newId(): string },
): SyncRow {
  const { event, codes, asOf } = stored.payload as unknown as Payload;
  const status = previous ?? state.national;
  const data: JsonObject = {
    ...state.fields,
    dossierCode: state.fields.dossierCode ?? event.data.dossierCode ?? null,
    ...(status === undefined ? {} : { status, statusList: 'national' }),
  };
  const filing: Payload = {
    event: { ...event, type: 'dossier.submitted', data },
    codes,
    ...(asOf === undefined ? {} : { asOf }),
  };
  return {
    id: newId(),
    event: stored.id,
    target: planned.target,
    entity: stored.entity,
    home: planned.unit ?? '0',
    unit: planned.unit,
    procedure: planned.procedure,
    type: 'dossier.submitted',
    mode: planned.mode,
    state: 'open',
    cause: null,
    detail: null,
    filing: filing as unknown as JsonObject,
  };
}

/** Notes how each system is told of the dossier from now on; whoever reports it knows it as the others are told. Changes `state`. */
export function noteHowTold(state: EntityState, source: string, syncs: readonly PlannedSync[]): void {
  const told = syncs.filter(planned => !undecided(planned));
  if (told.length === 0) return;
  for (const { target, mode } of told) noteBegun(state, target, mode);
  noteBegun(state, source, told.some(({ mode }) => mode === 'official') ? 'official' : 'trial');
}
