/** Programs of the machine that some faults need. What is missing leaves those faults out, with a line that says so. */
import { globSync } from 'node:fs';
import { redisServer } from '../../support/redis-server.ts';
import type { Need } from './fault.ts';

/** What to install for a need that this machine cannot meet; undefined when it can. */
export function missingFor(need: Need): string | undefined {
  if (need === 'clocks') return clockLibrary() === undefined ? 'faketime' : undefined;
  if (need === 'redis' || need === 'sentinel') return redisServer() === undefined ? 'redis-server' : undefined;
  return undefined;
}

/** The library that sets a process's clock; its form for threads. */
export function clockLibrary(): string | undefined {
  return globSync(['/usr/lib/*/faketime/libfaketimeMT.so.1', '/usr/lib{,64}/faketime/libfaketimeMT.so.1'])[0];
}
