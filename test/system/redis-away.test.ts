/** Redis goes away under a gateway, is away at a start and at a stop: events are taken all the same, and nothing is lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import tap, { test } from 'tap';
import { isAlive } from '../../src/embedded/processes.ts';
import { redisMissing, redisServer, startRedis } from '../support/redis-server.ts';
import { createWorld, startBoth, startGateway, until } from './support.ts';
import { act, compare, get, NOTHING, settled, states, syncs, untilRecord } from './witness.ts';

tap.setTimeout(120_000);

test('a gateway without its Redis', { timeout: 100_000 }, async t => {
  const program = redisServer();
  if (program === undefined) return t.pass('skipped', { skip: redisMissing });
  const redis = await startRedis();
  const again = async (): Promise<number> => {
    const args = ['--port', new URL(redis.url).port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn(program, args, { stdio: 'ignore' });
    t.teardown(() => child.kill('SIGKILL'));
    await once(child, 'spawn');
    return child.pid ?? 0;
  };
  const kill = async (pid: number): Promise<void> => {
    process.kill(pid, 'SIGKILL');
    await until('Redis is gone', async () => !(await isAlive(pid)));
  };
  const world = await createWorld(t, { REDIS_URL: redis.url });
  const { gateway } = await startBoth(world);
  const file = async (): Promise<string> => String((await act(world, 'portal', { do: 'submit-dossier' })).code);
  const taken = (code: string): Promise<unknown> =>
    until(`${code} is taken`, async () => (await syncs(world, { q: code }))[0]);

  await untilRecord(world, 'commune', 'dossier', await file());
  await kill(redis.pid);
  const during = await file();
  await taken(during);
  t.match(await get(world, '/health'), { checks: { 'turn-queue': [{ status: 'warn' }] } }, 'health tells');
  t.equal(await gateway.stop(), 0, 'it stops without Redis');

  const next = await startGateway(world);
  const atStart = await file();
  await taken(atStart);
  const back = await again();
  for (const code of [during, atStart]) await untilRecord(world, 'commune', 'dossier', code);

  const list = await settled(world);
  t.same(states(list), { delivered: list.length });
  t.same(await compare(world, list), NOTHING);
  t.equal(await next.stop(), 0);
  await kill(back);
});
