/**
 * One gateway a data directory: a lock file that names its holder. A holder killed by `kill -9` leaves the file behind,
 * so it counts only while that very process (id and start time) lives.
 */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAlive, startMark } from './processes.ts';

/** The data directory belongs to another gateway that is running. */
export class DirectoryInUse extends Error {
  readonly pid: number;
  constructor(path: string, pid: number) {
    super(`Another gateway (process ${pid}) is using this data directory; it holds ${path}`);
    this.name = 'DirectoryInUse';
    this.pid = pid;
  }
}

export interface Lock {
  release(): Promise<void>;
}

/** Takes the lock at `path` for this process. Throws DirectoryInUse while another living process, or this one, holds it. */
export async function takeLock(path: string): Promise<Lock> {
  const mine = JSON.stringify({ pid: process.pid, started: (await startMark(process.pid)) ?? '' });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A hard link is made whole or not at all, also between two processes.
        await link(draft, path);
        return { release: () => rm(path, { force: true }) };
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
      }
      await clearStale(path);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes the lock of a holder that is gone; throws DirectoryInUse when the holder lives. */
async function clearStale(path: string): Promise<void> {
  const text = await readIfThere(path);
  if (text === undefined) return;
  const pid = await livingHolder(text);
  if (pid !== undefined) throw new DirectoryInUse(path, pid);
  const aside = `${path}.stale.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw fault;
  }
  // Between reading and renaming another starter may have put its own lock there: then it goes back.
  if ((await readFile(aside, 'utf8')) !== text) {
    await link(aside, path).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'EEXIST') throw fault;
    });
  }
  await rm(aside, { force: true });
}

async function livingHolder(text: string): Promise<number | undefined> {
  let holder: { pid?: unknown; started?: unknown };
  try {
    holder = JSON.parse(text) as { pid?: unknown; started?: unknown };
  } catch {
    // A machine that lost power may leave an empty file: nobody holds it.
    return undefined;
  }
  if (typeof holder.pid !== 'number' || !(await isAlive(holder.pid))) return undefined;
  return (await startMark(holder.pid)) === holder.started ? holder.pid : undefined;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return undefined;
    throw fault;
  });
}
