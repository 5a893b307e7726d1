/**
 * Redis for tests: the run's (bin/test.mjs sets TEST_REDIS_URL), else one of this file's own where redis-server is installed.
 * Without it the Redis half of the tests is skipped and says so.
 */
import t from 'tap';
import { redisServer, startRedis } from './redis-server.ts';

let own: Promise<string> | undefined;

/** Address of a Redis for this test file, or undefined where there is none. Keys are shared by the run: use a prefix. */
export async function testRedis(): Promise<string | undefined> {
  const given = process.env.TEST_REDIS_URL;
  if (given) return given;
  if (!redisServer()) return undefined;
  own ??= startRedis().then(redis => {
    t.teardown(redis.stop);
    return redis.url;
  });
  return own;
}
