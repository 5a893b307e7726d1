/** What `doctor` says of a Redis that would lose turns or take none. */
import { Redis } from 'ioredis';
import { test } from 'tap';
import { checkRedis } from '../../../src/cli/checks/redis.ts';
import { redisMissing, redisServer, startRedis } from '../../support/redis-server.ts';

test('a Redis with wrong settings is red', { skip: redisServer() ? false : redisMissing }, async t => {
  const server = await startRedis();
  const client = new Redis(server.url, { maxRetriesPerRequest: 1 });
  client.on('error', () => undefined);
  t.teardown(async () => {
    client.disconnect();
    await server.stop();
  });
  const red = async (): Promise<string[]> =>
    (await checkRedis(server.url))
      .filter(({ state, remedy }) => state === 'red' && remedy !== undefined)
      .map(finding => finding.check);
  t.same(await red(), [], 'as it should be');
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  t.same(await red(), ['redis maxmemory-policy'], 'one that throws keys away');
  await client.config('SET', 'maxmemory-policy', 'noeviction');
  await client.config('SET', 'maxmemory', '1mb');
  t.same(await red(), ['redis maxmemory'], 'one that is full');
  await client.config('SET', 'maxmemory', '0');
  await client.call('REPLICAOF', '127.0.0.1', '9');
  t.same(await red(), ['redis role'], 'one that is a replica');
});
