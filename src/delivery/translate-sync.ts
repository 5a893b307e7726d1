/**
 * From a stored payload to the message for one target: people's answers, vocabulary, then the connector's format.
 * Pure given the payload, the release and this code, so GET /v1/syncs/{id}/translation does it again and compares hashes.
 */
import { hash as digest } from 'node:crypto';
import type { Connector, Message } from '../../connectors/connector.ts';
import type { SystemConfig } from '../config/system.ts';
import type { CauseCode } from '../domain/causes.ts';
import { FormatFault } from '../domain/errors.ts';
import type { Bilingual, GatewayEvent, Json, JsonObject, Mark, TraceEntry } from '../domain/words.ts';
import { answered, type Payload } from '../entities/payload.ts';
import { withCodePolicies } from '../translation/policy.ts';
import { translateEvent } from '../translation/translate.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';

export interface Blocked {
  cause: CauseCode;
  pointer: string;
  value: Json;
  list?: string;
  text?: Bilingual;
  candidates?: unknown;
}
export type Prepared =
  | { ok: true; event: GatewayEvent; trace: TraceEntry[]; marks: Mark[]; message: Message; hash: string }
  | { ok: false; event: GatewayEvent; trace: TraceEntry[]; marks: Mark[]; blocked: Blocked };

/** Translates and formats one payload for a target; what stands in the way comes back as `blocked`. */
export function prepareSync(
  payload: Payload,
  target: SystemConfig,
  connector: Connector,
  sourceStatusList: string,
  vocabulary: Vocabulary,
): Prepared {
  const event = answered(payload.event, payload.answers);
  const translation = translateEvent(event, target, sourceStatusList, vocabulary, payload.previous, payload.asOf);
  const trace = [...answersAsTrace(payload, event), ...translation.trace];
  const { marks } = translation;
  const park = translation.parks[0];
  if (park) return { ok: false, event: translation.event, trace, marks, blocked: { ...park } };
  try {
    const message = connector.format({
      event: translation.event,
      entity:
        payload.entity === undefined
          ? translation.event.data
          : understood(payload.entity, payload.asOf ?? event.time, vocabulary),
      codes: payload.codes,
      book: withCodePolicies(vocabulary, vocabulary.policies, trace),
    });
    const hash = digest('sha256', JSON.stringify(message.payload)).slice(0, 32);
    return { ok: true, event: translation.event, trace, marks, message, hash };
  } catch (error) {
    if (!(error instanceof FormatFault)) throw error;
    return {
      ok: false,
      event: translation.event,
      trace,
      marks,
      blocked: { cause: 'invalid-for-target', pointer: error.pointer, value: null, text: error.text },
    };
  }
}

/** The dossier as of the event may hold a code that was learnt only later: then it goes out as what it means now. */
function understood(entity: JsonObject, at: string, vocabulary: Vocabulary): JsonObject {
  const { procedureCode, unitCode } = entity;
  const procedure = typeof procedureCode === 'string' ? vocabulary.resolveProcedure(procedureCode, at) : undefined;
  const unit = typeof unitCode === 'string' ? vocabulary.resolveUnit(unitCode, at) : undefined;
  const learnt = (answer: { ok: boolean; entry?: { id: string } } | undefined): boolean =>
    answer?.ok === true && answer.entry?.id.startsWith('learnt:') === true;
  if (!learnt(procedure) && !learnt(unit)) return entity;
  return {
    ...entity,
    ...(procedure?.ok && learnt(procedure) ? { procedureCode: procedure.code } : {}),
    ...(unit?.ok && learnt(unit) ? { unitCode: unit.code } : {}),
  };
}

/** A person's answer is a change like any other and stands in the trace with their name. */
function answersAsTrace(payload: Payload, event: GatewayEvent): TraceEntry[] {
  if (event === payload.event) return [];
  return (payload.answers ?? []).map(answer => ({
    pointer: answer.pointer,
    from: answer.from,
    to: answer.to,
    entry: `answer:${answer.by}`,
    grade: 'equivalent',
    source: answer.reason,
    certainty: 'confirmed',
  }));
}
