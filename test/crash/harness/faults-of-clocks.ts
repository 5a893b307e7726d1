/** Clocks of gateway processes jump, stand still or run away, of one process or of all; PostgreSQL and the senders keep the true time. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from './clocks.ts';
import type { Fault } from './fault.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

const DAY_S = 86_400;
/** Midnight in Việt Nam, seconds after midnight UTC. */
const MIDNIGHT_S = 17 * 3_600;

/** One clock, or all of them. */
const struck = (world: World, chance: Chance): readonly Clock[] =>
  chance.next() < 0.35 ? world.clocks : [chance.pick(world.clocks)];

const signed = (seconds: number): string => `${seconds < 0 ? '-' : '+'}${Math.abs(Math.round(seconds))}`;

/** The clocks show each time of the list for a while, then the true one again. */
const shown = (name: string, times: (now: Date) => readonly string[], waits: readonly [number, number]): Fault => ({
  name: `clock-${name}`,
  protocol: 'F14',
  needs: ['clocks'],
  holds: ['clock'],
  lasts: 8_000,
  happen: async (world, chance) => {
    const clocks = struck(world, chance);
    try {
      for (const time of times(new Date())) {
        for (const clock of clocks) clock.set(time);
        await pause(chance.between(...waits));
      }
    } finally {
      for (const clock of clocks) clock.set('+0');
    }
  },
});

/** How far it is to the next midnight in Việt Nam, seconds. */
function toMidnight(now: Date): number {
  const seconds = (now.getTime() / 1_000) % DAY_S;
  return (MIDNIGHT_S - seconds + DAY_S) % DAY_S;
}

const frozenAt = (now: Date): string => now.toISOString().slice(0, 19).replace('T', ' ');

export const OF_CLOCKS: readonly Fault[] = [
  shown('hour-ahead', () => ['+3600'], [1_500, 4_000]),
  shown('hour-behind', () => ['-3600'], [1_500, 4_000]),
  shown('day-ahead', () => [`+${DAY_S}`], [1_500, 4_000]),
  shown('day-behind', () => [`-${DAY_S}`], [1_500, 4_000]),
  // forward over midnight, back before it, and over it once more
  shown('over-midnight', now => [signed(toMidnight(now) + 2), signed(toMidnight(now) - 3)], [1_000, 3_500]),
  shown('frozen', now => [frozenAt(now)], [2_000, 5_000]),
  shown('ten-times', () => ['+0 x10'], [2_000, 5_000]),
];
