/** The simulated document system over real HTTP, met by the real connector. */
import Fastify from 'fastify';
import { type Test, test } from 'tap';
import type { Connector, Delivery } from '../../connectors/connector.ts';
import { create } from '../../connectors/documents/create.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import type { Act, Box, Faults, Store } from '../../src/sandbox/box.ts';
import { documentsSandbox } from '../../src/sandbox/documents/system.ts';
import { contextFor, eventWith, formatInput, httpTo, NOW, pushed } from '../connectors/documents/support.ts';

/** A store as simple as the interface allows. */
function memoryStore(): Store {
  const collections = new Map<string, Map<string, JsonObject>>();
  const counters = new Map<string, number>();
  const of = (name: string): Map<string, JsonObject> => {
    const known = collections.get(name) ?? new Map<string, JsonObject>();
    collections.set(name, known);
    return known;
  };
  return {
    put: (name, key, record) => {
      of(name).set(key, structuredClone(record));
    },
    get: (name, key) => structuredClone(of(name).get(key)),
    delete: (name, key) => {
      of(name).delete(key);
    },
    list: name => [...of(name).values()].map(record => structuredClone(record)),
    next: name => {
      const value = (counters.get(name) ?? 0) + 1;
      counters.set(name, value);
      return value;
    },
  };
}

interface Bench {
  box: Box;
  told: string[];
  connector: Connector;
  act(act: Partial<Act> & { do: string }): Promise<JsonObject | undefined>;
  /** Polls once and acknowledges everything. */
  pull(): Promise<GatewayEvent[]>;
  setNow(time: Date): void;
  setFaults(faults: Partial<Faults>): void;
}

async function bench(t: Test, faults: Partial<Faults> = {}): Promise<Bench> {
  const told: string[] = [];
  let now = NOW;
  let current: Faults = { mode: 'none', rate: 1, delayMs: 0, seconds: 0, echo: false, keys: 'ignored', ...faults };
  const box: Box = {
    role: 'documents',
    store: memoryStore(),
    faults: () => current,
    tell: message => {
      told.push(message.body);
    },
    secret: name => `${name}-of-the-test`,
    now: () => now,
  };
  const app = Fastify({ bodyLimit: 16 * 1024 * 1024 });
  documentsSandbox.register(app, box);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const connector = create(contextFor(httpTo(url), {}, () => now));
  return {
    box,
    told,
    connector,
    act: act => documentsSandbox.act(box, { count: 1, silent: false, ...act }),
    pull: async () => {
      const { items } = await connector.poll(null, 100);
      for (const item of items) await connector.acknowledge(item.ref, item.fault ? 'fail' : 'done');
      return items.flatMap(item => item.events);
    },
    setNow: time => {
      now = time;
    },
    setFaults: more => {
      current = { ...current, ...more };
    },
  };
}

const file = Buffer.from('%PDF-1.4 giấy phép mẫu\n');
const request = (requestId: string, more: JsonObject = {}): GatewayEvent =>
  eventWith('approval.requested', {
    about: { dossierCode: `H19.26380-250702-${requestId}` },
    unitCode: '26380',
    requestId,
    act: 'approve',
    files: [{ id: 'f1', name: 'giấy phép.pdf', mediaType: 'application/pdf', content: file.toString('base64') }],
    ...more,
  });
const deliveryOf = (connector: Connector, event: GatewayEvent, key = `luot-${event.id}`): Delivery => ({
  syncId: key,
  message: connector.format(formatInput(event)),
  headers: { 'idempotency-key': key },
});

test('refuses calls without a session and with a wrong secret', async t => {
  const { connector, box } = await bench(t);
  await connector.signIn();
  const app = Fastify();
  documentsSandbox.register(app, box);
  t.equal((await app.inject('/api/edoc/received')).statusCode, 401);
  const wrong = await app.inject({ method: 'POST', url: '/api/token', payload: { systemId: 'x', secret: 'y' } });
  t.equal(wrong.statusCode, 401);
  await app.close();
});

test('a document is pulled, acknowledged, and gone from the list', async t => {
  const { act, pull, connector } = await bench(t);
  const done = await act({ do: 'send-document', unitCode: '26380', code: 'H19.26380-250702-0007' });
  t.match(done, { entity: 'document', code: 'H19,2025/07/04,1/UBND-VP' });
  const events = await pull();
  t.match(events, [
    {
      type: 'document.sent',
      data: {
        documentId: 'H19,2025/07/04,1/UBND-VP',
        from: { agencyCode: 'H19' },
        to: [{ agencyCode: 'H19.MAU.26380', unitCode: '26380' }],
        about: { dossierCode: 'H19.26380-250702-0007' },
        files: [{ name: 'van-ban-1.txt' }],
      },
    },
  ]);
  t.same(await pull(), []);
  const held = await connector.list({ from: new Date(NOW.getTime() - 1000), to: new Date(NOW.getTime() + 1000) }, null);
  t.match(held.items, [{ code: 'H19,2025/07/04,1/UBND-VP' }]);
  const again = await connector.fetch({ kind: 'document', code: 'H19,2025/07/04,1/UBND-VP' });
  t.same(again, events, 'fetched alone it is the same event');
});

test('a flood of documents comes in order, page by page', async t => {
  const { act, connector } = await bench(t);
  for (let n = 0; n < 50; n += 1) await act({ do: 'send-document' });
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const round = await connector.poll(cursor, 15);
    seen.push(...round.items.map(item => String(item.events[0]?.data.number)));
    cursor = round.cursor;
  } while (cursor !== null);
  t.same(
    seen,
    Array.from({ length: 50 }, (_, n) => String(n + 1)),
  );
});

test('recall, update and replacement name the document they are about', async t => {
  const { act, pull } = await bench(t);
  await act({ do: 'send-document', documentId: 'vb-goc' });
  await act({ do: 'send-document', business: '2', documentId: 'vb-goc', reason: 'Thêm nơi nhận' });
  await act({ do: 'send-document', business: '3', documentId: 'vb-goc' });
  await act({ do: 'send-document', business: '1', documentId: 'vb-goc', reason: 'Ban hành nhầm' });
  const events = await pull();
  t.same(
    events.map(event => event.type),
    ['document.sent', 'document.updated', 'document.replaced', 'document.recalled'],
  );
  t.equal(events[1]?.data.documentId, 'vb-goc');
  t.match(events[2]?.data.replaces, [{ documentId: 'vb-goc' }]);
  t.match(events[3]?.data, { documentId: 'vb-goc', reason: 'Ban hành nhầm' });
});

test('a secret document is withheld', async t => {
  const { act, connector } = await bench(t);
  await act({ do: 'send-document', secrecy: 'Mật' });
  const { items } = await connector.poll(null, 10);
  t.match(items, [{ withhold: { code: 'secret-document', sender: 'H19' }, events: [] }]);
  t.equal(items[0]?.raw.length, 0);
});

test('an approval request is answered: numbered, files byte for byte, signature marked as simulated', async t => {
  const { act, pull, connector } = await bench(t);
  const delivery = deliveryOf(connector, request('0001'));
  t.same(await connector.lookUp(delivery), { found: 'absent' });
  const [outcome] = await connector.deliver([delivery]);
  t.match(outcome, { result: 'delivered', foreignId: /^edoc-/ });
  t.match(await connector.lookUp(delivery), { found: 'equal' });
  t.match(await act({ do: 'give-approval', post: 'chu-tich' }), {
    code: 'H19.26380-250702-0001',
    decision: 'approved',
  });
  const [given] = await pull();
  t.match(given, {
    type: 'approval.given',
    subject: 'H19.26380-250702-0001',
    data: {
      about: { dossierCode: 'H19.26380-250702-0001' },
      unitCode: '26380',
      decision: 'approved',
      inReplyTo: '0001',
      post: 'chu-tich',
      officer: { name: 'Nguyễn Văn Mẫu' },
      document: { number: '1', notation: 'QĐ-UBND', issuedAt: '2025-07-04' },
      signature: 'mô phỏng',
    },
  });
  const [signed, signature] = (given?.data.signedFiles ?? []) as JsonObject[];
  t.equal(signed?.content, file.toString('base64'), 'the file that was asked for, unchanged');
  t.match(Buffer.from(String(signature?.content), 'base64').toString(), 'KHÔNG CÓ GIÁ TRỊ PHÁP LÝ');
  t.match(Buffer.from(String(signature?.content), 'base64').toString(), String(signed?.sha256));
  await t.rejects(act({ do: 'give-approval' }), { code: 'no-open-request' });
});

test('refusals and initials go back without a number', async t => {
  const { act, pull, connector } = await bench(t);
  await connector.deliver([deliveryOf(connector, request('0002'))]);
  await connector.deliver([deliveryOf(connector, request('0003', { act: 'initial' }))]);
  await act({ do: 'give-approval', requestId: '0002', decision: 'refused', reason: 'Sai thẩm quyền' });
  await act({ do: 'give-approval', code: 'H19.26380-250702-0003' });
  const [refused, initialled] = await pull();
  t.match(refused?.data, { decision: 'refused', reason: 'Sai thẩm quyền' });
  t.same(Object.keys((refused?.data.document ?? {}) as JsonObject), ['documentId']);
  t.notOk('signedFiles' in (refused?.data ?? {}));
  t.match(initialled?.data, { decision: 'approved', act: 'initial' });
  t.same(Object.keys((initialled?.data.document ?? {}) as JsonObject), ['documentId']);
});

test('a standing order answers the next request by itself, once', async t => {
  const { act, pull, connector } = await bench(t);
  await act({ do: 'give-approval', auto: true, unitCode: '26380' });
  await connector.deliver([deliveryOf(connector, request('0004', { unitCode: '26119' }))]);
  await connector.deliver([deliveryOf(connector, request('0005'))]);
  await connector.deliver([deliveryOf(connector, request('0006'))]);
  const events = await pull();
  t.same(
    events.map(event => event.data.inReplyTo),
    ['0005'],
  );
});

test('an opinion comes back as text', async t => {
  const { act, pull, connector } = await bench(t);
  const asked = eventWith('opinion.requested', { about: { dossierCode: 'H1' }, unitCode: '26380', requestId: 'yk-1' });
  await connector.deliver([deliveryOf(connector, asked)]);
  await act({ do: 'give-opinion', text: 'Đồng ý, lưu ý thời hạn.' });
  t.match(await pull(), [{ type: 'opinion.given', data: { text: 'Đồng ý, lưu ý thời hạn.', inReplyTo: 'yk-1' } }]);
});

test('rights and posts are pushed in a form that the connector reads', async t => {
  const { act, told, connector } = await bench(t);
  const officer = { id: 'CB-9', name: 'Lê Thị Mẫu' };
  await act({ do: 'grant-right', unitCode: '26119', officer, right: 'approve', post: 'chu-tich' });
  await act({ do: 'assign-post', unitCode: '26119', officer, post: 'pho-chu-tich', seat: '26119/pho-chu-tich' });
  await act({ do: 'revoke-right', unitCode: '26119', officer, right: 'approve', post: 'chu-tich', silent: true });
  const events = await Promise.all(
    told.map(async body => {
      const json = JSON.parse(body) as JsonObject;
      return (await connector.parse({ ...pushed(body), contentType: 'application/json', json })).events[0];
    }),
  );
  t.match(events, [
    { type: 'right.granted', data: { unitCode: '26119', right: 'approve', post: 'chu-tich', officer } },
    { type: 'post.assigned', subject: '26119/pho-chu-tich', data: { officer, post: 'pho-chu-tich' } },
  ]);
  t.not(events[0]?.id, events[1]?.id);
});

test('a status travels both ways', async t => {
  const { act, pull, connector, box } = await bench(t);
  await act({ do: 'send-document', documentId: 'vb-1', unitCode: '26041' });
  await pull();
  const data = { documentId: 'vb-1', agencyCode: 'H19.MAU.26041', status: '03', at: '2025-07-04T08:30:00+07:00' };
  const delivery = deliveryOf(connector, eventWith('document.status-changed', data));
  t.match(await connector.deliver([delivery]), [{ result: 'delivered' }]);
  t.match(await connector.lookUp(delivery), { found: 'equal' });
  t.match(documentsSandbox.records(box), [{ entity: 'document', code: 'vb-1', status: '03' }]);
  const unknown = deliveryOf(connector, eventWith('document.status-changed', { ...data, documentId: 'không có' }));
  t.match(await connector.deliver([unknown]), [{ cause: 'not-known-there', unknown: false }]);
  await act({ do: 'change-status', documentId: 'vb-1', status: '06' });
  t.match(await pull(), [{ type: 'document.status-changed', data: { documentId: 'vb-1', status: '06' } }]);
});

test('echoes what the gateway sent, in the same words', async t => {
  const { act, pull, connector } = await bench(t, { echo: true });
  await act({ do: 'send-document', documentId: 'vb-2' });
  await pull();
  const data = { documentId: 'vb-2', agencyCode: 'H19.MAU.26041', status: '03', at: '2025-07-04T08:30:00+07:00' };
  await connector.deliver([deliveryOf(connector, eventWith('document.status-changed', data))]);
  await connector.deliver([deliveryOf(connector, request('0008'))]);
  t.match(await pull(), [{ type: 'document.status-changed', data }], 'a request coming back is no event');
});

test('files a message twice unless it is told to honour keys', async t => {
  const { connector, box, setFaults } = await bench(t);
  const sent = eventWith('document.sent', { documentId: 'vb-3', from: { agencyCode: 'H19' }, to: [], subject: 'x' });
  const delivery = deliveryOf(connector, sent);
  const ids = async () => (await connector.deliver([delivery])).map(item => (item as { foreignId?: string }).foreignId);
  const first = await ids();
  t.not((await ids())[0], first[0]);
  t.match(documentsSandbox.records(box), [{ code: 'vb-3', data: { copies: 2 } }]);
  setFaults({ keys: 'honoured' });
  const third = await ids();
  t.same(await ids(), third);
  t.match(documentsSandbox.records(box), [{ code: 'vb-3', data: { copies: 2 } }]);
});

test('a session that ran out is renewed without anyone noticing', async t => {
  const { connector, setNow, act } = await bench(t);
  await connector.poll(null, 1);
  setNow(new Date(NOW.getTime() + 3_600_000));
  await act({ do: 'send-document' });
  t.equal((await connector.poll(null, 1)).items.length, 1);
});

test('knows its own acts only', async t => {
  const { act } = await bench(t);
  t.equal(await act({ do: 'request-approval' }), undefined);
  t.equal(await act({ do: 'submit-dossier' }), undefined);
  await act({ do: 'send-document', documentId: 'vb-4' });
  t.match(await act({ do: 'delete', documentId: 'vb-4' }), { code: 'vb-4', deleted: true });
  await t.rejects(act({ do: 'delete', documentId: 'vb-4' }), { code: 'not-found' });
  t.match(await act({ do: 'send-document', silent: true }), { entity: 'document' });
});
