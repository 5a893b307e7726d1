/** What each answer of the commune system means for a sync; the network is nock's, the client is the gateway's own. */
import nock from 'nock';
import { test } from 'tap';
import { create } from '../../../connectors/commune/create.ts';
import type { Connector, Outcome } from '../../../connectors/connector.ts';
import type { JsonObject } from '../../../src/domain/words.ts';
import { contextFor, deliveryOf, input, STATUS, SUBMITTED } from './support.ts';

const BASE = 'http://127.0.0.1:20182';
const TOKEN = '/auth/realms/xa/protocol/openid-connect/token';
const STATUS_PATH = '/api/ho-so/id-1/trang-thai';

const STEP: JsonObject = {
  dossierCode: String(SUBMITTED.dossierCode),
  unitCode: '26041',
  step: { no: 2, content: 'Thẩm định', actor: 'Trần Văn Long', startedAt: '2026-11-24T02:00:00Z' },
};

nock.disableNetConnect();
test('the whole file', async whole => {
  whole.beforeEach(() => nock.cleanAll());
  whole.teardown(() => {
    nock.cleanAll();
    nock.enableNetConnect();
  });

  const signedIn = (token = 'token-1', times = 1): nock.Scope =>
    nock(BASE)
      .post(TOKEN, 'grant_type=client_credentials&client_id=lien-thong&client_secret=bi-mat')
      .times(times)
      .reply(200, { access_token: token, expires_in: 300, token_type: 'Bearer' });
  const connect = (now?: () => Date, timeoutMs?: number): Connector => create(contextFor(BASE, now, timeoutMs));
  const one = async (connector: Connector, type: string, data: JsonObject, foreignId?: string): Promise<Outcome> => {
    const outcomes = await connector.deliver([
      deliveryOf(connector, input(type, data), foreignId === undefined ? {} : { foreignId }),
    ]);
    if (outcomes.length !== 1 || outcomes[0] === undefined) throw new Error('one outcome expected');
    return outcomes[0];
  };
  /** The outcome of a status whose answer is `status` and `body`. */
  const statusMeets = async (
    status: number,
    body: nock.Body,
    headers: Record<string, string> = {},
  ): Promise<Outcome> => {
    signedIn();
    nock(BASE).post(STATUS_PATH).reply(status, body, headers);
    return one(connect(), 'dossier.status-changed', STATUS, 'id-1');
  };

  await whole.test('a new dossier goes out with key and token, and brings the commune its number', async t => {
    signedIn();
    const call = nock(BASE)
      .post(
        '/api/ho-so',
        body => body.maQuocGia === SUBMITTED.dossierCode && body.nguoiNop.hoTen === 'Điểu Thị Mỹ Linh',
      )
      .matchHeader('authorization', 'Bearer token-1')
      .matchHeader('idempotency-key', 's1')
      .reply(201, { id: 'id-1', maSo: 'H19-7' });
    t.same(await one(connect(), 'dossier.submitted', SUBMITTED), {
      syncId: 's1',
      result: 'delivered',
      foreignId: 'id-1',
      codes: [{ code: 'H19-7', kind: 'local' }],
    });
    t.ok(call.isDone());
  });

  await whole.test('a dossier that is there already counts as delivered', async t => {
    signedIn();
    nock(BASE).post('/api/ho-so').reply(409, { maLoi: 'DA_TON_TAI', thongBao: 'Hồ sơ đã có.', id: 'id-1' });
    t.match(await one(connect(), 'dossier.submitted', SUBMITTED), { result: 'delivered', foreignId: 'id-1' });
  });

  await whole.test('an expired token is renewed once, and all calls share the new one', async t => {
    signedIn('old');
    signedIn('new');
    const refused = nock(BASE)
      .post(STATUS_PATH)
      .matchHeader('authorization', 'Bearer old')
      .times(3)
      .reply(401, { maLoi: 'CHUA_DANG_NHAP' });
    const taken = nock(BASE)
      .post(STATUS_PATH)
      .matchHeader('authorization', 'Bearer new')
      .times(3)
      .reply(200, { id: 'id-1' });
    const connector = connect();
    const given = { foreignId: 'id-1' };
    const deliveries = ['a', 'b', 'c'].map(syncId =>
      deliveryOf(connector, input('dossier.status-changed', STATUS), { ...given, syncId }),
    );
    const outcomes = await connector.deliver(deliveries);
    t.same(
      outcomes.map(({ syncId, result }) => [syncId, result]),
      [
        ['a', 'delivered'],
        ['b', 'delivered'],
        ['c', 'delivered'],
      ],
    );
    t.ok(refused.isDone());
    t.ok(taken.isDone());
  });

  await whole.test('a token is used until its 300 seconds are over', async t => {
    let now = new Date('2026-11-24T01:00:00Z');
    const connector = connect(() => now);
    signedIn('first');
    nock(BASE).post(STATUS_PATH).twice().matchHeader('authorization', 'Bearer first').reply(200, {});
    await one(connector, 'dossier.status-changed', STATUS, 'id-1');
    now = new Date('2026-11-24T01:04:50Z');
    t.match(await one(connector, 'dossier.status-changed', STATUS, 'id-1'), { result: 'delivered' });
    now = new Date('2026-11-24T01:05:01Z');
    signedIn('second');
    nock(BASE).post(STATUS_PATH).matchHeader('authorization', 'Bearer second').reply(200, {});
    t.match(await one(connector, 'dossier.status-changed', STATUS, 'id-1'), { result: 'delivered' });
    t.ok(nock.isDone());
  });

  await whole.test('a refused sign-in is told as such, without the secret', async t => {
    nock(BASE).post(TOKEN).reply(401, { error: 'invalid_client' });
    const outcome = await one(connect(), 'dossier.status-changed', STATUS, 'id-1');
    t.match(outcome, { result: 'failed', cause: 'target-authentication', unknown: false });
    t.notMatch(JSON.stringify(outcome), /bi-mat/);
    signedIn('t', 2);
    nock(BASE).post(STATUS_PATH).twice().reply(401, {});
    t.match(await one(connect(), 'dossier.status-changed', STATUS, 'id-1'), {
      cause: 'target-authentication',
      status: 401,
    });
  });

  await whole.test('each refusal has its cause', async t => {
    const table: readonly (readonly [number, nock.Body, JsonObject])[] = [
      [404, {}, { cause: 'not-known-there' }],
      [409, { maLoi: 'HO_SO_DA_DONG' }, { cause: 'target-conflict' }],
      [412, { maLoi: 'PHIEN_BAN_CU' }, { cause: 'target-conflict' }],
      [413, '', { cause: 'file-too-large' }],
      [422, { maLoi: 'THU_TUC_CHUA_CO' }, { cause: 'not-known-there' }],
      [422, { maLoi: 'THIEU_TRUONG' }, { cause: 'target-rejected', unknown: false }],
      [400, 'khong phai json', { cause: 'target-rejected' }],
      [403, {}, { cause: 'target-rejected' }],
      [500, {}, { cause: 'target-unavailable', unknown: true }],
      [503, {}, { cause: 'target-unavailable', unknown: false }],
      [302, '', { cause: 'target-protocol' }],
      [200, '<html>', { cause: 'target-protocol', unknown: true }],
      [200, '[]', { cause: 'target-protocol', unknown: true }],
    ];
    for (const [status, body, expected] of table) {
      nock.cleanAll();
      if (status === 404)
        nock(BASE).get('/api/ho-so').query(true).twice().reply(200, { noiDung: [], tongSo: 0, conNua: false });
      t.match(await statusMeets(status, body), { result: 'failed', ...expected }, `${status} ${JSON.stringify(body)}`);
    }
  });

  await whole.test('an answer is repeated without what could name a person', async t => {
    const outcome = await statusMeets(422, {
      maLoi: 'SAI_DU_LIEU',
      thongBao: 'Số 075190001234 của "Điểu Thị Mỹ Linh" (0901 234 567, linh@example.vn) không hợp lệ',
      truong: [{ ten: 'nguoiNop.soDinhDanh' }],
    });
    t.match(outcome, { cause: 'target-rejected', status: 422, detail: /SAI_DU_LIEU.*nguoiNop\.soDinhDanh/ });
    t.notMatch(JSON.stringify(outcome), /0751|Linh|0901|@/);
  });

  await whole.test('slow down says for how long', async t => {
    t.match(await statusMeets(429, {}, { 'Retry-After': '7' }), { cause: 'target-throttled', retryAfterMs: 7_000 });
    const dates = { date: 'Tue, 24 Nov 2026 01:00:00 GMT', 'retry-after': 'Tue, 24 Nov 2026 01:00:30 GMT' };
    t.match(await statusMeets(429, {}, dates), { cause: 'target-throttled', retryAfterMs: 30_000 });
    signedIn();
    nock(BASE).post(STATUS_PATH).reply(503, {}, { 'retry-after': 'Tue, 24 Nov 2026 01:01:00 GMT' });
    const now = () => new Date('2026-11-24T01:00:00Z');
    t.match(
      await one(connect(now), 'dossier.status-changed', STATUS, 'id-1'),
      { cause: 'target-unavailable', retryAfterMs: 60_000 },
      'a date without a clock of its own is seen from ours',
    );
  });

  await whole.test('"Đang xử lý" is taken as delivered', async t => {
    t.match(await statusMeets(200, { id: 'id-1', thongBao: 'Đang xử lý' }), {
      result: 'delivered',
      foreignId: 'id-1',
      detail: 'Đang xử lý',
    });
  });

  await whole.test('a broken or silent connection leaves open whether it took effect', async t => {
    signedIn('t', 2);
    nock(BASE)
      .post(STATUS_PATH)
      .replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    t.match(await one(connect(), 'dossier.status-changed', STATUS, 'id-1'), {
      cause: 'target-unavailable',
      unknown: true,
    });
    nock(BASE).post(STATUS_PATH).delay(5_000).reply(200, {});
    t.match(await one(connect(undefined, 60), 'dossier.status-changed', STATUS, 'id-1'), {
      cause: 'target-timeout',
      unknown: true,
    });
    nock.abortPendingRequests();
  });

  await whole.test('a dossier is found by its numbers, and one that is not there is waited for', async t => {
    signedIn();
    const none = { noiDung: [], tongSo: 0, conNua: false };
    nock(BASE)
      .get('/api/ho-so')
      .query(query => query.maQuocGia === STATUS.dossierCode)
      .reply(200, none);
    nock(BASE)
      .get('/api/ho-so')
      .query(query => query.maSo === STATUS.dossierCode)
      .reply(200, { noiDung: [{ id: 'wrong', maSo: 'another' }], tongSo: 1, conNua: false });
    const connector = connect();
    t.match(await one(connector, 'dossier.status-changed', STATUS), { cause: 'not-known-there', unknown: false });
    nock(BASE)
      .get('/api/ho-so')
      .query(query => query.maQuocGia === STATUS.dossierCode)
      .reply(200, { noiDung: [{ id: 'id-1', maQuocGia: STATUS.dossierCode ?? '' }], tongSo: 1, conNua: false });
    nock(BASE).post(STATUS_PATH).reply(200, {});
    t.match(await one(connector, 'dossier.status-changed', STATUS), { result: 'delivered', foreignId: 'id-1' });
  });

  await whole.test('a look-up that fails before the write leaves nothing unknown', async t => {
    signedIn();
    nock(BASE).get('/api/ho-so').query(true).reply(500, {});
    t.match(await one(connect(), 'dossier.status-changed', STATUS), { cause: 'target-unavailable', unknown: false });
  });

  await whole.test(
    'an update is written over the version that was read, once more after a change in between',
    async t => {
      const update: JsonObject = { dossierCode: String(SUBMITTED.dossierCode), applicant: SUBMITTED.applicant ?? null };
      signedIn();
      nock(BASE).get('/api/ho-so/id-1').reply(200, { id: 'id-1' }, { etag: '"v1"' });
      nock(BASE).patch('/api/ho-so/id-1').matchHeader('if-match', '"v1"').reply(412, {});
      nock(BASE).get('/api/ho-so/id-1').reply(200, { id: 'id-1' }, { etag: '"v2"' });
      nock(BASE).patch('/api/ho-so/id-1').matchHeader('if-match', '"v2"').reply(200, { id: 'id-1' });
      const connector = connect();
      t.match(await one(connector, 'dossier.updated', update, 'id-1'), { result: 'delivered' });
      nock(BASE).get('/api/ho-so/id-1').reply(200, { id: 'id-1', nguoiNopCapNhatLuc: '2026-11-24T12:00:00+07:00' });
      t.match(await one(connector, 'dossier.updated', update, 'id-1'), { cause: 'target-conflict', unknown: false });
      t.ok(nock.isDone());
    },
  );

  await whole.test('a step is looked for on every page, and an endless list proves nothing', async t => {
    signedIn();
    const connector = connect();
    const delivery = deliveryOf(connector, input('dossier.step-changed', STEP), { foreignId: 'id-1' });
    const expect = delivery.message.ref.expect;
    const page = (steps: JsonObject[], more: boolean) => ({ noiDung: steps, tongSo: 250, conNua: more });
    const others = Array.from({ length: 100 }, (_, n) => ({ so: n + 1, noiDung: `bước ${n}` }));
    const pages = async (...answers: ReturnType<typeof page>[]): Promise<string> => {
      nock(BASE).get('/api/ho-so/id-1').reply(200, { id: 'id-1' });
      for (const [number, answer] of answers.entries())
        nock(BASE)
          .get('/api/ho-so/id-1/tien-trinh')
          .query(query => query.trang === String(number))
          .reply(200, answer);
      const { found } = await connector.lookUp(delivery);
      t.ok(nock.isDone(), 'as many pages as needed, no more');
      return found;
    };
    t.equal(await pages(page(others, true), page(others, true), page([expect], false)), 'equal');
    t.equal(await pages(page(others, true), page([{ ...expect, noiDung: 'khác' }], false)), 'absent');
    nock(BASE).get('/api/ho-so/id-1').reply(200, { id: 'id-1' });
    nock(BASE).get('/api/ho-so/id-1/tien-trinh').query(true).times(200).reply(200, page(others, true));
    await t.rejects(connector.lookUp(delivery), { name: 'CallFault', reason: 'target-protocol' });
  });

  await whole.test('a look-up tells equal, absent and newer apart', async t => {
    signedIn();
    const connector = connect();
    const delivery = deliveryOf(connector, input('dossier.status-changed', STATUS), { foreignId: 'id-1' });
    const holds = async (dossier: JsonObject): Promise<string> => {
      nock(BASE)
        .get('/api/ho-so/id-1')
        .reply(200, { id: 'id-1', ...dossier });
      return (await connector.lookUp(delivery)).found;
    };
    t.equal(await holds({ trangThai: 'cho-nop-tien' }), 'equal');
    t.equal(await holds({ trangThai: 'dang-tham-dinh', trangThaiLuc: '2026-11-24T08:00:00+07:00' }), 'absent');
    t.equal(await holds({ trangThai: 'dang-tham-dinh', trangThaiLuc: '2026-11-24T10:00:00+07:00' }), 'newer');
    nock(BASE).get('/api/ho-so/id-1').reply(503, {});
    await t.rejects(connector.lookUp(delivery), { name: 'CallFault', reason: 'target-unavailable' });
    nock(BASE).get('/api/ho-so/id-1').reply(429, {}, { 'Retry-After': '7' });
    await t.rejects(connector.lookUp(delivery), { name: 'CallFault', reason: 'target-throttled', retryAfterMs: 7_000 });
  });
});
