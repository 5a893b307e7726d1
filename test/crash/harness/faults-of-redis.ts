/** Redis forgets, refuses to write, runs out of room, throws keys away, or another takes its place. */
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Fault } from './fault.ts';
import type { World } from './world.ts';

/** Longest wait for Sentinel; it may first have to see that a former master is a replica now. */
const FAILOVER_MS = 30_000;

/** Says something to the Redis of a run; one that is away has other troubles already. */
async function tell(world: World, ...commands: readonly (readonly [string, ...string[]])[]): Promise<void> {
  const client = new Redis({ port: world.redisPort ?? 0, maxRetriesPerRequest: 1, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    for (const [name, ...values] of commands) await client.call(name, ...values);
  } catch {
    // it was killed meanwhile, or is just coming up: a new one has the settings it was started with
  } finally {
    client.disconnect();
  }
}

/** Redis is told so for a while. */
const told = (
  name: string,
  harm: readonly (readonly [string, ...string[]])[],
  mend: readonly (readonly [string, ...string[]])[],
): Fault => ({
  name: `redis-${name}`,
  protocol: 'F9',
  needs: ['redis'],
  holds: ['redis'],
  lasts: 5_000,
  happen: async (world, chance) => {
    await tell(world, ...harm);
    await pause(chance.between(1_500, 5_000));
    await tell(world, ...mend);
  },
});

/** The master fails or is asked to hand over, and Sentinel makes the other server the master; the former one comes back empty. */
const failOver: Fault = {
  name: 'redis-failed-over',
  protocol: 'F9',
  needs: ['sentinel'],
  holds: ['redis'],
  lasts: 9_000,
  happen: async (world, chance) => {
    const { watched } = world;
    if (watched === undefined) throw new Error('no Sentinel in this run');
    const sentinel = new Redis({ port: watched.sentinelPort, maxRetriesPerRequest: 1 });
    sentinel.on('error', () => undefined);
    const masterPort = async (): Promise<number> => {
      const [, port] = (await sentinel.call('SENTINEL', 'get-master-addr-by-name', watched.name)) as [string, string];
      return Number(port);
    };
    try {
      const before = await masterPort();
      const master = watched.servers.find(({ port }) => port === before)?.part;
      const way = chance.pick(['kill', 'freeze', 'ask'] as const);
      if (way === 'kill') await master?.kill();
      else if (way === 'freeze') master?.stop();
      else await sentinel.call('SENTINEL', 'FAILOVER', watched.name);
      const end = Date.now() + FAILOVER_MS;
      while ((await masterPort()) === before) {
        if (Date.now() > end) throw new Error(`Sentinel did not fail over after ${way}`);
        await pause(100);
      }
      await pause(chance.between(200, 2_000));
      master?.continue();
      await master?.start();
    } finally {
      sentinel.disconnect();
    }
  },
};

export const OF_REDIS: readonly Fault[] = [
  failOver,
  {
    name: 'flush-redis',
    protocol: 'F9',
    needs: ['redis'],
    holds: ['redis'],
    lasts: 500,
    happen: world => tell(world, ['FLUSHALL']),
  },
  // the replica of one that nobody finds: it answers and takes nothing
  told('read-only', [['REPLICAOF', '127.0.0.1', '9']], [['REPLICAOF', 'NO', 'ONE']]),
  told('full', [['CONFIG', 'SET', 'maxmemory', '1mb']], [['CONFIG', 'SET', 'maxmemory', '0']]),
  told(
    'evicts',
    [
      ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random'],
      ['CONFIG', 'SET', 'maxmemory', '1mb'],
    ],
    [
      ['CONFIG', 'SET', 'maxmemory', '0'],
      ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction'],
    ],
  ),
];
