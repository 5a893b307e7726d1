/** What the frame promises of every sandbox system: nothing told is lost, faults do what they say, everything received is shown. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { type Test, test } from 'tap';
import { firstFaults } from '../../src/sandbox/frame/faults.ts';
import { createFrame, type Frame } from '../../src/sandbox/frame/frame.ts';
import { SECRET, smallSystem } from './frame-system.ts';

interface Heard {
  headers: IncomingHttpHeaders;
  body: string;
}
/** A gateway that answers as told and remembers what it heard. */
async function gateway(t: Test, answer: (heard: Heard, count: number) => number) {
  const heard: Heard[] = [];
  let wake = () => {};
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    heard.push({ headers: request.headers, body });
    response.writeHead(answer(heard.at(-1) as Heard, heard.length)).end('{}');
    wake();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const until = async (enough: () => boolean): Promise<void> => {
    while (!enough()) await new Promise<void>(resolve => (wake = resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, until };
}

const start = async (t: Test, gatewayUrl = 'http://127.0.0.1:9', dataDir = t.testdir({})): Promise<Frame> => {
  const frame = createFrame(smallSystem, {
    dataDir,
    port: 0,
    gatewayUrl,
    inboundPath: '/v1/inbound/commune',
    webhookSecret: SECRET,
    secrets: {},
  });
  await frame.listen();
  t.teardown(() => frame.close());
  return frame;
};
const call = async (frame: { url: string }, method: string, path: string, body?: unknown) => {
  const answer = await fetch(frame.url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) };
};
const fault = (frame: Frame, body: object) => call(frame, 'PUT', '/_sandbox/faults', body);

test('tells the gateway in order, signed, with one id through all attempts, passing over what is refused', async t => {
  const tries = new Map<string, number>();
  const box = await gateway(t, ({ body, headers }) => {
    const id = String(headers['webhook-id']);
    tries.set(id, (tries.get(id) ?? 0) + 1);
    if (body.includes('H19-2"')) return 422;
    if (body.includes('H19-3"') && tries.get(id) === 1) return 503;
    if (body.includes('H19-4"') && tries.get(id) === 1) return 429;
    return 202;
  });
  const frame = await start(t, box.url);
  const acted = await call(frame, 'POST', '/_sandbox/act', { do: 'submit-dossier', count: 5 });
  t.equal(acted.json().done.length, 5);
  await box.until(() => box.heard.length === 7);
  t.same(
    box.heard.map(({ body }) => JSON.parse(body).code),
    ['H19-1', 'H19-2', 'H19-3', 'H19-3', 'H19-4', 'H19-4', 'H19-5'],
  );
  t.equal(new Set(box.heard.map(({ headers }) => headers['webhook-id'])).size, 5);
  for (const { headers, body } of box.heard)
    t.doesNotThrow(() => new Webhook(SECRET).verify(body, headers as Record<string, string>));
  const outbox = (await call(frame, 'GET', '/_sandbox/outbox')).json();
  t.match(outbox.refused, [{ status: 422, body: '{"code":"H19-2"}' }]);
});

test('after a kill -9 the records and what is owed to the gateway are still there', async t => {
  let open = false;
  const box = await gateway(t, () => (open ? 202 : 503));
  const dataDir = t.testdir({});
  const child = spawn(process.execPath, [join(import.meta.dirname, 'frame-system.ts'), dataDir, '0', box.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = String((await once(child.stdout, 'data'))[0]).trim();
  await call({ url }, 'POST', '/_sandbox/act', { do: 'submit-dossier', count: 20 });
  await call({ url }, 'POST', '/_sandbox/act', { do: 'submit-dossier', silent: true });
  await call({ url }, 'POST', '/dossiers', { code: 'H19-x' });
  await box.until(() => box.heard.length > 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const before = box.heard[0]?.headers['webhook-id'];
  box.heard.length = 0;
  // A kill in the middle of a write leaves half a line.
  appendFileSync(join(dataDir, 'journal.jsonl'), '["put","dossiers","H19-ha');
  appendFileSync(join(dataDir, 'received.jsonl'), '{"seq":');

  open = true;
  const frame = await start(t, box.url, dataDir);
  await box.until(() => box.heard.length === 20);
  t.equal(box.heard[0]?.headers['webhook-id'], before, 'the same id after the restart');
  t.same(
    box.heard.map(({ body }) => JSON.parse(body).code),
    Array.from({ length: 20 }, (_, index) => `H19-${index + 1}`),
  );
  t.equal((await call(frame, 'GET', '/_sandbox/records')).json().items.length, 22);
  t.match((await call(frame, 'GET', '/_sandbox/received')).json().items, [{ seq: 1, url: '/dossiers', status: 201 }]);
  t.equal((await call(frame, 'POST', '/_sandbox/act', { do: 'submit-dossier', silent: true })).json().code, 'H19-22');
});

test('a damaged journal stops the start instead of being half read', async t => {
  const dataDir = t.testdir({ 'journal.jsonl': '["count","a",1]\nrubbish\n["count","a",2]\n' });
  const frame = createFrame(smallSystem, {
    dataDir,
    port: 0,
    gatewayUrl: 'http://127.0.0.1:9',
    inboundPath: '/',
    webhookSecret: SECRET,
    secrets: {},
  });
  await t.rejects(frame.listen(), /journal\.jsonl:2/);
  t.match(readFileSync(join(dataDir, 'journal.jsonl'), 'utf8'), /rubbish/, 'nothing was overwritten');
});

test('a taken port leaves the data of the one that holds it alone', async t => {
  const dataDir = t.testdir({});
  const first = await start(t, undefined, dataDir);
  const port = Number(new URL(first.url).port);
  const second = createFrame(smallSystem, {
    dataDir,
    port,
    gatewayUrl: 'http://127.0.0.1:9',
    inboundPath: '/',
    webhookSecret: SECRET,
    secrets: {},
  });
  await t.rejects(second.listen(), { code: 'EADDRINUSE' });
});

test('an act is checked, and an unknown one is answered with those that exist', async t => {
  const frame = await start(t);
  const act = (body: unknown) => call(frame, 'POST', '/_sandbox/act', body);
  const unknown = await act({ do: 'fly' });
  t.equal(unknown.status, 400);
  t.same(unknown.json().allowed, ['submit-dossier']);
  for (const body of [{}, [], { do: 'submit-dossier', count: 0 }, { do: 'submit-dossier', at: 'soon' }, { do: 1 }])
    t.equal((await act(body)).status, 400, JSON.stringify(body));
  const one = (await act({ do: 'submit-dossier' })).json();
  t.match(one, { do: 'submit-dossier', entity: 'dossier', code: 'H19-1', done: [{ code: 'H19-1' }] });
});

test('records are filtered and paged', async t => {
  const frame = await start(t);
  await call(frame, 'POST', '/_sandbox/act', { do: 'submit-dossier', count: 5, silent: true });
  const codes: string[] = [];
  let cursor: string | null = '0';
  while (cursor !== null) {
    const page = (await call(frame, 'GET', `/_sandbox/records?entity=dossier&limit=2&cursor=${cursor}`)).json();
    codes.push(...page.items.map((item: { code: string }) => item.code));
    cursor = page.next;
  }
  t.same(codes, ['H19-1', 'H19-2', 'H19-3', 'H19-4', 'H19-5']);
  t.equal((await call(frame, 'GET', '/_sandbox/records?code=H19-3')).json().items.length, 1);
  t.equal((await call(frame, 'GET', '/_sandbox/records?cursor=-1')).status, 400);
});

test('what was received is shown in order, without credentials', async t => {
  const frame = await start(t);
  await fetch(`${frame.url}/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer canary' },
    body: '{"password":"canary","username":"a"}',
  });
  await call(frame, 'POST', '/dossiers', { code: 'a' });
  await call(frame, 'GET', '/nowhere');
  const { text, json } = await call(frame, 'GET', '/_sandbox/received');
  t.notMatch(text, 'canary');
  t.match(json().items, [
    { seq: 1, method: 'POST', url: '/auth/token', headers: { authorization: '***' }, status: 200 },
    { seq: 2, body: '{"code":"a"}', bytes: 12, status: 201 },
    { seq: 3, method: 'GET', url: '/nowhere', status: 404 },
  ]);
  t.match((await call(frame, 'GET', '/_sandbox/received?cursor=1&limit=1')).json(), { items: [{ seq: 2 }], next: '2' });
});

test('down and flapping close the connection and reach no handler', async t => {
  const frame = await start(t);
  for (const mode of ['down', 'flapping']) {
    await fault(frame, { mode });
    await t.rejects(call(frame, 'GET', '/dossiers'), mode);
    t.equal((await call(frame, 'GET', '/_sandbox/records')).status, 200, 'the sandbox calls still answer');
  }
  await fault(frame, { mode: 'none' });
  t.equal((await call(frame, 'GET', '/dossiers')).status, 200);
  t.equal((await call(frame, 'GET', '/_sandbox/received')).json().items.length, 1);
});

test('a call under way is cut when the system goes down', async t => {
  const frame = await start(t);
  await fault(frame, { mode: 'slow', delayMs: 3_600_000 });
  const hanging = call(frame, 'POST', '/dossiers', { code: 'a' }).then(
    () => 'answered',
    () => 'cut',
  );
  while ((await call(frame, 'GET', '/_sandbox/received')).json().items.length === 0);
  await fault(frame, { mode: 'down' });
  t.equal(await hanging, 'cut');
});

test('lost-answer takes effect and then drops the connection, but leaves sign-in and look-ups alone', async t => {
  const frame = await start(t);
  await fault(frame, { mode: 'lost-answer' });
  await t.rejects(call(frame, 'POST', '/dossiers', { code: 'a' }));
  t.equal((await call(frame, 'POST', '/auth/token', {})).status, 200);
  t.same((await call(frame, 'GET', '/dossiers')).json(), [{ code: 'a' }]);
  t.match((await call(frame, 'GET', '/_sandbox/received')).json().items[0], { status: null, fault: 'answer-lost' });
});

test("reject, garbage and throttle answer in the system's place", async t => {
  const frame = await start(t);
  await fault(frame, { mode: 'reject' });
  const rejected = await call(frame, 'POST', '/dossiers', { code: 'a' });
  t.equal(rejected.status, 422);
  t.type(rejected.json().maLoi, 'string');
  await fault(frame, { mode: 'garbage' });
  const garbage = await call(frame, 'POST', '/dossiers', { code: 'a' });
  t.equal(garbage.status, 200);
  t.throws(() => garbage.json());
  await fault(frame, { mode: 'throttle', rate: 0 });
  const throttled = await call(frame, 'GET', '/dossiers');
  t.equal(throttled.status, 429);
  t.equal(throttled.headers.get('retry-after'), '1');
  await fault(frame, { mode: 'none' });
  t.same((await call(frame, 'GET', '/dossiers')).json(), [], 'none of them had an effect');
});

test('at first all echo, and only the commune system honours keys: what proves itself proves nothing of us', async t => {
  t.match(firstFaults('commune'), { mode: 'none', echo: true, keys: 'honoured' });
  for (const role of ['portal', 'documents'] as const)
    t.match(firstFaults(role), { mode: 'none', echo: true, keys: 'ignored' }, role);
});

test('echo and keys stay through modes and restarts, a mode does not; wrong wishes are named', async t => {
  const dataDir = t.testdir({});
  const first = await start(t, undefined, dataDir);
  t.match((await call(first, 'GET', '/_sandbox/faults')).json(), { mode: 'none', echo: true, keys: 'honoured' });
  await fault(first, { mode: 'slow', echo: false, keys: 'ignored' });
  t.match((await fault(first, { mode: 'down' })).json(), { mode: 'down', echo: false, keys: 'ignored' });
  t.match((await fault(first, { echo: true })).json(), { mode: 'down', echo: true });
  for (const body of [{ mode: 'off' }, { rate: -1 }, { mode: 'reject', rate: 2 }, { seconds: 0 }, { speed: 1 }])
    t.match((await fault(first, body)).json(), { status: 400, faults: [{ pointer: /^\// }] }, JSON.stringify(body));
  await first.close();
  const second = await start(t, undefined, dataDir);
  t.match((await call(second, 'GET', '/_sandbox/faults')).json(), { mode: 'none', echo: true, keys: 'ignored' });
});

test('web pages and other host names are kept out of the sandbox calls', async t => {
  const frame = await start(t);
  const answer = await fetch(`${frame.url}/_sandbox/records`, { headers: { 'sec-fetch-site': 'cross-site' } });
  t.equal(answer.status, 403);
});
