/**
 * Large bodies that arrive at the same time share one budget: each is within its limit, but hundreds of them together would not be
 * within memory. Only bytes that came count, so that who announces much and sends little takes nothing from others.
 */
import { Transform } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../domain/errors.ts';

/** Bodies up to this size are not counted: connections are few enough for them. */
const SMALL = 64 * 1024;
/** Bytes of large bodies that may be in hand at a time. */
const BUDGET = 24 * 1024 * 1024;

function tooMuch(): GatewayError {
  return new GatewayError(
    'too-many-large-bodies',
    503,
    {
      vi: 'Đang nhận quá nhiều nội dung lớn cùng lúc; chưa có phần nào được lưu. Hãy gửi lại sau ít giây.',
      en: 'Too many large bodies are arriving at once; nothing of this was stored. Send it again in a few seconds.',
    },
    { headers: { 'retry-after': '2' } },
  );
}

/** Refuses a large body with 503 once those in hand are over the budget; a body counts until its request is answered. */
export function boundLargeBodies(app: FastifyInstance, budget = BUDGET): void {
  let inHand = 0;
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': announced = '0', 'transfer-encoding': chunked } = request.headers;
    if (chunked === undefined && Number(announced) <= SMALL) return done(null, payload);
    let mine = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        mine += chunk.length;
        inHand += chunk.length;
        if (inHand > budget) return next(tooMuch());
        next(null, chunk);
      },
    });
    // also when the connection breaks in the middle
    reply.raw.once('close', () => {
      inHand -= mine;
      mine = 0;
    });
    payload.on('error', error => counted.destroy(error));
    payload.pipe(counted);
    done(null, counted);
  });
}
