/**
 * The HTTP server that every route hangs on: Fastify with what its defaults do wrong for us turned off. Each limit and
 * switch here answers a measured fault (text/plain reaching a schema, numbers turned into strings, unknown fields dropped,
 * deep JSON answered 500).
 */
import { Ajv, type ErrorObject } from 'ajv';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { uuidv7 } from 'uuidv7';
import { GatewayError } from '../domain/errors.ts';
import { answerSocketFault, SECURITY_HEADERS, STRICT_TRANSPORT } from './answers.ts';
import { FORMATS } from './formats.ts';
import { JSON_LIMITS, parseJson } from './json.ts';
import { boundLargeBodies } from './large-bodies.ts';
import { mediaTypeOf } from './media-type.ts';
import { toProblem } from './problem.ts';
import { compileTwoPass } from './two-pass.ts';

/** Media types whose bodies are taken as raw bytes; others only where a route's own plugin adds a parser. */
const RAW_MEDIA_TYPES: readonly string[] = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/xml',
  'text/xml',
];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Keep the body a Buffer although the route documents it with a body schema. */
    rawBody?: boolean;
  }
}

export interface ServerOptions {
  logger: Logger;
  /** Bytes of a body where a route sets no `bodyLimit` of its own (1 MiB). */
  bodyLimit?: number;
  /** Bytes of large bodies that may be in hand at a time (24 MiB). */
  largeBodies?: number;
  /** Whole time for a request to arrive, ms (30,000). */
  requestTimeoutMs?: number;
  /** Time for the head of a request to arrive, ms (10,000). */
  headersTimeoutMs?: number;
  /** Longest silence on a connection, ms (35,000); event streams must beat faster. */
  connectionTimeoutMs?: number;
  /** Addresses of reverse proxies whose Forwarded headers count; none by default. */
  trustedProxies?: string[];
  /** True only where people reach the server by https: sends HSTS. */
  tls?: boolean;
}

const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/;

const refuse = (code: string, status: number, vi: string, en: string, headers: Record<string, string> = {}): never => {
  throw new GatewayError(code, status, { vi, en }, { headers });
};

/** Bodies: the media type must be exact and in UTF-8; JSON is parsed only for a route with a body schema. */
function readBody(request: FastifyRequest, body: Buffer): unknown {
  const type = mediaTypeOf(request.headers['content-type']);
  if (type === undefined) {
    refuse(
      'unsupported-media-type',
      415,
      'Content-Type chỉ được có charset=utf-8, không có tham số nào khác.',
      'Content-Type may have charset=utf-8 and no other parameter.',
    );
  }
  const { schema, config } = request.routeOptions;
  const parsed = type === 'application/json' && schema?.body !== undefined && config.rawBody !== true;
  return parsed ? parseJson(body, JSON_LIMITS) : body;
}

/**
 * Two validators: bodies are taken as they are (a coerced 75012345678 loses its leading zero), while the query, path and
 * headers are text by nature, so `limit=50` becomes a number there and defaults are filled in.
 */
function useValidators(app: FastifyInstance): void {
  const common = { strict: true, allowUnionTypes: true, removeAdditional: false, formats: { ...FORMATS } } as const;
  const asItIs = { ...common, coerceTypes: false, useDefaults: false } as const;
  const quick = new Ajv(asItIs);
  const thorough = new Ajv({ ...asItIs, allErrors: true });
  const lenient = new Ajv({ ...common, coerceTypes: 'array', useDefaults: true });
  for (const ajv of [quick, thorough, lenient]) ajv.addVocabulary(['example', 'x-version', 'x-since']);
  const compilers = {
    quick: (schema: object) => quick.compile(schema),
    thorough: (schema: object) => thorough.compile(schema),
  };
  app.setValidatorCompiler(({ schema, httpPart }) => {
    if (httpPart !== 'body') return lenient.compile(schema as object);
    const errorsOf = compileTwoPass(schema as object, compilers);
    return (data: unknown) => {
      const errors = Buffer.isBuffer(data) ? [] : errorsOf(data);
      return errors.length === 0 ? { value: data } : { error: errors as ErrorObject[] };
    };
  });
}

/** Sends an error as problem+json; logs those that are bugs whole and others by their code. */
function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = toProblem(error, {
    acceptLanguage: request.headers['accept-language'],
    instance: `urn:lienthong:request:${request.id}`,
  });
  const facts = { code: answer.body.code, status: answer.status, method: request.method };
  const route = request.routeOptions?.url ?? '(none)';
  if (answer.unexpected) request.log.error({ ...facts, route, err: error }, 'request failed');
  else request.log.debug({ ...facts, route, faults: answer.body.faults.length }, 'request refused');
  reply.status(answer.status).headers(answer.headers).send(JSON.stringify(answer.body));
}

/** 503 while the process ends: the connection is closed after it, so that the sender finds another process or a new one. */
function stopping(): GatewayError {
  return new GatewayError(
    'stopping',
    503,
    {
      vi: 'Cổng đang dừng; chưa có phần nào được lưu. Hãy gửi lại sau ít giây.',
      en: 'The gateway is stopping; nothing of this was stored. Send it again in a few seconds.',
    },
    { headers: { 'retry-after': '2', connection: 'close' } },
  );
}

/**
 * A server with safe defaults, not yet listening.
 *
 * Bodies: `request.body` is the raw Buffer for the types of RAW_MEDIA_TYPES; a route with `schema.body` gets strictly parsed
 * JSON, validated without coercion (unless `config.rawBody`). Querystring, params and headers are coerced.
 * Every error, also 404 and a malformed request, leaves as problem+json; every answer carries `x-request-id`.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const secured = { ...SECURITY_HEADERS, ...(options.tls === true ? STRICT_TRANSPORT : {}) };
  const app = Fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    genReqId: raw => {
      const given = raw.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : uuidv7();
    },
    bodyLimit: options.bodyLimit ?? 1024 * 1024,
    requestTimeout: options.requestTimeoutMs ?? 30_000,
    connectionTimeout: options.connectionTimeoutMs ?? 35_000,
    http: { headersTimeout: options.headersTimeoutMs ?? 10_000, connectionsCheckingInterval: 2_000 },
    forceCloseConnections: 'idle',
    // its own 503 says neither what nor when to try again
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
    trustProxy: options.trustedProxies ?? false,
    frameworkErrors: (error, request, reply) => {
      reply.headers({ ...secured, 'x-request-id': request.id });
      sendProblem(error, request, reply);
    },
    clientErrorHandler: answerSocketFault,
  });

  app.removeAllContentTypeParsers();
  for (const type of RAW_MEDIA_TYPES) {
    app.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
      readBody(request, body),
    );
  }
  useValidators(app);
  boundLargeBodies(app, options.largeBodies);

  let closing = false;
  app.addHook('preClose', done => {
    closing = true;
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(secured).header('x-request-id', request.id);
    if (closing) return done(stopping());
    const encoding = request.headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return done();
    done(
      new GatewayError(
        'unsupported-encoding',
        415,
        {
          vi: 'Không nhận nội dung nén (Content-Encoding).',
          en: 'Compressed bodies (Content-Encoding) are not taken.',
        },
        { headers: { 'accept-encoding': 'identity' } },
      ),
    );
  });
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler(request => {
    if (request.method === 'TRACE') {
      refuse('method-not-allowed', 405, 'Không hỗ trợ TRACE.', 'TRACE is not supported.', {
        allow: 'GET, HEAD, POST, PUT, DELETE',
      });
    }
    refuse('not-found', 404, 'Không có địa chỉ này.', 'There is nothing at this address.');
  });
  return app;
}
