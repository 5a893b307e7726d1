/**
 * The dialect's calls of the simulated commune system (connectors/commune/README.md), each behind the bearer token; every write
 * with a known Idempotency-Key is answered as the first time, unless the fault `keys: "ignored"` is set.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import { publish, withdraw } from './catalogue.ts';
import { changeDossier, createDossier, takeResult, takeStatus, takeStep } from './dossier-writes.ts';
import { createLate, type Late, settleOwed } from './late.ts';
import { DialectFault } from './model.ts';
import { FILE_LIMIT, firstPart, keepFile, takeAnswer, takeDocument, takeDocumentStatus } from './other-writes.ts';
import { addReads } from './reads.ts';
import { bodyOf, dossierOf, idOf, paramOf } from './request.ts';
import { addSignIn, checkToken, TOKEN_PATH } from './sign-in.ts';

const KEYS = 'khoa';

/** Adds everything the dialect has. */
export function addRoutes(app: FastifyInstance, box: Box): void {
  const late = createLate(box);
  app.addHook('onReady', async () => late.start());
  app.addHook('onClose', async () => late.stop());
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof DialectFault) return reply.code(error.status).send(error.body);
    const status = error.statusCode ?? 500;
    const body = {
      maLoi: status < 500 ? 'YEU_CAU_SAI' : 'LOI_HE_THONG',
      thongBao: 'Yêu cầu không xử lý được.',
      truong: [],
    };
    return reply.code(status).send(body);
  });
  addSignIn(app, box);
  app.addHook('preHandler', async request => {
    if (request.url !== TOKEN_PATH) checkToken(box, request);
    settleOwed(box);
  });
  addReads(app, box);
  addWrites(app, box, late);
  addFiles(app, box);
}

function addWrites(app: FastifyInstance, box: Box, late: Late): void {
  /** One write: what it answers is kept under its key. */
  const write =
    (work: (request: FastifyRequest, body: JsonObject) => JsonObject, status = 200) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const key = request.headers['idempotency-key'];
      const honoured = typeof key === 'string' && key !== '' && box.faults().keys === 'honoured';
      const before = honoured ? box.store.get(KEYS, key) : undefined;
      const call = `${request.method} ${request.url}`;
      if (before !== undefined) {
        if (before.call !== call) {
          throw new DialectFault(422, 'KHOA_DA_DUNG', 'Khóa này đã dùng cho một yêu cầu khác.');
        }
        return reply.code(Number(before.status)).send(before.body);
      }
      const body = work(request, bodyOf(request));
      if (honoured) box.store.put(KEYS, key, { call, status, body });
      return reply.code(status).send(body);
    };
  const dossier = (request: FastifyRequest): JsonObject => dossierOf(box, request);

  app.put(
    '/api/thu-tuc/:ma',
    write((request, body) => publish(box, paramOf(request, 'ma'), body)),
  );
  app.post(
    '/api/thu-tuc/:ma/ngung',
    write((request, body) => withdraw(box, paramOf(request, 'ma'), body)),
  );
  app.post(
    '/api/ho-so',
    write((_request, body) => createDossier(box, body), 201),
  );
  app.patch(
    '/api/ho-so/:id',
    write((request, body) => changeDossier(box, dossier(request), body, request.headers['if-match'])),
  );
  app.post(
    '/api/ho-so/:id/trang-thai',
    write((request, body) => takeStatus(box, late, dossier(request), body)),
  );
  app.post(
    '/api/ho-so/:id/buoc',
    write((request, body) => takeStep(box, dossier(request), body)),
  );
  app.post(
    '/api/ho-so/:id/ket-qua',
    write((request, body) => takeResult(box, dossier(request), body)),
  );
  app.post(
    '/api/y-kien/:ma',
    write((request, body) => takeAnswer(box, idOf(request, body, 'maYeuCau'), body)),
  );
  app.post(
    '/api/van-ban',
    write((_request, body) => takeDocument(box, body), 201),
  );
  app.post(
    '/api/van-ban/:ma/trang-thai',
    write((request, body) => takeDocumentStatus(box, idOf(request, body, 'maVanBan'), body)),
  );
}

/** Files: multipart as the dialect has it, or the bare bytes. */
function addFiles(app: FastifyInstance, box: Box): void {
  app.register(async scope => {
    scope.removeAllContentTypeParsers();
    // Room for the frame of a multipart body, so that the limit of the file itself decides.
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: FILE_LIMIT + 64 * 1024 },
      (_request, body, done) => {
        done(null, body);
      },
    );
    scope.post('/api/tep', { bodyLimit: FILE_LIMIT + 64 * 1024 }, async (request, reply) => {
      const type = request.headers['content-type'] ?? 'application/octet-stream';
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const part = type.startsWith('multipart/') ? firstPart(raw, type) : { bytes: raw, type };
      if (part === undefined || part.bytes.length === 0) {
        throw new DialectFault(400, 'THIEU_TEP', 'Không có tệp nào.', ['tep']);
      }
      return reply.code(201).send(keepFile(box, part.bytes, part.type));
    });
  });
}
