/** Processes are killed or put to sleep past their lease, and come back. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Fault } from './fault.ts';
import type { Part } from './part.ts';
import type { Chance } from './random.ts';
import type { Point } from './witness-orders.ts';
import type { World } from './world.ts';

/** Longer than the lease of 15 s by enough to be noticed. */
const PAST_LEASE_MS = 18_000;

async function killAndStart(part: Part, away: number): Promise<void> {
  await part.kill();
  await pause(away);
  await part.start();
}

const sleeping = async (part: Part, ms: number): Promise<void> => {
  part.stop();
  try {
    await pause(ms);
  } finally {
    part.continue();
  }
};

/** One system halts when a call reaches this point, and stays so until it is told to go; answers which, when it has, or after a while. */
async function haltAt(point: Point, world: World, chance: Chance): Promise<number> {
  const target = chance.between(0, world.witnesses.length - 1);
  const channel = world.witnesses[target]?.part.channel;
  const reached = new Promise<void>(resolve => {
    channel?.once('message', () => resolve());
  });
  world.order(target, { do: 'halt', point });
  await Promise.race([reached, pause(3_000)]);
  return target;
}

/** Every worker is killed when a call reaches this point; they come back. */
const killAt = (point: Point): Fault => ({
  name: `kill-worker-${point}`,
  protocol: 'F2',
  holds: ['worker', 'target'],
  lasts: 6_000,
  happen: async (world, chance) => {
    const target = await haltAt(point, world, chance);
    await Promise.all(world.workers.map(worker => worker.kill()));
    world.order(target, { do: 'go' });
    await pause(chance.between(0, 500));
    await Promise.all(world.workers.map(worker => worker.start()));
  },
});

/** One worker sleeps past its lease from the moment when a call, perhaps its own, reaches this point. */
const sleepAt = (point: Point): Fault => ({
  name: `sleep-worker-${point}`,
  protocol: 'F21',
  holds: ['worker', 'target'],
  lasts: PAST_LEASE_MS + 3_000,
  happen: async (world, chance) => {
    const target = await haltAt(point, world, chance);
    const sleeper = chance.pick(world.workers);
    sleeper.stop();
    world.order(target, { do: 'go' });
    await pause(PAST_LEASE_MS);
    sleeper.continue();
  },
});

export const OF_PARTS: readonly Fault[] = [
  {
    name: 'kill-worker',
    protocol: 'F2',
    holds: ['worker'],
    lasts: 5_000,
    happen: (world, chance) => killAndStart(chance.pick(world.workers), chance.between(0, 1_500)),
  },
  {
    name: 'kill-api',
    protocol: 'F1',
    holds: ['api'],
    lasts: 5_000,
    happen: (world, chance) => killAndStart(chance.pick(world.apis), chance.between(0, 1_500)),
  },
  {
    name: 'kill-postgres',
    protocol: 'F4',
    holds: ['postgres'],
    lasts: 6_000,
    happen: async world => {
      const { pid } = world.postgres;
      process.kill(pid, 'SIGKILL');
      // Its supervisor starts it again.
      for (let tries = 0; tries < 200 && world.postgres.pid === pid; tries += 1) await pause(50);
    },
  },
  {
    name: 'sleep-worker',
    protocol: 'F21',
    holds: ['worker'],
    lasts: PAST_LEASE_MS,
    happen: (world, chance) => sleeping(chance.pick(world.workers), PAST_LEASE_MS),
  },
  killAt('after-effect'),
  killAt('before-effect'),
  killAt('first-byte'),
  killAt('answered'),
  sleepAt('after-effect'),
  sleepAt('look-up'),
  {
    name: 'sleep-api',
    protocol: 'F21',
    holds: ['api'],
    lasts: 4_000,
    happen: (world, chance) => sleeping(chance.pick(world.apis), chance.between(1_000, 4_000)),
  },
  {
    name: 'kill-backends',
    protocol: 'F4',
    holds: ['postgres'],
    lasts: 2_000,
    happen: async (world, chance) => {
      for (let times = chance.between(1, 3); times > 0; times -= 1) {
        const client = new pg.Client({ connectionString: world.databaseUrl });
        client.on('error', () => undefined);
        await client.connect();
        await client.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.7',
        );
        await client.end();
        await pause(chance.between(100, 500));
      }
    },
  },
  {
    name: 'kill-redis',
    protocol: 'F9',
    needs: ['redis'],
    holds: ['redis'],
    lasts: 4_000,
    happen: async (world, chance) => world.redis && killAndStart(world.redis, chance.between(200, 3_000)),
  },
  {
    name: 'kill-scheduler',
    protocol: 'F3',
    holds: ['scheduler'],
    lasts: 5_000,
    happen: async (world, chance) => killAndStart(chance.pick(world.schedulers), chance.between(0, 1_000)),
  },
  {
    // of three: whoever had the ticks, the freeing or a replay's row in hand is among them
    name: 'kill-schedulers',
    protocol: 'F3',
    needs: ['schedulers'],
    holds: ['scheduler'],
    lasts: 6_000,
    happen: async (world, chance) => {
      const killed = world.schedulers.filter(() => chance.next() < 0.7);
      await Promise.all(killed.map(async part => killAndStart(part, chance.between(0, 1_500))));
    },
  },
  {
    name: 'kill-all',
    protocol: 'F4',
    holds: ['api', 'worker', 'scheduler', 'postgres'],
    lasts: 8_000,
    happen: async (world, chance) => {
      process.kill(world.postgres.pid, 'SIGKILL');
      const parts = [...world.apis, ...world.workers, ...world.schedulers];
      await Promise.all(parts.map(part => part.kill()));
      await pause(chance.between(200, 1_000));
      await Promise.all(parts.map(part => part.start()));
    },
  },
];
