/** Which homes are due: by gate, time and lease. */
import { test } from 'tap';
import { dueHomes } from '../../src/ledger/wake.ts';
import { ledgerRig, submitted, TRAN_BIEN } from '../support/ledger-rig.ts';

test('only homes with due, free lanes of open targets are woken', async t => {
  const rig = await ledgerRig(t);
  const homes = async () => (await dueHomes(rig.database, 100)).map(({ target, home }) => `${target}/${home}`);
  await rig.accept(submitted('A'), submitted('B', { unitCode: '26446' }));
  await rig.accept({ ...submitted('C', { status: 'cho-tiep-nhan' }), source: 'commune' });
  t.same(await homes(), [`commune/${TRAN_BIEN}`, 'commune/26446', `portal/${TRAN_BIEN}`]);
  const shut = async (change: string) => {
    await rig.database.people.query(`UPDATE targets SET ${change} WHERE target = 'commune'`);
    return homes();
  };
  t.same(await shut('paused = true'), [`portal/${TRAN_BIEN}`]);
  t.same(await shut("paused_until = now() - interval '1 second'"), await homes());
  t.same(await shut('paused = false, held = true'), [`portal/${TRAN_BIEN}`]);
  t.same(await shut("held = false, not_before = now() + interval '1 minute'"), [`portal/${TRAN_BIEN}`]);
  t.same(await shut("not_before = NULL, breaker = 'open', probe_at = now() + interval '1 minute'"), [
    `portal/${TRAN_BIEN}`,
  ]);
  t.equal((await shut('probe_at = now()')).length, 3, 'a probe may be made');
  await shut("breaker = 'closed', probe_at = NULL");
  await rig.claim('commune');
  t.same(await homes(), ['commune/26446', `portal/${TRAN_BIEN}`], 'a leased lane is in hand');
  await rig.database.people.query("UPDATE lanes SET due = now() + interval '1 minute' WHERE home = '26446'");
  t.same(await homes(), [`portal/${TRAN_BIEN}`]);
  await rig.database.people.query("UPDATE claims SET until = now() - interval '1 second'");
  t.same(await homes(), [`commune/${TRAN_BIEN}`, `portal/${TRAN_BIEN}`], 'a lease that ran out is none');
});

test('of each target those that have waited longest are seen, however much another target has to do', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('A'), submitted('B', { unitCode: '26446' }), {
    ...submitted('C', { status: 'cho-tiep-nhan' }),
    source: 'commune',
  });
  await rig.database.people.query("UPDATE lanes SET due = now() - interval '1 minute' WHERE home = '26446'");
  const seen = (await dueHomes(rig.database, 1)).map(({ target, home }) => `${target}/${home}`);
  t.same(seen, ['commune/26446', `portal/${TRAN_BIEN}`]);
});
