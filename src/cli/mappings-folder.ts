/** Which mappings a command works on: the folder it was given, else the project's own. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Io } from './io.ts';

/** Where the project's own mappings stand. */
const OWN = fileURLToPath(new URL('../../mappings/', import.meta.url));

/** The folder of mappings as a path. */
export function mappingsFolder(io: Io, given: string | undefined): string {
  return given === undefined ? OWN : resolve(io.cwd, given);
}
