/** Learnt entries in the ledger: races, replacing, a second person, and what a refusal leaves behind. */
import { test } from 'tap';
import { addLearnt, listLearnt, reviewLearnt, undoLearnt, withdrawLearnt } from '../../src/ledger/learnt.ts';
import { ledgerRig, type Rig } from '../support/ledger-rig.ts';

const lan = { who: 'lan', reason: 'đã hỏi xã' };
const minh = { who: 'minh', reason: 'đúng' };
const wanted = {
  kind: 'procedure-alias' as const,
  entry: { from: '9.999999', to: '1.001193', validFrom: '2026-01-01' },
};
const add = (rig: Rig, entry = wanted, check = () => {}, dryRun = false) =>
  addLearnt(rig.database, entry, lan, check, dryRun);

test('two choose at once: one entry, the other is told', async t => {
  const rig = await ledgerRig(t);
  const results = await Promise.allSettled([add(rig), add(rig)]);
  t.same(results.map(result => result.status).sort(), ['fulfilled', 'rejected']);
  t.match(
    results.find(result => result.status === 'rejected'),
    { reason: { code: 'already-learnt', status: 409 } },
  );
  t.equal((await listLearnt(rig.database, 'counting')).length, 1);
});

test('what the check refuses, or is only previewed, is not written', async t => {
  const rig = await ledgerRig(t);
  const refuse = () => {
    throw new Error('no');
  };
  await t.rejects(add(rig, wanted, refuse), { message: 'no' });
  t.match(await add(rig, wanted, () => {}, true), { state: 'proposed' });
  t.same(await listLearnt(rig.database), []);
  t.equal((await rig.database.people.query('SELECT 1 FROM audit')).rowCount, 0);
});

test('an earlier day replaces, a later one is refused', async t => {
  const rig = await ledgerRig(t);
  const first = await add(rig);
  await t.rejects(add(rig, { ...wanted, entry: { ...wanted.entry, validFrom: '2026-02-01' } }), {
    code: 'already-learnt',
  });
  const wider = await add(rig, { ...wanted, entry: { ...wanted.entry, validFrom: '2025-12-01' } });
  t.match(await listLearnt(rig.database, 'counting'), [{ id: wider.id }]);
  t.match(await listLearnt(rig.database, 'withdrawn'), [{ id: first.id }]);
});

test('reviewed by a second person, withdrawn by anyone, once', async t => {
  const rig = await ledgerRig(t);
  const { id } = await add(rig);
  await t.rejects(reviewLearnt(rig.database, id, lan, false), { code: 'second-person-needed' });
  t.match(await reviewLearnt(rig.database, id, minh, true), { state: 'reviewed' }, 'a preview');
  t.match(await reviewLearnt(rig.database, id, minh, false), { state: 'reviewed', reviewedBy: 'minh' });
  t.match(await withdrawLearnt(rig.database, id, lan, false), { state: 'withdrawn', reviewedBy: 'minh' });
  await t.rejects(withdrawLearnt(rig.database, id, lan, false), { code: 'not-proposed' });
  await t.rejects(reviewLearnt(rig.database, id, minh, false), { code: 'not-proposed' });
  const other = await add(rig);
  await undoLearnt(rig.database, other.id);
  t.same(await listLearnt(rig.database, 'counting'), []);
});
