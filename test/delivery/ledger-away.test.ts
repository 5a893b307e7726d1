/**
 * The ledger goes away under a connector (sign-ins are shared through it): the sync is tried again by itself; it does not fail, and
 * the target is not blamed.
 */
import { test } from 'tap';
import { submitted } from '../support/ledger-rig.ts';
import { deliveryRig } from './support.ts';

/** As the driver throws it when PostgreSQL dies. */
const away = (): Error =>
  Object.assign(new Error('terminating connection due to unexpected postmaster exit'), { code: '57P01' });

for (const keys of [true, false]) {
  test(`a ledger that is away during a call, at a target that ${keys ? 'honours keys' : 'is looked up'}`, async t => {
    const rig = await deliveryRig(t, 'postgres', { honoursKeys: keys, settleMs: 0 });
    rig.target.honours = keys;
    let times = 0;
    rig.target.script = () => {
      times += 1;
      if (times <= 2) throw away();
      return 'deliver';
    };
    const process = await rig.start();
    const [accepted] = await process.accept(submitted('A', { summary: 'A1' }));
    await rig.settled('delivered');
    t.same(rig.target.effects, ['A1']);
    t.same(process.faults, [], 'it is no fault of the gateway');
    t.match(await rig.row(accepted?.syncs[0]?.id), { state: 'delivered', attempts: 1, cause: null });
    const { rows } = await rig.database.people.query('SELECT failures, breaker FROM targets WHERE target = $1', [
      rig.system.id,
    ]);
    t.same(rows, [{ failures: 0, breaker: 'closed' }], 'the target is not blamed');
    await process.stop();
  });
}
