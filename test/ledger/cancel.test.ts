/** Dropping one sync: its lane goes on, what is in the air is said, what is done stays. */
import { test } from 'tap';
import { cancelSync } from '../../src/ledger/cancel.ts';
import { replaySync } from '../../src/ledger/replay.ts';
import { ledgerRig, record, submitted, updated } from '../support/ledger-rig.ts';

const actor = { who: 'admin', reason: 'hồ sơ đã rút' };

test('dropping a failed head lets the next sync of the lane go', async t => {
  const rig = await ledgerRig(t);
  const first = (await rig.accept(submitted('H-1')))[0]?.syncs[0]?.id as string;
  const second = (await rig.accept(updated('H-1', { summary: 'hai' })))[0]?.syncs[0]?.id as string;
  await rig.deliver('commune', 'target-rejected');
  t.match(await rig.lane(first), { head: 1, due: null, blocked_by: first });
  const cancelled = await cancelSync(rig.database, first, actor, false);
  t.match(cancelled, { state: 'cancelled', inTheAir: false, freed: second });
  t.match(await rig.lane(first), { head: 2, blocked_by: null });
  const problems = await rig.database.people.query('SELECT 1 FROM problems');
  t.equal(problems.rowCount, 0, 'no problem is left behind');
  t.same(await rig.deliver('commune'), [second]);
  await t.rejects(cancelSync(rig.database, second, actor, false), { code: 'not-cancellable', status: 409 });
});

test('a preview does nothing and says the same', async t => {
  const rig = await ledgerRig(t);
  const id = (await rig.accept(submitted('H-2')))[0]?.syncs[0]?.id as string;
  t.match(await cancelSync(rig.database, id, actor, true), { state: 'cancelled', freed: null });
  t.match(await rig.row(id), { state: 'open' });
  t.equal((await rig.database.people.query('SELECT 1 FROM audit')).rowCount, 0);
});

test('what is in the air is said, and a later replay must look it up', async t => {
  const rig = await ledgerRig(t);
  const id = (await rig.accept(submitted('H-3')))[0]?.syncs[0]?.id as string;
  const { token, syncs } = await rig.claim('commune');
  t.match(await cancelSync(rig.database, id, actor, false), { inTheAir: true });
  await record(rig, token, syncs, 'delivered');
  t.match(await rig.row(id), { state: 'cancelled', unknown: true });
  t.match(await rig.lane(id), { head: 2, due: null });
  const replayed = await replaySync(rig.database, id, { confirmStale: false, otherBytes: false }, actor, false);
  t.match(replayed, { place: 'tail', idempotencyKey: `${id}.2` });
  t.match(await rig.row(id), { state: 'open', unknown: true, send_no: 2, pos: 2 });
});

test('a sync dropped in the middle of its lane is passed by', async t => {
  const rig = await ledgerRig(t);
  const first = (await rig.accept(submitted('H-4')))[0]?.syncs[0]?.id as string;
  const second = (await rig.accept(updated('H-4', { summary: 'hai' })))[0]?.syncs[0]?.id as string;
  const third = (await rig.accept(updated('H-4', { summary: 'ba' })))[0]?.syncs[0]?.id as string;
  t.match(await cancelSync(rig.database, second, actor, false), { freed: null });
  const { syncs } = await rig.claim('commune');
  t.same(
    syncs.map(sync => [sync.id, sync.state]),
    [
      [first, 'open'],
      [second, 'cancelled'],
      [third, 'open'],
    ],
  );
});
