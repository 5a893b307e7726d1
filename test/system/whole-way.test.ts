/**
 * The whole way in the real thing, once for each backend: what one simulated system does reaches the others translated, once,
 * and in order, with all three echoing. The systems that receive are the witnesses.
 */
import { createHash, randomUUID } from 'node:crypto';
import tap, { type Test, test } from 'tap';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { testDatabase } from '../support/database.ts';
import { redisMissing, redisServer, startRedis } from '../support/redis-server.ts';
import { createWorld, startBoth, until, type World } from './support.ts';
import {
  act,
  api,
  compare,
  get,
  NOTHING,
  post,
  postEvents,
  received,
  records,
  type Sync,
  settled,
  syncs,
  untilRecord,
  untilStatus,
} from './witness.ts';

tap.setTimeout(120_000);

const textOf = (value: unknown): string => String(value);
const only = async (world: World, query: Record<string, string>): Promise<Sync> => {
  const found = await syncs(world, query);
  if (found.length !== 1) throw new Error(`${found.length} syncs for ${JSON.stringify(query)}`);
  return found[0] as Sync;
};

/** A step of a dossier as its commune system reports it in canonical form. */
const step = (code: string, no: number, more: JsonObject = {}): GatewayEvent => ({
  specversion: '1.0',
  id: `${code}-${no}`,
  source: 'commune',
  type: 'dossier.step-changed',
  subject: code,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  data: {
    dossierCode: code,
    unitCode: '26041',
    status: 'dang-tham-dinh',
    step: { no, content: `Bước ${no}`, actor: { name: 'Lê Thị Hoa' }, startedAt: new Date().toISOString() },
    ...more,
  },
});

async function online(t: Test, world: World): Promise<void> {
  const filed = await act(world, 'portal', { do: 'submit-dossier', unitCode: '26011', procedureCode: '1.012812' });
  const code = textOf(filed.code);
  const arrived = await untilRecord(world, 'commune', 'dossier', code);
  t.equal(arrived.data.donVi, '26041', 'the old unit code led to the successor');
  t.equal(arrived.status, 'cho-tiep-nhan');
  t.equal(arrived.data.maThuTuc, '1.012812');

  const steps = [
    [{ do: 'receive' }, '2'],
    [{ do: 'change-status', status: 'dang-tham-dinh' }, '4'],
    [{ do: 'finish-step' }, '4'],
    [{ do: 'issue-result' }, '9'],
    [{ do: 'return-result' }, '10'],
  ] as const;
  for (const [wish, status] of steps) {
    await act(world, 'commune', { ...wish, code });
    const held = await untilStatus(world, 'portal', code, status);
    t.equal(held.status, status, `${wish.do} reached the portal as ${status}`);
  }
  t.equal((await records(world, 'portal', 'step', code)).length, 1, 'one step');
  t.equal((await records(world, 'commune', 'dossier', code)).length, 1, 'one dossier');

  const sync = await only(world, { q: code, target: 'commune' });
  const shown = await api(world, `/v1/syncs/${sync.id}/translation`);
  const trace = shown.body.trace as { pointer: string; entry: string }[];
  t.match(
    trace.find(({ pointer }) => pointer === '/data/unitCode'),
    { entry: 'former-unit:26011', from: '26011', to: '26041' },
  );
  t.match(
    trace.find(({ pointer }) => pointer === '/data/status'),
    { entry: 'status:xa-3b/cho-tiep-nhan' },
  );
  t.match(shown.body, { asSent: true, hash: shown.body.sentHash });
  t.type(shown.body.hash, 'string');
  const dossier = arrived.data.nguoiNop as JsonObject;
  t.notMatch(
    JSON.stringify(shown.body),
    new RegExp(`${dossier.soDinhDanh}|${dossier.dienThoai}`),
    'numbers are masked',
  );
  const sent = (await received(world, 'commune')).find(entry => entry.headers['x-lienthong-sync'] === sync.id);
  t.equal(sent?.headers['idempotency-key'], sync.id);
  const [first] = Object.keys(shown.body.message as JsonObject);
  t.ok(sent?.body.includes(textOf(first)), 'the message shown is the one sent');
}

async function alias(t: Test, world: World): Promise<void> {
  const filed = await act(world, 'portal', { do: 'submit-dossier', unitCode: '26041', procedureCode: '1.012752' });
  const arrived = await untilRecord(world, 'commune', 'dossier', textOf(filed.code));
  t.equal(arrived.data.maThuTuc, '1.013823', 'the old procedure code became the one in force');
}

async function counter(t: Test, world: World): Promise<void> {
  const filed = await act(world, 'commune', { do: 'submit-dossier', unitCode: '26485', procedureCode: '2.000815' });
  const held = await untilStatus(world, 'portal', textOf(filed.code), '2');
  t.match(held.data, { MaHoSo: filed.code, DonViXuLy: '26485', MaTTHC: '2.000815', NoiNopHoSo: '2' });
}

async function catalogue(t: Test, world: World): Promise<void> {
  const done = await act(world, 'portal', { do: 'publish-procedure', procedureCode: '1.012783' });
  const there = await untilRecord(
    world,
    'commune',
    'procedure',
    '1.012783',
    ({ data }) => data.tenChinhThuc === done.name,
  );
  t.equal(there.data.tenThuTuc, 'Cấp đổi sổ đỏ', 'the plain title');
  t.match(await only(world, { type: 'procedure.published' }), { target: 'commune', unit: '75', state: 'delivered' });
}

async function approval(t: Test, world: World): Promise<void> {
  const filed = await act(world, 'portal', { do: 'submit-dossier', unitCode: '26380', procedureCode: '1.013225' });
  const code = textOf(filed.code);
  await untilRecord(world, 'commune', 'dossier', code);
  await act(world, 'commune', { do: 'receive', code });
  const asked = await act(world, 'commune', { do: 'request-approval', code, act: 'sign' });
  const requestId = textOf(asked.requestId);
  await untilRecord(world, 'documents', 'approval', requestId, ({ status }) => status === 'open');
  const given = await act(world, 'documents', { do: 'give-approval', requestId });
  t.match((given.files as JsonObject[])[0], { sha256: asked.sha256 });
  const back = await untilRecord(world, 'commune', 'approval', requestId, ({ status }) => status === 'dong-y');
  const [file] = (back.data.traLoi as JsonObject).tepDaKy as JsonObject[];
  const bytes = Buffer.from(textOf(file?.noiDung), 'base64');
  t.equal(createHash('sha256').update(bytes).digest('hex'), asked.sha256, 'the signed file came back byte for byte');
}

async function documents(t: Test, world: World): Promise<void> {
  const sent = await act(world, 'documents', { do: 'send-document', unitCode: '26041' });
  const code = textOf(sent.code);
  const arrived = await untilRecord(world, 'commune', 'document', code);
  t.equal(arrived.status, 'da-den');
  const told = step('', 0);
  const { status } = await postEvents(world, {
    ...told,
    id: `read-${code}`,
    type: 'document.status-changed',
    subject: code,
    data: { documentId: code, agencyCode: 'H19.MAU.26041', status: '03', at: new Date().toISOString() },
  });
  t.equal(status, 202);
  const document = await untilRecord(world, 'documents', 'document', code, record => record.status === '03');
  t.equal((document.data.statuses as JsonObject[]).length, 1, 'its status went back once');
}

/** Nobody in Đak Lua may sign: the request waits, says why and who mends it, and goes by itself when the document system grants it. */
async function rights(t: Test, world: World): Promise<void> {
  const filed = await act(world, 'portal', { do: 'submit-dossier', unitCode: '26119', procedureCode: '1.013225' });
  const code = textOf(filed.code);
  await untilRecord(world, 'commune', 'dossier', code);
  await act(world, 'commune', { do: 'receive', code });
  const { requestId } = await act(world, 'commune', { do: 'request-approval', code, act: 'sign' });
  const sync = await until('the request to sign is held', async () =>
    (await syncs(world, { q: code, target: 'documents' })).find(({ state }) => state === 'parked'),
  );
  t.equal(sync.cause, 'missing-right');
  const shown = await get(world, `/v1/syncs/${sync.id}`);
  t.match(shown.reason, {
    right: 'sign',
    unit: '26119',
    missing: ['legal', 'account'],
    couldHold: { 0: { post: 'chu-tich', label: 'Chủ tịch UBND' } },
    givers: { 1: { missing: 'account', givenBy: /Quản trị đơn vị/ } },
    contacts: [{ name: /hệ thống văn bản/, email: /@/ }],
    text: { vi: /Đak Lua/ },
  });
  t.same(await records(world, 'documents', 'approval', textOf(requestId)), [], 'nothing was sent');

  await act(world, 'documents', { do: 'grant-right', unitCode: '26119', right: 'sign' });
  await untilRecord(world, 'documents', 'approval', textOf(requestId), ({ status }) => status === 'open');
  const event = await until('the right is stored', async () => {
    const page = await get(world, '/v1/events?type=right.granted&unit=26119');
    return (page.items as JsonObject[])[0];
  });
  t.match(event, { source: 'documents', unit: '26119' });
  t.same(await syncs(world, { type: 'right.granted' }), [], 'a right makes no sync');
  await act(world, 'documents', { do: 'sign', requestId: textOf(requestId) });
  await untilRecord(world, 'commune', 'approval', textOf(requestId), ({ status }) => status === 'dong-y');
}

async function ambiguous(t: Test, world: World): Promise<void> {
  const filed = await act(world, 'portal', { do: 'submit-dossier', unitCode: '26449', procedureCode: '1.012812' });
  const code = textOf(filed.code);
  const parked = await until('the sync is parked', async () => {
    const [sync] = await syncs(world, { q: code });
    return sync?.state === 'parked' ? sync : undefined;
  });
  t.equal(parked.cause, 'ambiguous-unit');
  t.same(await records(world, 'commune', 'dossier', code), []);
  const answer = { unitCode: '26446', remember: 'dossier', reason: 'địa chỉ của hồ sơ thuộc xã Xuân Hòa' };
  const rehearsed = await post(world, `/v1/syncs/${parked.id}/resolve`, { ...answer, dryRun: true });
  t.match(rehearsed, { status: 200, body: { dryRun: true, freed: [{ id: parked.id }] } });
  t.match(await only(world, { q: code }), { state: 'parked' }, 'a rehearsal frees nothing');
  t.match(await post(world, `/v1/syncs/${parked.id}/resolve`, { ...answer, unitCode: '26449' }), { status: 422 });
  t.match(await post(world, `/v1/syncs/${parked.id}/resolve`, answer), {
    status: 200,
    body: { freed: [{ id: parked.id, target: 'commune' }] },
  });
  t.equal((await untilRecord(world, 'commune', 'dossier', code)).data.donVi, '26446');
  t.match(await post(world, `/v1/syncs/${parked.id}/resolve`, answer), { status: 409 }, 'not a second time');
}

/** All three echo by default: whatever was delivered came back to the gateway, which must not send it on. */
async function noPingPong(t: Test, world: World): Promise<void> {
  const list = await settled(world);
  const later = await settled(world);
  t.equal(later.length, list.length, 'no sync was made by an echo');
  t.same(
    later.filter(sync => sync.state !== 'delivered').map(sync => [sync.type, sync.subject, sync.state]),
    [],
  );
  t.same(await compare(world, later), NOTHING);
  for (const { data } of await records(world, 'documents', 'document')) {
    t.equal(data.copies ?? 1, 1, `one copy of ${textOf(data.documentId)}`);
  }
  const { items } = await get(world, '/v1/events?limit=200');
  t.ok(
    (items as JsonObject[]).some(event => event.echoOf !== undefined),
    'echoes were told and known as such',
  );
}

async function canonical(t: Test, world: World): Promise<void> {
  const filed = await act(world, 'commune', { do: 'submit-dossier', unitCode: '26041', procedureCode: '2.000815' });
  const code = textOf(filed.code);
  await untilStatus(world, 'portal', code, '2');
  const unknown = { ghiChuRieng: { mau: 'xanh', lan: 3 } };
  const first = step(code, 1, unknown);
  const one = await postEvents(world, first);
  t.match(one, { status: 202, body: { events: [{ id: first.id, source: 'commune', duplicate: false }] } });
  const [accepted] = one.body.events as JsonObject[];
  t.match(accepted?.syncs, [{ target: 'portal' }]);

  const batch = await postEvents(world, [step(code, 2), step(code, 3), step(code, 4)]);
  t.match(batch, { status: 202, body: { events: [{ id: `${code}-2` }, { id: `${code}-3` }, { id: `${code}-4` }] } });
  const binary = step(code, 5);
  const sent = await api(world, '/v1/events', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': binary.id,
      'ce-source': 'commune',
      'ce-type': binary.type,
      'ce-subject': code,
      'ce-time': binary.time,
    },
    body: JSON.stringify(binary.data),
  });
  t.match(sent, { status: 202, body: { events: [{ id: binary.id, duplicate: false }] } });

  const again = await postEvents(world, first);
  t.match(again, { status: 202, body: { events: [{ id: first.id, duplicate: true }] } });
  const other = await postEvents(world, {
    ...first,
    data: { ...first.data, step: { no: 1, content: 'Khác', actor: { name: 'Hoa' }, startedAt: first.time } },
  });
  t.match(other, { status: 409, type: /problem\+json/, body: { faults: [{ pointer: '/id', code: 'id-reused' }] } });
  t.match(other.body, { storedHash: /^[0-9a-f]{64}$/, receivedHash: /^[0-9a-f]{64}$/ });
  const racing = [1, 2].map(no => ({ ...step(code, 5 + no), id: `${code}-race` }));
  const answers = await Promise.all(racing.map(event => postEvents(world, event)));
  t.same(answers.map(({ status }) => status).toSorted(), [202, 409], 'of two contents under one id one is taken');
  const mixed = await postEvents(world, [step(code, 8), { ...step(code, 9), type: 'dossier.vanished' }]);
  t.match(mixed, { status: 422, body: { faults: [{ pointer: '/1/type' }] } });

  const list = await until('all six steps arrived', async () => {
    const held = await records(world, 'portal', 'step', code);
    return held.length >= 6 ? held : undefined;
  });
  const won = answers[0]?.status === 202 ? 6 : 7;
  t.same(
    list.map(({ data }) => data.NoiDungXuLy),
    [1, 2, 3, 4, 5, won].map(no => `Bước ${no}`),
    'each once, in the order of acceptance; nothing of the refused batch',
  );
  // the portal repeats what it was told: the story is over when it has
  await until('the portal has repeated each step', async () => {
    const { items } = await get(world, `/v1/events?source=portal&type=dossier.step-changed&subject=${code}&limit=50`);
    return (items as JsonObject[]).length >= list.length ? items : undefined;
  });
  const kept = await get(world, `/v1/events/${textOf(accepted?.eventId)}`);
  t.match(JSON.stringify(kept), /"ghiChuRieng":\{"mau":"xanh","lan":3\}/, 'unknown fields are kept');
}

/** Everything a careless or hostile sender may try at the front door: a 4xx that says what is wrong, and nothing stored. */
async function badInput(t: Test, world: World): Promise<void> {
  const json = { 'content-type': 'application/cloudevents+json' };
  const good = step('H19.26041-261124-99999', 1);
  const body = (more: JsonObject): string => JSON.stringify({ ...good, id: randomUUID(), ...more });
  const cases: [string, RequestInit][] = [
    ['no JSON', { headers: json, body: '{' }],
    ['empty', { headers: json, body: '' }],
    ['an array', { headers: json, body: '[]' }],
    ['null', { headers: json, body: 'null' }],
    ['deep', { headers: json, body: `${'['.repeat(5_000)}${']'.repeat(5_000)}` }],
    ['not UTF-8', { headers: json, body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) }],
    ['two members of one name', { headers: json, body: body({}).replace('"specversion"', '"id":"x","specversion"') }],
    ['__proto__', { headers: json, body: body({}).replace('"data":{', '"data":{"__proto__":{"a":1},') }],
    ['other version', { headers: json, body: body({ specversion: '9' }) }],
    ['unknown source', { headers: json, body: body({ source: 'nobody' }) }],
    ['unknown type', { headers: json, body: body({ type: 'dossier.vanished' }) }],
    ['no time', { headers: json, body: body({ time: 'yesterday' }) }],
    ['data missing', { headers: json, body: body({ data: {} }) }],
    [
      'status not of the list',
      { headers: json, body: body({ data: { ...good.data, statusList: 'national', status: '77' } }) },
    ],
    ['NUL in a text', { headers: json, body: body({ data: { ...good.data, dossierCode: 'a\u0000b' } }) }],
    ['half a character', { headers: json, body: body({ subject: 'x' }).replace('"x"', '"\\ud800"') }],
    ['other media type', { headers: { 'content-type': 'text/plain' }, body: body({}) }],
    ['empty batch', { headers: { 'content-type': 'application/cloudevents-batch+json' }, body: '[]' }],
    ['too large', { headers: json, body: `"${'x'.repeat(3 * 1024 * 1024)}"` }],
    ['unsigned', { headers: { ...json, authorization: 'Bearer wrong' }, body: body({}) }],
  ];
  const before = (await get(world, '/v1/events?limit=1')).items as JsonObject[];
  for (const [name, init] of cases) {
    const { status, type, body: problem } = await api(world, '/v1/events', { method: 'POST', ...init });
    t.ok(status >= 400 && status < 500, `${name}: ${status}`);
    t.match(type, /application\/problem\+json/, name);
    t.match(problem, { type: /^urn:lienthong:problem:/, title: /./, status, detail: /./ }, name);
  }
  const paths = ['/v1/syncs/nope', '/v1/syncs?state=bad', '/v1/syncs?q=%00', '/v1/nothing', '/v1/dossiers/%E0%A4%A'];
  for (const path of paths) {
    const { status, type } = await api(world, path);
    t.ok(status >= 400 && status < 500, `${path}: ${status}`);
    t.match(type, /application\/problem\+json/, path);
  }
  const inbound = await api(world, '/v1/inbound/portal', { method: 'POST', headers: json, body: '{}' });
  t.equal(inbound.status, 401, 'a system must sign');
  t.same((await get(world, '/v1/events?limit=1')).items, before, 'nothing was stored');
  t.match(await postEvents(world, good), { status: 202 }, 'the next honest one is taken');
}

async function wholeWay(t: Test, more: NodeJS.ProcessEnv): Promise<void> {
  const world = await createWorld(t, more);
  const { gateway, sandbox } = await startBoth(world);
  t.teardown(() => {
    if (!t.passing()) t.comment(gateway.log().slice(-4_000));
  });
  const stories = { online, alias, counter, catalogue, approval, documents, rights, ambiguous, noPingPong };
  for (const [name, story] of Object.entries({ ...stories, canonical, badInput })) {
    await t.test(name, inner => story(inner, world));
  }
  t.same(await Promise.all([gateway.stop(), sandbox.stop()]), [0, 0], 'both stop cleanly');
}

test('embedded PostgreSQL, queue in PostgreSQL', { timeout: 110_000 }, t => wholeWay(t, {}));

test('PostgreSQL of its own, queue in Redis', { timeout: 110_000 }, async t => {
  if (redisServer() === undefined) return t.pass('skipped', { skip: redisMissing });
  // One of its own: gateways that share a Redis take each other's turns.
  const redis = await startRedis();
  t.teardown(redis.stop);
  const database = await testDatabase({ migrated: false });
  t.teardown(database.drop);
  await wholeWay(t, { DATABASE_URL: database.url, REDIS_URL: redis.url });
});
