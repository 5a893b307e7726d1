import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Test, test } from 'tap';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import { createEventChecker } from '../../src/http/event-checks.ts';
import { frontDoor, NOW, SAMPLES, sampleEvent, signed } from './samples.ts';

const checker = createEventChecker();
const ONE = 'application/cloudevents+json';
const good = Buffer.from(JSON.stringify(sampleEvent()));
type App = ReturnType<typeof frontDoor>;
type Answer = Awaited<ReturnType<typeof post>>;

async function post(app: App, body: Buffer | string, headers?: Record<string, string>) {
  const payload = Buffer.from(body);
  return app.inject({ method: 'POST', url: '/v1/events', payload, headers: headers ?? signed(payload) });
}
/** Status, problem code, then `pointer code` of each fault; checks that it is a whole problem+json. */
function problem(t: Test, answer: Answer, name = 'problem'): unknown[] {
  const body = answer.json() as {
    type: string;
    status: number;
    code: string;
    detail: string;
    detailEn: string;
    title: string;
  };
  t.match(answer.headers['content-type'], /^application\/problem\+json/, name);
  t.equal(body.status, answer.statusCode);
  t.equal(body.type, `urn:lienthong:problem:${body.code}`);
  t.ok(body.title && body.detail && body.detailEn, name);
  const faults = (body as unknown as { faults: { pointer: string; code: string; detail: string; detailEn: string }[] })
    .faults;
  for (const fault of faults) t.ok(fault.detail !== '' && fault.detailEn !== '', name);
  return [answer.statusCode, body.code, ...faults.map(fault => `${fault.pointer} ${fault.code}`)];
}

test('takes an honest event and keeps what it does not know', async t => {
  const app = frontDoor(checker);
  t.teardown(() => app.close());
  const event = sampleEvent('dossier.submitted', { later: 'x' });
  (event.data as JsonObject).unheardOf = { deep: [1, 'hai'] };
  const answer = await post(app, JSON.stringify(event));
  t.equal(answer.statusCode, 202);
  t.strictSame(answer.json(), { events: [event] });
});

test('refuses each kind of bad input by name, and takes the next honest request', async t => {
  const app = frontDoor(checker);
  t.teardown(() => app.close());
  const event = JSON.stringify(sampleEvent());
  const spoilt = (from: string, to: string): string => event.replace(from, to);
  const bad = (bytes: number[]): Buffer => Buffer.concat([good.subarray(0, 20), Buffer.from(bytes), good.subarray(20)]);
  const cases: [string, Buffer | string, unknown[]][] = [
    ['nothing', '', [400, 'invalid-json', ' empty']],
    ['broken JSON', event.slice(0, -1), [400, 'invalid-json', ' json-syntax']],
    ['10,000 deep', `{"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, [400, 'invalid-json', ' too-deep']],
    [
      'doubled key',
      spoilt('"unitCode":"26041"', '"unitCode":"26041","unitCode":"26042"'),
      [400, 'invalid-json', '/data/unitCode duplicate-key'],
    ],
    ['invalid UTF-8', bad([0xc3, 0x28]), [400, 'invalid-json', ' invalid-utf8']],
    ['byte order mark', `\ufeff${event}`, [400, 'invalid-json', ' byte-order-mark']],
    ['U+0000', spoilt('Nguyễn', 'Nguy\\u0000n'), [400, 'invalid-json', '/data/applicant/name null-character']],
    ['lone surrogate', spoilt('Nguyễn', '\\ud83d'), [400, 'invalid-json', '/data/applicant/name lone-surrogate']],
    ['2^53+1', spoilt('8000', '9007199254740993'), [400, 'invalid-json', '/data/fees/0/amount number-too-large']],
    ['1e400', spoilt('8000', '1e400'), [400, 'invalid-json', '/data/fees/0/amount number-too-large']],
    [
      '__proto__',
      spoilt('"data":{', '"data":{"__proto__":{"x":1},'),
      [400, 'invalid-json', '/data/__proto__ forbidden-key'],
    ],
    [
      'wrong types',
      spoilt('"26041"', '26041').replace('"0901234567"', '901234567'),
      [400, 'invalid-event', '/data/unitCode type', '/data/applicant/phone type'],
    ],
    ['unknown status', spoilt('"status":"1"', '"status":"12"'), [400, 'invalid-event', '/data/status unknown-status']],
    [
      'missing members',
      spoilt('"dossierCode"', '"dosierCode"').replace('"procedureCode"', '"x"'),
      [400, 'invalid-event', '/data/dossierCode missing', '/data/procedureCode missing'],
    ],
    ['unknown type', spoilt('dossier.submitted', 'dossier.dreamt'), [400, 'invalid-event', '/type unknown-type']],
    ['no object', '[]', [400, 'invalid-event', ' type']],
    ['over the limit', `{"x":"${'y'.repeat(1024 * 1024)}"}`, [413, 'body-too-large']],
  ];
  for (const [name, body, expected] of cases) {
    const refused = await post(app, body);
    t.strictSame(problem(t, refused, name), expected, name);
    t.equal((await post(app, good)).statusCode, 202, `honest after ${name}`);
  }
});

test('names the place within a batch', async t => {
  const app = frontDoor(checker);
  t.teardown(() => app.close());
  const batch = Array.from({ length: 20 }, () => sampleEvent());
  (batch[17]?.data as JsonObject).unitCode = 26041;
  const body = Buffer.from(JSON.stringify(batch));
  const answer = await post(app, body, signed(body, 'application/cloudevents-batch+json'));
  t.strictSame(problem(t, answer), [400, 'invalid-event', '/17/data/unitCode type']);
});

test('refuses wrong, old and missing signatures before it reads the body', async t => {
  const app = frontDoor(checker);
  t.teardown(() => app.close());
  const broken = '{"unitCode":';
  const wrong = { ...signed(Buffer.from(broken)), 'webhook-id': 'other' };
  t.strictSame(problem(t, await post(app, broken, wrong)), [
    401,
    'unauthenticated',
    '/headers/webhook-signature no-match',
  ]);
  const old = signed(good, ONE, new Date(NOW.getTime() - 301_000));
  t.strictSame(problem(t, await post(app, good, old)), [
    401,
    'unauthenticated',
    '/headers/webhook-timestamp outside-window',
  ]);
  const none = await post(app, good, { 'content-type': ONE });
  t.equal(problem(t, none).length, 2 + 3);
  t.ok(none.headers['www-authenticate']);
  const stranger = await post(app, good, { ...signed(good), 'x-system': 'unknown', 'x-request-id': 'same-request' });
  const forged = await post(app, good, { ...signed(good), 'webhook-id': 'other', 'x-request-id': 'same-request' });
  t.equal(stranger.body, forged.body, 'an unknown system is answered as a wrong signature is');
});

test('takes only its media types, in UTF-8, not compressed', async t => {
  const app = frontDoor(checker);
  t.teardown(() => app.close());
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'application/cloudevents+json; charset=latin1',
    'application/json\t',
    'application/json, text/plain',
    'garbage',
    'application/vnd.api+json',
  ]) {
    const answer = await post(app, good, { ...signed(good), 'content-type': type });
    // A trailing tab is cut off by the HTTP parser itself.
    if (type.endsWith('\t')) t.ok([202, 415].includes(answer.statusCode));
    else t.strictSame(problem(t, answer, type), [415, 'unsupported-media-type'], type);
  }
  const zipped = gzipSync(good);
  const answer = await post(app, zipped, { ...signed(zipped), 'content-encoding': 'gzip' });
  t.strictSame(problem(t, answer), [415, 'unsupported-encoding']);
  t.equal(answer.headers['accept-encoding'], 'identity');
  t.equal((await post(app, good)).statusCode, 202);
});

/** Each way to spoil one value, as a caller's bug would. */
const SPOIL: readonly ((value: Json) => Json | undefined)[] = [
  () => undefined,
  () => null,
  () => 5,
  () => -1.5,
  () => true,
  () => '',
  () => [],
  () => ({}),
  () => 'x'.repeat(400_000),
  () => '\u0007\u202e',
  () => Array(2_000).fill({}),
  () => Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, index])),
  value => [value],
  value => ({ value }),
];

/** The paths of all values within `value`. */
function paths(value: Json, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))];
}
function spoilAt(event: JsonObject, path: readonly string[], spoil: (value: Json) => Json | undefined): void {
  let parent: Record<string, Json> = event;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, Json>;
  const last = path.at(-1) as string;
  const value = spoil(parent[last] as Json);
  if (value === undefined && !Array.isArray(parent)) delete parent[last];
  else parent[last] = value ?? null;
}

test('answers a valid event with one value spoilt by 202 or a 4xx that names a place, never by 5xx', async t => {
  const app = frontDoor(checker);
  t.teardown(() => app.close());
  const seen = new Map<number, number>();
  const spoilt = fc.constantFrom(...Object.keys(SAMPLES)).chain(type => {
    const places = paths(sampleEvent(type)).filter(path => path.length > 0);
    return fc.tuple(fc.constant(type), fc.constantFrom(...places), fc.constantFrom(...SPOIL));
  });
  await fc.assert(
    fc.asyncProperty(spoilt, async ([type, path, spoil]) => {
      const event = sampleEvent(type);
      spoilAt(event, path, spoil);
      const answer = await post(app, JSON.stringify(event));
      seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1);
      if (answer.statusCode === 202) return true;
      return [400, 413].includes(answer.statusCode) && (answer.json() as { faults: unknown[] }).faults.length > 0;
    }),
    { numRuns: 600 },
  );
  t.ok((seen.get(400) ?? 0) > 200, `most are refused: ${JSON.stringify([...seen])}`);
  t.equal((await post(app, good)).statusCode, 202);
});

test('answers any bytes by a 4xx', async t => {
  const app = frontDoor(checker);
  t.teardown(() => app.close());
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array)),
    fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => {
      const body = Buffer.from(good);
      body[at] = byte;
      return body;
    }),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async body => [202, 400].includes((await post(app, body)).statusCode)),
    { numRuns: 500 },
  );
  t.equal((await post(app, good)).statusCode, 202);
});

/** What comes back on a raw connection that sends `text`. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      received += part;
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

test('answers what is hardly HTTP, and goes on', async t => {
  const app = frontDoor(checker);
  t.teardown(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  const codes = async (text: string): Promise<string> => {
    const answer = await exchange(port, text);
    const code = /"code":"([a-z-]+)"/.exec(answer)?.[1];
    t.match(answer, /application\/problem\+json/);
    t.match(answer, /x-content-type-options: nosniff/);
    return `${answer.slice(9, 12)} ${code}`;
  };
  t.equal(await codes('TRACE / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'), '405 method-not-allowed');
  t.equal(await codes('GET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'), '404 not-found');
  t.equal(await codes('GET /%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'), '400 invalid-url');
  t.equal(await codes('NOT HTTP AT ALL\r\n\r\n'), '400 malformed-request');
  t.equal(await codes(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`), '431 headers-too-large');
  t.equal(
    await codes(
      'POST /v1/events HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ),
    '400 malformed-request',
  );
  const answer = await fetch(`http://127.0.0.1:${port}/v1/events`, {
    method: 'POST',
    body: good,
    headers: signed(good),
  });
  t.equal(answer.status, 202);
});
