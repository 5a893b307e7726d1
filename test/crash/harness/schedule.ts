/** Which faults happen when, all from the seed: never two that hold the same part at once. Pure. */
import type { Fault } from './fault.ts';
import type { Chance } from './random.ts';

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
