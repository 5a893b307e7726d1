/** Turns over BullMQ on both backends: hints that are deduplicated, kept for after, and never needed. */
import { randomUUID } from 'node:crypto';
import { type Test, test } from 'tap';
import type { TurnBackend } from '../../src/delivery/turn-queues.ts';
import { createTurns, type Turns } from '../../src/delivery/turns.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { testDatabase } from '../support/database.ts';
import { eventually, latch } from '../support/eventually.ts';
import { startRedis } from '../support/redis-server.ts';
import { backends } from './support.ts';

const backendOf = async (t: Test, kind: TurnBackend['kind']): Promise<TurnBackend> => {
  if (kind === 'redis') {
    const redis = await startRedis();
    t.teardown(redis.stop);
    return { kind, url: redis.url };
  }
  const { url, drop } = await testDatabase();
  t.teardown(drop);
  return { kind, url };
};
/** Turns whose queue can be reached: on Redis what is woken before is left to the relay. */
const turnsOver = async (backend: TurnBackend, targets: readonly string[]): Promise<Turns> => {
  const turns = await createTurns(backend, targets, () => {});
  await eventually(() => turns.depth());
  return turns;
};
const home = (name: string) => ({ target: 'commune', home: name });

for (const { kind, skip } of backends) {
  test(`${kind}: homes woken many times get few turns, and one after the active one`, { skip }, async t => {
    const turns = await turnsOver(await backendOf(t, kind), ['commune', 'portal']);
    t.teardown(() => turns.close());
    const taken: string[] = [];
    const gate = latch();
    await turns.work('commune', async name => {
      taken.push(name);
      if (taken.length === 1) await gate.reached;
      return false;
    });
    turns.wake([home('a')]);
    await eventually(() => taken.length === 1);
    for (let n = 0; n < 20; n++) turns.wake([home('a'), { target: 'nobody', home: 'a' }]);
    turns.wake([home('b')]);
    await eventually(() => taken.includes('b'));
    t.same(taken, ['a', 'b'], 'one turn of a home at a time');
    gate.reach();
    await eventually(() => taken.length >= 3);
    t.same(taken.slice(0, 3), ['a', 'b', 'a'], 'what came meanwhile is not lost');
    await eventually(async () => (await turns.depth()).commune === 0);
    t.ok(taken.length <= 5, `and not twenty times: ${taken.length}`);
  });

  test(`${kind}: a home with more to do goes to the back; a turn that throws ends nothing`, { skip }, async t => {
    const turns = await turnsOver(await backendOf(t, kind), ['commune']);
    t.teardown(() => turns.close());
    const taken: string[] = [];
    await turns.work('commune', async name => {
      taken.push(name);
      if (name === 'bad') throw new Error('a bug');
      return taken.filter(other => other === name).length < 3;
    });
    turns.wake([home('bad'), home('a')]);
    await eventually(() => taken.filter(name => name === 'a').length === 3);
    turns.wake([home('c')]);
    await eventually(() => taken.includes('c'));
  });

  test(`${kind}: a rescue passes a turn that never ends`, { skip }, async t => {
    const turns = await turnsOver(await backendOf(t, kind), ['commune']);
    const gate = latch();
    t.teardown(async () => {
      gate.reach();
      await turns.close();
    });
    let taken = 0;
    await turns.work('commune', async () => {
      if (++taken === 1) await gate.reached;
      return false;
    });
    turns.wake([home('a')]);
    await eventually(() => taken === 1);
    turns.rescue([home('a')]);
    await eventually(() => taken >= 2);
  });

  test(`${kind}: stopping waits for turns in hand and takes no more`, { skip }, async t => {
    const turns = await turnsOver(await backendOf(t, kind), ['commune']);
    t.teardown(() => turns.close());
    const gate = latch();
    let taken = 0;
    let ended = 0;
    await turns.work('commune', async () => {
      taken += 1;
      await gate.reached;
      ended += 1;
      return false;
    });
    turns.wake([home('a')]);
    await eventually(() => taken === 1);
    const stopped = turns.stopWorking().then(() => t.equal(ended, 1));
    gate.reach();
    await stopped;
    turns.wake([home('b')]);
    await eventually(async () => (await turns.depth()).commune === 1);
    t.equal(taken, 1);
  });

  test(`${kind}: a target without a queue is refused`, { skip }, async t => {
    const turns = await turnsOver(await backendOf(t, kind), ['commune']);
    t.teardown(() => turns.close());
    await t.rejects(
      turns.work(`x-${randomUUID()}`, async () => false),
      /no queue/,
    );
  });
}

test('postgres: without its tables turns are refused at once instead of spinning', async t => {
  const { url, drop } = await testDatabase({ migrated: false });
  t.teardown(drop);
  const errors: unknown[] = [];
  await t.rejects(createTurns({ kind: 'postgres', url }, ['commune', 'portal'], error => errors.push(error)));
  t.ok(errors.length < 10);
});

test('postgres: the queues of a process share a few connections', async t => {
  const { url, drop } = await testDatabase();
  t.teardown(drop);
  const database = openDatabase(url, () => {});
  t.teardown(() => database.end());
  const targets = ['commune', 'portal', 'documents', 'agency', 'ministry'];
  const turns = await createTurns({ kind: 'postgres', url }, targets, () => {});
  t.teardown(() => turns.close());
  const taken = new Set<string>();
  for (const target of targets) {
    await turns.work(target, async name => {
      taken.add(`${target}/${name}`);
      return false;
    });
  }
  for (let round = 0; round < 10; round++) {
    turns.wake(targets.map(target => ({ target, home: `h${round}` })));
    await eventually(() => taken.size === (round + 1) * targets.length);
  }
  turns.rescue(targets.flatMap(target => Array.from({ length: 40 }, (_, n) => ({ target, home: `r${n}` }))));
  await eventually(() => taken.size === 50 * targets.length);
  const connections = await database.people.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name NOT LIKE 'lienthong people'",
  );
  t.ok(connections.rows[0]?.n <= targets.length + 6, `${connections.rows[0]?.n} connections for five targets`);
});

test('postgres: what the queue tells of its jobs is forgotten again', async t => {
  const { url, drop } = await testDatabase();
  t.teardown(drop);
  const database = openDatabase(url, () => {});
  t.teardown(() => database.end());
  const turns = await createTurns({ kind: 'postgres', url }, ['commune'], () => {});
  t.teardown(() => turns.close());
  let taken = 0;
  await turns.work('commune', async () => {
    taken += 1;
    return false;
  });
  for (let n = 1; n <= 240; n++) {
    turns.rescue([home(`h${n}`)]);
    if (n % 40 === 0) await eventually(() => taken === n);
  }
  const { rows } = await database.people.query('SELECT count(*)::int AS kept, max(id)::int AS made FROM bullmq.event');
  t.ok(rows[0]?.made > 800 && rows[0]?.kept < 450, `${rows[0]?.kept} of ${rows[0]?.made} events`);
});
