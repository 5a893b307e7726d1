/** What a fault is: harm done to a world for a while, by name and by its number in the protocol. */
import type { Chance } from './random.ts';
import type { World } from './world.ts';

export interface Fault {
  name: string;
  /** Its number in the protocol. */
  protocol: string;
  /** Needs a Redis. */
  redis?: true;
  /** Only one of its kind at a time: parts that it holds. */
  holds: readonly ('api' | 'worker' | 'scheduler' | 'postgres' | 'redis' | 'target' | 'front')[];
  /** Longest time from its beginning to its end, ms; what is slower to start is waited for. */
  lasts: number;
  happen(world: World, chance: Chance): Promise<void>;
}
