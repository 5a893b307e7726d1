/** The project's own vocabulary, and small ones written to a temporary folder, for the tests of this folder. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { loadVocabulary } from '../../src/translation/load.ts';

export const MAPPINGS = join(import.meta.dirname, '../../mappings');

/** A whole run of tests reads and checks the files once. */
const cacheDir = process.env.TEST_CACHE_DIR;

/** The vocabulary as it stands in mappings/. */
export const { vocabulary } = await loadVocabulary(MAPPINGS, cacheDir === undefined ? {} : { cacheDir });

/** An event of `type` with `data`, on the first afternoon of the new units unless told otherwise. */
export function event(type: string, data: JsonObject, time = '2025-07-01T14:00:00+07:00'): GatewayEvent {
  return { specversion: '1.0', id: 'e-1', source: 'commune', type, time, data };
}

/** A folder with `files` (path → text), gone after the test. */
export function folder(t: Test, files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'mappings-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

/** A copy of mappings/ that a test may change. */
export function copyOfMappings(t: Test): string {
  const dir = folder(t, {});
  cpSync(MAPPINGS, dir, { recursive: true });
  return dir;
}
