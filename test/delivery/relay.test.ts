/** The relay: whatever becomes of the queue, what is due in the ledger is found again. */
import { Redis } from 'ioredis';
import { test } from 'tap';
import { startRelay } from '../../src/delivery/relay.ts';
import type { Turns } from '../../src/delivery/turns.ts';
import { eventually, latch } from '../support/eventually.ts';
import { ledgerRig, submitted, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { redisMissing, redisServer } from '../support/redis-server.ts';
import { type Act, backends, deliveryRig } from './support.ts';

for (const { kind, skip } of backends) {
  test(`${kind}: turns that were never added are found`, { skip }, async t => {
    const rig = await deliveryRig(t, kind);
    const process = await rig.start({ wakes: false });
    await process.accept(submitted('A', { summary: 'a' }), submitted('B', { summary: 'b', unitCode: '26446' }));
    await rig.settled('delivered');
    t.same([...rig.target.effects].sort(), ['a', 'b']);
  });

  test(`${kind}: a dead worker's turn does not swallow what comes after it`, { skip }, async t => {
    const rig = await deliveryRig(t, kind);
    rig.target.script = name => (name === 'a' ? new Promise<Act>(() => {}) : 'deliver');
    const dead = await rig.start();
    await dead.accept(submitted('A', { summary: 'a' }));
    await eventually(() => rig.target.calls.length === 1);
    await rig.start();
    await dead.accept(submitted('B', { summary: 'b' }));
    await eventually(() => rig.target.effects.includes('b'));
  });
}

test('redis: everything in it is lost in mid-traffic, and nothing is lost', {
  skip: !redisServer() && redisMissing,
}, async t => {
  const rig = await deliveryRig(t, 'redis');
  const gate = latch();
  rig.target.script = async (): Promise<Act> => {
    if (rig.target.calls.length > 6) await gate.reached;
    return 'deliver';
  };
  const process = await rig.start();
  const redis = new Redis((rig.backend as { url: string }).url);
  t.teardown(() => redis.disconnect());
  const codes = Array.from({ length: 20 }, (_, n) => `H${n}`);
  for (const code of codes) await process.accept(submitted(code, { summary: `${code}-0` }));
  await eventually(() => rig.target.calls.length > 6);
  await redis.flushall();
  for (const code of codes) await process.accept(updated(code, { summary: `${code}-1` }));
  await redis.flushall();
  gate.reach();
  await rig.settled('delivered');
  t.equal(rig.target.calls.length, 40, 'each once');
  for (const code of codes) {
    t.same(
      rig.target.effects.filter(name => name.startsWith(`${code}-`)),
      [`${code}-0`, `${code}-1`],
    );
  }
});

const watched = () => {
  const woken: string[] = [];
  const rescued: string[] = [];
  const name = (homes: readonly { target: string; home: string }[]) => homes.map(home => `${home.target}/${home.home}`);
  const turns = {
    wake: (homes: Parameters<Turns['wake']>[0]) => woken.push(...name(homes)),
    rescue: (homes: Parameters<Turns['rescue']>[0]) => rescued.push(...name(homes)),
  } as unknown as Turns;
  return { woken, rescued, turns };
};

test('what waits for long is rescued past deduplication, what is fresh is only woken', async t => {
  const rig = await ledgerRig(t);
  const { woken, rescued, turns } = watched();
  await rig.accept(submitted('A'), submitted('B', { unitCode: '26446' }));
  await rig.database.people.query(
    "UPDATE lanes SET due = CASE home WHEN '26446' THEN now() - interval '5 seconds' ELSE now() + interval '10 minutes' END",
  );
  const relay = startRelay(rig.database, turns, error => t.fail(String(error)));
  t.teardown(() => relay.stop());
  await eventually(() => rescued.length > 0);
  await rig.database.people.query("UPDATE lanes SET due = now() WHERE home <> '26446'");
  await eventually(() => woken.includes(`commune/${TRAN_BIEN}`));
  await relay.stop();
  t.ok(woken.includes('commune/26446'));
  t.same([...new Set(rescued)], ['commune/26446']);
  const { length } = woken;
  await rig.accept(submitted('C'));
  t.equal(woken.length, length, 'a stopped relay wakes nobody');
});

test('an error of the ledger does not end the relay', async t => {
  const rig = await ledgerRig(t);
  const { woken, turns } = watched();
  const errors: unknown[] = [];
  await rig.accept(submitted('A'));
  await rig.database.people.query('ALTER TABLE lanes RENAME TO gone');
  const relay = startRelay(rig.database, turns, error => errors.push(error));
  t.teardown(() => relay.stop());
  await eventually(() => errors.length > 0);
  await rig.database.people.query('ALTER TABLE gone RENAME TO lanes');
  await eventually(() => woken.length > 0);
  await relay.stop();
});
