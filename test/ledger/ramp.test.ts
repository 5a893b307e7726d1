/** A release from a held start: one system after the other, at a rate that grows while the target keeps up. */
import { test } from 'tap';
import { declareTargets } from '../../src/ledger/gate.ts';
import { releaseHeld } from '../../src/ledger/pause.ts';
import { growReleases, releaseSystem } from '../../src/ledger/ramp.ts';
import { ledgerRig, type Rig, submitted, systems } from '../support/ledger-rig.ts';

const actor = { who: 'admin', reason: 'đã xem xong' };

async function gate(rig: Rig, target = 'commune'): Promise<Record<string, unknown>> {
  const { rows } = await rig.database.people.query('SELECT * FROM targets WHERE target = $1', [target]);
  return rows[0];
}
/** The next step is due now. */
async function due(rig: Rig): Promise<void> {
  await rig.database.people.query("UPDATE targets SET ramp_at = now() - interval '1 second' WHERE ramp_at IS NOT NULL");
}

test('held, nothing goes; released, it begins slowly and grows to no limit; the other systems stay held', async t => {
  const rig = await ledgerRig(t);
  await declareTargets(rig.database, systems, true);
  await rig.accept(submitted('H-1'));
  t.same(await rig.deliver('commune'), []);
  t.same(await releaseSystem(rig.database, 'commune', 100, actor), {
    system: 'commune',
    released: true,
    ratePerSecond: 100,
  });
  t.match(await gate(rig), { held: false, rate: 100, shut_since: null });
  t.match(await gate(rig, 'portal'), { held: true });
  await growReleases(rig.database);
  t.match(await gate(rig), { rate: 100 }, 'not before its time');
  for (const rate of [200, 400, 800, null]) {
    await due(rig);
    await growReleases(rig.database);
    t.match(await gate(rig), { rate });
  }
  t.match(await gate(rig), { ramp_at: null });
  t.equal((await rig.deliver('commune')).length, 1);
  t.match(await releaseSystem(rig.database, 'commune', 5, actor), { released: false }, 'twice is once');
  t.match(await gate(rig), { rate: null });
  await t.rejects(releaseSystem(rig.database, 'nowhere', null, actor), { code: 'not-found' });
  const { rows } = await rig.database.people.query(
    "SELECT act, subject, after FROM audit WHERE act = 'system.release'",
  );
  t.match(rows, [{ subject: 'system:commune', after: { held: false, ratePerSecond: 100 } }]);
});

test('it grows to the limit of the systems file, not while the target fails, and a process that starts does not hurry it', async t => {
  const rig = await ledgerRig(t);
  const limited = systems.map(system => ({ ...system, ratePerSecond: 7 }));
  await declareTargets(rig.database, limited, true);
  await releaseSystem(rig.database, 'commune', 3, actor);
  await declareTargets(rig.database, limited, false);
  t.match(await gate(rig), { rate: 3, full_rate: 7 });
  await rig.database.people.query('UPDATE targets SET failures = 1');
  await due(rig);
  await growReleases(rig.database);
  t.match(await gate(rig), { rate: 3 });
  t.ok((await gate(rig)).ramp_at, 'it is tried again later');
  await rig.database.people.query('UPDATE targets SET failures = 0');
  for (const rate of [6, 7]) {
    await due(rig);
    await growReleases(rig.database);
    t.match(await gate(rig), { rate });
  }
  t.match(await gate(rig), { ramp_at: null });
});

test('released all at once, each has its own limit again', async t => {
  const rig = await ledgerRig(t);
  await declareTargets(
    rig.database,
    systems.map(system => ({ ...system, ratePerSecond: 7 })),
    true,
  );
  await releaseSystem(rig.database, 'commune', 1, actor);
  t.same(await releaseHeld(rig.database, actor), ['documents', 'portal']);
  t.match(await gate(rig), { rate: 1 }, 'the one that is growing goes on growing');
  t.match(await gate(rig, 'portal'), { rate: 7, held: false });
});
