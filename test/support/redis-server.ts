/** Starts a redis-server for tests. Apart from redis.ts because the test run itself uses it, outside of tap. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../src/embedded/cluster.ts';

/** What to write beside a skipped test. */
export const redisMissing = 'redis-server is not installed: the Redis half is skipped';

/** A Redis of one's own, to stop, kill or flush. Throws where redis-server is missing; ask redisServer() first. */
export async function startRedis(): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const program = redisServer();
  if (!program) throw new Error(redisMissing);
  const port = await freePort(0);
  // a dump in the working directory, of a replica for example, would be loaded
  const dir = await mkdtemp(join(tmpdir(), 'lienthong-redis-'));
  const child = spawn(
    program,
    [
      '--dir',
      dir,
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--maxmemory-policy',
      'noeviction',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout }))
      if (line.includes('Ready to accept')) return true;
    return false;
  })();
  if (!(await Promise.race([ready, exited.then(() => false)]))) throw new Error('redis-server did not start');
  child.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Path of redis-server or valkey-server, if one is installed. */
export function redisServer(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap(folder => ['redis-server', 'valkey-server'].map(name => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
