/**
 * What a process answers that waits for its ledger at the start: it lives, it is not ready, and all else is 503 with the time to
 * come back.
 */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { GatewayError } from '../domain/errors.ts';
import { createServer } from '../http/server.ts';

/** Listens until it is closed. */
export async function answerWhileWaiting(
  { host, port }: { host: string; port: number },
  logger: Logger,
): Promise<FastifyInstance> {
  const app = createServer({ logger });
  const output = 'the ledger does not answer';
  app.get('/health/live', async (_request, reply) => reply.type('application/health+json').send({ status: 'pass' }));
  app.get('/health/ready', async (_request, reply) =>
    reply.status(503).type('application/health+json').send({ status: 'fail', output }),
  );
  app.get('/health', async (_request, reply) =>
    reply
      .status(503)
      .type('application/health+json')
      .send({
        status: 'fail',
        serviceId: 'lienthong',
        description: 'Liên Thông',
        checks: { ledger: [{ componentType: 'datastore', status: 'fail', time: new Date().toISOString(), output }] },
      }),
  );
  // before any body is read: what else is wrong with a request does not matter yet
  app.addHook('onRequest', async request => {
    if (!request.is404) return;
    throw new GatewayError(
      'ledger-unavailable',
      503,
      {
        vi: 'Cổng đang chờ sổ cái (PostgreSQL); chưa có phần nào được lưu. Hãy gửi lại sau ít giây.',
        en: 'The gateway waits for its ledger (PostgreSQL); nothing of this was stored. Send it again in a few seconds.',
      },
      { headers: { 'retry-after': '2' } },
    );
  });
  await app.listen({ host, port });
  return app;
}
