/** The simulated portal, spoken to by the real connector over HTTP: what one says, the other understands. */
import Fastify from 'fastify';
import { test } from 'tap';
import type { Connector, Delivery } from '../../connectors/connector.ts';
import { create } from '../../connectors/portal/create.ts';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import type { Act, Box, Faults, Store } from '../../src/sandbox/box.ts';
import { portalSandbox } from '../../src/sandbox/portal/system.ts';
import { book, COUNTER_DOSSIER, contextOf, eventOf, httpOver, inputOf, requestOf } from '../connectors/portal/tools.ts';

/** Records in memory, as the frame keeps them on disk. */
function memoryStore(): Store {
  const all = new Map<string, Map<string, JsonObject>>();
  const counters = new Map<string, number>();
  const of = (name: string): Map<string, JsonObject> => {
    const found = all.get(name) ?? new Map<string, JsonObject>();
    all.set(name, found);
    return found;
  };
  return {
    put: (name, key, record) => void of(name).set(key, structuredClone(record)),
    get: (name, key) => of(name).get(key),
    delete: (name, key) => void of(name).delete(key),
    list: name => [...of(name).values()],
    next: name => {
      counters.set(name, (counters.get(name) ?? 0) + 1);
      return counters.get(name) ?? 0;
    },
  };
}

interface Bench {
  box: Box;
  faults: Faults;
  told: JsonObject[];
  connector: Connector;
  clock: { now: Date };
  url: string;
  act(wish: Partial<Act> & { do: string }): Promise<JsonObject>;
  events(): Promise<GatewayEvent[]>;
  send(type: string, data: JsonObject, entity?: JsonObject, key?: string): Promise<string>;
  close(): Promise<void>;
}
async function bench(): Promise<Bench> {
  const clock = { now: new Date('2026-11-24T02:30:00Z') };
  const faults: Faults = { mode: 'none', rate: 1, delayMs: 0, seconds: 0, echo: false, keys: 'ignored' };
  const told: JsonObject[] = [];
  const box: Box = {
    role: 'portal',
    store: memoryStore(),
    faults: () => faults,
    tell: message => void told.push(JSON.parse(message.body) as JsonObject),
    secret: name => (name === 'username' ? 'lien-thong' : 'mat-khau-mau'),
    now: () => clock.now,
  };
  const app = Fastify();
  portalSandbox.register(app, box);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const connector = create(contextOf({}, url, () => clock.now));
  let no = 0;
  return {
    box,
    faults,
    told,
    connector,
    clock,
    url,
    act: async wish => (await portalSandbox.act(box, { count: 1, silent: false, ...wish })) ?? { unknown: true },
    events: async () => {
      const parsed: GatewayEvent[] = [];
      for (const message of told.splice(0)) {
        no += 1;
        parsed.push(...(await connector.parse(requestOf(message, `m${no}`))).events);
      }
      return parsed;
    },
    send: async (type, data, entity = COUNTER_DOSSIER, key = 'k1') => {
      const message = connector.format(inputOf(eventOf(type, data), entity));
      const [outcome] = await connector.deliver([{ syncId: key, message, headers: { 'idempotency-key': key } }]);
      return outcome?.result === 'failed' ? `${outcome.cause}: ${outcome.detail}` : (outcome?.result ?? 'nothing');
    },
    close: () => app.close(),
  };
}

const CODE = String(COUNTER_DOSSIER.dossierCode);
const STATUS = (status: string): JsonObject => ({
  dossierCode: CODE,
  unitCode: '26041',
  status,
  at: '2026-11-24T09:30:00+07:00',
});
const STEP = {
  no: 1,
  content: 'Thẩm định',
  actor: { name: 'Lê Mẫu' },
  startedAt: '2026-11-24T08:00:00+07:00',
  status: '4',
};
const status = (b: Bench, code = CODE): string | undefined =>
  portalSandbox.records(b.box).find(record => record.entity === 'dossier' && record.code === code)?.status;

test('the gateway files, changes and finishes a dossier there', async t => {
  const b = await bench();
  t.teardown(b.close);
  t.equal(await b.send('dossier.submitted', COUNTER_DOSSIER), 'delivered');
  t.equal(status(b), '2');
  t.equal(await b.send('dossier.submitted', COUNTER_DOSSIER), 'delivered', 'already there becomes an update');
  t.equal(await b.send('dossier.status-changed', STATUS('4')), 'delivered');
  t.equal(status(b), '4');
  t.equal(await b.send('dossier.step-changed', { dossierCode: CODE, unitCode: '26041', step: STEP }), 'delivered');
  const result = {
    number: '1/KQ',
    signedAt: '2026-11-24T09:00:00+07:00',
    signer: { name: 'Lê Mẫu' },
    files: [{ id: 'k', name: 'kq.pdf', url: 'http://x.test/k' }],
  };
  t.equal(await b.send('dossier.result-issued', { dossierCode: CODE, unitCode: '26041', result }), 'delivered');
  t.equal(status(b), '9');
  const fetched = await b.connector.fetch({ kind: 'dossier', code: CODE });
  t.same(
    fetched.map(event => event.type),
    ['dossier.submitted', 'dossier.step-changed', 'dossier.result-issued'],
  );
  t.match(fetched[0]?.data, { status: '9', applicant: { identityNumber: '075099000123' } });
  t.same(await b.connector.fetch({ kind: 'dossier', code: 'H0' }), []);
  t.same(b.told, [], 'without echo nothing is told');
});

test('a session that ended without notice costs one new sign-in', async t => {
  const b = await bench();
  t.teardown(b.close);
  t.equal(await b.send('dossier.submitted', COUNTER_DOSSIER), 'delivered');
  b.clock.now = new Date(b.clock.now.getTime() + 11 * 60_000);
  t.equal(await b.send('dossier.status-changed', STATUS('4')), 'delivered');
  t.equal(b.box.store.list('session').length, 1, 'the old one is gone, one new one is there');
});

test('what is missing or wrong is refused in words', async t => {
  const b = await bench();
  t.teardown(b.close);
  t.match(await b.send('dossier.status-changed', STATUS('4')), /^not-known-there/);
  t.match(
    await b.send('dossier.step-changed', { dossierCode: CODE, unitCode: '26041', step: STEP }),
    /^not-known-there/,
  );
  const good = b.connector.format(inputOf(eventOf('dossier.submitted', COUNTER_DOSSIER)));
  const sent = (good.payload as { data: JsonObject[] }).data[0] ?? {};
  const refuse = async (change: JsonObject): Promise<string> => {
    const message = { ...good, payload: { isUpdating: 'False', data: [{ ...sent, ...change }] } };
    const [outcome] = await b.connector.deliver([{ syncId: 'x', message, headers: {} }]);
    return outcome?.result === 'failed' ? outcome.detail : 'taken';
  };
  t.match(await refuse({ TenTTHC: '' }), /Thiếu trường bắt buộc TenTTHC/);
  t.match(await refuse({ NgayTiepNhan: '20260230000000' }), /NgayTiepNhan/);
  t.match(await refuse({ TrangThaiHoSo: '11' }), /TrangThaiHoSo/);
  t.match(await refuse({ GhiChu: 'x'.repeat(501) }), /GhiChu/);
  t.match(await refuse({ TaiLieuNop: [{ TenTepDinhKem: 'a' }] }), /DuongDanTaiTepTin/);
  t.equal(await refuse({}), 'taken');
});

test('no service without session, receiver and sign-in', async t => {
  const b = await bench();
  t.teardown(b.close);
  const call = async (
    path: string,
    body: JsonObject,
    headers: Record<string, string> = { dstcode: 'x' },
  ): Promise<JsonObject> => {
    const answer = await httpOver(b.url)({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return JSON.parse(answer.body.toString()) as JsonObject;
  };
  t.match(await call('/adapter/auth', { username: 'lien-thong', password: 'sai' }), { session: null, error_code: 1 });
  t.match(await call('/adapter/integration', { session: 'x', madonvi: 'm', service: 'TraCuuHoSo' }), {
    error_code: '-2',
  });
  const { session = '' } = await call('/adapter/auth', { username: 'lien-thong', password: 'mat-khau-mau' });
  t.match(await call('/adapter/integration', { session, service: 'TraCuuHoSo', madonvi: 'm' }, {}), {
    message: /dstcode/,
  });
  t.match(await call('/adapter/integration', { session, service: 'TraCuuHoSo' }), { message: /madonvi/ });
  t.match(await call('/adapter/integration', { session, madonvi: 'm', service: 'XoaHoSo' }), { error_code: '9' });
  const list = await call('/adapter/share', { session, madonvi: 'm', service: 'LayDanhSachTTHC' });
  t.ok((list.result as JsonObject[]).some(entry => entry.MATTHC === '2.000815'));
});

test('a citizen files, the province handles: each act is told so that the gateway understands it', async t => {
  const b = await bench();
  t.teardown(b.close);
  const filed = await b.act({ do: 'submit-dossier', procedureCode: '1.012783', unitCode: '26413' });
  t.match(filed, { entity: 'dossier', code: /^H19\.TT\.26413-261124-\d{4}$/, status: '1', decidedByProvince: true });
  const code = String(filed.code);
  const [submitted] = await b.events();
  t.match(submitted, { type: 'dossier.submitted', subject: code, time: '2026-11-24T09:30:00+07:00' });
  t.match(submitted?.data, {
    procedureCode: '1.012783',
    unitCode: '26413',
    status: '1',
    channel: 'online',
    filedAt: 'national',
    accountVerified: true,
    more: { portal: { DuLieuMau: true, MaLinhVuc: 'LV02' } },
  });
  const applicant = submitted?.data.applicant as JsonObject;
  t.match(applicant.identityNumber, /^075\d{9}$/);
  t.match(applicant.phone, /^09\d{8}$/);

  await b.act({ do: 'change-status', code, status: '2' });
  await b.act({ do: 'finish-step', code, content: 'Thẩm tra' });
  await b.act({ do: 'issue-result', code, number: '15/GCN' });
  await b.act({ do: 'return-result', code });
  const events = await b.events();
  t.same(
    events.map(event => [event.type, event.data.status, event.data.unitCode]),
    [
      ['dossier.status-changed', '2', '26413'],
      ['dossier.step-changed', undefined, '26413'],
      ['dossier.status-changed', '9', '26413'],
      ['dossier.result-issued', undefined, '26413'],
      ['dossier.status-changed', '10', '26413'],
    ],
  );
  t.match(events[3]?.data.result, { number: '15/GCN', signer: { name: 'Lê Văn Mẫu' } });
  const result = (events[3]?.data.result ?? {}) as { files: { url: string }[] };
  const url = result.files[0]?.url ?? '';
  const file = await httpOver(b.url)({ method: 'GET', path: new URL(url).pathname });
  t.match(file.body.toString('latin1'), /^%PDF/);
  await b.act({ do: 'update-dossier', code, fields: { SoDienThoai: '0900099999' } });
  t.match(await b.events(), [{ type: 'dossier.updated', data: { applicant: { phone: '0900099999' } } }]);
});

test('options, silence and unknown acts', async t => {
  const b = await bench();
  t.teardown(b.close);
  t.match(
    await b.act({
      do: 'submit-dossier',
      code: 'H1',
      at: '2026-11-20T08:00:00+07:00',
      silent: true,
      fields: { ChuHoSo: 'Điểu Mẫu' },
    }),
    { code: 'H1' },
  );
  t.same(b.told, []);
  t.match(portalSandbox.records(b.box), [
    {
      entity: 'dossier',
      code: 'H1',
      status: '1',
      updatedAt: '2026-11-20T08:00:00+07:00',
      data: { ChuHoSo: 'Điểu Mẫu', NgayNopHoSo: '20261120080000' },
    },
  ]);
  await t.rejects(b.act({ do: 'submit-dossier', code: 'H1' }), { code: 'invalid-act' });
  await t.rejects(b.act({ do: 'change-status', code: 'H1', status: '11' }), { code: 'invalid-act' });
  await t.rejects(b.act({ do: 'change-status', code: 'H2', status: '2' }), { code: 'invalid-act' });
  t.same(await b.act({ do: 'grant-right' }), { unknown: true });
  await b.act({ do: 'delete', code: 'H1' });
  t.same(portalSandbox.records(b.box), []);
  t.same(b.told, [], 'there is no message for a dossier that is gone');
  const codes = await Promise.all([1, 2, 3].map(() => b.act({ do: 'submit-dossier' })));
  t.equal(new Set(codes.map(done => done.code)).size, 3);
});

test('a procedure published or withdrawn is told and can be fetched in full', async t => {
  const b = await bench();
  t.teardown(b.close);
  await b.act({ do: 'publish-procedure', procedureCode: '1.012783' });
  await b.act({ do: 'publish-procedure', procedureCode: '1.012805', withdrawn: true });
  const [published, withdrawn] = await b.events();
  t.same([published?.type, withdrawn?.type], ['procedure.published', 'procedure.withdrawn']);
  t.match(published?.data.procedure, { code: '1.012783', level: 'tỉnh' });
  t.match(published?.data.cases, [{}, {}]);
  t.match((await b.connector.fetch({ kind: 'procedure', code: '1.012805' }))[0], { type: 'procedure.withdrawn' });
  for (const code of ['1.001193', '2.000815', '1.013225', '1.012812']) {
    const [event] = await b.connector.fetch({ kind: 'procedure', code });
    t.match(event, { type: 'procedure.published', data: { procedure: { code, level: 'xã' } } });
  }
  t.same(await b.connector.fetch({ kind: 'procedure', code: '9.999999' }), []);
});

test('with echo the portal tells back what the gateway wrote, with the same values', async t => {
  const b = await bench();
  t.teardown(b.close);
  b.faults.echo = true;
  await b.send('dossier.submitted', COUNTER_DOSSIER);
  await b.send('dossier.status-changed', STATUS('4'));
  await b.send('dossier.step-changed', { dossierCode: CODE, unitCode: '26041', step: STEP });
  await b.send(
    'dossier.updated',
    { dossierCode: CODE, applicant: { phone: '0900000777' } },
    { ...COUNTER_DOSSIER, status: '4' },
  );
  const events = await b.events();
  t.same(
    events.map(event => [event.type, event.data.status]),
    [
      ['dossier.status-changed', '2'],
      ['dossier.status-changed', '4'],
      ['dossier.step-changed', undefined],
      ['dossier.updated', undefined],
    ],
  );
  t.same(events[2]?.data.step, STEP);
  t.match(events[3]?.data.applicant, { ...(COUNTER_DOSSIER.applicant as JsonObject), phone: '0900000777' });
});

test('keys are remembered only when they are to be honoured', async t => {
  const b = await bench();
  t.teardown(b.close);
  await b.send('dossier.submitted', COUNTER_DOSSIER);
  const step = { dossierCode: CODE, unitCode: '26041', step: STEP };
  const steps = (): number => portalSandbox.records(b.box).filter(record => record.entity === 'step').length;
  for (const keys of ['honoured', 'ignored'] as const) {
    b.faults.keys = keys;
    const before = steps();
    for (let turn = 0; turn < 2; turn += 1)
      t.equal(await b.send('dossier.step-changed', step, {}, 'same'), 'delivered');
    t.equal(steps() - before, keys === 'honoured' ? 1 : 2);
  }
});

test('after an unknown outcome a look-up tells what became of it', async t => {
  const b = await bench();
  t.teardown(b.close);
  const delivery = (type: string, data: JsonObject): Delivery => ({
    syncId: 'y',
    message: b.connector.format({ ...inputOf(eventOf(type, data), COUNTER_DOSSIER), book }),
    headers: {},
  });
  const filing = delivery('dossier.submitted', COUNTER_DOSSIER);
  const step = delivery('dossier.step-changed', { dossierCode: CODE, unitCode: '26041', step: STEP });
  t.match(await b.connector.lookUp(filing), { found: 'absent' });
  await b.connector.deliver([filing]);
  t.match(await b.connector.lookUp(filing), { found: 'equal' });
  t.match(await b.connector.lookUp(step), { found: 'absent' });
  await b.connector.deliver([step]);
  t.match(await b.connector.lookUp(step), { found: 'equal' });
  const stale = delivery('dossier.status-changed', { ...STATUS('5'), at: '2026-11-24T09:00:00+07:00' });
  t.match(await b.connector.lookUp(stale), { found: 'newer' });
  t.match(await b.connector.lookUp(delivery('dossier.status-changed', STATUS('5'))), { found: 'different' });
});

test('what changed in a window is listed page by page', async t => {
  const b = await bench();
  t.teardown(b.close);
  for (let no = 0; no < 120; no += 1) await b.act({ do: 'submit-dossier', silent: true });
  await b.act({ do: 'submit-dossier', silent: true, at: '2026-11-01T08:00:00+07:00', code: 'OLD' });
  const window = { from: new Date('2026-11-24T00:00:00Z'), to: new Date('2026-11-25T00:00:00Z') };
  const first = await b.connector.list(window, null);
  const second = await b.connector.list(window, first.cursor);
  t.equal(second.cursor, null);
  const codes = [...first.items, ...second.items].map(item => item.code);
  t.equal(new Set(codes).size, 120);
  t.notOk(codes.includes('OLD'));
  t.match(first.items[0], { status: '1', changedAt: '2026-11-24T09:30:00+07:00' });
});
