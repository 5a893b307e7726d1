/**
 * The real thing for whole-way and crash tests: processes started by the commands people use, on free ports and in a data
 * directory of their own, ended by pid; and the simulated systems as witnesses of what took effect.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import type { FirstRun } from '../../src/cli/first-run.ts';
import type { JsonObject, Role } from '../../src/domain/words.ts';
import { isAlive } from '../../src/embedded/processes.ts';
import { testFolder } from '../support/folder.ts';

const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'bin/lienthong.mjs');
const run = promisify(execFile);

/** Longest wait for something that must happen; a loaded machine of two cores needs most of it at times. */
const PATIENCE_MS = 40_000;
const POLL_MS = 50;

/** Polls `ask` until it answers something other than undefined or false; throws naming `what` when patience is over. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  { patienceMs = PATIENCE_MS, pollMs = POLL_MS }: { patienceMs?: number; pollMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  let fault: unknown;
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      fault = error;
      return undefined;
    });
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`, { cause: fault });
    await pause(pollMs);
  }
}

/** One world: environment of its processes, and everything that was started in it. */
export interface World {
  env: NodeJS.ProcessEnv;
  dataDir: string;
  gatewayUrl: string;
  systems: Readonly<Record<Role, string>>;
  /** Every process, for the clean-up. */
  started: Started[];
}

/** A command that runs. */
export interface Started {
  /** The launcher, which hands signals on. */
  child: ChildProcess;
  /** What it printed to stdout, line by line. */
  lines: string[];
  /** What it wrote to its log. */
  log(): string;
  /** Process id of the program itself, below the launcher. */
  pid(): Promise<number>;
  /** The exit status, once it has ended and its output is read; null after a signal. */
  ended: Promise<number | null>;
  /** Asks by SIGTERM; answers the exit status. */
  stop(): Promise<number | null>;
  /** kill -9 of the program; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Free ports below the range from which the kernel takes the near end of outgoing calls: a port must stay free over a restart. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await new Promise<boolean>(resolve => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) ports.add(port);
  }
  return [...ports];
}

/** A world with nothing in it yet; everything started in it is gone after the test. */
export async function createWorld(t: Test, more: NodeJS.ProcessEnv = {}): Promise<World> {
  const dataDir = await testFolder(t);
  const [port, portal, commune, documents] = await freePorts(4);
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env;
  const world: World = {
    env: {
      ...rest,
      LIENTHONG_DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      PORT: String(port),
      SANDBOX_PORTAL_PORT: String(portal),
      SANDBOX_COMMUNE_PORT: String(commune),
      SANDBOX_DOCUMENTS_PORT: String(documents),
      ...more,
    },
    dataDir,
    gatewayUrl: `http://127.0.0.1:${port}`,
    systems: {
      portal: `http://127.0.0.1:${portal}`,
      commune: `http://127.0.0.1:${commune}`,
      documents: `http://127.0.0.1:${documents}`,
    },
    started: [],
  };
  t.teardown(() => clear(world));
  return world;
}

async function clear(world: World): Promise<void> {
  for (const { child, stop } of world.started.toReversed()) {
    const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await stop();
    clearTimeout(force);
  }
  const orphan = await postgresPid(world.dataDir);
  if (orphan !== undefined && (await isAlive(orphan))) {
    // An orphan of a kill that no later start took over: immediate shutdown, nothing of it is wanted.
    process.kill(orphan, 'SIGQUIT');
    await until('the orphaned PostgreSQL is gone', async () => !(await isAlive(orphan)));
  }
}

/** Starts `lienthong <args>`; resolves at once. */
export function launch(world: World, args: readonly string[], more: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { ...world.env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // An orphaned PostgreSQL may hold the output open: a kill waits for the end of the process alone.
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const lines: string[] = [];
  let log = '';
  createInterface({ input: child.stdout }).on('line', line => lines.push(line));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-200_000);
  });
  if (process.env.TEST_SHOW_LOGS) child.stderr.pipe(createWriteStream('/dev/stderr'));
  let program: number | undefined;
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const started: Started = {
    child,
    lines,
    log: () => log,
    ended,
    pid: async () => {
      program ??= await until('the launcher has its program', async () => (await childrenOf(child.pid ?? 0))[0]);
      return program;
    },
    stop: async () => {
      if (!gone()) child.kill('SIGTERM');
      return exited;
    },
    kill: async () => {
      if (gone()) return;
      process.kill(await started.pid(), 'SIGKILL');
      await exited;
    },
  };
  world.started.push(started);
  return started;
}

/** Process ids of the direct children of a process. */
export async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .flatMap(([child]) => child ?? []);
}

/** Process ids of all that descends from a process. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const children = await childrenOf(pid);
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()];
}

/** Process id of the embedded PostgreSQL as its own pid file has it; undefined when there is none. */
export async function postgresPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return pid > 0 ? pid : undefined;
}

async function untilFirstLine(started: Started, what: string): Promise<string> {
  return until(`${what}; its log: ${started.log().slice(-2_000)}`, async () => {
    if (started.child.exitCode !== null)
      throw new Error(`${what}: ended with ${started.child.exitCode}: ${started.log()}`);
    return started.lines[0];
  });
}

/** `lienthong sandbox`: the three systems as a process of their own; resolves when they answer. */
export async function startSandbox(world: World): Promise<Started> {
  const started = launch(world, ['--json', 'sandbox']);
  await untilFirstLine(started, 'the sandbox is up');
  return started;
}

/** `lienthong start --sandbox external`; resolves when it says that it is ready. */
export async function startGateway(
  world: World,
  args: readonly string[] = [],
  more: NodeJS.ProcessEnv = {},
): Promise<Started> {
  const started = launch(world, ['--json', 'start', '--sandbox', 'external', ...args], more);
  await untilFirstLine(started, 'the gateway is ready');
  return started;
}

/** Sandbox and gateway, side by side. */
export async function startBoth(world: World): Promise<{ sandbox: Started; gateway: Started }> {
  const [sandbox, gateway] = await Promise.all([startSandbox(world), startGateway(world)]);
  return { sandbox, gateway };
}

/** What the first start made up. */
export async function firstRunOf(world: World): Promise<FirstRun> {
  return JSON.parse(await readFile(join(world.dataDir, 'first-run.json'), 'utf8')) as FirstRun;
}

export interface Answer {
  status: number;
  type: string;
  body: JsonObject;
}

const CALL_MS = 20_000;

/** One call; rejects only when no answer came. */
export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(CALL_MS) });
  const text = await answer.text();
  const type = answer.headers.get('content-type') ?? '';
  return { status: answer.status, type, body: type.includes('json') ? (JSON.parse(text) as JsonObject) : { text } };
}
