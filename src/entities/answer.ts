/**
 * A person's answer to what a sync is parked for, checked against the vocabulary and put into a payload. Pure; the ledger
 * operation that stores it is src/ledger/resolve.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import type { CauseCode } from '../domain/causes.ts';
import { GatewayError, InputFault } from '../domain/errors.ts';
import type { GatewayEvent, Json, JsonObject } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { Payload } from './payload.ts';
import type { Answer } from './state.ts';

/** What a person may answer; exactly one member is set. */
export interface Choice {
  unitCode?: string;
  procedureCode?: string;
  statusCode?: string;
}
/** What a parked sync says it waits for. */
export interface Question {
  cause: string | null;
  pointer?: string;
  value?: Json;
  candidates?: { code: string; name?: string }[] | null;
}
export interface AnswerContext {
  vocabulary: Vocabulary;
  /** The status list of messages of this event's source that name none. */
  sourceStatusList: string;
  /** Now, RFC 3339: an answer must name what exists now. */
  now: string;
  by: string;
  reason: string;
}

const NATIONAL = 'national';
/** Which answer each cause takes. */
const TAKES: Partial<Record<CauseCode, keyof Choice>> = {
  'unknown-unit': 'unitCode',
  'ambiguous-unit': 'unitCode',
  'unknown-procedure': 'procedureCode',
  // the procedure of the level that it was sent to, one of the nearest for example
  'no-authority': 'procedureCode',
  'unmapped-status': 'statusCode',
};

const refuse = (code: string, vi: string, en: string, extra: Record<string, unknown> = {}): never => {
  throw new GatewayError(code, 422, { vi, en }, { extra });
};
const wrong = (member: keyof Choice, vi: string, en: string): never => {
  throw new InputFault(
    'invalid-answer',
    422,
    { vi, en },
    { faults: [{ pointer: `/${member}`, code: 'invalid-answer', detail: { vi, en } }] },
  );
};

/** The answers that `choice` makes; throws 422 naming why it cannot be one. */
export function answersOf(
  question: Question,
  choice: Choice,
  event: GatewayEvent,
  context: AnswerContext,
): [Answer, ...Answer[]] {
  const wanted = TAKES[question.cause as CauseCode];
  const { pointer } = question;
  if (wanted === undefined || pointer === undefined) {
    return refuse(
      'not-answerable',
      'Lượt gửi này không chờ một câu trả lời. Xem hướng xử lý, rồi gửi lại hoặc bỏ lượt gửi.',
      'This sync does not wait for an answer. See its remedy, then replay or cancel it.',
      { cause: question.cause },
    );
  }
  // the answer is put in where the parked value stands: one or two levels below /data
  if (pointer.split('/').length > 4 || (question.value !== null && typeof question.value === 'object')) {
    return refuse(
      'not-supported-yet',
      'Chưa hỗ trợ trả lời cho trường này; hãy sửa ở hệ thống nguồn.',
      'An answer to this field is not supported yet; mend it in the source system.',
      { pointer },
    );
  }
  const given = choice[wanted];
  if (given === undefined) {
    return refuse('wrong-answer', `Lượt gửi này chờ ${wanted}.`, `This sync waits for ${wanted}.`, { wanted });
  }
  const make = (at: string, from: Json, to: Json): Answer => ({
    pointer: at,
    from,
    to,
    by: context.by,
    reason: context.reason,
  });
  if (wanted === 'statusCode') return statusAnswers(question, given, event, context, make);
  if (wanted === 'unitCode') checkUnit(question, given, context);
  else if (!context.vocabulary.resolveProcedure(given, context.now).ok) {
    wrong('procedureCode', `Danh mục không có thủ tục ${given}.`, `The catalogue has no procedure ${given}.`);
  }
  return [make(pointer, question.value ?? null, given)];
}

function checkUnit(question: Question, given: string, context: AnswerContext): void {
  const unit = context.vocabulary.resolveUnit(given, context.now);
  if (!unit.ok || unit.code !== given) {
    wrong('unitCode', `Hiện không có xã, phường mang mã ${given}.`, `There is no unit ${given} now.`);
  }
  const candidates = question.candidates ?? [];
  if (question.cause === 'ambiguous-unit' && !candidates.some(candidate => candidate.code === given)) {
    wrong(
      'unitCode',
      `Chỉ được chọn một trong các đơn vị kế thừa: ${candidates.map(candidate => candidate.code).join(', ')}.`,
      `Only one of the successors may be chosen: ${candidates.map(candidate => candidate.code).join(', ')}.`,
    );
  }
}

/** A code of the event's own list, or the national number that is meant. */
function statusAnswers(
  question: Question,
  given: string,
  event: GatewayEvent,
  context: AnswerContext,
  make: (at: string, from: Json, to: Json) => Answer,
): [Answer, ...Answer[]] {
  const { vocabulary, sourceStatusList } = context;
  const from = question.value ?? null;
  const pointer = question.pointer as string;
  const named = event.data.statusList;
  const list =
    event.type === 'document.status-changed' ? 'edxml' : typeof named === 'string' ? named : sourceStatusList;
  const national = event.type.startsWith('dossier.') && vocabulary.hasStatus(NATIONAL, given);
  if (national && list !== NATIONAL) {
    if (typeof named === 'string') return [make(pointer, from, given), make('/data/statusList', named, NATIONAL)];
    const local = vocabulary.fromNational(list, given);
    if (local.ok) return [make(pointer, from, local.code)];
    return wrong(
      'statusCode',
      `Danh mục ${list} không có trạng thái ứng với số ${given}.`,
      `The list ${list} has no status for the national ${given}.`,
    );
  }
  if (!vocabulary.hasStatus(list, given)) {
    wrong('statusCode', `Không có trạng thái ${given}.`, `There is no status ${given}.`);
  }
  return [make(pointer, from, given)];
}

/** A payload with more answers; the merged data of the entity gets them too where it still holds the parked value. */
export function withAnswers(payload: Payload, answers: readonly Answer[]): Payload {
  const entity = payload.entity === undefined ? {} : { entity: putInto(payload.entity, answers) };
  return { ...payload, ...entity, answers: [...(payload.answers ?? []), ...answers] };
}

/** `fields` with each answer put where its parked value stands. */
export function putInto(fields: JsonObject, answers: readonly Answer[]): JsonObject {
  const changed: JsonObject = { ...fields };
  for (const answer of answers) {
    const [first, second] = answer.pointer.split('/').slice(2);
    if (first === undefined) continue;
    const outer = changed[first];
    if (second === undefined) {
      if (outer !== undefined && isDeepStrictEqual(outer, answer.from)) changed[first] = answer.to;
    } else if (outer !== null && typeof outer === 'object' && !Array.isArray(outer)) {
      if (isDeepStrictEqual(outer[second], answer.from)) changed[first] = { ...outer, [second]: answer.to };
    }
  }
  return changed;
}
