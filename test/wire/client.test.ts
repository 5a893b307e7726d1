/** What the outgoing client promises: it goes nowhere but to its system, it ends in time, and it knows whether a call was sent. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import nock from 'nock';
import { type Test, test } from 'tap';
import { TransportFault } from '../../src/domain/errors.ts';
import { type ClosableHttpClient, createHttpClient, type HttpClientOptions } from '../../src/wire/client.ts';

const client = (t: Test, baseUrl: string, more: Partial<HttpClientOptions> = {}): ClosableHttpClient => {
  const made = createHttpClient({ baseUrl, timeoutMs: 5_000, ...more });
  t.teardown(() => made.close());
  return made;
};
const serve = async (t: Test, listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
/** A server of bare sockets. */
const serveSockets = async (t: Test, listener: (socket: Socket) => void): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createNetServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    listener(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
/** The fault a call ends in. */
const faultOf = async (call: Promise<unknown>): Promise<TransportFault> => {
  const error = await call.then(
    () => undefined,
    reason => reason,
  );
  if (!(error instanceof TransportFault)) throw new Error(`expected a TransportFault, got ${inspect(error)}`);
  return error;
};

test('sends method, path, headers and body as they are, and answers with status, headers and bytes', async t => {
  const url = await serve(t, async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    response.writeHead(418, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] });
    response.end(
      JSON.stringify({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: Buffer.concat(parts).toString('base64'),
      }),
    );
  });
  const call = client(t, `${url}/adapter/`);
  const bytes = Buffer.from([0, 255, 1, 128]);
  const answer = await call({
    method: 'POST',
    path: '/sync?a=1&b=%2F..',
    headers: { 'Content-Type': 'application/xml', 'Idempotency-Key': 'k', dstcode: 'VN' },
    body: bytes,
  });
  const seen = JSON.parse(answer.body.toString());
  t.equal(answer.status, 418);
  t.equal(answer.headers['set-cookie'], 'a=1, b=2');
  t.match(seen, { method: 'POST', url: '/adapter/sync?a=1&b=%2F..', body: bytes.toString('base64') });
  t.match(seen.headers, {
    'content-type': 'application/xml',
    'idempotency-key': 'k',
    dstcode: 'VN',
    'content-length': '4',
  });
  t.notOk('user-agent' in seen.headers || 'accept' in seen.headers, 'adds nothing of its own');
  const bare = JSON.parse((await call({ method: 'GET', path: '/x' })).body.toString());
  t.notOk('content-type' in bare.headers || 'content-length' in bare.headers);
  const empty = JSON.parse((await call({ method: 'POST', path: '/x' })).body.toString());
  t.equal(empty.headers['content-length'], '0');
  t.notOk('content-type' in empty.headers);
});

test('keeps connections and uses no more at once than allowed', async t => {
  const sockets = new Set<unknown>();
  const url = await serve(t, (request, response) => {
    sockets.add(request.socket);
    response.end('{}');
  });
  const call = client(t, url, { concurrency: 3 });
  await Promise.all(Array.from({ length: 30 }, () => call({ method: 'GET', path: '/' })));
  t.equal(sockets.size, 3);
});

test('a redirect is an answer like any other and is not followed', async t => {
  let calls = 0;
  const url = await serve(t, (_request, response) => {
    calls += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  t.equal((await client(t, url)({ method: 'POST', path: '/', body: 'x' })).status, 307);
  t.equal(calls, 1);
});

test('a path cannot leave the base path or name another host', async t => {
  const call = client(t, 'http://127.0.0.1:9/base');
  const bad = [
    '',
    'x',
    '//evil.vn/x',
    '/\\evil.vn',
    'http://evil.vn/',
    '/../x',
    '/a/..',
    '/a/%2e%2E/x',
    '/./x',
    '/a/..%2fx',
  ];
  bad.push('/a%5c..%5c', '/a b', '/a\r\nHost: evil', '/a#b', '/hồ-sơ', '@evil.vn/', '/%00', `/${'a'.repeat(9_000)}`);
  for (const path of bad) {
    const fault = await faultOf(call({ method: 'GET', path }));
    t.same([fault.kind, fault.sent], ['protocol', false], path.slice(0, 40));
  }
});

test('whatever the path, the call stays at the system and under its base path', async t => {
  const seen: string[] = [];
  const url = await serve(t, (request, response) => {
    seen.push(request.url ?? '');
    response.end();
  });
  const call = client(t, `${url}/base`);
  const pieces = fc.constantFrom(
    '/',
    '..',
    '.',
    '%2e',
    '%2F',
    '\\',
    '@',
    ':',
    'evil.vn',
    'http:',
    '?',
    'a',
    '%',
    ';',
    '#',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 8 }), async parts => {
      seen.length = 0;
      await call({ method: 'GET', path: parts.join('') }).catch(error => {
        if (!(error instanceof TransportFault) || error.sent) throw error;
      });
      return seen.every(path => new URL(path, 'http://host').pathname.startsWith('/base/'));
    }),
    { numRuns: 300 },
  );
});

test('headers are checked: none of the connection, no line breaks, no values in the error', async t => {
  const call = client(t, 'http://127.0.0.1:9');
  const bad: Record<string, string>[] = [
    { Host: 'evil.vn' },
    { 'Content-Length': '5' },
    { 'transfer-encoding': 'chunked' },
  ];
  bad.push(
    { 'a b': 'x' },
    { 'x\r\ny': 'z' },
    { 'proxy-authorization': 'x' },
    { authorization: 'canary\r\nx: y' },
    { a: 'ồ' },
  );
  for (const headers of bad) {
    const fault = await faultOf(call({ method: 'GET', path: '/', headers }));
    t.same([fault.kind, fault.sent], ['protocol', false], Object.keys(headers).join());
    t.notMatch(inspect(fault), 'canary');
  }
});

test('addresses: https, or http of this machine, without user, question or forbidden networks', t => {
  const good = [
    'https://dvc.dongnai.gov.vn',
    'http://127.0.0.1:8181',
    'http://localhost:1/x',
    'http://[::1]:1',
    'https://10.1.2.3/a/',
  ];
  for (const baseUrl of good) t.doesNotThrow(() => createHttpClient({ baseUrl }).close(), baseUrl);
  const bad = [
    'http://dvc.dongnai.gov.vn',
    'ftp://127.0.0.1',
    'https://a:canary@b.vn',
    'https://b.vn/?x=1',
    'https://b.vn/#x',
    'x',
  ];
  bad.push(
    'https://169.254.169.254',
    'https://[fe80::1]',
    'https://0.0.0.0',
    'http://localhost.:80',
    'http://10.0.0.1',
    'data:,x',
  );
  for (const baseUrl of bad) {
    try {
      createHttpClient({ baseUrl }).close();
      t.fail(`${baseUrl} was taken`);
    } catch (error) {
      t.match(error, { name: 'ConfigurationFault', faults: [{ place: 'baseUrl' }] }, baseUrl);
      t.notMatch(inspect(error), 'canary');
    }
  }
  t.doesNotThrow(() => createHttpClient({ baseUrl: 'http://10.0.0.1', allowPlainHttp: true }).close());
  t.end();
});

test('nothing listening: not sent', async t => {
  const server = createNetServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  const fault = await faultOf(client(t, `http://127.0.0.1:${port}`)({ method: 'POST', path: '/', body: 'x' }));
  t.same([fault.kind, fault.sent, fault.message], ['unavailable', false, 'ECONNREFUSED']);
});

test('a connection closed after the request went out: sent', async t => {
  const closed = await serveSockets(t, socket => socket.once('data', () => socket.end()));
  const reset = await serveSockets(t, socket => socket.once('data', () => socket.resetAndDestroy()));
  const halfway = await serveSockets(t, socket =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12')),
  );
  for (const url of [closed, reset, halfway]) {
    const fault = await faultOf(client(t, url)({ method: 'POST', path: '/', body: 'x' }));
    t.same([fault.kind, fault.sent], ['unavailable', true]);
  }
});

test('a kept connection that the system closes before it answers the next call: sent', async t => {
  let count = 0;
  const url = await serve(t, (request, response) => {
    count += 1;
    if (count === 1) response.end('{}');
    else request.socket.destroy();
  });
  const call = client(t, url, { concurrency: 1 });
  await call({ method: 'GET', path: '/' });
  t.match(await faultOf(call({ method: 'POST', path: '/', body: 'x' })), { kind: 'unavailable', sent: true });
});

test('one deadline for the whole call: no answer, a trickling answer, a queue', async t => {
  const silent = await serve(t, () => undefined);
  t.match(await faultOf(client(t, silent, { timeoutMs: 50 })({ method: 'POST', path: '/', body: 'x' })), {
    kind: 'timeout',
    sent: true,
  });
  const trickling = await serve(t, (_request, response) => {
    const timer = setInterval(() => response.write('x'), 10);
    response.on('close', () => clearInterval(timer));
  });
  t.match(await faultOf(client(t, trickling, { timeoutMs: 100 })({ method: 'GET', path: '/' })), { kind: 'timeout' });
  const narrow = client(t, silent, { timeoutMs: 50, concurrency: 1 });
  const first = faultOf(narrow({ method: 'POST', path: '/first', body: 'x' }));
  const second = faultOf(narrow({ method: 'POST', path: '/second', body: 'x' }));
  t.equal((await first).sent, true);
  t.equal((await second).sent, false, 'the one that never got a connection was not sent');
});

test('an answer over the limit is cut off, declared or not', async t => {
  const declared = await serve(t, (_request, response) =>
    response.writeHead(200, { 'content-length': 2_000 }).end('x'),
  );
  const endless = await serve(t, (_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(1_000)));
    };
    response.on('drain', more);
    more();
  });
  for (const url of [declared, endless])
    t.match(await faultOf(client(t, url, { maxBytes: 1_000 })({ method: 'GET', path: '/' })), {
      kind: 'too-large',
      sent: true,
    });
});

test('what is no HTTP is a protocol fault', async t => {
  const url = await serveSockets(t, socket => socket.once('data', () => socket.end('\u0000\u00ff{"')));
  t.match(await faultOf(client(t, url)({ method: 'GET', path: '/' })), { kind: 'protocol', sent: true });
});

test('errors hold nothing of the call', async t => {
  const url = await serveSockets(t, socket => socket.once('data', () => socket.resetAndDestroy()));
  const fault = await faultOf(
    client(
      t,
      `${url}/canary-base`,
    )({
      method: 'POST',
      path: '/canary-path',
      headers: { authorization: 'canary-header' },
      body: 'canary-body',
    }),
  );
  t.notMatch(inspect(fault, { depth: 20, showHidden: true }), 'canary');
  t.notMatch(JSON.stringify(fault), 'canary');
});

test('proxies of the environment and a polluted prototype change nothing', async t => {
  let proxied = 0;
  const proxy = await serve(t, (_request, response) => {
    proxied += 1;
    response.end('proxy');
  });
  const url = await serve(t, (request, response) => response.end(JSON.stringify(request.headers)));
  const before = { ...process.env };
  Object.assign(process.env, { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy, NODE_USE_ENV_PROXY: '1' });
  const prototype = Object.prototype as Record<string, unknown>;
  Object.assign(prototype, {
    proxy: { host: '127.0.0.1', port: 1 },
    baseURL: proxy,
    'x-polluted': 'yes',
    socketPath: '/x',
  });
  try {
    const answer = await client(t, url)({ method: 'GET', path: '/' });
    t.notMatch(answer.body.toString(), 'polluted');
    t.equal(proxied, 0);
  } finally {
    for (const name of ['proxy', 'baseURL', 'x-polluted', 'socketPath']) delete prototype[name];
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  }
});

test('nock sees the calls', async t => {
  nock.disableNetConnect();
  t.teardown(() => {
    nock.cleanAll();
    nock.enableNetConnect();
    nock.restore();
  });
  const call = client(t, 'https://dvc.example.vn/base', { timeoutMs: 100 });
  nock('https://dvc.example.vn', { reqheaders: { authorization: 'Bearer x' } })
    .post('/base/a', '{"b":1}')
    .reply(201, { id: 7 }, { etag: '"1"' });
  const answer = await call({ method: 'POST', path: '/a', headers: { authorization: 'Bearer x' }, body: '{"b":1}' });
  t.match(answer, { status: 201, headers: { etag: '"1"' } });
  t.same(JSON.parse(answer.body.toString()), { id: 7 });
  const failing = (error: object | string) => {
    nock('https://dvc.example.vn')
      .post('/base/a')
      .replyWithError(error as Error);
    return faultOf(call({ method: 'POST', path: '/a', body: 'x' }));
  };
  t.match(await failing(Object.assign(new Error('x'), { code: 'ECONNRESET' })), { kind: 'unavailable', sent: true });
  t.match(await failing(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })), { kind: 'unavailable', sent: false });
  nock('https://dvc.example.vn').post('/base/a').delay(60_000).reply(200);
  t.match(await faultOf(call({ method: 'POST', path: '/a', body: 'x' })), { kind: 'timeout', sent: true });
  nock.abortPendingRequests();
});
