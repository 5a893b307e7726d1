/**
 * As of when an event is read. A unit's trial ran a week before the units and decrees that it tried came into force, and most of its
 * codes stood for another territory until then: on trial everything is read as of the unit's official date. Pure.
 */
import type { GatewayEvent } from '../domain/words.ts';
import type { KnownFacts } from './known-facts.ts';
import { modeAt, officialFrom } from './modes.ts';

/** The unit code that an event names, as it came. */
export function namedUnit(event: GatewayEvent): string | null {
  const { unitCode } = event.data;
  return typeof unitCode === 'string' ? unitCode : null;
}

/** What is known besides the event: for one that names no unit, the unit and field of its dossier. */
export interface KnownPlace {
  unit?: string | undefined;
  /** Field of the procedure (lĩnh vực). */
  field?: string | undefined;
}

/** The instant (RFC 3339) that units, procedures and terms of the event are read as of; undefined = its own time. */
export function readAsOf(event: GatewayEvent, facts: KnownFacts, known: KnownPlace = {}): string | undefined {
  const unit = namedUnit(event) ?? known.unit ?? null;
  if (unit === null || facts.of('unit-mode', unit).length === 0) return undefined;
  const at = Date.parse(event.time);
  const wanted = { unit, field: known.field };
  const { mode, beginsAt } = modeAt(facts, wanted, at);
  // older than the rollout: its codes meant then what they meant then
  if (mode === 'official' || beginsAt !== undefined) return undefined;
  const from = officialFrom(facts, wanted, at);
  return from === undefined ? undefined : new Date(from).toISOString();
}
