/** Processes are asked to end: once, twice, with too little time, one after the other as an upgrade does. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import type { Ending, Part } from './part.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

/** It must end well when nobody kills it. */
async function endAndStart(part: Part, ending: Ending = {}): Promise<void> {
  const code = await part.end(ending);
  if (code !== 0) throw new Error(`${part.name} ended with ${code} when it was asked to`);
  await part.start();
}

const anyOf = (world: World, chance: Chance): Part => chance.pick([...world.apis, ...world.workers]);

export const OF_STOPS: readonly Fault[] = [
  {
    name: 'end-worker',
    protocol: 'F23',
    holds: ['worker'],
    lasts: 8_000,
    happen: (world, chance) => endAndStart(chance.pick(world.workers)),
  },
  {
    name: 'end-api',
    protocol: 'F23',
    holds: ['api'],
    lasts: 8_000,
    happen: (world, chance) => endAndStart(chance.pick(world.apis)),
  },
  {
    name: 'end-twice',
    protocol: 'F23',
    holds: ['api', 'worker'],
    lasts: 8_000,
    happen: (world, chance) =>
      endAndStart(anyOf(world, chance), { againMs: [chance.between(0, 50), chance.between(50, 500)] }),
  },
  {
    // a supervisor whose patience ends in the middle of an orderly stop
    name: 'end-then-kill',
    protocol: 'F23',
    holds: ['api', 'worker'],
    lasts: 6_000,
    happen: async (world, chance) => {
      const part = anyOf(world, chance);
      await part.end({ patienceMs: chance.between(0, 400) });
      await part.start();
    },
  },
  {
    name: 'rolling-restart',
    protocol: 'F23',
    holds: ['api', 'worker', 'scheduler'],
    lasts: 20_000,
    happen: async (world, chance) => {
      for (const part of [...world.schedulers, ...world.workers, ...world.apis]) {
        await endAndStart(part);
        await pause(chance.between(0, 300));
      }
    },
  },
];
