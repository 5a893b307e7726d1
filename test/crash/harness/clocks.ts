/** The clock of a process is what a file says; intervals stay true, since the kernel's monotonic clock cannot be set either. */
import { writeFileSync } from 'node:fs';
import type { Part } from './part.ts';
import { clockLibrary } from './programs.ts';

/** Sets the clock of one process: `+3600`, `-1d`, `+0 x10` as faketime reads it, `+0` the true time. */
export interface Clock {
  part: Part;
  set(time: string): void;
}

/** A clock that the file holds; true until it is set. */
export function clockIn(file: string, part: Part): Clock {
  const set = (time: string): void => writeFileSync(file, `${time}\n`);
  set('+0');
  return { part, set };
}

/** What a process needs in its environment to take its time from the file. */
export function faked(file: string): NodeJS.ProcessEnv {
  return {
    LD_PRELOAD: clockLibrary(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}
