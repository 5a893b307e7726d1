/**
 * kill -9 of what the gateway leans on, while it runs: its PostgreSQL (503 until it is back, never a false 202) and the target
 * systems. The gateway goes on by itself.
 */
import tap, { test } from 'tap';
import { createWorld, postgresPid, startBoth, startSandbox, until } from '../system/support.ts';
import { api, records } from '../system/witness.ts';
import { judge, startTraffic } from './traffic.ts';

tap.setTimeout(110_000);

test('PostgreSQL and then the target systems are killed under the gateway', { timeout: 100_000 }, async t => {
  const world = await createWorld(t);
  const { gateway, sandbox } = await startBoth(world);

  await t.test('PostgreSQL', async inner => {
    const traffic = startTraffic(world, { dossiers: 12, steps: 60 });
    await until('traffic flows', async () => traffic.accepted() > 150);
    const database = await postgresPid(world.dataDir);
    if (database === undefined) throw new Error('no PostgreSQL');
    process.kill(database, 'SIGKILL');
    const away = await until('readiness tells the truth', async () => {
      const answer = await api(world, '/health/ready');
      return answer.status === 503 ? answer : undefined;
    });
    inner.equal(away.status, 503);
    inner.equal((await api(world, '/health/live')).status, 200, 'the process itself is well');
    await until('PostgreSQL is back', async () => (await api(world, '/health/ready')).status === 200);
    inner.not(await postgresPid(world.dataDir), database);
    await judge(inner, world, traffic);
  });

  await t.test('the target systems', async inner => {
    const traffic = startTraffic(world, { dossiers: 12, steps: 60 });
    await until('effects are seen', async () => {
      const [one] = traffic.lanes;
      return one !== undefined && (await records(world, one.target, 'step', one.code)).length > 5;
    });
    await sandbox.kill();
    await startSandbox(world);
    await judge(inner, world, traffic, { logsWhole: false });
  });
  t.equal(await gateway.stop(), 0);
});
