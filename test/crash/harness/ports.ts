/**
 * Ports that stay one world's own from its first look to its end, over restarts of what listens there: several worlds run at once, in
 * this process and in others, and none may ever reach another's parts. A port is held by a file that names the process that holds it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/embedded/cluster.ts';

const folder = join(tmpdir(), 'lienthong-crash-ports');

/** A free port below the range from which the kernel takes the near end of outgoing calls: it must stay free over a restart. */
export async function holdPort(): Promise<{ port: number; release(): void }> {
  mkdirSync(folder, { recursive: true });
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const file = join(folder, String(port));
    if (!holds(file)) continue;
    const release = (): void => rmSync(file, { force: true });
    if ((await freePort(port)) === port) return { port, release };
    release();
  }
}

/** Takes the file; one of a process that is gone is cleared away for the next look. */
function holds(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!isAlive(Number(readFileSync(file, 'utf8')))) rmSync(file, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
