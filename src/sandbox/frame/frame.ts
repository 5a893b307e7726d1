/**
 * The frame around every sandbox system: a real HTTP server with storage on disk, faults, a log of what came in and an outbox
 * towards the gateway. The system itself (portal, commune, documents) only adds its dialect.
 */
import { mkdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { JsonObject } from '../../domain/words.ts';
import type { Box, Faults, SandboxSystem } from '../box.ts';
import { addControl } from './control.ts';
import { usualRejection, wouldAlter } from './dialect.ts';
import { createFaults, firstFaults, type Meeting } from './faults.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { ANSWER_KEPT, openReceived, type Received, type ReceivedLog, showBody, showHeaders } from './received.ts';
import { openState, type State } from './state.ts';

/** Where the frame says what a person should know; pino fits. */
export interface FrameLogger {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
}
export interface FrameOptions {
  /** A folder of this system alone; made when missing. */
  dataDir: string;
  /** 0 takes a free one. */
  port: number;
  /** Base address of the gateway, `http://127.0.0.1:8080`. */
  gatewayUrl: string;
  /** Where it takes this system's messages, `/v1/inbound/portal`. */
  inboundPath: string;
  /** Signs what is told to the gateway, `whsec_…`. */
  webhookSecret: string;
  /** Credentials of the system's own sign-in, by name. */
  secrets: Readonly<Record<string, string>>;
  /** Does the system begin with what is there on its first day? Without it, it begins empty. */
  firstDay?: boolean;
  logger?: FrameLogger;
  now?(): Date;
}
export interface Frame {
  /** Starts it and answers its address. Throws an error with code EADDRINUSE when the port is taken; nothing was touched then. */
  listen(): Promise<string>;
  /** Stops taking, writes everything down, stops telling; what is owed to the gateway is told after the next start. */
  close(): Promise<void>;
  /** Base address; empty before listen(). */
  readonly url: string;
}

const HOST = '127.0.0.1';
const BODY_LIMIT = 64 * 1024 * 1024;
/** Longer than clients keep an idle connection, so that it is they who close it. */
const KEEP_ALIVE_MS = 120_000;

/** A sandbox system in its frame, not yet started. */
export function createFrame(system: SandboxSystem, options: FrameOptions): Frame {
  let running: { app: FastifyInstance; outbox: Outbox; state: State; received: ReceivedLog } | undefined;
  let url = '';
  return {
    get url() {
      return url;
    },
    listen: async () => {
      // The port guards the folder: two simulators over one journal would each undo what the other wrote.
      if (options.port !== 0) await tryPort(options.port);
      mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
      const state = openState(options.dataDir);
      const received = openReceived(options.dataDir);
      const { app, outbox } = build(system, options, state, received);
      running = { app, outbox, state, received };
      url = await app.listen({ host: HOST, port: options.port });
      outbox.start();
      return url;
    },
    close: async () => {
      if (running === undefined) return;
      const { app, outbox, state, received } = running;
      running = undefined;
      await app.close();
      await outbox.stop();
      state.close();
      received.close();
    },
  };
}

/** Fails as listening would, before anything was opened. */
function tryPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, HOST, () => probe.close(() => resolve()));
  });
}

function build(
  system: SandboxSystem,
  options: FrameOptions,
  state: State,
  received: ReceivedLog,
): { app: FastifyInstance; outbox: Outbox } {
  const now = options.now ?? (() => new Date());
  // How it echoes and whether it knows keys are habits and outlive a restart; a fault does not.
  const habits = state.store.get(FRAME, 'habits') as Partial<Faults> | undefined;
  const faults = createFaults({ ...firstFaults(system.role), ...habits }, () => now().getTime());
  const outbox = createOutbox({
    state,
    url: new URL(options.inboundPath, options.gatewayUrl).href,
    secret: options.webhookSecret,
    now,
    onRefused: (id, status) =>
      options.logger?.warn({ system: system.role, id, status }, 'the gateway refused a message'),
  });
  const box: Box = {
    role: system.role,
    store: state.store,
    faults: faults.current,
    tell: outbox.tell,
    secret: name => {
      const value = options.secrets[name];
      if (value === undefined) throw new Error(`the sandbox system ${system.role} has no secret named ${name}`);
      return value;
    },
    now,
  };

  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
  });
  const sockets = new Set<Socket>();
  app.server.on('connection', socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const calls = new WeakMap<FastifyRequest, { entry: Received; meeting: Meeting }>();
  const control = (request: FastifyRequest): boolean => request.url.startsWith('/_sandbox/');

  app.addHook('onRequest', async (request, reply) => {
    if (!control(request) && faults.down()) {
      reply.hijack();
      request.raw.socket.destroy();
    }
  });
  app.addHook('preParsing', async (request, reply, payload) => {
    if (control(request)) return payload;
    const body = await readAll(payload);
    const shown = showBody(body);
    const call = { method: request.method, url: request.url, body: shown };
    const meeting = faults.meet(system.alters?.(call) ?? wouldAlter(call));
    if (meeting.kind === 'hang-up') {
      reply.hijack();
      request.raw.socket.destroy();
      return undefined;
    }
    const entry = received.add({
      at: now().toISOString(),
      ...call,
      headers: showHeaders(request.headers),
      bytes: body.length,
    });
    calls.set(request, { entry, meeting });
    if (await answeredByFault(system, meeting, reply)) return undefined;
    return streamOf(body);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const call = calls.get(request);
    if (call !== undefined) {
      const lost = call.meeting.kind === 'answer-lost';
      const answer = typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.from(payload) : undefined;
      received.answered(call.entry, {
        status: lost ? null : reply.statusCode,
        ...(answer === undefined ? {} : { answer: showBody(answer, ANSWER_KEPT) }),
        ...(call.meeting.kind === 'pass' ? {} : { fault: call.meeting.kind }),
      });
      received.flush();
      state.flush();
      if (lost) request.raw.socket.destroy();
      return payload;
    }
    state.flush();
    return payload;
  });

  addSystem(app, system, box);
  if (options.firstDay === true && state.store.get(FRAME, 'begun') === undefined) {
    system.begin?.(box);
    state.store.put(FRAME, 'begun', { at: now().toISOString() });
    state.flush();
  }
  app.register(async scope =>
    addControl(scope, {
      system,
      box,
      faults,
      received,
      state,
      onFaults: asking => {
        const { echo, keys } = faults.current();
        state.store.put(FRAME, 'habits', { echo, keys } satisfies JsonObject);
        // Calls under way go down too, all but the one that asked for it.
        if (faults.down()) for (const socket of sockets) if (socket !== asking) socket.destroy();
      },
    }),
  );
  return { app, outbox };
}

/** Collection of what the frame itself keeps. */
const FRAME = '_frame';

/** The dialect in a context of its own: its hooks, parsers and error handler do not touch the frame's calls. */
function addSystem(app: FastifyInstance, system: SandboxSystem, box: Box): void {
  app.register(async scope => system.register(scope, box));
}

/** Answers in the system's place where a fault says so; true when it did. */
async function answeredByFault(system: SandboxSystem, meeting: Meeting, reply: FastifyReply): Promise<boolean> {
  if (meeting.kind === 'delay') {
    await pause(meeting.ms, undefined, { ref: false });
    return reply.raw.destroyed;
  }
  if (meeting.kind === 'throttled') {
    reply
      .code(429)
      .header('retry-after', String(meeting.retryAfterSeconds))
      .type('text/plain')
      .send('Too Many Requests');
    return true;
  }
  if (meeting.kind === 'rejected') {
    const { status, contentType, body } = system.rejection?.() ?? usualRejection(system.role);
    reply.code(status).type(contentType).send(body);
    return true;
  }
  if (meeting.kind === 'garbage') {
    reply.code(200).type('application/octet-stream').send(GARBAGE);
    return true;
  }
  return false;
}

/** What a broken box in between might answer: neither JSON nor XML nor UTF-8. */
const GARBAGE = Buffer.from([0x00, 0xff, 0xfe, 0x3c, 0x7b, 0xc3, 0x28, 0x0d, 0x0a, 0x80, 0x81, 0x22, 0x7d]);

async function readAll(payload: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of payload) {
    bytes += part.length;
    if (bytes > BODY_LIMIT) throw Object.assign(new Error('body too large'), { statusCode: 413 });
    parts.push(part);
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}

/** A body already read, for the parser that comes next. */
function streamOf(body: Buffer): Readable {
  const stream = new Readable({ read: () => undefined });
  if (body.length > 0) stream.push(body);
  stream.push(null);
  return Object.assign(stream, { receivedEncodedLength: body.length });
}
