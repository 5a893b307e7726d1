/**
 * The production path: api, worker and scheduler as processes of their own over one PostgreSQL. A worker is killed in mid-traffic
 * and another started: each event takes effect once and in order.
 */
import type { Test } from 'tap';
import { judge, startTraffic } from '../crash/traffic.ts';
import { testDatabase } from '../support/database.ts';
import { createWorld, startGateway, startSandbox, until } from './support.ts';

/** Runs it with the turns where `queue` (REDIS_URL or nothing) says; `meanwhile` happens while no worker runs. */
export async function threeProcesses(
  t: Test,
  queue: NodeJS.ProcessEnv,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<void> {
  const database = await testDatabase({ migrated: false });
  t.teardown(database.drop);
  const world = await createWorld(t, { DATABASE_URL: database.url, ...queue });
  const start = (role: string) => startGateway(world, [], { LIENTHONG_ROLES: role });
  // At once, as a supervisor starts them: only one may migrate, the others wait.
  const [, api, first, scheduler] = await Promise.all([
    startSandbox(world),
    start('api'),
    start('worker'),
    start('scheduler'),
  ]);
  const traffic = startTraffic(world, { dossiers: 12, steps: 60 });
  await until('traffic flows', async () => traffic.accepted() > 200);
  await first.kill();
  await meanwhile();
  const second = await start('worker');
  await judge(t, world, traffic);
  t.equal(traffic.accepted(), 12 * 60, 'the api took everything meanwhile');
  t.same(await Promise.all([second.stop(), scheduler.stop(), api.stop()]), [0, 0, 0]);
}
