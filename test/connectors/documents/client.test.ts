/** The calls of the documents connector, and what each answer means for a delivery. */
import nock from 'nock';
import { test } from 'tap';
import type { Delivery } from '../../../connectors/connector.ts';
import { create } from '../../../connectors/documents/create.ts';
import { TransportFault } from '../../../src/domain/errors.ts';
import { contextFor, example, httpTo, NOW } from './support.ts';

const BASE = 'http://van-ban.test';
const connectorTo = () => create(contextFor(httpTo(BASE)));
const scope = () => nock(BASE);
const token = (name = 'the-1', times = 1) =>
  scope().post('/api/token').times(times).reply(200, { token: name, expiresIn: 60 });

const delivery: Delivery = {
  syncId: 'luot-1',
  message: {
    operation: 'POST /api/edoc',
    payload: { xml: '<a/>' },
    ref: { kind: 'document', code: 'vb-1', expect: { sha256: 'ab', businessType: '0' } },
  },
  headers: { 'idempotency-key': 'luot-1', 'x-lienthong-sync': 'luot-1' },
};

nock.disableNetConnect();

test('signs in with system id and secret, and sends with the session and the headers of the sync', async t => {
  scope()
    .post('/api/token', { systemId: 'systemId-of-the-test', secret: 'secret-of-the-test' })
    .reply(200, { token: 'the-1', expiresIn: 60 });
  const sent = nock(BASE, { reqheaders: { authorization: 'Bearer the-1', 'idempotency-key': 'luot-1' } })
    .post('/api/edoc', '<a/>')
    .matchHeader('content-type', /^application\/xml/)
    .reply(201, { id: 'edoc-9' });
  const outcomes = await connectorTo().deliver([delivery]);
  t.same(outcomes, [{ syncId: 'luot-1', result: 'delivered', foreignId: 'edoc-9' }]);
  t.ok(sent.isDone());
});

test('says what each answer means', async t => {
  const table: [number, string | object, Record<string, string>, object][] = [
    [400, { code: 'xml-malformed', message: 'Nguyễn Văn A' }, {}, { cause: 'target-rejected', unknown: false }],
    [404, { code: 'unknown-document' }, {}, { cause: 'not-known-there', unknown: false }],
    [409, {}, {}, { cause: 'target-conflict', unknown: false }],
    [429, '', { 'retry-after': '7' }, { cause: 'target-throttled', retryAfterMs: 7000, unknown: false }],
    [500, 'boom', {}, { cause: 'target-unavailable', unknown: true }],
    [503, '', { 'retry-after': '2' }, { cause: 'target-unavailable', retryAfterMs: 2000, unknown: false }],
    [504, '', {}, { cause: 'target-timeout', unknown: true }],
    [200, 'không phải JSON', {}, { cause: 'target-protocol', unknown: true }],
    [200, { ok: true }, {}, { cause: 'target-protocol', unknown: true }],
  ];
  for (const [status, body, headers, expected] of table) {
    token();
    scope().post('/api/edoc').reply(status, body, headers);
    const [outcome] = await connectorTo().deliver([delivery]);
    t.match(outcome, { syncId: 'luot-1', result: 'failed', ...expected }, String(status));
    t.notMatch(JSON.stringify(outcome), 'Nguyễn', 'free text of the target is not kept');
  }
});

test('renews a refused session once, then says that sign-in is refused', async t => {
  token('the-1');
  scope().post('/api/edoc').matchHeader('authorization', 'Bearer the-1').reply(401, {});
  token('the-2');
  scope().post('/api/edoc').matchHeader('authorization', 'Bearer the-2').reply(201, { id: 'e1' });
  t.match(await connectorTo().deliver([delivery]), [{ result: 'delivered', foreignId: 'e1' }]);

  token('the-3', 2);
  scope().post('/api/edoc').times(2).reply(401, {});
  t.match(await connectorTo().deliver([delivery]), [{ cause: 'target-authentication', unknown: false, status: 401 }]);

  scope().post('/api/token').times(2).reply(401, {});
  t.match(await connectorTo().deliver([delivery]), [{ cause: 'target-authentication', unknown: false }]);
  await t.rejects(connectorTo().signIn(), { code: 'target-authentication' });
});

test('tells a lost connection from a timeout, and whether it may have taken effect', async t => {
  const table: [TransportFault, object][] = [
    [new TransportFault('unavailable', false, 'ECONNREFUSED'), { cause: 'target-unavailable', unknown: false }],
    [new TransportFault('unavailable', true, 'ECONNRESET'), { cause: 'target-unavailable', unknown: true }],
    [new TransportFault('timeout', true, 'timeout'), { cause: 'target-timeout', unknown: true }],
    [new TransportFault('protocol', true, 'parse'), { cause: 'target-protocol', unknown: true }],
  ];
  for (const [fault, expected] of table) {
    const connector = create(
      contextFor(async call => {
        if (call.path === '/api/token') return { status: 200, headers: {}, body: Buffer.from('{"token":"t"}') };
        throw fault;
      }),
    );
    t.match(await connector.deliver([delivery]), [{ result: 'failed', ...expected }], fault.message);
  }
});

test('looks up by document id, business type and hash', async t => {
  const found = async (items: object[]) => {
    token();
    scope().get('/api/edoc/sent').query({ documentId: 'vb-1' }).reply(200, items);
    return connectorTo().lookUp(delivery);
  };
  const item = { id: 'e1', documentId: 'vb-1', businessType: '0', sha256: 'ab' };
  t.same(await found([]), { found: 'absent' });
  t.same(await found([item]), { found: 'equal', foreignId: 'e1' });
  t.same(await found([{ ...item, sha256: 'cd' }]), { found: 'different', foreignId: 'e1' });
  t.same(await found([{ ...item, businessType: '2' }]), { found: 'absent' });
  t.same(
    await found([{ id: 'e1', documentId: 'vb-1' }]),
    { found: 'equal', foreignId: 'e1' },
    'a system without hashes',
  );
  token();
  scope().get('/api/edoc/sent').query(true).reply(429, '', { 'retry-after': '7' });
  await t.rejects(connectorTo().lookUp(delivery), {
    name: 'TransportFault',
    reason: 'target-throttled',
    retryAfterMs: 7_000,
  });
});

test('pulls both lists in the order of time, with faults and secrets in their place', async t => {
  const stamp = (second: number): string => `2025/07/04 08:00:0${second}`;
  const list = (type: string, items: object[]) => {
    scope().get('/api/edoc/received').query({ type, page: '0' }).reply(200, items);
    if (items.length > 0) scope().get('/api/edoc/received').query({ type, page: '1' }).reply(200, []);
  };
  token();
  list('edoc', [
    { id: 'e1', type: 'edoc', from: 'H19', createdAt: stamp(1) },
    { id: 'e3', type: 'edoc', from: 'H19', createdAt: stamp(3) },
    { id: 'e4', type: 'edoc', from: 'H19', createdAt: stamp(4), secrecy: 'Mật' },
    { id: 'e5', type: 'edoc', from: 'H19', createdAt: stamp(5) },
    { id: 'e6', type: 'edoc', from: 'H19', createdAt: stamp(6) },
    { id: 'e7', type: 'edoc', from: 'H19', createdAt: stamp(7) },
  ]);
  list('status', [{ id: 's2', type: 'status', from: 'H19', createdAt: stamp(2) }]);
  const get = (id: string, status: number, body: Buffer | string) =>
    scope()
      .get(`/api/edoc/${id}`)
      .reply(status, body as Buffer);
  get('e1', 200, example('minimal'));
  get('s2', 200, example('status'));
  get('e3', 200, '<edXML>hỏng');
  get('e5', 200, example('secret'));
  get('e6', 404, '');
  get('e7', 200, '<edXML><Do>Tối mật</Do>');
  const { items, cursor, more } = await connectorTo().poll(null, 50);
  t.same(
    items.map(item => item.ref),
    ['e1', 's2', 'e3', 'e4', 'e5', 'e7'],
    'what another poller was faster with is left out',
  );
  t.equal(items[0]?.events[0]?.time, '2025-07-04T08:00:01+07:00', 'the list’s own time stands in');
  t.match(items[2], { fault: { code: 'invalid-edxml' }, events: [] });
  t.equal(items[2]?.raw.toString(), '<edXML>hỏng');
  for (const secret of [items[3], items[4], items[5]]) {
    t.match(secret, { withhold: { code: 'secret-document', sender: 'H19' }, events: [] });
    t.equal(secret?.raw.length, 0, 'nothing of it is kept');
  }
  t.equal(cursor, null);
  t.equal(more, false);
});

test('goes on inside a round from a cursor, and begins anew after it', async t => {
  const all = Array.from({ length: 5 }, (_, n) => ({
    id: `e${n}`,
    type: 'edoc',
    from: 'H19',
    createdAt: n < 3 ? '2025/07/04 08:00:00' : '2025/07/04 08:00:01',
  }));
  scope().persist().post('/api/token').reply(200, { token: 't' });
  scope()
    .persist()
    .get('/api/edoc/received')
    .query(true)
    .reply(200, (request: Request) => {
      const query = new URL(request.url).searchParams;
      if (query.get('type') === 'status' || query.get('page') !== '0') return '[]';
      return JSON.stringify(all.filter(item => item.createdAt >= (query.get('from') ?? '')));
    });
  scope()
    .persist()
    .get(/\/api\/edoc\/e\d/)
    .reply(200, example('minimal'));
  const connector = connectorTo();
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const round = await connector.poll(cursor, 2);
    seen.push(...round.items.map(item => item.ref));
    cursor = round.cursor;
  } while (cursor !== null);
  t.same(seen, ['e0', 'e1', 'e2', 'e3', 'e4']);
  const first = await connector.poll(null, 2);
  const second = await connector.poll(null, 2);
  t.same(first, second, 'two pollers see the same, with the same event ids');
  nock.cleanAll();
});

test('acknowledges, and takes "already done" for done', async t => {
  token();
  const done = scope().post('/api/edoc/e%2F1/ack', { result: 'done' }).reply(200, {});
  const failed = scope().post('/api/edoc/e2/ack', { result: 'fail', reason: 'hỏng' }).reply(409, {});
  scope().post('/api/edoc/e3/ack').reply(500, '');
  const connector = connectorTo();
  await connector.acknowledge('e/1', 'done');
  await connector.acknowledge('e2', 'fail', 'hỏng');
  t.ok(done.isDone() && failed.isDone());
  await t.rejects(connector.acknowledge('e3', 'done'), TransportFault);
});

test('lists what changed in a window, page by page', async t => {
  token();
  const query = { from: '2025/07/04 08:00:00', to: '2025/07/05 08:00:00' };
  scope()
    .get('/api/edoc/documents')
    .query({ ...query, page: '0' })
    .reply(200, [{ documentId: 'vb-1', status: '03', changedAt: '2025/07/04 09:00:00' }]);
  scope()
    .get('/api/edoc/documents')
    .query({ ...query, page: '1' })
    .reply(200, []);
  const connector = connectorTo();
  const window = { from: NOW, to: new Date(NOW.getTime() + 86_400_000) };
  const first = await connector.list(window, null);
  t.same(first, { items: [{ code: 'vb-1', status: '03', changedAt: '2025-07-04T09:00:00+07:00' }], cursor: '1' });
  t.same(await connector.list(window, first.cursor), { items: [], cursor: null });
});
