/**
 * kill -9 of the gateway in the middle of traffic, its PostgreSQL left running as an orphan: what was answered 202 takes effect
 * once and in order, nothing stays behind.
 */
import tap, { test } from 'tap';
import { isAlive } from '../../src/embedded/processes.ts';
import { createWorld, postgresPid, startGateway, startSandbox, until } from '../system/support.ts';
import { lateAnswers } from './late-answers.ts';
import { judge, startTraffic } from './traffic.ts';

tap.setTimeout(110_000);

test('the gateway is killed in mid-traffic and started again', { timeout: 100_000 }, async t => {
  const world = await createWorld(t);
  // The gateway reaches the systems over lines with late answers: the kill finds calls that took effect and are not recorded yet.
  const lines = {
    SANDBOX_PORTAL_PORT: await lateAnswers(t, world.systems.portal, 60),
    SANDBOX_COMMUNE_PORT: await lateAnswers(t, world.systems.commune, 60),
  };
  const [, gateway] = await Promise.all([startSandbox(world), startGateway(world, [], lines)]);
  const traffic = startTraffic(world, { dossiers: 12, steps: 60 });
  await until('traffic flows', async () => traffic.accepted() > 150);
  const database = await postgresPid(world.dataDir);
  await gateway.kill();
  t.equal(database !== undefined && (await isAlive(database)), true, 'PostgreSQL lives on');
  const next = await startGateway(world, [], lines);
  t.equal(await postgresPid(world.dataDir), database, 'it was taken over');
  await judge(t, world, traffic);
  t.equal(await next.stop(), 0);
  t.equal(database !== undefined && (await isAlive(database)), false, 'and stopped with the gateway');
});
