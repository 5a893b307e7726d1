/**
 * What can happen in a run, by name and by its number in the protocol (docs/reliability.md). A fault does its harm, waits, and mends
 * what it broke; its times come from the seed. Several run at once.
 */
import type { Fault } from './fault.ts';
import { OF_LINES } from './faults-of-lines.ts';
import { OF_PARTS } from './faults-of-parts.ts';
import { OF_TARGETS } from './faults-of-targets.ts';

export const FAULTS: readonly Fault[] = [...OF_PARTS, ...OF_TARGETS, ...OF_LINES];

/** The faults that a list of names or numbers means; all where it names none. `-name` leaves one out. Throws on a name that is none. */
export function faultsNamed(names: readonly string[]): Fault[] {
  const left = names.filter(name => name.startsWith('-')).flatMap(name => named(name.slice(1)));
  const wanted = names.filter(name => !name.startsWith('-'));
  return (wanted.length === 0 ? [...FAULTS] : wanted.flatMap(named)).filter(fault => !left.includes(fault));
}

function named(name: string): Fault[] {
  const found = FAULTS.filter(fault => fault.name === name || fault.protocol === name);
  if (found.length > 0) return found;
  throw new RangeError(`no fault ${name}; there are ${FAULTS.map(fault => fault.name).join(', ')}`);
}
