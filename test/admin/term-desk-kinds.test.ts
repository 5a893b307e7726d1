/** What may be learnt at the term desk and what may not: kinds, refusals with reasons, who may act. */
import { test } from 'tap';
import { deskRig } from '../support/desk-rig.ts';
import { submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';

const STRANGE = '1.0011930';
const BIRTH = '1.001193';
const DESK = '/v1/vocabulary/desk';
const accept = { kind: 'procedure', value: STRANGE, to: BIRTH, reason: 'hệ thống xã gõ thừa số 0' };

test('what cannot be learnt safely is refused with the reason', async t => {
  const rig = await deskRig(t);
  await rig.arrives(submitted('H-1', { unitCode: '26449' }));
  const status = (code: string) =>
    rig.arrives({
      ...updated('H-2', { status: code, statusList: 'xa-3b', at: new Date().toISOString() }),
      type: 'dossier.status-changed',
    });
  await status('la');
  await status('xin-rut-cho-duyet');
  const desk = (await rig.get(DESK)).json();
  const item = (value: string) => desk.items.find((each: { value: string }) => each.value === value);
  t.match(item('26449'), {
    kind: 'unit',
    cause: 'ambiguous-unit',
    notLearnable: { vi: /địa chỉ của từng hồ sơ/ },
    candidates: [{ code: '26359', frees: { syncs: 1 } }, { code: '26446' }],
  });
  t.notHas(item('26449').candidates[0], { proposal: Object });
  t.match(item('xa-3b/xin-rut-cho-duyet'), { notLearnable: { vi: /từng hồ sơ/ } });
  t.match(item('xa-3b/la'), { kind: 'status', candidates: [] });
  const refused: [body: object, status: number, code: string][] = [
    [{ kind: 'unit', value: '26449', to: '26446' }, 422, 'not-learnable'],
    [{ kind: 'status', value: 'xa-3b/xin-rut-cho-duyet', to: '4' }, 422, 'not-learnable'],
    [{ kind: 'status', value: 'xa-3b/la', to: '9' }, 422, 'not-learnable'],
    [{ kind: 'status', value: 'xa-3b/la', to: 'cho-tra-ket-qua' }, 422, 'not-learnable'],
    [{ kind: 'status', value: 'xa-3b/la', to: '11' }, 422, 'invalid-answer'],
    [{ kind: 'status', value: 'national/77', to: '4' }, 422, 'not-learnable'],
    [{ kind: 'status', value: 'edxml/77', to: '4' }, 422, 'not-learnable'],
    [{ kind: 'procedure', value: 'một câu dài', to: BIRTH }, 422, 'not-learnable'],
    [{ kind: 'procedure', value: '9.777777', to: '9.666666' }, 422, 'invalid-answer'],
    [{ kind: 'procedure', value: BIRTH, to: '1.000656' }, 409, 'has-mapping'],
    [{ kind: 'unit', value: '99999', to: '00001' }, 422, 'invalid-answer'],
    [{ kind: 'unit', value: '26041', to: '26011' }, 409, 'has-mapping'],
    [{ kind: 'term', value: 'x', to: 'y' }, 400, 'invalid-request'],
  ];
  for (const [body, expected, code] of refused) {
    const answer = await rig.post(`${DESK}/accept`, { reason: 'thử xem', ...body });
    t.match([answer.statusCode, answer.json().code], [expected, code], JSON.stringify(body));
  }
  t.equal((await rig.get(`${DESK}/entries`)).json().items.length, 0, 'nothing was kept');
});

test('a unit code of a system’s own, and a status, are learnt too', async t => {
  const rig = await deskRig(t);
  const unit = await rig.arrives(submitted('H-1', { unitCode: '26042' }));
  const status = await rig.arrives({
    ...updated('H-2', { status: 'dang-xem', statusList: 'xa-3b', at: new Date().toISOString(), unitCode: TRAN_BIEN }),
    source: 'documents',
    type: 'dossier.submitted',
    data: { dossierCode: 'H-2', procedureCode: BIRTH, unitCode: TRAN_BIEN, status: 'dang-xem', statusList: 'xa-3b' },
  });
  t.match([unit.state, status.state], ['parked', 'parked']);
  const learnt = (
    await rig.post(`${DESK}/accept`, { kind: 'unit', value: '26042', to: TRAN_BIEN, reason: 'mã riêng' })
  ).json();
  t.match(learnt, { entry: { kind: 'unit-alias' }, freedCount: 1 });
  t.match(await rig.row(unit.id), { state: 'open', unit: TRAN_BIEN });
  const out = await rig.goOut('0');
  t.match(out, [{ sent: { unitCode: TRAN_BIEN }, trace: [{ from: '26042', entry: `learnt:${learnt.entry.id}` }] }]);
  const state = (
    await rig.post(`${DESK}/accept`, { kind: 'status', value: 'xa-3b/dang-xem', to: '4', reason: 'hỏi xã' })
  ).json();
  t.match(state, { entry: { kind: 'status', entry: { list: 'xa-3b', from: 'dang-xem', to: '4' } } });
  t.match(await rig.row(status.id), { state: 'open' });
  t.match(rig.keeper.current().vocabulary.toNational('xa-3b', 'dang-xem'), {
    status: '4',
    subStatus: 'dang-xem',
    entry: { grade: 'related' },
  });
  t.same((await rig.get(DESK)).json(), { items: [], more: 0 });
});

test('what is held for something else then says so, and is not counted as freed', async t => {
  const rig = await deskRig(t);
  const both = await rig.arrives(submitted('H-1', { procedureCode: STRANGE, returnUnit: '99999' }));
  t.match(await rig.row(both.id), { cause: 'unknown-unit' });
  const other = await rig.arrives(submitted('H-2', { procedureCode: STRANGE, status: '77' }));
  t.match(await rig.row(other.id), { cause: 'unknown-procedure' });
  const done = (await rig.post(`${DESK}/accept`, accept)).json();
  t.match(done, { freed: [], freedCount: 0, elsewhere: 1 });
  t.match(await rig.row(other.id), { state: 'open' }, 'delivery parks it for what it truly waits for');
});

test('a reader may look and not act', async t => {
  const rig = await deskRig(t);
  await rig.database.people.query("UPDATE users SET role = 'reader' WHERE username = 'phap-che'");
  t.match(await rig.postAsOther(`${DESK}/accept`, accept), { statusCode: 403 });
});
