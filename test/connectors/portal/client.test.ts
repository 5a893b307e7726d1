/** Sign-in, session, the meaning of every answer, look-ups: the connector against a nocked portal. */
import nock from 'nock';
import { test } from 'tap';
import type { Connector, Delivery, Outcome } from '../../../connectors/connector.ts';
import { CallFault } from '../../../connectors/portal/client.ts';
import { create } from '../../../connectors/portal/create.ts';
import type { JsonObject } from '../../../src/domain/words.ts';
import { BASE, book, COUNTER_DOSSIER, contextOf, eventOf, example, inputOf, requestOf } from './tools.ts';

nock.disableNetConnect();
const AUTH = '/adapter/auth';
const SERVICE = '/adapter/integration';
const SHARE = '/adapter/share';
const portal = () => nock(BASE);
const signIn = (session = 's1', code: unknown = 0) =>
  portal().post(AUTH, { username: 'lien-thong', password: 'mat-khau-mau' }).reply(200, { session, error_code: code });
const bodies: JsonObject[] = [];
const serve = (path: string, answer: JsonObject | ((body: JsonObject) => JsonObject), status = 200) =>
  portal()
    .post(path)
    .reply(status, async (request: Request) => {
      const body = (await request.json()) as JsonObject;
      bodies.push(body);
      return typeof answer === 'function' ? answer(body) : answer;
    });

const deliveryOf = (
  connector: Connector,
  type = 'dossier.submitted',
  data: JsonObject = COUNTER_DOSSIER,
  syncId = 'y1',
): Delivery => ({
  syncId,
  message: connector.format(inputOf(eventOf(type, data), COUNTER_DOSSIER)),
  headers: { 'idempotency-key': syncId, 'x-lienthong-sync': syncId, traceparent: '00-a-b-01' },
});
const deliver = async (connector: Connector, ...deliveries: Delivery[]): Promise<Outcome[]> =>
  connector.deliver(deliveries);
const STEP = {
  no: 1,
  content: 'Thẩm định',
  actor: { name: 'Lê Mẫu' },
  startedAt: '2026-11-24T08:00:00+07:00',
  status: '4',
};
const stepData = (content: string): JsonObject => ({
  dossierCode: 'H1',
  unitCode: '26041',
  step: { ...STEP, content },
});

test('calls of the portal', async t => {
  t.beforeEach(() => {
    bodies.length = 0;
  });
  t.afterEach(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    if (left.length > 0) throw new Error(`not called: ${left.join(', ')}`);
  });

  await t.test('signs in once, then calls with session, madonvi, dstcode and the headers of the sync', async t => {
    signIn();
    const seen: Record<string, string>[] = [];
    portal()
      .matchHeader('dstcode', 'dvcqg')
      .post(SERVICE)
      .reply(200, async (request: Request) => {
        bodies.push((await request.json()) as JsonObject);
        seen.push(Object.fromEntries(request.headers));
        return { error_code: '00' };
      });
    serve(SERVICE, { error_code: '0' });
    const connector = create(contextOf());
    const delivery = deliveryOf(connector);
    t.same(await deliver(connector, delivery), [
      { syncId: 'y1', result: 'delivered', foreignId: 'H19.26041-261124-0007' },
    ]);
    t.match(await deliver(connector, delivery), [{ result: 'delivered' }]);
    t.match(bodies[0], {
      session: 's1',
      madonvi: '000.00.00.H19',
      service: 'DongBoHoSoMC',
      isUpdating: 'False',
      data: [{ MaHoSo: 'H19.26041-261124-0007' }],
    });
    t.match(seen[0], { 'x-lienthong-sync': 'y1', 'idempotency-key': 'y1', traceparent: '00-a-b-01', charset: 'utf-8' });
  });

  await t.test('addresses and codes of the systems file are used', async t => {
    portal().matchHeader('dstcode', 'D').post('/x/auth').reply(200, { session: 's', error_code: '0' });
    serve('/x/sync', { error_code: 0 });
    const connector = create(
      contextOf({ authPath: '/x/auth', integrationPath: '/x/sync', madonvi: 'M', dstcode: 'D' }),
    );
    t.match(await deliver(connector, deliveryOf(connector)), [{ result: 'delivered' }]);
    t.match(bodies[0], { madonvi: 'M' });
  });

  for (const [name, refusal, status] of [
    ['in words', { error_code: '-2', message: 'Phiên làm việc đã hết hạn' }, 200],
    ['in English', { error_code: 5, message: 'Invalid session' }, 200],
    ['by 401', {}, 401],
  ] as const) {
    await t.test(`a session refused ${name}: one new sign-in, one repeat`, async t => {
      signIn('old');
      serve(SERVICE, refusal, status);
      signIn('new');
      serve(SERVICE, { error_code: 0 });
      const connector = create(contextOf());
      t.match(await deliver(connector, deliveryOf(connector)), [{ result: 'delivered' }]);
      t.same(
        bodies.map(body => body.session),
        ['old', 'new'],
      );
    });
  }

  await t.test('refused again: authentication, and no third try', async t => {
    signIn('old');
    serve(SERVICE, { error_code: 1, message: 'session expired' });
    signIn('new');
    serve(SERVICE, { error_code: 1, message: 'session expired' });
    const connector = create(contextOf());
    t.match(await deliver(connector, deliveryOf(connector)), [
      { result: 'failed', cause: 'target-authentication', unknown: false },
    ]);
    t.equal(bodies.length, 2);
  });

  await t.test('a sign-in that is refused, also for doctor', async t => {
    signIn('', 7);
    signIn('', '7');
    const connector = create(contextOf());
    t.match(await deliver(connector, deliveryOf(connector)), [
      { result: 'failed', cause: 'target-authentication', unknown: false },
    ]);
    await t.rejects(connector.signIn(), CallFault);
  });

  await t.test('a sign-in that is lost leaves nothing unknown', async t => {
    portal()
      .post(AUTH)
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    const connector = create(contextOf());
    t.match(await deliver(connector, deliveryOf(connector)), [{ cause: 'target-unavailable', unknown: false }]);
  });

  await t.test('already there: sent again as an update', async t => {
    signIn();
    serve(SERVICE, { error_code: '3', message: 'Hồ sơ đã tồn tại' });
    serve(SERVICE, { error_code: '00' });
    const connector = create(contextOf());
    t.match(await deliver(connector, deliveryOf(connector)), [{ result: 'delivered', detail: /update/ }]);
    t.same(
      bodies.map(body => body.isUpdating),
      ['False', 'True'],
    );
  });

  await t.test(
    'a dossier that is not there yet heals; other refusals do not, and numbers in them are masked',
    async t => {
      signIn();
      serve(SERVICE, { error_code: '4', message: 'Hồ sơ không tồn tại' });
      serve(SERVICE, { error_code: 13, message: 'Số 075099000123 không hợp lệ' });
      const connector = create(contextOf());
      const status = deliveryOf(connector, 'dossier.status-changed', {
        dossierCode: 'H1',
        unitCode: '26041',
        status: '4',
      });
      t.match(await deliver(connector, status), [{ cause: 'not-known-there', unknown: false }]);
      const [refused] = await deliver(connector, status);
      t.match(refused, {
        cause: 'target-rejected',
        unknown: false,
        detail: 'error_code 13: Số *********123 không hợp lệ',
      });
    },
  );

  const answers: [string, number, string, Record<string, string>, object][] = [
    ['503', 503, '', {}, { cause: 'target-unavailable', unknown: false, status: 503 }],
    ['503 with a time', 503, '', { 'retry-after': '7' }, { cause: 'target-unavailable', retryAfterMs: 7000 }],
    ['502', 502, '', {}, { cause: 'target-unavailable', unknown: true }],
    [
      '429 in seconds',
      429,
      '',
      { 'retry-after': '30' },
      { cause: 'target-throttled', retryAfterMs: 30_000, unknown: false },
    ],
    [
      '429 with a date',
      429,
      '',
      { 'retry-after': 'Tue, 24 Nov 2026 02:31:00 GMT' },
      { cause: 'target-throttled', retryAfterMs: 60_000 },
    ],
    ['422', 422, '{"error_code":"-1"}', {}, { cause: 'target-rejected', unknown: false }],
    ['408', 408, '', {}, { cause: 'target-timeout', unknown: true }],
    ['no JSON', 200, '<html>', {}, { cause: 'target-protocol', unknown: true }],
    ['JSON without error_code', 200, '{}', {}, { cause: 'target-protocol', unknown: true }],
    ['a redirect', 302, '', {}, { cause: 'target-protocol', unknown: true }],
  ];
  for (const [name, status, body, headers, expected] of answers) {
    await t.test(`answer ${name}`, async t => {
      signIn();
      portal().post(SERVICE).reply(status, body, headers);
      const connector = create(contextOf());
      t.match(await deliver(connector, deliveryOf(connector)), [{ result: 'failed', ...expected }]);
    });
  }
  for (const [code, expected] of [
    ['ETIMEDOUT', { cause: 'target-timeout', unknown: true }],
    ['ECONNRESET', { cause: 'target-unavailable', unknown: true }],
    ['ECONNREFUSED', { cause: 'target-unavailable', unknown: false }],
  ] as const) {
    await t.test(`no answer: ${code}`, async t => {
      signIn();
      portal()
        .post(SERVICE)
        .replyWithError(Object.assign(new Error(code), { code }));
      const connector = create(contextOf());
      t.match(await deliver(connector, deliveryOf(connector)), [{ result: 'failed', ...expected }]);
    });
  }

  await t.test('twelve steps go in two calls, never trial beside official', async t => {
    signIn();
    serve(SERVICE, { error_code: 0 });
    serve(SERVICE, { error_code: 0 });
    serve(SERVICE, { error_code: 0 });
    const connector = create(contextOf());
    const steps = Array.from({ length: 12 }, (_, no) =>
      deliveryOf(connector, 'dossier.step-changed', stepData(`bước ${no}`), `y${no}`),
    );
    const trial = { ...deliveryOf(connector, 'dossier.step-changed', stepData('thử'), 'y12') };
    trial.headers = { ...trial.headers, 'x-lienthong-mode': 'trial' };
    const outcomes = await deliver(connector, ...steps, trial);
    t.same(
      outcomes.map(outcome => [outcome.syncId, outcome.result]),
      Array.from({ length: 13 }, (_, no) => [`y${no}`, 'delivered']),
    );
    t.same(
      bodies.map(body => (body.data as JsonObject[]).length),
      [10, 2, 1],
    );
  });

  await t.test('a refused call of several steps is asked again one by one', async t => {
    signIn();
    const judge = (body: JsonObject): JsonObject =>
      JSON.stringify(body.data).includes('xấu') ? { error_code: '13', message: 'sai' } : { error_code: '0' };
    for (let call = 0; call < 4; call += 1) serve(SERVICE, judge);
    const connector = create(contextOf());
    const steps = ['tốt', 'xấu', 'tốt'].map((content, no) =>
      deliveryOf(connector, 'dossier.step-changed', stepData(content), `y${no}`),
    );
    const outcomes = await deliver(connector, ...steps);
    t.same(
      outcomes.map(outcome => outcome.result),
      ['delivered', 'failed', 'delivered'],
    );
  });

  await t.test("the code of a field that nobody here knows comes from the portal's catalogue, once", async t => {
    signIn();
    serve(SHARE, { error_code: 0, result: [{ LINHVUCTHUCHIEN: [{ MALINHVUC: 'LV77' }] }] });
    serve(SERVICE, { error_code: 0 });
    serve(SERVICE, { error_code: 0 });
    serve(SHARE, { error_code: 0, result: [] });
    const connector = create(contextOf());
    const event = eventOf('dossier.submitted', COUNTER_DOSSIER);
    const unlisted = { ...book, encode: () => undefined };
    const message = connector.format({ ...inputOf(event), book: unlisted });
    for (const syncId of ['a', 'b'])
      t.match(await connector.deliver([{ syncId, message, headers: {} }]), [{ result: 'delivered' }]);
    t.match(bodies[1], { data: [{ MaLinhVuc: 'LV77' }] });
    const fresh = create(contextOf());
    signIn('s2');
    t.match(await fresh.deliver([{ syncId: 'c', message, headers: {} }]), [
      { result: 'failed', cause: 'invalid-for-target', unknown: false },
    ]);
  });

  await t.test('look-up: absent, equal, different, newer', async t => {
    signIn();
    const connector = create(contextOf());
    const delivery = deliveryOf(connector, 'dossier.status-changed', {
      dossierCode: 'H1',
      unitCode: '26041',
      status: '4',
      at: '2026-11-24T09:00:00+07:00',
    });
    const cases: [JsonObject[], string][] = [
      [[], 'absent'],
      [[{ MaHoSo: 'H1', TrangThaiHoSo: 4 }], 'equal'],
      [[{ MaHoSo: 'H1', TrangThaiHoSo: '2' }], 'different'],
      [[{ MaHoSo: 'H1', TrangThaiHoSo: '2', NgayCapNhat: '20261124085900' }], 'different'],
      [[{ MaHoSo: 'H1', TrangThaiHoSo: '9', NgayCapNhat: '20261124090001' }], 'newer'],
    ];
    for (const [result, found] of cases) {
      serve(SERVICE, { error_code: 0, result });
      t.match(await connector.lookUp(delivery), { found });
    }
    t.match(bodies[0], { service: 'TraCuuHoSo', MaHoSo: delivery.message.ref.code });
  });

  await t.test('look-up of a step and of an update', async t => {
    signIn();
    const connector = create(contextOf());
    const step = deliveryOf(connector, 'dossier.step-changed', stepData('Thẩm định'));
    const held = { NguoiXuLy: 'Lê Mẫu', ThoiDiemXuLy: '20261124080000', NoiDungXuLy: 'Thẩm định', TrangThai: '4' };
    for (const [result, found] of [
      [{ MaHoSo: 'H1', DanhSachTienDo: [held] }, 'equal'],
      [{ MaHoSo: 'H1', DanhSachTienDo: [] }, 'absent'],
      [{ MaHoSo: 'H1' }, 'unproven'],
    ] as const) {
      serve(SERVICE, { error_code: 0, result: [result as unknown as JsonObject] });
      t.match(await connector.lookUp(step), { found });
    }
    const update = deliveryOf(connector, 'dossier.updated', { dossierCode: 'H1', applicant: { phone: '0900000999' } });
    const item = ((update.message.payload as JsonObject).data as JsonObject[])[0] ?? {};
    for (const [result, found] of [
      [item, 'equal'],
      [{ ...item, SoDienThoai: '0900000000' }, 'different'],
    ] as const) {
      serve(SERVICE, { error_code: 0, result: [result] });
      t.match(await connector.lookUp(update), { found });
    }
  });

  await t.test('a published procedure is fetched in full; when it cannot be, its sender tries again', async t => {
    signIn();
    serve(SHARE, example('procedure-text'));
    const connector = create(contextOf());
    const { events } = await connector.parse(requestOf(example('procedure-published')));
    t.match(events, [{ id: 'msg_1', type: 'procedure.published', subject: '1.012783', timeassumed: true }]);
    const data = events[0]?.data ?? {};
    t.match(data.procedure, { code: '1.012783', field: 'Đất đai', fieldCode: 'LV02', level: 'tỉnh' });
    t.same(data.channels, ['counter', 'online']);
    t.same(data.timeLimit, [{ channel: 'counter', value: 5, unit: 'Ngày làm việc' }]);
    t.match(data.fees, [{ code: 'P1', amount: 810000 }]);
    t.match(data.components, [
      { case: 'Chung', name: 'Đơn đăng ký biến động', form: 'Mẫu số 18', originals: 1, copies: 0 },
    ]);
    t.same(data.cases, [
      { name: 'Không phải trích đo', steps: ['Tiếp nhận hồ sơ', 'Chỉnh lý hồ sơ địa chính'] },
      { name: 'Phải trích đo', steps: ['Trích đo địa chính thửa đất'] },
    ]);
    t.same(data.more, { portal: { TUKHOA: 'sổ đỏ' } });
    portal().post(SHARE).reply(503);
    await t.rejects(connector.parse(requestOf(example('procedure-published'))), {
      status: 503,
      code: 'source-unavailable',
    });
    serve(SHARE, { error_code: 0, result: [] });
    await t.rejects(connector.parse(requestOf(example('procedure-published'))), {
      status: 422,
      code: 'invalid-message',
    });
  });
});
