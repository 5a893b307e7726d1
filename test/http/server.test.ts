import { pino } from 'pino';
import { test } from 'tap';
import { GatewayError } from '../../src/domain/errors.ts';
import { createServer, type ServerOptions } from '../../src/http/server.ts';

function server(options: Partial<ServerOptions> = {}): ReturnType<typeof createServer> {
  const app = createServer({ logger: pino({ level: 'silent' }), ...options });
  const body = {
    type: 'object',
    required: ['reason'],
    properties: {
      reason: { type: 'string', maxLength: 10 },
      count: { type: 'integer', default: 3 },
      items: { type: 'array', maxItems: 500, items: { type: 'string' } },
    },
  };
  const querystring = { type: 'object', properties: { limit: { type: 'integer', maximum: 200, default: 50 } } };
  app.post('/things', { schema: { body, querystring } }, async request => ({
    body: request.body,
    query: request.query,
  }));
  app.post('/raw', { schema: { body }, config: { rawBody: true } }, async request => ({
    raw: Buffer.isBuffer(request.body),
  }));
  app.post('/small', { bodyLimit: 10 }, async () => ({}));
  app.get('/boom', async () => {
    throw Object.assign(new Error('secret inner words'), { config: { headers: { authorization: 'canary' } } });
  });
  app.get('/own', async () => {
    throw new GatewayError(
      'too-fast',
      429,
      { vi: 'Chậm lại.', en: 'Slow down.' },
      { headers: { 'retry-after': '5' }, extra: { rate: 7 } },
    );
  });
  app.get('/throws-text', async () => {
    throw 'not an error';
  });
  return app;
}
const json = { 'content-type': 'application/json' };

test('coerces the query and fills its defaults, but leaves the body as it is', async t => {
  const app = server();
  t.teardown(() => app.close());
  const send = (payload: string, url = '/things') => app.inject({ method: 'POST', url, payload, headers: json });
  const taken = await send('{"reason":"vì","more":{"a":null}}', '/things?limit=7');
  t.strictSame(taken.json(), { body: { reason: 'vì', more: { a: null } }, query: { limit: 7 } });
  t.strictSame((await send('{"reason":"x"}')).json().query, { limit: 50 });
  t.match((await send('{"reason":"x"}', '/things?limit=many')).json(), {
    status: 400,
    faults: [{ pointer: '/query/limit', code: 'type' }],
  });
  t.match((await send('{"reason":7,"count":"3","items":[1,2]}')).json(), {
    status: 400,
    code: 'invalid-request',
    faults: [
      { pointer: '/reason', code: 'type' },
      { pointer: '/count', code: 'type' },
      { pointer: '/items/0', code: 'type' },
      { pointer: '/items/1', code: 'type' },
    ],
  });
  t.match((await send('{"reason":"a","reason":"b"}')).json(), {
    faults: [{ pointer: '/reason', code: 'duplicate-key' }],
  });
  t.equal((await send(`{"reason":"x","items":${JSON.stringify(Array(501).fill(1))}}`)).json().faults.length, 101);
  t.strictSame((await send('anything', '/raw')).json(), { raw: true });
});

test('limits bodies by route', async t => {
  const app = server({ bodyLimit: 100 });
  t.teardown(() => app.close());
  const sized = async (url: string, size: number) =>
    (await app.inject({ method: 'POST', url, payload: `"${'x'.repeat(size - 2)}"`, headers: json })).statusCode;
  t.strictSame([await sized('/small', 10), await sized('/small', 11)], [200, 413]);
  t.strictSame([await sized('/raw', 100), await sized('/raw', 101)], [200, 413]);
});

test('answers a bug without its words', async t => {
  const app = server();
  t.teardown(() => app.close());
  for (const url of ['/boom', '/throws-text']) {
    const answer = await app.inject(url);
    t.match(answer.json(), { status: 500, code: 'internal', faults: [] });
    t.notMatch(answer.body, /secret|canary|not an error/);
  }
});

test('answers in the language asked for, English always beside', async t => {
  const app = server();
  t.teardown(() => app.close());
  const asked = async (language?: string) =>
    app.inject({ url: '/own', headers: language === undefined ? {} : { 'accept-language': language } });
  t.match((await asked()).json(), {
    detail: 'Chậm lại.',
    detailEn: 'Slow down.',
    rate: 7,
    type: 'urn:lienthong:problem:too-fast',
  });
  t.match((await asked('en-GB,en;q=0.9')).json(), { title: 'Too many requests', detail: 'Slow down.' });
  for (const language of ['vi,en;q=0.5', 'fr', '*', 'en;q=0', ';;;=', 'vi-VN'])
    t.match((await asked(language)).json(), { detail: 'Chậm lại.' }, language);
  t.equal((await asked('en')).headers['content-language'], 'en');
  t.equal((await asked()).headers['retry-after'], '5');
});

test('puts a request id and the security headers on every answer', async t => {
  const app = server();
  t.teardown(() => app.close());
  for (const url of ['/own', '/nowhere', '/boom', '/%zz']) {
    const { headers } = await app.inject(url);
    t.match(headers['x-request-id'], /^[0-9a-f-]{36}$/, url);
    t.match(headers['content-security-policy'], /^default-src 'self'/, url);
    t.notMatch(headers['content-security-policy'], /unsafe|upgrade-insecure/);
    t.match(headers, { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'cache-control': 'no-store' });
    t.notOk(headers['strict-transport-security']);
  }
  const given = await app.inject({ url: '/own', headers: { 'x-request-id': 'from-the-proxy_1' } });
  t.equal(given.headers['x-request-id'], 'from-the-proxy_1');
  t.equal(given.json().instance, 'urn:lienthong:request:from-the-proxy_1');
  const odd = await app.inject({ url: '/own', headers: { 'x-request-id': 'a b\u00e9"<script>' } });
  t.match(odd.headers['x-request-id'], /^[0-9a-f-]{36}$/);
});

test('sends HSTS only behind https', async t => {
  const app = server({ tls: true });
  t.teardown(() => app.close());
  t.ok((await app.inject('/own')).headers['strict-transport-security']);
});
