/**
 * The front door for systems: canonical CloudEvents and each system's own dialect. 202 only after the commit.
 */
import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Connector, Parsed } from '../../connectors/connector.ts';
import { GatewayError, InputFault } from '../domain/errors.ts';
import { readCloudEvents } from '../http/cloudevents.ts';
import type { EventChecker } from '../http/event-checks.ts';
import { parseJson } from '../http/json.ts';
import { mediaTypeOf } from '../http/media-type.ts';
import type { AcceptQueue } from './accept-queue.ts';
import { checkEvents } from './checked.ts';
import type { Accepted } from './store-group.ts';
import { foreignSource, isSigned, type SystemAuth } from './system-auth.ts';

export interface IntakeContext {
  queue: AcceptQueue;
  auth: SystemAuth;
  checker: EventChecker;
  connectorOf(system: string): Connector | undefined;
  /** Resolves when the request carries a valid API token that may post events; throws 401 or 403. */
  authenticateClient(request: FastifyRequest): Promise<void>;
  onAccepted(accepted: readonly Accepted[], types: readonly string[], started: number): void;
  now(): Date;
}

/** edXML with attachments may be large; JSON may not. */
const INBOUND_LIMIT = 8 * 1024 * 1024;
const EVENTS_LIMIT = 2 * 1024 * 1024;
const SOURCE_HINT = /"source"\s*:\s*"([a-z0-9._-]{1,64})"/;

const acceptedSchema = {
  type: 'object',
  description: 'Stored. One entry for each event, in the order sent.',
  properties: {
    events: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          id: { type: 'string', description: "The source's id." },
          source: { type: 'string' },
          eventId: { type: 'string', description: "The gateway's id, UUIDv7." },
          duplicate: { type: 'boolean' },
          echoOf: { type: 'string' },
          syncs: {
            type: 'array',
            items: {
              type: 'object',
              properties: { id: { type: 'string' }, target: { type: 'string' }, state: { type: 'string' } },
            },
          },
        },
      },
    },
  },
} as const;

const rawBody = (request: FastifyRequest): Buffer => {
  if (Buffer.isBuffer(request.body)) return request.body;
  throw new InputFault('empty-body', 400, { vi: 'Thiếu nội dung.', en: 'The body is missing.' });
};

const headersOf = (request: FastifyRequest): Record<string, string | undefined> => {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
};

const ceSource = ({ headers }: FastifyRequest): string | undefined => {
  const source = headers['ce-source'];
  return Array.isArray(source) ? source.join(', ') : source;
};

/** Adds `POST /v1/events` and `POST /v1/inbound/:system`. */
export function registerIntake(app: FastifyInstance, context: IntakeContext): void {
  const store = async (
    prepared: ReturnType<typeof checkEvents>,
    bytes: number,
    started: number,
  ): Promise<Accepted[]> => {
    const accepted = await context.queue.accept(prepared, bytes);
    context.onAccepted(
      accepted,
      prepared.map(event => event.event.type),
      started,
    );
    return accepted;
  };

  app.post(
    '/v1/events',
    {
      bodyLimit: EVENTS_LIMIT,
      schema: {
        summary: 'Nhận sự kiện CloudEvents · Take canonical CloudEvents',
        description:
          'One event (`application/cloudevents+json`), a batch (`application/cloudevents-batch+json`, all or nothing) or binary mode (`ce-` headers). Signed by the source (Standard Webhooks), or with an API token.',
        tags: ['systems'],
        response: { 202: acceptedSchema },
      },
      serializerCompiler: () => value => JSON.stringify(value),
    },
    async (request, reply) => {
      const started = performance.now();
      const raw = rawBody(request);
      let signer: string | undefined;
      if (isSigned(request)) {
        signer = ceSource(request) ?? SOURCE_HINT.exec(raw.toString('latin1', 0, 4_096))?.[1];
        context.auth.verify(request, signer, raw, context.now());
      } else await context.authenticateClient(request);
      const events = readCloudEvents({
        contentType: request.headers['content-type'],
        headers: request.headers,
        raw,
        receivedAt: context.now(),
      });
      const single = mediaTypeOf(request.headers['content-type']) !== 'application/cloudevents-batch+json';
      if (signer !== undefined) {
        const foreign = events.findIndex(event => event.source !== signer);
        if (foreign >= 0)
          throw foreignSource(single ? '' : `/${foreign}`, (events[foreign] as { source: string }).source);
      }
      const accepted = await store(
        checkEvents(events, context.checker, context.auth.known, single),
        raw.length,
        started,
      );
      return reply.status(202).send({ events: accepted });
    },
  );

  app.post<{ Params: { system: string } }>(
    '/v1/inbound/:system',
    {
      bodyLimit: INBOUND_LIMIT,
      schema: {
        summary: 'Nhận bản tin theo định dạng riêng của hệ thống · Take a message in the dialect of a system',
        tags: ['systems'],
        params: { type: 'object', properties: { system: { type: 'string', maxLength: 64 } }, required: ['system'] },
        response: { 202: acceptedSchema },
      },
      serializerCompiler: () => value => JSON.stringify(value),
    },
    async (request, reply) => {
      const started = performance.now();
      const raw = rawBody(request);
      const messageId = context.auth.verify(request, request.params.system, raw, context.now());
      const connector = context.connectorOf(request.params.system);
      if (!connector)
        throw new GatewayError('not-found', 404, { vi: 'Không có hệ thống này.', en: 'There is no such system.' });
      const contentType = mediaTypeOf(request.headers['content-type']) ?? '';
      const parsed: Parsed = await connector.parse({
        headers: headersOf(request),
        contentType,
        body: raw,
        ...(contentType.endsWith('json') ? { json: parseJson(raw) } : {}),
        messageId,
        receivedAt: context.now(),
      });
      const accepted = await store(
        checkEvents(parsed.events, context.checker, context.auth.known, parsed.events.length === 1),
        raw.length,
        started,
      );
      if (parsed.answer)
        return reply
          .status(parsed.answer.status)
          .header('content-type', parsed.answer.contentType)
          .send(parsed.answer.body);
      return reply.status(202).send({ events: accepted });
    },
  );
}
