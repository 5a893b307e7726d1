/** Connections break, freeze, or end at the very moment when certain bytes pass. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import type { Line, Way } from './line.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

async function frozen(line: Line, ways: readonly Way[], ms: number): Promise<void> {
  line.freeze(...ways);
  try {
    await pause(ms);
  } finally {
    line.mend();
  }
}

const WAYS: readonly (readonly Way[])[] = [['there'], ['back'], ['there', 'back']];
const lineOfLedger = (world: World, chance: Chance): Line =>
  chance.pick([world.lines.ledgerOfApis, world.lines.ledgerOfWorkers]);

/** A connection breaks at the very moment when these bytes pass. */
const trapped = (
  name: string,
  lines: (world: World) => readonly Line[],
  trap: Parameters<Line['trap']>[0],
  holds: Fault['holds'],
): Fault => ({
  name,
  protocol: 'F5',
  holds,
  lasts: 5_000,
  happen: async (world, chance) => {
    const line = chance.pick(lines(world));
    const end = Date.now() + 4_000;
    for (let times = chance.between(2, 6); times > 0 && Date.now() < end; times -= 1) {
      await Promise.race([line.trap(trap), pause(1_000)]);
      await pause(chance.between(50, 400));
    }
    line.mend();
  },
});

/** Lines in an order of chance. */
function shuffled(lines: readonly Line[], chance: Chance): Line[] {
  const left = [...lines];
  return lines.map(() => left.splice(chance.between(0, left.length - 1), 1)[0] as Line);
}

const fronts = (world: World): readonly Line[] => world.lines.fronts;
const ledgers = (world: World): readonly Line[] => [world.lines.ledgerOfApis, world.lines.ledgerOfWorkers];

export const OF_LINES: readonly Fault[] = [
  {
    name: 'ledger-lost',
    protocol: 'F10',
    holds: ['postgres'],
    lasts: 500,
    happen: async (world, chance) => lineOfLedger(world, chance).lose(),
  },
  {
    name: 'target-lost',
    protocol: 'F10',
    holds: ['target'],
    lasts: 500,
    happen: async (world, chance) => chance.pick(world.lines.targets).lose(),
  },
  {
    name: 'redis-lost',
    protocol: 'F10',
    needs: ['redis'],
    holds: ['redis'],
    lasts: 500,
    happen: async world => world.lines.redis?.lose(),
  },
  trapped('commit-not-sent', ledgers, { way: 'there', bytes: 'COMMIT', handOn: false }, ['postgres']),
  trapped('commit-sent-answer-lost', ledgers, { way: 'there', bytes: 'COMMIT', handOn: true }, ['postgres']),
  trapped('commit-answer-lost', ledgers, { way: 'back', bytes: 'COMMIT\0', handOn: false }, ['postgres']),
  { ...trapped('202-lost', fronts, { way: 'back', bytes: ' 202 Accepted', handOn: false }, ['front']), protocol: 'F1' },
  {
    ...trapped('post-cut-half-way', fronts, { way: 'there', bytes: 'POST /v1/events', handOn: true }, ['front']),
    protocol: 'F1',
  },
  {
    name: 'cut-ledger',
    protocol: 'F10',
    holds: ['postgres'],
    lasts: 500,
    happen: async (world, chance) => lineOfLedger(world, chance).cut(),
  },
  {
    name: 'ledger-away',
    protocol: 'F10',
    holds: ['postgres'],
    lasts: 5_000,
    happen: async (world, chance) => {
      const line = lineOfLedger(world, chance);
      line.shut();
      await pause(chance.between(1_000, 5_000));
      line.mend();
    },
  },
  {
    name: 'ledger-frozen',
    protocol: 'F10',
    holds: ['postgres'],
    lasts: 8_000,
    happen: (world, chance) => frozen(lineOfLedger(world, chance), chance.pick(WAYS), chance.between(2_000, 8_000)),
  },
  {
    name: 'cut-target',
    protocol: 'F10',
    holds: ['target'],
    lasts: 500,
    happen: async (world, chance) => chance.pick(world.lines.targets).cut(),
  },
  {
    name: 'half-close-target',
    protocol: 'F10',
    holds: ['target'],
    lasts: 500,
    happen: async (world, chance) => chance.pick(world.lines.targets).halfClose(),
  },
  {
    name: 'target-away',
    protocol: 'F10',
    holds: ['target'],
    lasts: 4_000,
    happen: async (world, chance) => {
      const line = chance.pick(world.lines.targets);
      line.shut();
      await pause(chance.between(1_000, 4_000));
      line.mend();
    },
  },
  {
    name: 'target-frozen',
    protocol: 'F11',
    holds: ['target'],
    lasts: 8_000,
    happen: (world, chance) =>
      frozen(chance.pick(world.lines.targets), chance.pick(WAYS), chance.between(2_000, 8_000)),
  },
  {
    name: 'cut-redis',
    protocol: 'F10',
    needs: ['redis'],
    holds: ['redis'],
    lasts: 500,
    happen: async world => world.lines.redis?.cut(),
  },
  {
    name: 'redis-frozen',
    protocol: 'F10',
    needs: ['redis'],
    holds: ['redis'],
    lasts: 6_000,
    happen: async (world, chance) =>
      world.lines.redis && frozen(world.lines.redis, chance.pick(WAYS), chance.between(2_000, 6_000)),
  },
  {
    // one after the other stops, and they come back in another order
    name: 'swizzle',
    protocol: 'F10',
    holds: ['postgres', 'redis', 'target', 'front'],
    lasts: 8_000,
    happen: async (world, chance) => {
      const { fronts: near, ledgerOfApis, ledgerOfWorkers, redis, targets } = world.lines;
      const all = [...near, ledgerOfApis, ledgerOfWorkers, ...(redis ? [redis] : []), ...targets];
      const struck = shuffled(all, chance).slice(0, chance.between(2, all.length));
      for (const line of struck) {
        if (chance.next() < 0.7) line.freeze(...chance.pick(WAYS));
        else line.shut();
        await pause(chance.between(50, 600));
      }
      await pause(chance.between(0, 1_500));
      for (const line of shuffled(struck, chance)) {
        line.mend();
        await pause(chance.between(50, 500));
      }
    },
  },
];
