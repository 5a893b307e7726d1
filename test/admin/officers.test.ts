/** One person with two desks over HTTP: joined by address or by a person's word, with ticks, waiting work, and a recorded handover. */
import { test } from 'tap';
import { uuidv7 } from 'uuidv7';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { TRAN_BIEN } from '../support/ledger-rig.ts';
import { peopleRig } from '../support/people-rig.ts';

const BIEN_HOA = '26068';
const reason = 'theo quyết định';
const document = { number: '12/QĐ-UBND', date: '2025-07-01' };
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const event = (type: string, data: JsonObject, source = 'documents'): GatewayEvent => ({
  specversion: '1.0',
  id: uuidv7(),
  source,
  type,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  data: { from: '2025-07-01', post: 'chu-tich', unitCode: TRAN_BIEN, ...data },
});
const granted = (officer: JsonObject, more: JsonObject = {}, source = 'documents') =>
  event('right.granted', { officer: { name: 'Trần Thị B', ...officer }, right: 'sign', document, ...more }, source);

test('one officer with two posts is one person with two desks', async t => {
  const rig = await peopleRig(t);
  const email = 'b@dongnai.invalid';
  await rig.accept(granted({ id: 'B1', email }));
  await rig.accept(
    event('post.assigned', {
      officer: { id: 'B1', name: 'Trần Thị B' },
      unitCode: BIEN_HOA,
      post: 'chuyen-vien',
      to: inDays(10),
    }),
  );
  await rig.accept(granted({ id: 'x7', email: 'B@dongnai.invalid' }, { right: 'assign' }, 'commune'));
  await rig.accept(granted({ id: 'y8' }, { unitCode: BIEN_HOA, post: 'van-thu', right: 'seal' }, 'commune'));
  const person = (await rig.get('/v1/officers/B1')).json();
  t.same(person.ids.sort(), ['commune:x7', 'documents:B1'], 'joined by the address, not by the name');
  t.same(
    person.desks.map((desk: JsonObject) => [
      desk.unit,
      desk.unitName,
      desk.post,
      desk.when,
      desk.endsInDays !== undefined,
    ]),
    [
      [TRAN_BIEN, 'Phường Trấn Biên', 'chu-tich', 'now', false],
      [BIEN_HOA, 'Phường Biên Hòa', 'chuyen-vien', 'now', true],
    ],
  );
  const sign = person.desks[0].rights.find((one: JsonObject) => one.right === 'sign');
  t.match(sign, {
    name: 'ký ban hành',
    legal: 'yes',
    accounts: { documents: 'yes', commune: 'no' },
    certificate: 'unknown',
    signAs: 'TM',
    sources: { legal: '12/QĐ-UBND', accounts: { documents: 'documents' } },
  });
  t.match((await rig.get('/v1/officers/nobody')).json(), { status: 404, type: /not-found/ });
  const join = await rig.post('/v1/officers/B1/join', { with: 'commune:y8', reason });
  t.match(join.json(), { ids: ['documents:B1', 'commune:x7', 'commune:y8'] });
  t.equal((await rig.get('/v1/officers/y8')).json().desks.length, 3);
  t.equal((await rig.post('/v1/officers/y8/join', { with: 'B1', reason })).statusCode, 409);
  t.match((await rig.get('/v1/audit?act=officer.join')).json().items, [{ who: 'admin', reason }]);
  const facts = rig.known();
  const id = facts.under('officer', 'documents:B1').at(-1)?.id;
  t.match((await rig.get(`/v1/officers/${id}`)).json(), { ids: { length: 3 } }, 'found by the fact as well');
});

test('a number that two systems give to two people means neither', async t => {
  const rig = await peopleRig(t);
  await rig.accept(granted({ id: '7' }));
  await rig.accept(granted({ id: '7' }, { post: 'van-thu', right: 'seal' }, 'commune'));
  t.match((await rig.get('/v1/officers/7')).json(), { status: 409, candidates: [{}, {}] });
  t.equal((await rig.get('/v1/officers/commune:7')).statusCode, 200);
});

test('work waits at the desk that it was asked of, until it is answered', async t => {
  const rig = await peopleRig(t);
  await rig.accept(granted({ id: 'B1' }));
  await rig.accept(granted({ id: 'V1' }, { post: 'van-thu', right: 'seal' }));
  const about = { dossierCode: 'H19-W1' };
  const asked = { about, requestId: 'YC-1', act: 'sign', files: [], dueAt: '2026-12-01T08:00:00+07:00' };
  await rig.accept(event('approval.requested', asked, 'commune'));
  const work = async (id: string) => (await rig.get(`/v1/officers/${id}/work`)).json().items;
  t.match(await work('B1'), [
    { unit: TRAN_BIEN, seat: `${TRAN_BIEN}/chu-tich`, subject: null, requestId: 'YC-1', act: 'sign', state: 'open' },
  ]);
  t.same(await work('V1'), [], 'not at the other desk');
  await rig.deliver('documents', 'delivered', TRAN_BIEN);
  t.match(await work('B1'), [{ requestId: 'YC-1', state: 'delivered' }], 'arrived is not answered');
  await rig.accept(
    event('approval.given', {
      about,
      inReplyTo: 'YC-1',
      decision: 'approved',
      officer: { id: 'B1', name: 'Trần Thị B' },
      at: new Date().toISOString(),
      signedFiles: [],
    }),
  );
  t.same(await work('B1'), []);
});

test('a post that ends is told before, and its handover is recorded with what waits there', async t => {
  const rig = await peopleRig(t);
  await rig.accept(granted({ id: 'B1' }, { to: inDays(20) }));
  await rig.accept(granted({ id: 'V1' }, { post: 'van-thu', right: 'seal' }));
  const ending = async (soon = 30) => (await rig.get(`/v1/holdings/ending?soon=${soon}`)).json().items;
  const [soon] = await ending();
  t.match(soon, { officer: 'documents:B1', handedOver: false });
  t.ok(soon.endsInDays >= 19 && soon.endsInDays <= 21);
  t.same(await ending(5), []);
  const url = `/v1/holdings/${soon.id}/handover`;
  t.equal((await rig.post(url, { to: 'B1', note: 'tự giao', reason })).statusCode, 422, 'not to oneself');
  t.equal((await rig.post(url, { to: 'nobody', note: 'x', reason })).statusCode, 404);
  const done = await rig.post(url, { to: 'V1', note: 'Bàn giao 3 hồ sơ giấy', reason });
  t.match(done.json(), { handover: { to: 'documents:V1', note: 'Bàn giao 3 hồ sơ giấy' }, work: [] });
  t.match(await ending(), [{ officer: 'documents:B1', handedOver: true }], 'the post goes on to its end');
  t.match((await rig.get('/v1/audit?act=holding.handover')).json().items, [{ who: 'admin', reason }]);
});

test('who may do what in a unit is shown tick by tick', async t => {
  const rig = await peopleRig(t);
  await rig.accept(granted({ id: 'B1' }));
  const ticks = (await rig.get(`/v1/rights/ticks?unit=${TRAN_BIEN}&right=sign`)).json();
  t.match(ticks, {
    items: [{ seat: `${TRAN_BIEN}/chu-tich`, legal: 'yes', account: 'yes', certificate: 'unknown', missing: [] }],
    couldHold: [{ post: 'chu-tich', label: 'Chủ tịch UBND' }],
  });
  t.match((await rig.get(`/v1/rights/ticks?unit=${TRAN_BIEN}&right=sign&system=commune`)).json().items, [
    { account: 'no', missing: ['account'] },
  ]);
  t.same((await rig.get(`/v1/rights/ticks?unit=${TRAN_BIEN}&right=sign&at=2025-06-01`)).json().items, []);
  for (const wrong of ['unit=00004&right=sign', `unit=${TRAN_BIEN}&right=fly`]) {
    t.equal(
      (await rig.get(`/v1/rights/ticks?${wrong}`)).statusCode,
      404,
      'nobody may is not the answer to a wrong question',
    );
  }
});
