/** A sync that ends its worker each time it is taken up is not taken up for ever, and harms nobody else. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { claimLanes } from '../../src/ledger/claim.ts';
import { replaySync } from '../../src/ledger/replay.ts';
import { eventually, latch } from '../support/eventually.ts';
import { submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { type DeliveryRig, deliveryRig, expireLeases } from './support.ts';

/** A worker takes the lane up and is never heard of again. */
async function lose(rig: DeliveryRig): Promise<void> {
  await claimLanes(rig.database, {
    target: 'commune',
    homes: [TRAN_BIEN],
    slots: 8,
    perHome: 8,
    token: randomUUID(),
    worker: randomUUID(),
    leaseMs: 1_000,
  });
  await expireLeases(rig.database);
}

test('after five leases in a row the head fails, its lane waits, and a replay begins anew', async t => {
  const rig = await deliveryRig(t, 'postgres');
  const process = await rig.start({ wakes: false, relay: false });
  const [first] = await process.accept(submitted('A', { summary: 'A-0' }), updated('A', { summary: 'A-1' }));
  for (let n = 0; n < 5; n++) await lose(rig);
  await process.stop();
  const other = await rig.start();
  await other.accept(submitted('B', { summary: 'B-0' }));
  const sync = first?.syncs[0]?.id as string;
  await eventually(async () => (await rig.row(sync)).state === 'failed');
  t.match(await rig.row(sync), { cause: 'gateway-fault', attempts: 0, unknown: true });
  await eventually(() => rig.target.effects.includes('B-0'));
  t.notOk(rig.target.effects.some(name => name.startsWith('A-')));
  t.match(other.faults, [{ sync }]);
  await replaySync(
    rig.database,
    sync,
    { confirmStale: false, otherBytes: false },
    { who: 'lan', reason: 'đã sửa' },
    false,
  );
  await rig.settled('delivered');
  t.same(
    rig.target.effects.filter(name => name.startsWith('A-')),
    ['A-0', 'A-1'],
  );
});

test('an attempt that is recorded begins the count anew', async t => {
  const rig = await deliveryRig(t, 'postgres');
  const process = await rig.start({ wakes: false, relay: false });
  const again = latch();
  rig.target.script = async (_, attempt) => {
    if (attempt === 1) return { cause: 'target-unavailable' };
    await again.reached;
    return 'deliver';
  };
  await process.accept(submitted('A', { summary: 'A-0' }));
  for (let n = 0; n < 4; n++) await lose(rig);
  const lost = async () => (await rig.database.people.query('SELECT lost FROM lanes')).rows[0].lost;
  t.equal(await lost(), 3, 'the last one is lost when somebody takes it over');
  await process.stop();
  await rig.start();
  await eventually(() => rig.target.calls.length === 2);
  t.equal(await lost(), 0);
  again.reach();
  await rig.settled('delivered');
});
