/** What a fault is: harm done to a world for a while, by name and by its number in the protocol. */
import type { Chance } from './random.ts';
import type { World } from './world.ts';

/**
 * What a fault asks of the world it happens in: turns in Redis, a Redis that Sentinel fails over, clocks that can be set, three
 * schedulers.
 */
export type Need = 'redis' | 'sentinel' | 'clocks' | 'schedulers';

type Held = 'api' | 'worker' | 'scheduler' | 'postgres' | 'redis' | 'target' | 'front' | 'clock' | 'load';

export interface Fault {
  name: string;
  /** Its number in the protocol. */
  protocol: string;
  needs?: readonly Need[];
  /** Only one of its kind at a time: parts that it holds. */
  holds: readonly Held[];
  /** Longest time from its beginning to its end, ms; what is slower to start is waited for. */
  lasts: number;
  happen(world: World, chance: Chance): Promise<void>;
}
