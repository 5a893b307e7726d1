/**
 * Where secrets come from: an environment variable or a file, never the text of a configuration file.
 * The value appears in no fault and no log.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A secret as the systems file names it. */
export type SecretSource = { env: string } | { file: string };

/** The secret, or why there is none; a file is relative to `dataDir`, and its last line end does not count. */
export function readSecret(
  source: SecretSource,
  from: { env: NodeJS.ProcessEnv; dataDir: string },
): { value: string } | { fault: string } {
  if ('env' in source) {
    const value = from.env[source.env];
    return value ? { value } : { fault: `environment variable ${source.env} is not set` };
  }
  const path = resolve(from.dataDir, source.file);
  try {
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return value ? { value } : { fault: `file ${source.file} is empty` };
  } catch (fault) {
    return {
      fault: `file ${source.file} cannot be read (${(fault as NodeJS.ErrnoException).code}); looked at ${path}`,
    };
  }
}
