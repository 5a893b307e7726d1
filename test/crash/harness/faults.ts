/**
 * What can happen in a run, by name and by its number in the protocol (docs/reliability.md). A fault does its harm, waits, and mends
 * what it broke; its times come from the seed. Several run at once.
 */
import type { Fault } from './fault.ts';
import { OF_CLOCKS } from './faults-of-clocks.ts';
import { OF_LINES } from './faults-of-lines.ts';
import { OF_LOAD } from './faults-of-load.ts';
import { OF_PARTS } from './faults-of-parts.ts';
import { OF_REDIS } from './faults-of-redis.ts';
import { OF_STOPS } from './faults-of-stops.ts';
import { OF_TARGETS } from './faults-of-targets.ts';
import { missingFor } from './programs.ts';

export const FAULTS: readonly Fault[] = [
  ...OF_PARTS,
  ...OF_TARGETS,
  ...OF_LINES,
  ...OF_CLOCKS,
  ...OF_STOPS,
  ...OF_LOAD,
  ...OF_REDIS,
];

/** The faults that a list of names or numbers means; all where it names none. `-name` leaves one out. Throws on a name that is none. */
export function faultsNamed(names: readonly string[]): Fault[] {
  const left = names.filter(name => name.startsWith('-')).flatMap(name => named(name.slice(1)));
  const wanted = names.filter(name => !name.startsWith('-'));
  return (wanted.length === 0 ? [...FAULTS] : wanted.flatMap(named)).filter(fault => !left.includes(fault));
}

/** Those that this machine can carry out, and a line for each program that it would need for the others. */
export function possible(faults: readonly Fault[]): { faults: Fault[]; missing: string[] } {
  const missing = new Map<string, string[]>();
  const needs = new Set(faults.flatMap(fault => fault.needs ?? []));
  const absent = new Map([...needs].map(need => [need, missingFor(need)]));
  const able = faults.filter(fault => {
    const program = fault.needs?.map(need => absent.get(need)).find(name => name !== undefined);
    if (program !== undefined) missing.set(program, [...(missing.get(program) ?? []), fault.name]);
    return program === undefined;
  });
  return {
    faults: able,
    missing: [...missing].map(([program, names]) => `${program} is not installed: left out are ${names.join(', ')}`),
  };
}

function named(name: string): Fault[] {
  const found = FAULTS.filter(fault => fault.name === name || fault.protocol === name);
  if (found.length > 0) return found;
  throw new RangeError(`no fault ${name}; there are ${FAULTS.map(fault => fault.name).join(', ')}`);
}
