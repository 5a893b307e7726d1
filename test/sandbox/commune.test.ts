/** The simulated commune system over real HTTP, spoken to by the real connector: what it takes, tells, echoes and forgets. */
import { createHash } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { type Test, test } from 'tap';
import { create } from '../../connectors/commune/create.ts';
import type { Connector, Outcome } from '../../connectors/connector.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import type { Act, Box, Faults, SandboxRecord, Store } from '../../src/sandbox/box.ts';
import { communeSandbox } from '../../src/sandbox/commune/system.ts';
import { createFrame } from '../../src/sandbox/frame/frame.ts';
import {
  contextFor,
  deliveryOf,
  inbound,
  input,
  SECRETS,
  STATUS,
  SUBMITTED,
  schemaCheck,
} from '../connectors/commune/support.ts';

function memoryStore(): Store {
  const collections = new Map<string, Map<string, string>>();
  const counters = new Map<string, number>();
  const of = (name: string): Map<string, string> => {
    const found = collections.get(name) ?? new Map<string, string>();
    collections.set(name, found);
    return found;
  };
  const read = (text: string): JsonObject => JSON.parse(text) as JsonObject;
  return {
    put: (collection, key, record) => void of(collection).set(key, JSON.stringify(record)),
    get: (collection, key) => {
      const text = of(collection).get(key);
      return text === undefined ? undefined : read(text);
    },
    delete: (collection, key) => void of(collection).delete(key),
    list: collection => [...of(collection).values()].map(read),
    next: counter => {
      const value = (counters.get(counter) ?? 0) + 1;
      counters.set(counter, value);
      return value;
    },
  };
}

const misfit = schemaCheck();

interface Stage {
  box: Box;
  app: FastifyInstance;
  connector: Connector;
  url: string;
  faults: Faults;
  /** What it told the gateway, oldest first. */
  told: JsonObject[];
  clock: { now: Date };
  act(wish: Partial<Act> & { do: string }): Promise<JsonObject>;
  send(type: string, data: JsonObject, key?: string, foreignId?: string): Promise<Outcome>;
  events(): Promise<GatewayEvent[]>;
  records(entity: SandboxRecord['entity']): SandboxRecord[];
}

async function stage(t: Test, store: Store = memoryStore()): Promise<Stage> {
  const told: JsonObject[] = [];
  const clock = { now: new Date('2026-11-24T01:00:00Z') };
  const faults: Faults = { mode: 'none', rate: 1, delayMs: 0, seconds: 0, echo: true, keys: 'honoured' };
  const box: Box = {
    role: 'commune',
    store,
    faults: () => faults,
    tell: ({ body }) => void told.push(JSON.parse(body) as JsonObject),
    secret: name => SECRETS[name] ?? '',
    now: () => clock.now,
  };
  const app = Fastify();
  app.register(async scope => communeSandbox.register(scope, box));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const context = contextFor(url, () => clock.now);
  const connector = create(context);
  t.teardown(async () => {
    context.close();
    await app.close();
  });
  let keys = 0;
  return {
    box,
    app,
    connector,
    url,
    faults,
    told,
    clock,
    act: async wish => {
      const done = await communeSandbox.act(box, { count: 1, silent: false, ...wish });
      if (done === undefined) throw new Error(`unknown act ${wish.do}`);
      return done;
    },
    send: async (type, data, key, foreignId) => {
      keys += 1;
      const more = {
        headers: { 'idempotency-key': key ?? `key-${keys}` },
        ...(foreignId === undefined ? {} : { foreignId }),
      };
      const [outcome] = await connector.deliver([deliveryOf(connector, input(type, data), more)]);
      if (outcome === undefined) throw new Error('an outcome expected');
      return outcome;
    },
    events: async () => {
      const notices = told.splice(0);
      const parsed: GatewayEvent[] = [];
      for (const [at, notice] of notices.entries())
        parsed.push(...(await connector.parse(inbound(notice, `m${at}`))).events);
      for (const event of parsed) t.equal(misfit(event), '', 'as schemas/events/ say');
      return parsed;
    },
    records: entity => communeSandbox.records(box).filter(record => record.entity === entity),
  };
}
const CODE = String(SUBMITTED.dossierCode);
const at = (time: string, status: string): JsonObject => ({ ...STATUS, status, at: `2026-11-24T${time}+07:00` });

test('a dossier filed online arrives once, gets a local number and is echoed without loss', async t => {
  const { send, records, events, faults } = await stage(t);
  const first = await send('dossier.submitted', SUBMITTED, 'k1');
  t.match(first, { result: 'delivered', codes: [{ code: /^H19\.26041-261124-00001$/, kind: 'local' }] });
  t.match(await send('dossier.submitted', SUBMITTED, 'k1'), first, 'same key, same answer');
  t.match(await send('dossier.submitted', SUBMITTED, 'k2'), { result: 'delivered', detail: 'DA_TON_TAI' }, 'other key');
  faults.keys = 'ignored';
  t.match(
    await send('dossier.submitted', SUBMITTED, 'k1'),
    { result: 'delivered', detail: 'DA_TON_TAI' },
    'no keys at all',
  );
  t.equal(records('dossier').length, 1);
  const echoed = await events();
  t.equal(echoed.length, 1, 'told once');
  const { codes: _codes, ...data } = echoed[0]?.data ?? {};
  const { procedureName: _name, plainTitle: _title, codes: _sent, more: _dropped, ...sent } = SUBMITTED;
  t.same(data, sent, 'the echo says what was sent, but for names and fields the system has no place for');
});

test('without echo the gateway hears nothing of what it wrote', async t => {
  const { send, told, faults } = await stage(t);
  faults.echo = false;
  await send('dossier.submitted', SUBMITTED);
  await send('dossier.status-changed', STATUS);
  t.same(told, []);
});

test('statuses, steps and results of a handler elsewhere are held and can be looked up', async t => {
  const { send, records, connector, events } = await stage(t);
  await send('dossier.submitted', SUBMITTED);
  const facts: readonly (readonly [string, JsonObject])[] = [
    ['dossier.status-changed', STATUS],
    [
      'dossier.step-changed',
      {
        dossierCode: CODE,
        unitCode: '26041',
        step: { no: 2, content: 'Thẩm định', actor: { name: 'Trần Văn Long' }, startedAt: '2026-11-24T09:00:00+07:00' },
      },
    ],
    [
      'dossier.result-issued',
      {
        dossierCode: CODE,
        unitCode: '26041',
        result: { number: '7/QĐ', signedAt: '2026-11-24', signer: { name: 'Lê Minh' }, files: [] },
      },
    ],
    [
      'dossier.updated',
      { dossierCode: CODE, applicant: { kind: 'citizen', name: 'Điểu Thị Mỹ Linh', phone: '0900000000' } },
    ],
  ];
  for (const [type, data] of facts) {
    const delivery = deliveryOf(connector, input(type, data));
    t.equal((await connector.lookUp(delivery)).found, 'absent', `${type} before`);
    t.match(await send(type, data), { result: 'delivered' }, type);
    if (type !== 'dossier.status-changed') t.equal((await connector.lookUp(delivery)).found, 'equal', `${type} after`);
    else t.equal(records('dossier')[0]?.status, 'cho-nop-tien');
  }
  t.equal(records('step').length, 1);
  t.equal(records('result').length, 1);
  t.equal(records('dossier')[0]?.status, 'cho-tra-ket-qua');
  const echoes = await events();
  t.same(
    echoes.map(({ type }) => type),
    ['dossier.submitted', 'dossier.status-changed', 'dossier.step-changed', 'dossier.result-issued', 'dossier.updated'],
  );
  t.match(echoes[1]?.data, { status: 'cho-nop-tien', at: STATUS.at, reason: STATUS.reason, actor: STATUS.actor });
});

test('the last of many steps is found by look-up, one that was never sent is not', async t => {
  const { send, connector } = await stage(t);
  const made = await send('dossier.submitted', SUBMITTED);
  const foreignId = made.result === 'delivered' ? made.foreignId : undefined;
  const step = (no: number): JsonObject => ({
    dossierCode: CODE,
    unitCode: '26041',
    step: { no, content: `Thẩm định lần ${no}`, actor: 'Trần Văn Long', startedAt: '2026-11-24T02:00:00Z' },
  });
  for (let no = 1; no <= 101; no++) await send('dossier.step-changed', step(no), undefined, foreignId);
  const found = async (no: number) =>
    (
      await connector.lookUp(
        deliveryOf(connector, input('dossier.step-changed', step(no)), { foreignId: String(foreignId) }),
      )
    ).found;
  t.equal(await found(101), 'equal', 'beyond the first page');
  t.equal(await found(102), 'absent');
});

test('a closed dossier takes no status, unless it is opened again on a basis', async t => {
  const { send } = await stage(t);
  await send('dossier.submitted', SUBMITTED);
  t.match(await send('dossier.status-changed', at('09:00:00', 'da-rut')), { result: 'delivered' });
  t.match(await send('dossier.status-changed', at('10:00:00', 'dang-tham-dinh')), {
    cause: 'target-conflict',
    status: 409,
  });
  const reopened = { ...at('11:00:00', 'dang-tham-dinh'), reopen: { basis: 'QĐ 5', reason: 'Rút nhầm' } };
  t.match(await send('dossier.status-changed', reopened), { result: 'delivered' });
});

test('every seventh status is taken late, and whoever comes sooner still finds it done in order', async t => {
  const { send, records, events, clock, connector } = await stage(t);
  await send('dossier.submitted', SUBMITTED);
  const outcomes: Outcome[] = [];
  for (let n = 1; n <= 7; n += 1)
    outcomes.push(await send('dossier.status-changed', at(`09:0${n}:00`, n === 7 ? 'cho-nop-tien' : 'dang-tham-dinh')));
  t.ok(outcomes.every(({ result }) => result === 'delivered'));
  t.match(outcomes[6], { detail: 'Đang xử lý' });
  t.equal(records('dossier')[0]?.status, 'dang-tham-dinh', 'not yet');
  clock.now = new Date(clock.now.getTime() + 3_000);
  const delivery = deliveryOf(connector, input('dossier.status-changed', at('09:07:00', 'cho-nop-tien')));
  t.equal((await connector.lookUp(delivery)).found, 'equal', 'done within three seconds');
  t.match((await events()).at(-1)?.data, { status: 'cho-nop-tien' }, 'and echoed then');
  for (let n = 1; n <= 7; n += 1)
    await send('dossier.status-changed', at(`10:0${n}:00`, n === 7 ? 'cho-bo-sung' : 'dang-tham-dinh'));
  await send('dossier.status-changed', at('10:08:00', 'trinh-ky'));
  t.equal(records('dossier')[0]?.status, 'trinh-ky', 'the later status stands');
});

test('what is owed when it stops is done after the next start', async t => {
  const store = memoryStore();
  const before = await stage(t, store);
  await before.send('dossier.submitted', SUBMITTED);
  for (let n = 1; n <= 7; n += 1)
    await before.send('dossier.status-changed', at(`09:0${n}:00`, n === 7 ? 'cho-nop-tien' : 'dang-tham-dinh'));
  await before.app.close();
  const after = await stage(t, store);
  after.clock.now = new Date('2026-11-24T02:00:00Z');
  t.equal((await after.connector.fetch({ kind: 'dossier', code: CODE })).at(-1)?.data.status, 'cho-nop-tien');
});

test('the catalogue takes procedures, keeps the newest and decides which dossiers are taken', async t => {
  const { send, records, connector } = await stage(t);
  const procedure = {
    procedure: { code: '1.115001', name: 'Thủ tục mới', field: 'Đất đai', level: 'xã' },
    steps: ['Nộp hồ sơ'],
  };
  const dossier = { ...SUBMITTED, procedureCode: '1.115001' };
  t.match(await send('dossier.submitted', dossier), { cause: 'not-known-there', status: 422 });
  t.match(await send('procedure.published', procedure), { result: 'delivered' });
  t.match(await send('dossier.submitted', dossier), { result: 'delivered' });
  const older = deliveryOf(connector, {
    ...input('procedure.published', procedure),
    event: { ...input('procedure.published', procedure).event, time: '2026-11-01T08:00:00+07:00' },
  });
  t.match(await connector.deliver([older]), [{ cause: 'target-conflict', status: 412 }]);
  t.equal((await connector.lookUp(older)).found, 'newer');
  t.match(await send('procedure.withdrawn', procedure), { result: 'delivered' });
  t.match(records('procedure')[0], { code: '1.115001', status: 'da-ngung', data: { tenChinhThuc: 'Thủ tục mới' } });
  t.match(await send('dossier.submitted', { ...dossier, dossierCode: 'G-2', codes: [] }), { cause: 'target-rejected' });
});

test('at the counter: filed, moved on, result, handed out; the gateway hears each in its order', async t => {
  const { act, events, records } = await stage(t);
  const filed = await act({ do: 'submit-dossier', procedureCode: '2.000815', unitCode: '26485' });
  const code = String(filed.code);
  t.match(filed, { entity: 'dossier', code: /^H19\.26485-261124-\d{5}$/, status: 'da-tiep-nhan', unitCode: '26485' });
  await act({ do: 'finish-step', code });
  await act({ do: 'issue-result', code });
  await act({ do: 'return-result', code });
  const heard = await events();
  t.same(
    heard.map(({ type, data }) => [type, data.status]),
    [
      ['dossier.submitted', 'da-tiep-nhan'],
      ['dossier.step-changed', undefined],
      ['dossier.result-issued', 'cho-tra-ket-qua'],
      ['dossier.status-changed', 'da-tra-ket-qua'],
    ],
  );
  t.ok(heard.every(({ data }) => data.dossierCode === code && data.unitCode === '26485'));
  t.match(heard[0]?.data.applicant, { kind: 'citizen', identityNumber: /^075\d{9}$/ });
  t.match(records('dossier')[0], { code, status: 'da-tra-ket-qua' });
});

test('acts take any of a dossier’s numbers, and say so when there is none', async t => {
  const { act, send, events, told } = await stage(t);
  const { codes = [] } = (await send('dossier.submitted', SUBMITTED)) as { codes?: { code: string }[] };
  told.length = 0;
  await act({ do: 'receive', code: CODE });
  await act({ do: 'change-status', code: codes[0]?.code ?? '', status: '4', reason: 'Bắt đầu' });
  await act({ do: 'ask-supplement', code: CODE, silent: true });
  const heard = await events();
  t.same(
    heard.map(({ data }) => data.status),
    ['da-tiep-nhan', 'dang-tham-dinh'],
  );
  t.ok(heard.every(({ data }) => data.dossierCode === CODE));
  t.match(heard[0]?.data, { receivedAt: '2026-11-24T08:00:00+07:00', dueAt: SUBMITTED.dueAt });
  await t.rejects(act({ do: 'receive', code: 'không có' }), { code: 'unknown-dossier' });
  t.equal(await communeSandbox.act((await stage(t)).box, { do: 'fly', count: 1, silent: false }), undefined);
});

test('a request for a signature goes out with its file, and the signed one comes back byte for byte', async t => {
  const { act, send, events, records } = await stage(t);
  const { code } = await act({ do: 'submit-dossier', procedureCode: '1.013225', unitCode: '26380' });
  await act({ do: 'request-approval', code: String(code) });
  const asked = (await events()).find(({ type }) => type === 'approval.requested');
  const [draft] = (asked?.data.files ?? []) as JsonObject[];
  t.equal(
    createHash('sha256')
      .update(Buffer.from(String(draft?.content), 'base64'))
      .digest('hex'),
    draft?.sha256,
  );
  const content = Buffer.from('%PDF-1.7 đã ký');
  const signed = {
    id: 's',
    name: 'giay-phep.pdf',
    content: content.toString('base64'),
    sha256: createHash('sha256').update(content).digest('hex'),
    signed: true,
  };
  const answer: JsonObject = {
    about: { dossierCode: code ?? '' },
    unitCode: '26380',
    decision: 'approved',
    inReplyTo: asked?.data.requestId ?? '',
    signedFiles: [signed],
  };
  t.match(await send('approval.given', { ...answer, signedFiles: [{ ...signed, sha256: '0'.repeat(64) }] }), {
    cause: 'target-rejected',
  });
  t.match(await send('approval.given', answer), { result: 'delivered' });
  t.match(records('approval')[0], { status: 'dong-y', codes: [asked?.data.requestId, code] });
  t.match((await events()).at(-1)?.data, { status: 'da-ky-cho-ban-giao' });
  await act({ do: 'issue-result', code: String(code) });
  t.match((await events()).at(-1)?.data, { result: { files: [{ sha256: signed.sha256, content: signed.content }] } });
  t.match(await send('approval.given', { ...answer, inReplyTo: 'YC-0' }), { cause: 'not-known-there' });
});

test('documents arrive with ids that hold slashes, and their way is told', async t => {
  const { send, records, connector } = await stage(t);
  const document = {
    documentId: 'H19.26,2026/11/24,15/UBND',
    from: { agencyCode: 'H19.26' },
    to: [{ agencyCode: 'H19.26041' }],
    subject: 'Về việc trực Tết',
  };
  t.match(await send('document.sent', document), { result: 'delivered' });
  const status = { documentId: document.documentId, agencyCode: 'H19.26041', status: '03' };
  t.match(await send('document.status-changed', status), { result: 'delivered' });
  t.equal((await connector.lookUp(deliveryOf(connector, input('document.status-changed', status)))).found, 'equal');
  t.equal((await connector.lookUp(deliveryOf(connector, input('document.sent', document)))).found, 'equal');
  t.match(records('document')[0], { code: document.documentId, data: { trangThaiGui: [{ trangThai: '03' }] } });
});

test('rights and posts are told with the paper they rest on', async t => {
  const { act, events, records } = await stage(t);
  await act({
    do: 'grant-right',
    unitCode: '26119',
    post: 'chu-tich',
    right: 'sign',
    system: 'documents',
    from: '2026-11-24',
  });
  await act({ do: 'assign-post', unitCode: '26119', post: 'chu-tich' });
  await act({ do: 'assign-post', unitCode: '26119', post: 'chu-tich', end: true });
  t.equal(records('right').length, 1);
  await act({ do: 'revoke-right', unitCode: '26119', post: 'chu-tich', right: 'sign' });
  const heard = await events();
  t.same(
    heard.map(({ type }) => type),
    ['right.granted', 'post.assigned', 'post.ended', 'right.revoked'],
  );
  t.match(heard[0]?.data, {
    unitCode: '26119',
    seat: '26119/chu-tich',
    right: 'sign',
    from: '2026-11-24',
    document: { number: /QĐ-UBND/ },
  });
  t.equal(records('right').length, 0);
});

test('reconciliation reads what changed, page by page', async t => {
  const { act, connector, clock } = await stage(t);
  for (let n = 0; n < 150; n += 1) await act({ do: 'submit-dossier', silent: true });
  const window = { from: new Date('2026-11-24T00:00:00Z'), to: new Date('2026-11-24T02:00:00Z') };
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await connector.list(window, cursor);
    seen.push(...page.items.map(({ code }) => code));
    cursor = page.cursor;
  } while (cursor !== null);
  t.equal(new Set(seen).size, 150);
  t.equal(seen.length, 150);
  clock.now = new Date('2026-11-24T03:00:00Z');
  t.same((await connector.list({ from: window.to, to: clock.now }, null)).items, []);
  await act({ do: 'delete', code: seen[0] ?? '' });
  t.same(await connector.fetch({ kind: 'dossier', code: seen[0] ?? '' }), []);
});

test('nothing is served without a token, and a token ends', async t => {
  const { url, connector, clock, send } = await stage(t);
  t.equal((await fetch(`${url}/api/ho-so`)).status, 401);
  const refused = await fetch(`${url}/auth/realms/xa/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'x', client_secret: 'y' }),
  });
  t.equal(refused.status, 401);
  await connector.signIn();
  await send('dossier.submitted', SUBMITTED);
  clock.now = new Date(clock.now.getTime() + 301_000);
  t.match(await send('dossier.status-changed', STATUS), { result: 'delivered' }, 'signed in anew');
});

test('reads beside dossiers: units, statuses, officers, the day’s sum, files', async t => {
  const { url, act } = await stage(t);
  await act({ do: 'submit-dossier', unitCode: '26041' });
  await act({ do: 'grant-right', unitCode: '26041' });
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'lien-thong',
    client_secret: 'bi-mat',
  });
  const answer = await fetch(`${url}/auth/realms/xa/protocol/openid-connect/token`, { method: 'POST', body: form });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${token}` };
  const get = async (path: string): Promise<JsonObject> =>
    (await (await fetch(`${url}${path}`, { headers })).json()) as JsonObject;
  t.match(await get('/api/don-vi'), { noiDung: [{ ma: '26041', maCu: '26011' }] });
  t.equal(((await get('/api/trang-thai')).noiDung as JsonObject[]).length, 20);
  t.match(await get('/api/can-bo'), { noiDung: [{ quyen: [{ quyen: 'receive' }] }] });
  t.match(await get('/api/tom-tat?donVi=26041&ngay=24/11/2026'), { soHoSo: 1, bam: /^[0-9a-f]{64}$/ });
  t.match(await get('/api/tom-tat?donVi=26041'), { maLoi: 'YEU_CAU_SAI', truong: ['ngay'] });
  const bytes = Buffer.from('%PDF-1.7 nội dung');
  const body = new FormData();
  body.set('tep', new Blob([bytes], { type: 'application/pdf' }), 'a.pdf');
  const kept = (await (await fetch(`${url}/api/tep`, { method: 'POST', headers, body })).json()) as {
    id: string;
    sha256: string;
  };
  t.equal(kept.sha256, createHash('sha256').update(bytes).digest('hex'));
  const back = await fetch(`${url}/api/tep/${kept.id}`, { headers });
  t.equal(back.headers.get('content-type'), 'application/pdf');
  t.same(Buffer.from(await back.arrayBuffer()), bytes);
});

test('in its frame: an answer that was lost is found to have taken effect, also after a restart', async t => {
  const options = {
    dataDir: t.testdir(),
    port: 0,
    // Nobody listens there: what it tells waits in its outbox.
    gatewayUrl: 'http://127.0.0.1:9',
    inboundPath: '/v1/inbound/commune',
    webhookSecret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    secrets: SECRETS,
  };
  const first = createFrame(communeSandbox, options);
  await first.listen();
  const context = contextFor(first.url);
  const connector = create(context);
  await connector.signIn();
  const fault = (mode: string): Promise<Response> =>
    fetch(`${first.url}/_sandbox/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mode, rate: 1 }),
    });
  t.equal((await fault('lost-answer')).status, 200);
  const delivery = deliveryOf(connector, input('dossier.submitted', SUBMITTED));
  t.match(await connector.deliver([delivery]), [{ result: 'failed', cause: 'target-unavailable', unknown: true }]);
  t.equal((await connector.lookUp(delivery)).found, 'equal');
  await fault('reject');
  t.match(await connector.deliver([delivery]), [{ cause: 'target-rejected', status: 422 }]);
  await fault('garbage');
  t.match(await connector.deliver([delivery]), [{ cause: 'target-protocol', unknown: true }]);
  context.close();
  await first.close();
  const second = createFrame(communeSandbox, options);
  await second.listen();
  const again = contextFor(second.url);
  const after = create(again);
  t.match(await after.deliver([delivery]), [{ result: 'delivered', codes: [{ kind: 'local' }] }]);
  const { items } = (await (await fetch(`${second.url}/_sandbox/records?entity=dossier&code=${CODE}`)).json()) as {
    items: JsonObject[];
  };
  t.equal(items.length, 1);
  again.close();
  await second.close();
});
