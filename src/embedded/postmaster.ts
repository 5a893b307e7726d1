/**
 * One running PostgreSQL server of our data directory, started by us or found running (an orphan of a killed gateway).
 * Started in a process group of its own, so that Ctrl-C in a terminal does not reach it before the gateway is done.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { type Cluster, cleanEnvironment, embeddedDatabase, embeddedUser, serverSettings } from './cluster.ts';
import { commandLine, isAlive } from './processes.ts';

/** A postmaster; `gone` resolves when its process has ended, for whatever reason. */
export interface Postmaster {
  pid: number;
  port: number;
  adopted: boolean;
  gone: Promise<void>;
  /** Fast shutdown, then immediate after `boundMs`, then kill; resolves when it is gone. */
  stop(boundMs?: number): Promise<void>;
}

/** What connects to `database` of a server on `port`; the text is a secret. */
export function connectionUrl(password: string, port: number, database = embeddedDatabase): string {
  return `postgres://${embeddedUser}:${password}@127.0.0.1:${port}/${database}`;
}

/** The pid and port that postmaster.pid names, if a living PostgreSQL of this very directory stands behind it. */
export async function findRunning(data: string): Promise<{ pid: number; port: number } | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isAlive(pid))) return undefined;
  const command = await commandLine(pid);
  if (!command?.includes('postgres') || !command.includes(data)) return undefined;
  return { pid, port };
}

/** Takes over a server that is running already; resolves when it answers. Undefined when there is none, or it is just ending. */
export async function adopt(cluster: Cluster): Promise<Postmaster | undefined> {
  const found = await findRunning(cluster.places.data);
  const gone = found && watch(found.pid);
  if (!found || !gone || !(await answers(cluster.password, found, gone))) {
    await disownStalePid(cluster.places.data);
    return undefined;
  }
  return { ...found, adopted: true, gone, stop: boundMs => end(found.pid, gone, boundMs) };
}

/** Does it come to answer? False when it was killed a moment ago and only looked alive. */
async function answers(
  password: string,
  { pid, port }: { pid: number; port: number },
  gone: Promise<void>,
): Promise<boolean> {
  try {
    await untilReady(password, port, gone);
    return true;
  } catch (fault) {
    if (await isAlive(pid)) throw fault;
    return false;
  }
}

/**
 * A postmaster.pid whose process id answers, but is a stranger's or a zombie's, would make PostgreSQL refuse to start (in
 * containers ids repeat, and nobody may bury the dead). It overlooks the id of its own parent, which this process will be;
 * the rest of the file stays, as PostgreSQL also looks there for shared memory still in use.
 */
async function disownStalePid(data: string): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined || (await findRunning(data))) return;
  await writeFile(path, text.replace(/^-?\d+/, String(process.pid)));
}

/** Starts PostgreSQL on `port` and resolves when it answers. Throws with the end of its log when it does not come up. */
export async function launch(
  cluster: Cluster,
  port: number,
  settings: Record<string, string> = {},
): Promise<Postmaster> {
  const { places, runner } = cluster;
  const log = await openLog(places.log);
  const options = Object.entries({ ...serverSettings(), ...settings, port: String(port) });
  const [program, ...before] = [...runner.prefix, cluster.postgres];
  let child: ChildProcess;
  try {
    child = spawn(
      program ?? cluster.postgres,
      [...before, '-D', places.data, ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...runner.identity, cwd: '/', env: cleanEnvironment(), detached: true, stdio: ['ignore', log.fd, log.fd] },
    );
  } finally {
    await log.close();
  }
  const gone = new Promise<void>(resolve => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // The gateway's own work keeps its process alive; a forgotten database must not.
  child.unref();
  const pid = child.pid;
  if (pid === undefined) throw new Error(`Cannot start ${cluster.postgres}`);
  try {
    await untilReady(cluster.password, port, gone);
  } catch (cause) {
    child.kill('SIGQUIT');
    throw new Error(`Embedded PostgreSQL did not start; its log ends:\n${await tail(places.log)}`, { cause });
  }
  return {
    pid,
    port,
    adopted: false,
    gone,
    stop: boundMs => {
      child.ref();
      return end(pid, gone, boundMs);
    },
  };
}

/** Waits until the server answers a query; throws when it has gone, or after two minutes (crash recovery takes its time). */
async function untilReady(password: string, port: number, gone: Promise<void>): Promise<void> {
  let ended = false;
  void gone.then(() => {
    ended = true;
  });
  const deadline = Date.now() + 120_000;
  for (;;) {
    const fault = await probe(password, port);
    if (!fault) return;
    if (ended || Date.now() > deadline) throw fault;
    await Promise.race([gone, wait(15)]);
  }
}

async function probe(password: string, port: number): Promise<Error | undefined> {
  const client = new Client({
    connectionString: connectionUrl(password, port, 'postgres'),
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => client.end());
  try {
    await client.connect();
    await client.query('SELECT 1');
    return undefined;
  } catch (fault) {
    return fault instanceof Error ? fault : new Error(String(fault));
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Resolves when a process that is not our child has ended; asked four times a second. */
async function watch(pid: number): Promise<void> {
  while (await isAlive(pid)) await wait(250, undefined, { ref: false });
}

async function end(pid: number, gone: Promise<void>, boundMs = 20_000): Promise<void> {
  let ended = false;
  const ending = gone.then(() => {
    ended = true;
  });
  for (const [signal, bound] of [
    ['SIGINT', boundMs],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'ESRCH') throw fault;
    }
    const timer = new AbortController();
    await Promise.race([ending, wait(bound, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    if (ended) return;
  }
}

async function openLog(path: string): ReturnType<typeof open> {
  const size = await stat(path).then(
    found => found.size,
    () => 0,
  );
  if (size > 10 * 2 ** 20) await rename(path, `${path}.1`);
  return open(path, 'a', 0o600);
}

async function tail(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-8).join('\n');
}
