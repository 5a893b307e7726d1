/**
 * An event's unit, procedure and status in canonical form, for routing: nothing is copied and nothing changed.
 */
import type { GatewayEvent } from '../domain/words.ts';
import {
  addresseeOf,
  documentStatusPark,
  type Park,
  statusOf,
  statusPark,
  UNIT_FIELDS,
  unitAt,
  unitPark,
} from './read-event.ts';
import { procedureOf } from './read-procedure.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Normalised {
  /** The unit whose desk holds the dossier, as of the event's time. */
  unit?: string;
  /** The unit that a document is addressed to. */
  addressee?: string;
  /** National procedure code in force then. */
  procedure?: string;
  /** National status, 1 to 10. */
  national?: string;
  /** The local status kept beside it, where the number says less. */
  subStatus?: string;
  parks: Park[];
}

/**
 * Reads `event` towards canonical form. `sourceStatusList` counts where the event names no list; `previousNational` is the
 * dossier's national status before; `at` (RFC 3339) replaces the event's time for a unit on trial. Never throws for content:
 * what cannot be read is in `parks`, in the order of the fields.
 */
export function normalise(
  event: GatewayEvent,
  sourceStatusList: string,
  vocabulary: Vocabulary,
  previousNational?: string,
  at: string = event.time,
): Normalised {
  const result: Normalised = { parks: [] };
  const { data } = event;
  for (const field of UNIT_FIELDS) {
    const place = unitAt(data, field);
    if (place === undefined) continue;
    const answer = vocabulary.resolveUnit(place.code, at);
    if (!answer.ok) {
      result.parks.push(unitPark(place, answer, at, vocabulary));
    } else if (field === 'unitCode') {
      result.unit = answer.code;
    }
  }
  const addressee = addresseeOf(event, at, vocabulary);
  if (addressee !== undefined && 'unit' in addressee) result.addressee = addressee.unit;
  else if (addressee !== undefined && result.unit === undefined) result.parks.push(addressee.park);
  const procedure = procedureOf(data, at, vocabulary);
  if (procedure?.ok === true) result.procedure = procedure.code;
  else if (procedure !== undefined) result.parks.push(procedure.park);
  const status = statusOf(event, sourceStatusList, vocabulary, previousNational);
  if (status !== undefined) {
    const { answer } = status;
    if (answer.ok) {
      result.national = answer.status;
      if (answer.subStatus !== undefined) result.subStatus = answer.subStatus;
    } else result.parks.push(statusPark(status, event, vocabulary));
  }
  const documentPark = documentStatusPark(event, vocabulary);
  if (documentPark !== undefined) result.parks.push(documentPark);
  return result;
}
