/**
 * F16 and F17: bodies that are too large, endless, packed, lying or slow. Each is refused at once and its connection closed; others
 * are answered meanwhile.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { type Test, test } from 'tap';
import { createLogger } from '../../src/http/log.ts';
import { createServer, type ServerOptions } from '../../src/http/server.ts';
import { eventually, latch } from '../support/eventually.ts';

const MIB = 2 ** 20;
const CHUNK = Buffer.alloc(64 * 1024, 0x20);

async function listening(
  t: Test,
  options: Partial<ServerOptions> = {},
  meanwhile: (request: FastifyRequest) => Promise<void> = async () => undefined,
): Promise<number> {
  const app = createServer({ logger: createLogger({ level: 'silent' }), ...options });
  app.post('/', async request => {
    await meanwhile(request);
    return { bytes: (request.body as Buffer).length };
  });
  app.get('/', async () => ({ ok: true }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  return (app.server.address() as AddressInfo).port;
}

const HEAD = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';

/** A raw connection: what came back until it was closed, and whether it was. */
function raw(t: Test, port: number): { socket: Socket; text(): string; closed: Promise<void> } {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part;
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
  t.teardown(() => socket.destroy());
  return { socket, text: () => text, closed };
}

/** Sends chunk after chunk until the other side has closed or `most` bytes are away; answers the bytes. */
async function pour(socket: Socket, most: number, frame: (chunk: Buffer) => Buffer): Promise<number> {
  let sent = 0;
  socket.setMaxListeners(0);
  while (sent < most && !socket.destroyed && socket.writable) {
    sent += CHUNK.length;
    await new Promise<void>(resolve => {
      socket.once('close', resolve);
      socket.write(frame(CHUNK), () => resolve());
    });
  }
  return sent;
}
const chunked = (chunk: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);

const alive = async (port: number): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/`)).ok;

test('up to the limit it is taken, one byte more is 413', async t => {
  const port = await listening(t);
  const post = (bytes: number): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.alloc(bytes, 0x20),
    });
  const taken = await post(MIB);
  t.match(await taken.json(), { bytes: MIB });
  const refused = await post(MIB + 1);
  t.match([refused.status, ((await refused.json()) as { code: string }).code], [413, 'body-too-large']);
});

test('50 MiB announced: refused before one byte of them was sent, and closed', async t => {
  const port = await listening(t);
  const { socket, text, closed } = raw(t, port);
  socket.write(`${HEAD}content-length: ${50 * MIB}\r\n\r\n`);
  await closed;
  t.match(text(), /^HTTP\/1\.1 413 /);
  t.ok(await alive(port));
});

test('chunks without end: refused at the limit, and closed', async t => {
  const port = await listening(t);
  const { socket, text, closed } = raw(t, port);
  socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
  const sent = await pour(socket, 200 * MIB, chunked);
  await closed;
  // who goes on sending to a closed connection may be told by a reset before the answer is read
  t.match(text(), /^(HTTP\/1\.1 413 |$)/);
  t.ok(sent < 200 * MIB, `${sent} bytes were away when it was closed`);
  t.ok(await alive(port));
});

test('a packed body is 415, whatever it would unpack to', async t => {
  const port = await listening(t);
  const { socket, text, closed } = raw(t, port);
  socket.write(
    `${HEAD}content-encoding: gzip\r\ncontent-length: 20\r\nconnection: close\r\n\r\n${'\u001f'.repeat(20)}`,
  );
  await closed;
  t.match(text(), /^HTTP\/1\.1 415 /);
  t.match(text(), /accept-encoding: identity/);
});

test('a Content-Length that lies: two of them are refused; too little is cut off there; too much is waited for, a while', async t => {
  const port = await listening(t, { requestTimeoutMs: 300, headersTimeoutMs: 200 });
  const two = raw(t, port);
  two.socket.write(`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`);
  await two.closed;
  t.match(two.text(), /^HTTP\/1\.1 400 /);
  const both = raw(t, port);
  both.socket.write(`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`);
  await both.closed;
  t.match(both.text(), /^HTTP\/1\.1 400 /);
  const little = raw(t, port);
  little.socket.write(`${HEAD}content-length: 2\r\n\r\n{}{"smuggled":true}`);
  await little.closed;
  t.match(little.text(), /^HTTP\/1\.1 400 /, 'what is over is no request, and nothing after it is believed');
  const much = raw(t, port);
  much.socket.write(`${HEAD}content-length: 2000\r\n\r\n{}`);
  await much.closed;
  t.match(much.text(), /^HTTP\/1\.1 408 /);
  t.ok(await alive(port));
});

test('a head that never ends is closed, and so is a body that comes drop by drop', async t => {
  const port = await listening(t, { requestTimeoutMs: 400, headersTimeoutMs: 200 });
  for (const beginning of ['POST / HTTP/1.1\r\nhost: a\r\n', `${HEAD}content-length: 100000\r\n\r\n`]) {
    const { socket, text, closed } = raw(t, port);
    socket.write(beginning);
    const drops = setInterval(() => socket.write('x: y\r\n'), 50);
    await closed;
    clearInterval(drops);
    t.match(text(), /^HTTP\/1\.1 408 /);
  }
  t.ok(await alive(port));
});

test('large bodies at once share a budget: what is over is 503, and what was in hand is given back', async t => {
  const held = latch();
  let inside = 0;
  const port = await listening(t, { bodyLimit: 2 * MIB, largeBodies: 2 * MIB }, async request => {
    inside += 1;
    if (request.headers['x-hold'] !== undefined) await held.reached;
  });
  const post = (bytes: number, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: Buffer.alloc(bytes, 0x20),
    });
  const first = post(1.5 * MIB, { 'x-hold': 'yes' });
  await eventually(() => inside === 1);
  const second = await post(MIB);
  t.equal(second.headers.get('retry-after'), '2');
  t.match([second.status, (await second.json()) as object], [503, { code: 'too-many-large-bodies' }]);
  t.equal((await post(64 * 1024)).status, 200, 'small ones pass');
  held.reach();
  t.equal((await first).status, 200);
  t.equal(await eventually(async () => (await post(1.5 * MIB)).status === 200), true, 'the budget is free again');
  const broken = connect(port, '127.0.0.1');
  broken.write(`${HEAD}content-length: ${2 * MIB}\r\n\r\n`);
  broken.write(Buffer.alloc(1.5 * MIB));
  await once(broken, 'drain');
  broken.resetAndDestroy();
  t.equal(await eventually(async () => (await post(1.5 * MIB)).status === 200), true, 'also after a broken one');
});
