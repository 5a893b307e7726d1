/** What is kept of an accepted event besides its row: all that translating it again may use, and how it was routed. Pure. */
import type { GatewayEvent, Json, JsonObject } from '../domain/words.ts';
import { begunOf } from '../entities/begun.ts';
import type { Payload } from '../entities/payload.ts';
import type { Answer, EntityState } from '../entities/state.ts';
import type { KnownFacts } from '../facts/known-facts.ts';
import type { Routed } from '../routing/route.ts';

/** What is remembered of how it was routed, beside the event. */
export function noteOf({ warnings, closed }: Routed): { note?: JsonObject } {
  if (warnings.length === 0 && closed === undefined) return {};
  return {
    note: {
      ...(warnings.length === 0 ? {} : { warnings: warnings as unknown as Json }),
      ...(closed === undefined ? {} : { closed }),
    },
  };
}

/** The event as it came, with what was known then. */
export function payloadOf(
  event: GatewayEvent,
  state: EntityState,
  byRule: readonly Answer[],
  previous: string | undefined,
  asOf: string | undefined,
  facts: KnownFacts,
): Payload {
  const begun = facts.all('unit-mode').length === 0 ? {} : begunOf(state);
  const answers = [...(state.answers ?? []), ...byRule];
  const whole = event.type === 'dossier.submitted' || Object.keys(state.fields).length === 0;
  return {
    event,
    codes: [...state.codes],
    ...(whole ? {} : { entity: { ...state.fields } }),
    ...(previous === undefined ? {} : { previous }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(Object.keys(begun).length === 0 ? {} : { begun }),
    ...(answers.length === 0 ? {} : { answers }),
  };
}
