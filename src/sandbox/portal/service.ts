/**
 * The HTTP face of the simulated portal: sign-in with a session that ends without notice, and the two addresses of its service.
 */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import { procedureList, procedureText } from './catalogue.ts';
import { lookUp, refused, takeDossiers, takeSteps } from './dossiers.ts';

/** The addresses that the connector takes for granted where the systems file names no others. */
export const PATHS = {
  auth: '/adapter/auth',
  integration: '/adapter/integration',
  share: '/adapter/share',
  files: '/tep',
} as const;
/** A session lasts this long from its sign-in, whatever is done with it. */
export const SESSION_MS = 10 * 60_000;

/** Adds sign-in, service and the files that results point to. */
export function addService(app: FastifyInstance, box: Box): void {
  app.post(PATHS.auth, async request => {
    const body = bodyOf(request);
    if (body.username !== box.secret('username') || body.password !== box.secret('password')) {
      return { session: null, error_code: 1, message: 'Sai tài khoản hoặc mật khẩu' };
    }
    const session = randomUUID();
    box.store.put('session', session, { until: box.now().getTime() + SESSION_MS });
    return { session, error_code: 0 };
  });
  const call = async (request: FastifyRequest): Promise<JsonObject> => {
    const body = bodyOf(request);
    return refusal(box, body, request.headers.dstcode) ?? once(box, request, () => answer(box, body));
  };
  app.post(PATHS.integration, call);
  app.post(PATHS.share, call);
  app.get<{ Params: { id: string } }>(`${PATHS.files}/:id`, async (request, reply) =>
    reply.type('application/pdf').send(samplePdf(request.params.id)),
  );
  app.addHook('onListen', () => {
    const address = app.server.address();
    if (typeof address === 'object' && address !== null) {
      box.store.put('own', 'address', { url: `http://127.0.0.1:${address.port}` });
    }
  });
}

/** Why a call is not even looked at: no receiver named, or no valid session. */
function refusal(box: Box, body: JsonObject, dstcode: unknown): JsonObject | undefined {
  if (typeof dstcode !== 'string' || dstcode === '') return refused('10', 'Thiếu tiêu đề dstcode');
  const session = typeof body.session === 'string' ? box.store.get('session', body.session) : undefined;
  if (session === undefined || Number(session.until) <= box.now().getTime()) {
    if (typeof body.session === 'string' && session !== undefined) box.store.delete('session', body.session);
    return refused('-2', 'Phiên làm việc không hợp lệ hoặc đã hết hạn');
  }
  return typeof body.madonvi === 'string' && body.madonvi !== ''
    ? undefined
    : refused('10', 'Thiếu mã đơn vị (madonvi)');
}

function answer(box: Box, body: JsonObject): JsonObject {
  const code = String(body.MaTTHC ?? '');
  switch (body.service) {
    case 'TraCuuHoSo':
      return lookUp(box, body);
    case 'DongBoHoSoMC':
      return takeDossiers(box, body);
    case 'CapNhatTienDoHoSoMC':
      return takeSteps(box, body);
    case 'LayDanhSachTTHC':
      return { error_code: 0, message: '', result: procedureList(box) };
    case 'LayThuTuc': {
      const text = procedureText(box, code);
      return { error_code: 0, message: '', result: text === undefined ? [] : [text] };
    }
    default:
      return refused('9', `Không có dịch vụ ${String(body.service ?? '')}`);
  }
}

/** With `keys: honoured`, a call with a key seen before is answered as it was and does nothing more. */
function once(box: Box, request: FastifyRequest, act: () => JsonObject): JsonObject {
  const key = request.headers['idempotency-key'];
  if (box.faults().keys !== 'honoured' || typeof key !== 'string' || key === '') return act();
  const before = box.store.get('key', key);
  if (before !== undefined) return before;
  const given = act();
  if (/^0+$/.test(String(given.error_code))) box.store.put('key', key, given);
  return given;
}

function bodyOf(request: FastifyRequest): JsonObject {
  const { body } = request;
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as JsonObject) : {};
}

/** A smallest PDF that says it is a sample; the same bytes for the same id. */
function samplePdf(id: string): Buffer {
  return Buffer.from(
    `%PDF-1.4\n% LIEN THONG SAMPLE ${id.replace(/[^\w.-]/g, '')}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n` +
      '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n' +
      'trailer<</Root 1 0 R>>\n%%EOF\n',
  );
}
