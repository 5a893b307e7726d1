/** Three processes with the turns in Redis, which then loses everything it holds: nothing is lost by that. */
import { Redis } from 'ioredis';
import tap, { test } from 'tap';
import { redisMissing, redisServer, startRedis } from '../support/redis-server.ts';
import { threeProcesses } from './three-processes.ts';

tap.setTimeout(120_000);

test('api, worker and scheduler apart, turns in Redis', { timeout: 100_000 }, async t => {
  if (redisServer() === undefined) return t.pass('skipped', { skip: redisMissing });
  const redis = await startRedis();
  t.teardown(redis.stop);
  await threeProcesses(t, { REDIS_URL: redis.url }, async () => {
    const client = new Redis(redis.url);
    t.equal(await client.flushall(), 'OK');
    client.disconnect();
  });
});
