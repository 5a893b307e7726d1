/**
 * What is stored of an event: the event as received, the entity as of it, and people's answers. With the vocabulary's
 * release this is all that translating and formatting may use, so both can be done again exactly.
 */
import { isDeepStrictEqual } from 'node:util';
import type { CauseCode } from '../domain/causes.ts';
import type { GatewayEvent, Json, JsonObject } from '../domain/words.ts';
import type { BegunBySystem } from './begun.ts';
import type { Answer } from './state.ts';

export interface Payload {
  event: GatewayEvent;
  /** Merged canonical data as of this event; absent where the event's own data is all there is. */
  entity?: JsonObject;
  codes: { system: string; code: string; kind: string }[];
  /** National status before this event. */
  previous?: string;
  /** As of when the event is read where that is not its own time: a unit on trial is read as of its official date. RFC 3339. */
  asOf?: string;
  /** How each system was told of the dossier before this event, where a rollout is under way. */
  begun?: BegunBySystem;
  answers?: Answer[];
  /** Where a person decided that it goes although something speaks against it. */
  decisions?: Decided[];
}
/** A person's word that a sync goes all the same. */
export interface Decided {
  cause: CauseCode;
  by: string;
  reason: string;
}

/** Causes over which a person decided that it goes all the same. */
export const decidedOver = ({ decisions = [] }: Payload): ReadonlySet<CauseCode> =>
  new Set(decisions.map(({ cause }) => cause));

/** The event with people's answers put in: an answer counts where the value it was given for still stands. */
export function answered(event: GatewayEvent, answers: readonly Answer[] | undefined): GatewayEvent {
  if (answers === undefined || answers.length === 0) return event;
  const data: JsonObject = { ...event.data };
  for (const answer of answers) {
    const path = answer.pointer.split('/').slice(2);
    const [first, second] = path;
    if (first === undefined || path.length > 2) continue;
    if (second === undefined) {
      if (isDeepStrictEqual(data[first], answer.from)) data[first] = answer.to;
      continue;
    }
    const inner: Json | undefined = data[first];
    if (
      inner !== null &&
      typeof inner === 'object' &&
      !Array.isArray(inner) &&
      isDeepStrictEqual(inner[second], answer.from)
    ) {
      data[first] = { ...inner, [second]: answer.to };
    }
  }
  return { ...event, data };
}
