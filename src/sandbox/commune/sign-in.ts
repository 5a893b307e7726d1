/**
 * Sign-in of the simulated commune system: OAuth2 client credentials, tokens of 300 seconds that survive a restart.
 */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Box } from '../box.ts';
import { DialectFault, isObject } from './model.ts';

export const TOKEN_PATH = '/auth/realms/xa/protocol/openid-connect/token';
const TOKENS = 'phien';
const SECONDS = 300;

/** Adds the token endpoint. */
export function addSignIn(app: FastifyInstance, box: Box): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
  app.post(TOKEN_PATH, async (request, reply) => {
    const form = isObject(request.body) ? request.body : {};
    if (form.grant_type !== 'client_credentials') return reply.code(400).send({ error: 'unsupported_grant_type' });
    if (form.client_id !== box.secret('clientId') || form.client_secret !== box.secret('clientSecret')) {
      return reply.code(401).send({ error: 'invalid_client' });
    }
    const now = box.now().getTime();
    for (const old of box.store.list(TOKENS)) if (Number(old.het) <= now) box.store.delete(TOKENS, String(old.token));
    const token = randomUUID();
    box.store.put(TOKENS, token, { token, het: now + SECONDS * 1000 });
    return { access_token: token, token_type: 'Bearer', expires_in: SECONDS };
  });
}

/** Lets a call pass with a token that has not run out. Throws DialectFault 401. */
export function checkToken(box: Box, request: FastifyRequest): void {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const kept = token === undefined ? undefined : box.store.get(TOKENS, token);
  if (kept === undefined || Number(kept.het) <= box.now().getTime()) {
    throw new DialectFault(401, 'CHUA_DANG_NHAP', 'Phiên đăng nhập không hợp lệ hoặc đã hết hạn.');
  }
}
