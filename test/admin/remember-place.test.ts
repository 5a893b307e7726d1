/** `resolve` with `remember: "place"`: one answer becomes a rule for the hamlet, previewed over all that wait, audited. */
import t from 'tap';
import { submitted, updated } from '../support/ledger-rig.ts';
import { peopleRig } from '../support/people-rig.ts';

const XUAN_TAM = '26449';
const DONG = '26359';
const HOA = '26446';
const from = (code: string, address: string, unitCode = XUAN_TAM) =>
  submitted(code, { unitCode, applicant: { kind: 'citizen', name: 'An', address } });
const asked = { unitCode: DONG, remember: 'place', reason: 'ấp này nay thuộc Xuân Đông' };

t.test(
  'the hamlet of the address becomes a rule, tried out over all parked dossiers, then saved and audited',
  async t => {
    const rig = await peopleRig(t);
    const accepted = await rig.accept(
      from('H-1', 'tổ 5, ấp Tân Hữu, xã Xuân Tâm'),
      from('H-2', 'ẤP TÂN HỮU'),
      from('H-3', 'ấp 3, xã Xuân Tâm'),
    );
    const [first, second, other] = accepted.map(one => one.syncs[0]?.id as string) as [string, string, string];
    const preview = (await rig.post(`/v1/syncs/${first}/resolve`, { ...asked, dryRun: true })).json();
    t.match(preview, {
      hamlet: 'Tân Hữu',
      rule: { old: XUAN_TAM, by: 'hamlet', names: ['Tân Hữu'], to: DONG },
      counts: { waiting: 3, goes: 2 },
      freedCount: 2,
      state: 'queued',
      dryRun: true,
    });
    t.match(await rig.row(first), { state: 'parked' });
    const done = await rig.post(`/v1/syncs/${first}/resolve`, asked);
    t.match(done.json(), { state: 'queued', remembered: true, counts: { done: 2, changed: 0 }, dryRun: false });
    t.match(await rig.row(first), { state: 'open', unit: DONG, revision: 2 });
    t.match(await rig.row(second), { state: 'open', unit: DONG, revision: 2 });
    t.match(await rig.row(other), { state: 'parked', cause: 'ambiguous-unit', revision: 1 });
    const rules = (await rig.get('/v1/place-rules')).json().items;
    t.match(rules, [{ old: XUAN_TAM, by: 'hamlet', names: ['Tân Hữu'], to: DONG, madeBy: 'admin', unit: null }]);
    t.equal(rules[0].from, '2025-06-30T17:00:00.000Z', 'since the day of the split');
    const audit = (await rig.get(`/v1/audit?subject=place-rule:${XUAN_TAM}`)).json().items;
    t.match(audit, [{ who: 'admin', act: 'place-rule.enter', reason: asked.reason, after: { sync: first, to: DONG } }]);
  },
);

t.test('what was shown is carried out with its rehearsal, exactly', async t => {
  const rig = await peopleRig(t);
  const [one] = await rig.accept(from('H-1', 'ấp Tân Hữu'));
  const id = one?.syncs[0]?.id as string;
  const { rehearsal } = (await rig.post(`/v1/syncs/${id}/resolve`, { ...asked, dryRun: true })).json();
  const done = (await rig.post('/v1/place-rules', { rehearsal, reason: asked.reason })).json();
  t.match(done, { counts: { counted: 1, done: 1, changed: 0 }, freed: [{ id }] });
});

t.test('what cannot be remembered for a place is refused with the reason', async t => {
  const rig = await peopleRig(t);
  const accepted = await rig.accept(
    from('H-1', '12 Hùng Vương'),
    from('H-2', 'ấp 1, ấp 2'),
    from('H-3', 'ấp 3'),
    from('H-4', 'ấp 4', '99999'),
  );
  const [street, two, plain, unknown] = accepted.map(one => one.syncs[0]?.id as string) as string[];
  const code = async (id: string | undefined, more: object = {}) => {
    const answer = await rig.post(`/v1/syncs/${id}/resolve`, { ...asked, ...more });
    return [answer.statusCode, answer.json().code];
  };
  t.same(await code(street), [422, 'no-hamlet']);
  t.same(await code(two), [422, 'no-hamlet']);
  t.same(await code(unknown), [422, 'not-learnable']);
  t.same(await code(plain, { unitCode: '26041' }), [422, 'invalid-answer']);
  t.same(await code(plain, { unitCode: undefined, procedureCode: '1.001193' }), [422, 'wrong-answer']);
  t.same(await code('019307a5-0000-7000-8000-000000000000'), [404, 'not-found']);
  t.same(await code(plain), [200, undefined]);
  t.same(await code(plain), [409, 'not-parked']);
  const list = { old: XUAN_TAM, by: 'list', names: ['khóm Mới'], to: HOA, reason: asked.reason };
  t.equal((await rig.post('/v1/place-rules', list)).statusCode, 200);
  const [both] = await rig.accept(from('H-5', 'ấp 9 khóm Mới'));
  t.match(await rig.row(both?.syncs[0]?.id as string), { state: 'parked' });
});

t.test('a dossier of the rule goes by it from then on', async t => {
  const rig = await peopleRig(t);
  const [one] = await rig.accept(from('H-1', 'ấp 3'));
  await rig.post(`/v1/syncs/${one?.syncs[0]?.id}/resolve`, asked);
  const [later] = await rig.accept(updated('H-1', { summary: 'hai' }));
  t.match(await rig.row(later?.syncs[0]?.id as string), { state: 'open', unit: DONG });
});

t.test('an answer by which the unit is known may find a desk that is off: it waits for that, and says so', async t => {
  const rig = await peopleRig(t);
  const [one] = await rig.accept(from('H-1', 'ấp 3'));
  const id = one?.syncs[0]?.id as string;
  const off = { unit: DONG, mode: 'off', openDossiers: 'stay', reason: 'chưa tham gia', from: '2026-01-01' };
  t.equal((await rig.post('/v1/unit-modes', off)).statusCode, 200);
  const answer = { unitCode: DONG, remember: 'no', reason: 'theo địa chỉ' };
  const done = (await rig.post(`/v1/syncs/${id}/resolve`, answer)).json();
  t.match(done, { freed: [], held: [{ id, cause: 'unit-off' }], state: 'parked' });
  t.match(await rig.row(id), { state: 'parked', cause: 'unit-off', unit: DONG, revision: 2 });
  const on = { ...off, mode: 'official', from: new Date().toISOString() };
  const freed = (await rig.post('/v1/unit-modes', on)).json();
  t.match(freed.freed, [{ id }]);
  t.match(await rig.row(id), { state: 'open', unit: DONG, revision: 2 });
});
