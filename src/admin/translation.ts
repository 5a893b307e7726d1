/**
 * Translations for people: what came in, what goes out, and which entry made each change. Nothing of it is stored: it is
 * computed again from payload and release, and held against the hash of what was sent.
 */
import type { FastifyInstance } from 'fastify';
import { prepareSync } from '../delivery/translate-sync.ts';
import { GatewayError, InputFault } from '../domain/errors.ts';
import type { GatewayEvent, JsonObject, Mark, TraceEntry } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import { readCloudEvents } from '../http/cloudevents.ts';
import { createEventChecker, type EventChecker } from '../http/event-checks.ts';
import { checkEvents } from '../intake/checked.ts';
import { readSync, type SyncDetail } from '../ledger/read-sync.ts';
import { fieldName } from '../translation/field-names.ts';
import { sideBySide } from '../translation/side-by-side.ts';
import { TRANSLATOR_VERSION } from '../translation/translate.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { PeopleContext } from './context.ts';
import { maskAt, maskMarks, maskMessage, maskObject, maskTrace } from './mask.ts';
import { answer, body, ID_PARAMS, notFound, WORD } from './request.ts';

/** A sync translated again; personal data not yet masked. */
export function translateAgain(
  payload: Payload,
  target: string,
  vocabulary: Vocabulary,
  context: PeopleContext,
): ReturnType<typeof prepareSync> {
  const found = context.targets.find(candidate => candidate.system.id === target);
  if (!found) {
    throw new GatewayError('unknown-system', 409, {
      vi: `Hệ thống ${target} không còn trong cấu hình.`,
      en: `The system ${target} is no longer configured.`,
    });
  }
  return prepareSync(payload, found.system, found.connector, context.statusListOf(payload.event.source), vocabulary);
}

/** The payload of a sync; throws 410 once it is past its retention. */
export function payloadOf(detail: SyncDetail): Payload {
  if (detail.payload !== undefined) return detail.payload;
  throw new GatewayError('payload-gone', 410, {
    vi: 'Nội dung của sự kiện này đã hết hạn lưu.',
    en: 'The content of this event is past its retention.',
  });
}

/** A translation as people see it: masked, with texts, trace and marks. */
export function shown(
  prepared: ReturnType<typeof prepareSync>,
  before: GatewayEvent,
  vocabulary: Vocabulary,
  target: string,
): JsonObject {
  const marks = maskMarks(prepared.marks, prepared.event as JsonObject).map(mark => ({ ...mark }));
  const { data } = prepared.event;
  const told = prepared.marks.length === 0 ? prepared.event : { ...prepared.event, data: { ...data, marks } };
  const event = maskObject(told as JsonObject);
  const masked = maskObject(before as JsonObject);
  const trace = maskTrace(prepared.trace);
  return {
    event,
    before: masked,
    trace: trace as unknown as JsonObject[],
    marks,
    text: { vi: textOf(prepared, event, masked, trace, marks, target, vocabulary) },
    fieldNames: Object.fromEntries(
      prepared.trace.map(({ pointer }) => [pointer, { vi: fieldName(pointer), en: pointer.replace('/data/', '') }]),
    ),
    vocabulary: vocabulary.release,
    translator: TRANSLATOR_VERSION,
    ...(prepared.ok
      ? {
          hash: prepared.hash,
          operation: prepared.message.operation,
          message: maskMessage(prepared.message.payload),
        }
      : {
          blocked: {
            cause: prepared.blocked.cause,
            pointer: prepared.blocked.pointer,
            value: maskAt(prepared.blocked.pointer, prepared.blocked.value),
            ...(prepared.blocked.text === undefined ? {} : { text: { ...prepared.blocked.text } }),
            ...(prepared.blocked.candidates === undefined
              ? {}
              : { candidates: prepared.blocked.candidates as JsonObject[] }),
          },
        }),
  };
}

/** Both texts beside each other, of what is masked already. */
function textOf(
  prepared: ReturnType<typeof prepareSync>,
  event: JsonObject,
  before: JsonObject,
  trace: TraceEntry[],
  marks: Mark[],
  target: string,
  vocabulary: Vocabulary,
): string {
  const parks = prepared.ok ? [] : [prepared.blocked];
  return sideBySide({
    // masking changes texts only: the shape is that of the events
    before: before as unknown as GatewayEvent,
    after: event as unknown as GatewayEvent,
    trace,
    marks,
    parks: parks.map(({ cause, pointer, value }) => ({ cause, pointer, value: maskAt(pointer, value) })),
    target,
    release: vocabulary.name,
  });
}

/** Adds `GET /v1/syncs/:id/translation` and `POST /v1/translate`. */
export function registerTranslation(app: FastifyInstance, context: PeopleContext): void {
  let checker: EventChecker | undefined = context.checker;

  app.get<{ Params: { id: string } }>(
    '/v1/syncs/:id/translation',
    {
      schema: {
        summary: 'Bản nhận, bản gửi đi và từng quy đổi · What came in, what goes out, which entry changed it',
        tags: ['syncs'],
        params: ID_PARAMS,
        response: answer('Recomputed from payload and release, compared with the hash of what was sent'),
      },
    },
    async request => {
      const detail = await readSync(context.database, request.params.id);
      if (!detail) throw notFound('Không có lượt gửi nào mang mã này.', 'There is no sync of this id.');
      const payload = payloadOf(detail);
      const { release, sentHash, target } = detail.stored;
      const current = context.vocabulary();
      const vocabulary =
        release === null || release === current.release ? current.vocabulary : await context.releases.byId(release);
      const prepared = translateAgain(payload, target, vocabulary, context);
      return {
        ...shown(prepared, payload.event, vocabulary, target),
        sentHash,
        asSent: prepared.ok && prepared.hash === sentHash,
      };
    },
  );

  app.post<{ Body: { event: JsonObject; target: string } }>(
    '/v1/translate',
    {
      schema: {
        summary: 'Xem trước một bản quy đổi, không lưu gì · Preview a translation, nothing is stored',
        tags: ['vocabulary'],
        body: body({ event: { type: 'object' }, target: WORD }, ['event', 'target']),
        response: answer('The translation as it would go out now'),
      },
    },
    async request => {
      const { target } = request.body;
      if (!context.targets.some(candidate => candidate.system.id === target)) {
        const detail = { vi: `Không có hệ thống ${target}.`, en: `There is no system ${target}.` };
        throw new InputFault('invalid-request', 422, detail, {
          faults: [{ pointer: '/target', code: 'unknown-system', detail }],
        });
      }
      checker ??= createEventChecker();
      const event = readEvent(request.body.event, checker, context);
      const { vocabulary } = context.vocabulary();
      const prepared = translateAgain({ event, codes: [] }, target, vocabulary, context);
      return shown(prepared, event, vocabulary, target);
    },
  );
}

/** The event, checked as if it were posted; faults point into the body, where it stands under `event`. */
function readEvent(given: JsonObject, checker: EventChecker, context: PeopleContext): GatewayEvent {
  const systemOf = (id: string) => context.systems.find(system => system.id === id);
  try {
    const events = readCloudEvents({
      contentType: 'application/cloudevents+json',
      headers: {},
      raw: Buffer.from(JSON.stringify(given)),
      receivedAt: new Date(),
    });
    const [prepared] = checkEvents(events, checker, systemOf, true);
    if (!prepared) throw new Error('one event was read and none came out');
    return prepared.event;
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    const faults = error.faults.map(fault => ({ ...fault, pointer: `/event${fault.pointer}` }));
    throw new InputFault(error.code, error.status, error.text, { faults });
  }
}
