/**
 * kill -9 of everything but the witnesses: gateway and PostgreSQL at once, in the middle of batches. What was answered 202 was on
 * the disk's way before the answer (fsync itself is not tested by killing processes) and takes effect once, in order.
 */
import tap, { test } from 'tap';
import { createWorld, postgresPid, startBoth, startGateway, until } from '../system/support.ts';
import { judge, startTraffic } from './traffic.ts';

tap.setTimeout(110_000);

test('gateway and PostgreSQL are killed together in mid-traffic', { timeout: 100_000 }, async t => {
  const world = await createWorld(t);
  const { gateway } = await startBoth(world);
  const traffic = startTraffic(world, { dossiers: 12, steps: 60, batch: 4 });
  await until('traffic flows', async () => traffic.accepted() > 150);
  const [program, database] = [await gateway.pid(), await postgresPid(world.dataDir)];
  if (database === undefined) throw new Error('no PostgreSQL');
  process.kill(program, 'SIGKILL');
  process.kill(database, 'SIGKILL');
  await gateway.stop();
  const next = await startGateway(world);
  t.not(await postgresPid(world.dataDir), database, 'a new PostgreSQL recovered the data');
  await judge(t, world, traffic);
  t.equal(await next.stop(), 0);
});
