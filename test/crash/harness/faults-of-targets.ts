/** Target systems lose answers after the effect, are slow, away, throttle or answer nonsense. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import { CALM, type WitnessMode } from './witness-orders.ts';

/** A witness meets calls so for a while. */
const meets = (name: string, protocol: string, mode: WitnessMode, rate: number, delayMs = 0): Fault => ({
  name,
  protocol,
  holds: ['target'],
  lasts: 6_000,
  happen: async (world, chance) => {
    const target = chance.between(0, world.witnesses.length - 1);
    world.order(target, { do: mode, rate, delayMs });
    await pause(chance.between(1_500, 5_500));
    world.order(target, CALM);
  },
});

export const OF_TARGETS: readonly Fault[] = [
  meets('lost-answers', 'F12', 'lost-answer', 0.5),
  meets('half-answers', 'F12', 'half-answer', 0.4),
  meets('slow-target', 'F11', 'slow', 0.5, 2_500),
  meets('target-down', 'F13', 'down', 1),
  meets('target-flapping', 'F13', 'down', 0.4),
  meets('target-throttles', 'F13', 'throttle', 0.3),
  meets('target-hangs-up', 'F13', 'hang-up', 0.4),
  meets('target-fails-after', 'F13', 'fail-after', 0.4),
  meets('target-garbage', 'F13', 'garbage', 0.3),
];
