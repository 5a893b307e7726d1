/** A connection by way of Sentinel follows the master to the other server when the first one dies. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { freePort } from '../../src/embedded/cluster.ts';
import { openRedis } from '../../src/wire/redis.ts';
import { startWatched } from '../crash/harness/redis-parts.ts';
import { eventually } from '../support/eventually.ts';
import { redisMissing, redisServer } from '../support/redis-server.ts';

test('a fail-over by Sentinel', { skip: redisServer() ? false : redisMissing, timeout: 60_000 }, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-redis-'));
  const ends: (() => unknown)[] = [];
  t.teardown(async () => {
    for (const end of ends.reverse()) await end();
    await rm(folder, { recursive: true, force: true });
  });
  const port = async (): Promise<number> => (await freePort(0)) as number;
  const watched = await startWatched(folder, [await port(), await port(), await port()], part =>
    ends.push(() => part.kill()),
  );
  const client = openRedis(watched.url, { maxRetriesPerRequest: 1, commandTimeout: 2_000 });
  client.on('error', () => undefined);
  ends.push(() => client.disconnect());
  const master = async (): Promise<number> =>
    Number(/tcp_port:(\d+)/.exec(await client.info('server'))?.[1] ?? Number.NaN);
  const [first, second] = watched.servers;
  t.equal(await eventually(() => client.set('turn', '1')), 'OK');
  t.equal(await master(), first?.port);
  // the replica must be known before there is anything to fail over to
  await eventually(async () => (await client.info('replication')).includes('state=online'));
  await eventually(async () => {
    await first?.part.kill();
    return (await master()) === second?.port;
  }, 40_000);
  t.equal(await client.set('turn', '2'), 'OK', 'and the other one takes what is written');
});

test('an address that is none is no connection', t => {
  t.throws(() => openRedis('http://127.0.0.1', {}), TypeError);
  t.end();
});
