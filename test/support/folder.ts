/** A temporary folder for one test, removed after it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** An empty folder that is gone when `t` ends. */
export async function testFolder(t: Pick<Test, 'teardown'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
