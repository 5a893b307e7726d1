/** A disk of a few MiB for tests that fill it: a tmpfs of its own, unmounted after the test. Needs the right to mount. */
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Test } from 'tap';

const run = promisify(execFile);

/** The folder of a new disk; undefined where this account may not mount. Ask before anything that will live on it is started. */
export async function smallDisk(t: Pick<Test, 'teardown'>, mib: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-disk-'));
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${mib}m,mode=755`, 'lienthong-test', folder]).then(
    () => true,
    () => false,
  );
  t.teardown(async () => {
    // lazily: whatever still ends there must not leave it mounted
    if (mounted) await run('umount', ['-l', folder]);
    await rm(folder, { recursive: true, force: true });
  });
  return mounted ? folder : undefined;
}

/** Fills a disk with one file until at most `leaveBytes` are free; answers the file. */
export async function fill(folder: string, leaveBytes: number): Promise<string> {
  const path = join(folder, 'filler');
  const file = await open(path, 'a');
  const block = Buffer.alloc(64 * 1024, 1);
  try {
    for (;;) {
      const { bavail, bsize } = await statfs(folder);
      const room = bavail * bsize - leaveBytes;
      if (room <= 0) return path;
      const full = await file.write(block, 0, Math.min(block.length, room)).then(
        () => false,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOSPC') return true;
          throw error;
        },
      );
      if (full) return path;
    }
  } finally {
    await file.close();
  }
}
