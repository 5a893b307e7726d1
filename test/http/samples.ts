/**
 * One valid event of each type with its usual members, and a server that does to a request all that the front door does:
 * signature, reading, checking. What a test posts to it is what a system would post to the gateway.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { InputFault } from '../../src/domain/errors.ts';
import type { JsonObject } from '../../src/domain/words.ts';
import { readCloudEvents } from '../../src/http/cloudevents.ts';
import { createEventChecker, type EventChecker } from '../../src/http/event-checks.ts';
import { parseJson } from '../../src/http/json.ts';
import { createServer } from '../../src/http/server.ts';
import { signMessage, verifySignature } from '../../src/http/signature.ts';

const at = '2025-07-01T08:00:00+07:00';
const dossier = { dossierCode: 'H19.34-250701-0001', unitCode: '26041' };
const file = { id: 'f1', name: 'Tờ khai.pdf', size: 12, content: 'AAAA' };
const officer = { id: 'cb-1', name: 'Lê Thị Hoa' };
const appointment = { officer, post: 'pho-chu-tich', unitCode: '26041', from: '2025-07-01' };
const document = {
  documentId: 'H19.34,2025/07/01,12/UBND-VP',
  from: { agencyCode: 'H19' },
  to: [{ agencyCode: 'H19.34' }],
  subject: 'V/v triển khai',
  files: [file],
};
const procedure = { procedure: { code: '1.013965', name: 'Đăng ký khai sinh', field: 'Hộ tịch', level: 'commune' } };
const request = { about: { dossierCode: dossier.dossierCode }, unitCode: '26041', act: 'sign', files: [file] };

/** Valid data by event type. */
export const SAMPLES: Readonly<Record<string, JsonObject>> = {
  'procedure.published': { ...procedure, timeLimit: null, decision: { number: '12/QĐ-UBND', date: '2025-06-20' } },
  'procedure.withdrawn': { ...procedure, validTo: '2025-07-01', replacedBy: ['1.013966'] },
  'dossier.submitted': {
    ...dossier,
    procedureCode: '1.013965',
    status: '1',
    applicant: { kind: 'citizen', name: 'Nguyễn Văn A', identityNumber: '075090001234', phone: '0901234567' },
    files: [file],
    fees: [{ code: 'LP', amount: 8000, state: 'due' }],
    submittedAt: at,
    codes: [{ system: 'portal', code: 'G22.1', kind: 'national' }],
  },
  'dossier.updated': {
    dossierCode: dossier.dossierCode,
    changed: ['/applicant/phone'],
    applicant: { name: 'B', phone: '0' },
  },
  'dossier.status-changed': { ...dossier, status: '5', at, supplement: { round: 1, papers: ['Giấy chứng sinh'] } },
  'dossier.step-changed': { ...dossier, step: { no: 1, content: 'Tiếp nhận', actor: { name: 'Hoa' }, startedAt: at } },
  'dossier.result-issued': {
    ...dossier,
    result: { number: '12/GCN', signedAt: '2025-07-02', signer: 'Trần B', files: [file] },
    outcome: 'granted',
  },
  'document.sent': { ...document, priority: 0 },
  'document.updated': document,
  'document.recalled': document,
  'document.replaced': { ...document, replaces: 'cu-1' },
  'document.status-changed': { documentId: document.documentId, agencyCode: 'H19.34', status: '03', at },
  'approval.requested': request,
  'opinion.requested': { ...request, act: 'opinion' },
  'approval.given': { about: request.about, unitCode: '26041', decision: 'approved', signedFiles: [file] },
  'opinion.given': { about: request.about, unitCode: '26041', text: 'Đồng ý.' },
  'right.granted': { ...appointment, right: 'sign', legalBasis: 'QĐ 12' },
  'right.revoked': { ...appointment, right: 'sign' },
  'post.assigned': { ...appointment, document: { number: '12/QĐ-UBND', date: '2025-06-30', signer: 'Trần B' } },
  'post.ended': { ...appointment, to: '2025-12-31' },
};

/** A valid canonical event; `more` replaces envelope attributes. */
export function sampleEvent(type = 'dossier.submitted', more: JsonObject = {}): JsonObject {
  return {
    specversion: '1.0',
    id: 'e-1',
    source: 'portal',
    type,
    time: at,
    data: Object.hasOwn(SAMPLES, type) ? structuredClone(SAMPLES[type] as JsonObject) : {},
    ...more,
  };
}

export const KEY: KeyObject = createSecretKey(Buffer.alloc(32, 7));
export const NOW = new Date('2025-07-01T01:00:30Z');

/** Headers of a signed post. */
export function signed(body: Buffer, contentType = 'application/cloudevents+json', now = NOW): Record<string, string> {
  return { 'content-type': contentType, ...signMessage({ id: 'msg_1', at: now, body, key: KEY }) };
}

/** A front door that stores nothing: 202 with what it would have stored. */
export function frontDoor(checker: EventChecker = createEventChecker(), bodyLimit = 1024 * 1024): FastifyInstance {
  const app = createServer({ logger: pino({ level: 'silent' }), bodyLimit });
  app.post('/v1/events', async (request, reply) => {
    const raw = request.body as Buffer;
    const header = (name: string): string | undefined => request.headers[name]?.toString();
    verifySignature({
      headers: {
        id: header('webhook-id'),
        timestamp: header('webhook-timestamp'),
        signature: header('webhook-signature'),
      },
      body: raw,
      keys: header('x-system') === 'unknown' ? [] : [KEY],
      now: NOW,
    });
    const { headers } = request;
    const events = readCloudEvents({ contentType: headers['content-type'], headers, raw, receivedAt: NOW });
    const batch = headers['content-type']?.includes('batch') === true;
    const faults = events.flatMap((event, index) =>
      checker.check(event, { statusList: 'national', pointer: batch ? `/${index}` : '' }),
    );
    if (faults.length > 0) throw new InputFault('invalid-event', 400, { vi: 'Sai', en: 'Wrong' }, { faults });
    return reply.status(202).send({ events });
  });
  app.post('/json', async request => ({ value: parseJson(request.body as Buffer) }));
  return app;
}
