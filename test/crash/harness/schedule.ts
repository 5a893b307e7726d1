/** Which faults happen when, all from the seed: never two that hold the same part at once. Pure. */
import type { Fault } from './fault.ts';
import { type Chance, chanceOf } from './random.ts';

export interface Planned {
  fault: Fault;
  /** Ms after the traffic began to flow. */
  at: number;
}

/** Quiet between two faults of one part, so that each meets a system that works. */
const BREATH_MS = 500;

/** A schedule over `spanMs`; every fault of `faults` at least tries to get in, in a random order, again and again. */
export function plan(faults: readonly Fault[], spanMs: number, chance: Chance): Planned[] {
  const planned: Planned[] = [];
  const free = new Map<string, number>();
  for (let at = 300; at < spanMs && faults.length > 0; ) {
    const fitting = faults.filter(
      fault =>
        fault.holds.every(part => (free.get(part) ?? 0) <= at) && at + Math.min(fault.lasts, 6_000) <= spanMs + 3_000,
    );
    const least = Math.min(...fitting.map(fault => planned.filter(one => one.fault === fault).length));
    const rare = fitting.filter(fault => planned.filter(one => one.fault === fault).length === least);
    if (rare.length > 0) {
      const fault = chance.pick(rare);
      planned.push({ fault, at });
      for (const part of fault.holds) free.set(part, at + fault.lasts + BREATH_MS);
    }
    at += chance.between(400, 1_800);
  }
  return planned;
}

/** A fault that takes longer has runs of its own among short ones. */
const LONG_MS = 9_000;
/** One short run in so many is given to the long faults. */
const LONG_EVERY = 10;
const A_HAND = 4;
const A_LONG_HAND = 3;

/**
 * The schedule of a short run: few faults, each once, dealt so that over many turns in a row each occurs as often as any other. The
 * span is as long as they need.
 */
export function planShort(
  faults: readonly Fault[],
  turn: number,
  chance: Chance,
): { planned: Planned[]; spanMs: number } {
  const long = faults.filter(fault => fault.lasts > LONG_MS);
  const short = faults.filter(fault => fault.lasts <= LONG_MS);
  const round = Math.floor(turn / LONG_EVERY);
  const isLong = long.length > 0 && (short.length === 0 || turn % LONG_EVERY === LONG_EVERY - 1);
  const hand = isLong
    ? [...deal(long, round, 1), ...deal(short, round, A_LONG_HAND)]
    : deal(short, turn - round, A_HAND);
  let at = 0;
  const planned = hand.map(fault => {
    at += chance.between(300, 1_200);
    return { fault, at };
  });
  const spanMs = Math.max(4_000, ...planned.map(one => Math.min(one.fault.lasts, 5_000) + one.at));
  return { planned, spanMs };
}

/** The `turn`th hand of `size` from packs of all faults, each pack shuffled in its own way and dealt to its end. */
function deal(faults: readonly Fault[], turn: number, size: number): Fault[] {
  return Array.from({ length: Math.min(size, faults.length) }, (_, index) => {
    const place = turn * size + index;
    const pack = shuffled(faults, chanceOf(Math.floor(place / faults.length) + 1));
    return pack[place % faults.length] as Fault;
  });
}

function shuffled<T>(list: readonly T[], chance: Chance): T[] {
  const order = [...list];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = chance.between(0, last);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
