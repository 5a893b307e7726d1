/** What happens in a run: which faults this machine and the run's queue allow, when, and what they ask of the world. */
import type { Fault, Need } from './fault.ts';
import { faultsNamed, possible } from './faults.ts';
import type { Chance } from './random.ts';
import { type Planned, plan, planShort } from './schedule.ts';

interface Draw {
  planned: Planned[];
  /** How long faults go on, ms. */
  spanMs: number;
  needs: ReadonlySet<Need>;
}

/** Share of the long runs with Redis in which Sentinel watches it. */
const SENTINEL_RUNS = 0.15;

const wants = (fault: Fault, need: Need): boolean => fault.needs?.includes(need) ?? false;

/**
 * The seed's schedule. One Redis or two with Sentinel: the faults of the other do not happen. A short run (`turn` given) may be dealt
 * either and keeps Sentinel's; a long one, in which everything would be drawn, decides beforehand.
 */
export function draw(
  options: { faults: readonly string[]; redis: boolean; spanMs: number; turn?: number | undefined },
  chance: Chance,
): Draw {
  const { faults } = possible(faultsNamed(options.faults));
  const fitting = faults.filter(fault => options.redis || !(wants(fault, 'redis') || wants(fault, 'sentinel')));
  const both = (['redis', 'sentinel'] as const).every(need => fitting.some(fault => wants(fault, need)));
  const without = (need: Need): Fault[] => fitting.filter(fault => !wants(fault, need));
  const decided = both ? without(chance.fork('sentinel').next() < SENTINEL_RUNS ? 'redis' : 'sentinel') : fitting;
  const { planned, spanMs } =
    options.turn === undefined
      ? { planned: plan(decided, options.spanMs, chance), spanMs: options.spanMs }
      : planShort(fitting, options.turn, chance);
  const watched = planned.some(({ fault }) => wants(fault, 'sentinel'));
  const kept = planned.filter(({ fault }) => !(watched && wants(fault, 'redis')));
  return { planned: kept, spanMs, needs: new Set(kept.flatMap(({ fault }) => fault.needs ?? [])) };
}
