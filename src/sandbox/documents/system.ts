/**
 * The simulated document system: a real HTTP service that speaks edXML, is pulled for what it has to say, and pushes only
 * rights and posts. A simulator: its agencies, officers and signatures are samples.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sampleAgencyCode, toIsoTime } from '../../../connectors/documents/dialect.ts';
import { readMessage } from '../../../connectors/documents/message-read.ts';
import { GatewayError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/words.ts';
import type { Box, SandboxRecord, SandboxSystem } from '../box.ts';
import { ACT_NAMES, doAct } from './acts.ts';
import { fileRequest } from './answers.ts';
import { fileDocument, KEPT, keepMessage, recordSent, setStatus, stamp } from './mailbox.ts';
import { beginDocuments } from './people.ts';

const TOKEN_SECONDS = 1800;
const PAGE = 20;

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
const same = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

/** A refusal in this dialect's words. */
const refuse = (reply: FastifyReply, status: number, code: string, message: string) =>
  reply.code(status).send({ code, message });

/** Sign-in by system id and secret; tokens live in memory, so that a restart ends every session. */
function addSignIn(app: FastifyInstance, box: Box): void {
  const tokens = new Map<string, number>();
  app.post('/api/token', async (request, reply) => {
    const body = (request.body ?? {}) as Record<string, unknown>;
    const known =
      same(String(body.systemId ?? ''), box.secret('systemId')) &&
      same(String(body.secret ?? ''), box.secret('secret'));
    if (!known) return refuse(reply, 401, 'sign-in', 'Sai mã hệ thống hoặc khóa bí mật');
    const token = randomBytes(24).toString('base64url');
    tokens.set(token, box.now().getTime() + TOKEN_SECONDS * 1000);
    return { token, expiresIn: TOKEN_SECONDS };
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.split('?')[0] === '/api/token') return;
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const expires = token === undefined ? undefined : tokens.get(token);
    if (expires === undefined || expires <= box.now().getTime()) {
      return refuse(reply, 401, 'session', 'Chưa đăng nhập hoặc phiên đã hết hạn');
    }
  });
}

type Query = Record<string, string | undefined>;
const pageOf = (items: JsonObject[], page: string | undefined): JsonObject[] => {
  const start = Math.max(0, Number.parseInt(page ?? '0', 10) || 0) * PAGE;
  return items.slice(start, start + PAGE);
};

/** What waits for the gateway: list, get, acknowledge. */
function addReceived(app: FastifyInstance, box: Box): void {
  app.get('/api/edoc/received', async request => {
    const { type, from, page } = request.query as Query;
    const waiting = box.store
      .list(KEPT.messages)
      .filter(item => item.state === 'waiting' && item.kind === (type ?? 'edoc'))
      .filter(item => from === undefined || String(item.createdAt) >= from);
    return pageOf(waiting, page).map(({ id, kind, from: sender, to, createdAt, secrecy }) => ({
      id,
      type: kind,
      from: sender,
      to,
      createdAt,
      ...(secrecy === undefined ? {} : { secrecy }),
    }));
  });
  app.get('/api/edoc/:id', async (request, reply) => {
    const message = box.store.get(KEPT.messages, (request.params as { id: string }).id);
    if (!message) return refuse(reply, 404, 'unknown-message', 'Không có thông điệp này');
    return reply.type('application/xml; charset=utf-8').send(Buffer.from(String(message.xml), 'utf8'));
  });
  app.post('/api/edoc/:id/ack', async (request, reply) => {
    const { id } = request.params as { id: string };
    const { result, reason } = (request.body ?? {}) as Record<string, unknown>;
    const message = box.store.get(KEPT.messages, id);
    if (!message) return refuse(reply, 404, 'unknown-message', 'Không có thông điệp này');
    if (result !== 'done' && result !== 'fail') return refuse(reply, 400, 'result', 'result phải là done hoặc fail');
    // The first answer counts; a second poller saying the same again changes nothing.
    if (message.state === 'waiting') {
      const why = typeof reason === 'string' ? { reason } : {};
      box.store.put(KEPT.messages, id, { ...message, state: result, ...why, acknowledgedAt: stamp(box) });
    }
    return { id, result };
  });
}

/** Takes what the gateway sends. */
function takeMessage(box: Box, request: FastifyRequest, reply: FastifyReply) {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const key = request.headers['idempotency-key'];
  if (typeof key === 'string' && box.faults().keys === 'honoured') {
    const before = box.store.get('keys', key);
    if (before) return { id: before.id };
  }
  const message = readMessage(body);
  const isDocument = message.kind === 'document';
  const about = isDocument ? message.documentId : (message.responseFor.documentId ?? '');
  if (!isDocument && !setStatus(box, about, message.statusCode, message.from.agencyCode ?? '')) {
    return refuse(reply, 404, 'unknown-document', 'Không có văn bản mà trạng thái này nói đến');
  }
  const xml = body.toString('utf8');
  const from = message.from.agencyCode ?? '';
  const to = isDocument ? (message.to[0]?.agencyCode ?? '') : (message.responseFor.agencyCode ?? '');
  const kind = isDocument ? ('edoc' as const) : ('status' as const);
  const id = keepMessage(box, { kind, from, to, xml }, 'filed');
  recordSent(box, message, body, id);
  fileDocument(box, message, id, 'gateway');
  if (box.faults().echo) keepMessage(box, { kind, from, to, xml }, 'waiting');
  if (isDocument) fileRequest(box, message, id);
  if (typeof key === 'string') box.store.put('keys', key, { id });
  reply.code(201);
  return { id };
}

function addSending(app: FastifyInstance, box: Box): void {
  app.post('/api/edoc', async (request, reply) => takeMessage(box, request, reply));
  app.get('/api/edoc/sent', async request => {
    const { documentId, statusCode } = request.query as Query;
    return box.store
      .list(KEPT.sent)
      .filter(item => item.documentId === documentId && (item.statusCode ?? undefined) === statusCode);
  });
  app.get('/api/edoc/documents', async request => {
    const { documentId, from, to, page } = request.query as Query;
    const held = box.store
      .list(KEPT.documents)
      .filter(item => documentId === undefined || item.documentId === documentId)
      .filter(item => from === undefined || String(item.changedAt) >= from)
      .filter(item => to === undefined || String(item.changedAt) < to);
    return documentId === undefined ? pageOf(held, page) : held;
  });
  app.get('/api/agencies', async () => {
    const met = new Set(box.store.list(KEPT.documents).flatMap(item => (Array.isArray(item.to) ? item.to : [])));
    const samples = ['26041', '26380', '26119'].map(sampleAgencyCode);
    return ['H19', ...new Set([...samples, ...[...met].map(String)])].map(code => ({
      code,
      name: code === 'H19' ? 'UBND Đồng Nai' : 'Cơ quan mẫu',
      sample: code !== 'H19',
    }));
  });
}

function addDialect(app: FastifyInstance, box: Box): void {
  app.addContentTypeParser(['application/xml', 'text/xml'], { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof GatewayError) {
      const [first] = error.faults;
      const message = first ? `${first.pointer} ${first.detail.vi}` : error.text.vi;
      return refuse(reply, error.status, first?.code ?? error.code, message);
    }
    return refuse(reply, error.statusCode ?? 500, 'error', error.message);
  });
  addSignIn(app, box);
  addReceived(app, box);
  addSending(app, box);
}

/** All the system holds, in the shape common to the sandbox systems. */
function recordsOf(box: Box): SandboxRecord[] {
  const documents = box.store.list(KEPT.documents).map(
    (item): SandboxRecord => ({
      entity: 'document',
      code: String(item.documentId),
      status: String(item.status ?? ''),
      updatedAt: toIsoTime(String(item.changedAt)),
      data: item,
    }),
  );
  const requests = box.store.list(KEPT.requests).map((item): SandboxRecord => {
    const about = item.about as JsonObject;
    return {
      entity: 'approval',
      code: String(about.dossierCode ?? about.documentId),
      codes: [String(item.requestId), String(item.documentId)],
      status: String(item.state),
      updatedAt: toIsoTime(String(item.receivedAt)),
      data: item,
    };
  });
  const rights = box.store.list(KEPT.rights).map(
    (item): SandboxRecord => ({
      entity: 'right',
      code: String(item.key),
      updatedAt: toIsoTime(String(item.updatedAt)),
      data: item,
    }),
  );
  return [...documents, ...requests, ...rights];
}

/** The simulated document system for the sandbox frame. */
export const documentsSandbox: SandboxSystem = {
  role: 'documents',
  acts: ACT_NAMES,
  register: addDialect,
  begin: beginDocuments,
  act: async (box, act) => doAct(box, act),
  records: recordsOf,
};
