/**
 * Nobody waits for another's trouble: a flood of one unit, a target that hangs, a replay of many. Judged by order and count,
 * never by the clock; the large numbers are in bench/.
 */
import { test } from 'tap';
import { dueRow } from '../../src/ledger/replay-step.ts';
import { type ReplayOrder, startReplay } from '../../src/ledger/replays.ts';
import { eventually, latch } from '../support/eventually.ts';
import { ledgerRig, record, submitted } from '../support/ledger-rig.ts';
import { type Act, backends, deliveryRig, FakeTarget } from './support.ts';

const OTHER = '26446';
const FLOOD = 400;
const floodOf = (count: number) => Array.from({ length: count }, (_, n) => submitted(`A${n}`, { summary: `a-${n}` }));

for (const { kind, skip } of backends) {
  test(`${kind}: a flood of one unit does not hold another unit's first event, over two processes`, {
    skip,
  }, async t => {
    const rig = await deliveryRig(t, kind, { concurrency: 4 });
    rig.target.script = async (): Promise<Act> => {
      await new Promise(resolve => setImmediate(resolve));
      return 'deliver';
    };
    const [first] = await Promise.all([rig.start(), rig.start()]);
    await first.accept(...floodOf(FLOOD));
    await eventually(() => rig.target.calls.length > 20);
    await first.accept(submitted('B', { unitCode: OTHER, summary: 'b' }));
    const before = rig.target.effects.length;
    await eventually(() => rig.target.effects.includes('b'));
    const ahead = rig.target.effects.indexOf('b') - before;
    t.ok(ahead <= FLOOD / 4, `${ahead} of the flood went first, ${before} before`);
  });

  test(`${kind}: a target that hangs takes no slot, turn or record from another`, { skip }, async t => {
    const portal = new FakeTarget();
    const gate = latch();
    portal.script = async (): Promise<Act> => {
      await gate.reached;
      return 'deliver';
    };
    const rig = await deliveryRig(t, kind, {}, { portal });
    const process = await rig.start();
    await process.accept(
      ...Array.from({ length: 100 }, (_, n) => ({
        ...submitted(`P${n}`, { statusList: 'national' }),
        source: 'commune',
      })),
    );
    await eventually(() => portal.calls.length === 8).catch(async () => {
      const r = await rig.database.people.query('select state,cause,target,count(*) from syncs group by 1,2,3');
      const l = await rig.database.people.query('select * from targets');
      console.error(r.rows, l.rows, portal.calls.length, process.faults);
    });
    await process.accept(...floodOf(200));
    await eventually(() => rig.target.effects.length === 200);
    await eventually(async () => (await rig.states()).delivered === 200);
    t.equal(portal.calls.length, 8, 'the portal has as many calls as it takes, and none ended');
    gate.reach();
    await rig.settled('delivered');
  });
}

test('a replay stands back where live traffic waits, at that target only', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H-1'), { ...submitted('P-1', { statusList: 'national' }), source: 'commune' });
  await rig.deliver('commune');
  await rig.deliver('portal');
  const order: ReplayOrder = {
    filter: { from: new Date(0), states: ['delivered'] },
    everything: false,
    vocabulary: 'current',
    confirmStale: false,
    rate: 1_000,
  };
  await startReplay(rig.database, order, { who: 'admin', reason: 'bên nhận mất dữ liệu' });
  const due = async () => (await dueRow(rig.database, 60_000))?.sync;
  const targetOf = async (sync: string | undefined) => (sync === undefined ? undefined : (await rig.row(sync)).target);
  t.equal(await targetOf(await due()), 'commune');
  await rig.accept(submitted('H-2'));
  t.equal(await targetOf(await due()), 'commune', 'what has just come waits for nothing yet');
  const lane = (age: string) =>
    rig.database.people.query(
      `UPDATE lanes SET due = now() - interval '${age}' WHERE target = 'commune' AND due IS NOT NULL`,
    );
  await lane('2 minutes');
  t.equal(await targetOf(await due()), 'portal', 'live traffic waits at the commune system');
  const { syncs, token } = await rig.claim('commune');
  t.equal(await targetOf(await due()), 'commune', 'it is in hand');
  await record(rig, token, syncs, 'delivered');
  t.equal(await targetOf(await due()), 'commune');
});
