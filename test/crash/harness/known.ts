/** Runs that once were red (test/crash/seeds.json): each is run again for ever, with the faults that it had. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Entry {
  seeds: number[];
  faults: string[];
  /** What was wrong. */
  was: string;
}

/** Seeds with their faults, in the file's order. */
export function knownRuns(): { seed: number; faults: string[] }[] {
  const file = join(import.meta.dirname, '../seeds.json');
  const entries = JSON.parse(readFileSync(file, 'utf8')) as Entry[];
  return entries.flatMap(({ seeds, faults }) => seeds.map(seed => ({ seed, faults })));
}
