/**
 * Connections to Redis that fall silent without an end, as behind a failed machine or a firewall that forgot them: turns are added
 * and taken again, over new connections.
 */
import tap, { test } from 'tap';
import { createTurns } from '../../src/delivery/turns.ts';
import { Line } from '../crash/harness/line.ts';
import { eventually } from '../support/eventually.ts';
import { redisMissing, redisServer, startRedis } from '../support/redis-server.ts';

tap.setTimeout(100_000);

test('connections to Redis that fall silent', { timeout: 90_000 }, async t => {
  if (redisServer() === undefined) return t.pass('skipped', { skip: redisMissing });
  const redis = await startRedis();
  t.teardown(redis.stop);
  const line = await Line.open(Number(new URL(redis.url).port));
  t.teardown(() => line.close());
  const turns = await createTurns(
    { kind: 'redis', url: `redis://127.0.0.1:${line.port}` },
    ['commune'],
    () => undefined,
  );
  t.teardown(() => turns.close());
  const taken: string[] = [];
  await turns.work('commune', async home => {
    taken.push(home);
    return false;
  });
  await eventually(() => {
    turns.wake([{ target: 'commune', home: 'before' }]);
    return taken.includes('before');
  }, 20_000);
  line.lose();
  await eventually(() => {
    turns.wake([{ target: 'commune', home: 'after' }]);
    return taken.includes('after');
  }, 60_000);
  t.ok(taken.includes('after'), 'a turn is added and taken');
});
