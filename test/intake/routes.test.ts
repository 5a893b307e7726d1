/** The front door for systems: 202 only for what is in the ledger, and every refusal without a trace in it. */
import { createSecretKey } from 'node:crypto';
import { pino } from 'pino';
import { type Test, test } from 'tap';
import type { Connector, Parsed } from '../../connectors/connector.ts';
import { GatewayError } from '../../src/domain/errors.ts';
import type { Json } from '../../src/domain/words.ts';
import { createEventChecker } from '../../src/http/event-checks.ts';
import { createServer } from '../../src/http/server.ts';
import { signMessage } from '../../src/http/signature.ts';
import { registerIntake } from '../../src/intake/routes.ts';
import { createSystemAuth } from '../../src/intake/system-auth.ts';
import { ledgerRig, submitted, systems, updated } from '../support/ledger-rig.ts';
import { lineTo } from '../support/line-to.ts';
import { anotherProcess } from '../support/processes.ts';

const checker = createEventChecker();
const secretOf = (id: string): Buffer => Buffer.alloc(32, id);
const signing = systems.map(system => ({
  ...system,
  webhookSecrets: [`whsec_${secretOf(system.id).toString('base64')}`],
}));
const ONE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

const door = async (t: Test, connector?: Partial<Connector>, through?: (url: string) => Promise<string>) => {
  const rig = await ledgerRig(t);
  const { queue } = anotherProcess(t, through ? await through(rig.url) : rig.url);
  const app = createServer({ logger: pino({ level: 'silent' }) });
  t.teardown(() => app.close());
  registerIntake(app, {
    queue,
    auth: createSystemAuth(signing),
    checker,
    connectorOf: id => (id === 'documents' ? undefined : (connector as Connector)),
    authenticateClient: async request => {
      if (request.headers.authorization !== 'Bearer good')
        throw new GatewayError('unauthenticated', 401, { vi: 'Chưa xác thực', en: 'Not signed in' });
    },
    onAccepted: () => {},
    now: () => new Date(),
  });
  const post = async (
    url: string,
    body: Json,
    more: { by?: string; type?: string; headers?: Record<string, string> } = {},
  ) => {
    const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const key = createSecretKey(secretOf(more.by ?? 'portal'));
    const signed = more.headers ?? signMessage({ id: 'msg_1', at: new Date(), body: payload, key });
    const headers = { 'content-type': more.type ?? ONE, ...signed };
    return app.inject({ method: 'POST', url, payload, headers });
  };
  const stored = async (): Promise<string[]> =>
    (await rig.database.people.query('SELECT source_id FROM events ORDER BY id')).rows.map(row => row.source_id);
  return { rig, post, stored };
};
const json = (value: unknown): Json => value as Json;

test('a 202 is in the ledger, in the order of the batch', async t => {
  const { post, stored } = await door(t);
  const events = [submitted('A'), updated('A', { summary: 'b' }), submitted('B')];
  const answer = await post('/v1/events', json(events), { type: BATCH });
  t.equal(answer.statusCode, 202);
  t.same(
    answer.json().events.map((event: { id: string }) => event.id),
    events.map(event => event.id),
  );
  t.match(answer.json().events[0], {
    source: 'portal',
    duplicate: false,
    syncs: [{ target: 'commune', state: 'queued' }],
  });
  t.same(
    await stored(),
    events.map(event => event.id),
  );
});

test('the same again is a duplicate, other content 409 with both hashes, as a problem', async t => {
  const { post, stored } = await door(t);
  const event = submitted('A');
  const first = await post('/v1/events', json(event));
  const again = await post('/v1/events', json(event));
  t.match(again.json().events, [
    { duplicate: true, eventId: first.json().events[0].eventId, syncs: first.json().events[0].syncs },
  ]);
  const other = await post('/v1/events', json({ ...event, subject: 'B' }));
  t.equal(other.statusCode, 409);
  t.match(other.headers['content-type'], /application\/problem\+json/);
  t.match(other.json(), { type: /id-reused/, storedHash: /^[0-9a-f]{64}$/, receivedHash: /^[0-9a-f]{64}$/ });
  t.equal((await stored()).length, 1);
});

test('one bad event refuses its batch, with the place, and nothing is stored', async t => {
  const { post, stored } = await door(t);
  const answer = await post('/v1/events', json([submitted('A'), { ...submitted('B'), data: {} }]), { type: BATCH });
  t.equal(answer.statusCode, 422);
  t.match(answer.json().faults[0], { pointer: /^\/1\/data\// });
  t.same(await stored(), []);
});

test('a system speaks only for itself, and only with its own key', async t => {
  const { post, stored } = await door(t);
  const foreign = await post('/v1/events', json([submitted('A'), { ...submitted('B'), source: 'commune' }]), {
    type: BATCH,
  });
  t.equal(foreign.statusCode, 403);
  t.match(foreign.json(), { faults: [{ pointer: '/1/source' }] });
  t.equal((await post('/v1/events', json(submitted('A')), { by: 'commune' })).statusCode, 401);
  t.equal((await post('/v1/events', json({ ...submitted('A'), source: 'stranger' }))).statusCode, 401);
  t.equal((await post('/v1/events', json(submitted('A')), { headers: {} })).statusCode, 401, 'no signature, no token');
  t.same(await stored(), []);
  const client = await post('/v1/events', json(submitted('A')), { headers: { authorization: 'Bearer good' } });
  t.equal(client.statusCode, 202, 'a client’s token speaks for a source');
});

test('binary mode names its source in a header', async t => {
  const { post, stored } = await door(t);
  const event = submitted('A');
  const body = JSON.stringify(event.data);
  const signed = signMessage({ id: 'm', at: new Date(), body, key: createSecretKey(secretOf('portal')) });
  const headers = {
    ...signed,
    'ce-specversion': '1.0',
    'ce-id': event.id,
    'ce-source': 'portal',
    'ce-type': event.type,
    'ce-time': event.time,
  };
  const answer = await post('/v1/events', body, { type: 'application/json', headers });
  t.equal(answer.statusCode, 202, answer.body);
  t.same(await stored(), [event.id]);
});

test('a dialect’s own acknowledgement is sent after the commit, and not for what was refused', async t => {
  let events = [submitted('A')];
  const parse = async (): Promise<Parsed> => ({
    events,
    answer: { status: 200, contentType: 'application/json', body: '{"ma":0}' },
  });
  const { post, stored } = await door(t, { parse });
  const good = await post('/v1/inbound/portal', { any: 1 }, { type: 'application/json' });
  t.match([good.statusCode, good.body], [200, '{"ma":0}']);
  t.same(await stored(), [events[0]?.id]);
  events = [{ ...submitted('B'), data: {} }];
  const bad = await post('/v1/inbound/portal', { any: 1 }, { type: 'application/json' });
  t.equal(bad.statusCode, 422);
  events = [];
  t.equal(
    (await post('/v1/inbound/portal', { any: 1 }, { type: 'application/json' })).statusCode,
    200,
    'an echo may say nothing',
  );
  t.equal((await stored()).length, 1);
});

test('who does not exist is answered like who signs wrongly', async t => {
  const { post } = await door(t, {});
  t.equal((await post('/v1/inbound/nobody', {})).statusCode, 401);
  t.equal((await post('/v1/inbound/commune', {}, { by: 'portal' })).statusCode, 401);
  t.equal((await post('/v1/inbound/documents', {}, { by: 'documents' })).statusCode, 404, 'signed, but no connector');
});

test('without its database it says 503 and when to come again', async t => {
  let cut = (): void => {};
  const { post } = await door(t, undefined, async url => {
    const way = await lineTo(t, url);
    cut = () => way.line.shut();
    return way.url;
  });
  cut();
  const answer = await post('/v1/events', json(submitted('A')));
  t.equal(answer.statusCode, 503);
  t.equal(answer.headers['retry-after'], '2');
  t.match(answer.json(), { type: /ledger-unavailable/ });
});
