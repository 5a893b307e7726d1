/**
 * The world of a run: real processes of the gateway with their roles apart, PostgreSQL with full durability, Redis where wanted,
 * three witnesses (one deduplicates by key, one can only be looked up, one can do neither), and a line that can be spoilt between any two of them.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heapLimits } from '../../../bin/runtime.mjs';
import type { FirstRun } from '../../../src/cli/first-run.ts';
import { type Embedded, startEmbedded } from '../../../src/embedded/postgres.ts';
import { migrate } from '../../../src/ledger/migrate.ts';
import { silentLogger } from '../../support/logger.ts';
import { type Clock, clockIn, faked } from './clocks.ts';
import type { Means } from './history.ts';
import { Line } from './line.ts';
import { Part } from './part.ts';
import { holdPort } from './ports.ts';
import { redisPart, startWatched, type Watched } from './redis-parts.ts';
import { systemsFile } from './systems-file.ts';
import type { WitnessOrder } from './witness-orders.ts';

const root = join(import.meta.dirname, '../../..');
/** Signs what the source system of a run posts. */
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** The systems that receive, and what each can do to keep an effect single. */
const WITNESSES: readonly { target: string; means: Means }[] = [
  { target: 'commune', means: 'keys' },
  { target: 'commune-looked-up', means: 'look-up' },
  { target: 'commune-blind', means: 'neither' },
];

export interface World {
  folder: string;
  /** Straight to PostgreSQL. */
  databaseUrl: string;
  postgres: Embedded;
  redis: Part | undefined;
  /** Straight to Redis. */
  redisPort: number | undefined;
  /** Instead of one Redis: two, and Sentinel. */
  watched: Watched | undefined;
  apis: Part[];
  workers: Part[];
  schedulers: Part[];
  witnesses: { target: string; means: Means; part: Part; file: string }[];
  /** Ports that the sender posts to, by api. */
  frontPorts: number[];
  /** Ports of the apis themselves. */
  apiPorts: number[];
  lines: { fronts: Line[]; ledgerOfApis: Line; ledgerOfWorkers: Line; redis: Line | undefined; targets: Line[] };
  token: string;
  /** The gateway's processes whose clocks can be set; empty where the run did not ask for that. */
  clocks: Clock[];
  order(target: number, order: WitnessOrder): void;
  /** Ends everything that was started, whatever state it is in. */
  end(): Promise<void>;
}

export interface WorldOptions {
  folder: string;
  seed: number;
  apis: number;
  workers: number;
  redis: boolean;
  /** Redis is failed over by Sentinel. */
  sentinel?: boolean;
  schedulers?: number;
  /** Clocks of the gateway's processes can be set. */
  clocks?: boolean;
  /** The system that is said to honour keys ignores them. */
  keysIgnored?: boolean;
}

/** What ends each world that is up or coming up. */
const worlds = new Set<() => Promise<void>>();

/** Ends the worlds of this process: for whoever is asked to stop in mid-run. */
export async function endWorlds(): Promise<void> {
  await Promise.all([...worlds].map(end => end()));
}

/** Brings a world up; on a failure nothing of it is left running. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const ends: (() => Promise<unknown> | unknown)[] = [];
  let ending: Promise<void> | undefined;
  const endAll = async (): Promise<void> => {
    for (let work = ends.pop(); work !== undefined; work = ends.pop()) await work();
    worlds.delete(end);
  };
  // What is just coming up is waited for, so that nothing of it is missed.
  const end = (): Promise<void> => {
    ending ??= built.then(endAll, endAll);
    return ending;
  };
  const built = build(options, ends, () => end());
  worlds.add(end);
  try {
    return await built;
  } catch (fault) {
    await end();
    throw fault;
  }
}

async function build(
  options: WorldOptions,
  ends: (() => Promise<unknown> | unknown)[],
  end: () => Promise<void>,
): Promise<World> {
  const { folder } = options;
  const anyPort = async (): Promise<number> => {
    const { port, release } = await holdPort();
    ends.push(release);
    return port;
  };
  const log = (name: string): string => join(folder, 'logs', `${name}.log`);
  await mkdir(join(folder, 'logs'), { recursive: true });
  const postgres = await startEmbedded({
    dataDir: join(folder, 'database'),
    logger: silentLogger,
    settings: { shared_buffers: '64MB' },
  });
  ends.push(() => postgres.stop());
  await migrate(postgres.url);

  const witnesses: World['witnesses'] = [];
  for (const [index, { target, means }] of WITNESSES.entries()) {
    const file = join(folder, `witness-${target}.jsonl`);
    const script = join(import.meta.dirname, 'witness-process.ts');
    const part = new Part({
      name: `witness ${target}`,
      program: process.execPath,
      args: [script, file, target, options.keysIgnored ? 'look-up' : means, String(options.seed + index)],
      env: process.env,
      logFile: log(`witness-${target}`),
      ready: line => line.startsWith('{"port"'),
      channel: true,
    });
    ends.push(() => part.kill());
    witnesses.push({ target, means, part, file });
  }
  const watched = options.sentinel
    ? await startWatched(folder, [await anyPort(), await anyPort(), await anyPort()], part =>
        ends.push(() => part.kill()),
      )
    : undefined;
  const redisPort = options.redis && !watched ? await anyPort() : undefined;
  const redis = redisPort === undefined ? undefined : redisPart('redis', redisPort, log('redis'));
  if (redis) ends.push(() => redis.kill());
  const [targetPorts] = await Promise.all([
    Promise.all(witnesses.map(async ({ part }) => (JSON.parse(await part.start()) as { port: number }).port)),
    redis?.start(),
  ]);

  const open = async (to: number): Promise<Line> => {
    const line = await Line.open(to);
    ends.push(() => line.close());
    return line;
  };
  const databasePort = Number(new URL(postgres.url).port);
  const ledgerOfApis = await open(databasePort);
  const ledgerOfWorkers = await open(databasePort);
  const redisLine = redisPort === undefined ? undefined : await open(redisPort);
  const targets = await Promise.all(targetPorts.map(open));
  const config = join(folder, 'systems.yaml');
  await writeFile(
    config,
    systemsFile(
      witnesses,
      targets.map(line => line.port),
    ),
  );

  const through = (line: Line): string => {
    const url = new URL(postgres.url);
    url.port = String(line.port);
    return url.href;
  };
  const {
    DATABASE_URL: _database,
    REDIS_URL: _redis,
    TEST_DATABASE_URL: _test,
    TEST_REDIS_URL: _testRedis,
    ...rest
  } = process.env;
  const clocks: Clock[] = [];
  const gateway = (name: string, role: string, line: Line, port: number): Part => {
    const clockFile = join(folder, `clock-${name}`);
    const part = new Part({
      name,
      program: process.execPath,
      args: [...heapLimits, join(root, 'src/cli/main.ts'), '--json', 'start'],
      env: {
        ...rest,
        LIENTHONG_ROLES: role,
        LIENTHONG_CONFIG: config,
        LIENTHONG_DATA_DIR: join(folder, 'data'),
        LIENTHONG_SECRET_KEY: `1:${Buffer.alloc(32, 3).toString('base64')}`,
        DATABASE_URL: through(line),
        ...(watched
          ? { REDIS_URL: watched.url }
          : redisLine
            ? { REDIS_URL: `redis://127.0.0.1:${redisLine.port}` }
            : {}),
        PORT: String(port),
        LOG_LEVEL: 'info',
        // restarts cost half as much
        NODE_COMPILE_CACHE: join(tmpdir(), 'lienthong-crash-compiled'),
        CRASH_SECRET: SECRET,
        CRASH_PASSWORD: 'not-a-real-one',
        ...(options.clocks ? faked(clockFile) : {}),
      },
      logFile: log(name),
      ready: text => text.startsWith('{"url"'),
    });
    if (options.clocks) clocks.push(clockIn(clockFile, part));
    ends.push(() => part.kill());
    return part;
  };
  const apiPorts: number[] = [];
  for (let index = 0; index < options.apis; index += 1) apiPorts.push(await anyPort());
  const apis = apiPorts.map((port, index) => gateway(`api-${index + 1}`, 'api', ledgerOfApis, port));
  const workers = await Promise.all(
    Array.from({ length: options.workers }, async (_, index) =>
      gateway(`worker-${index + 1}`, 'worker', ledgerOfWorkers, await anyPort()),
    ),
  );
  const schedulers = await Promise.all(
    Array.from({ length: options.schedulers ?? 1 }, async (_, index) =>
      gateway(`scheduler-${index + 1}`, 'scheduler', ledgerOfWorkers, await anyPort()),
    ),
  );
  const fronts = await Promise.all(apiPorts.map(open));
  await Promise.all([...apis, ...workers, ...schedulers].map(part => part.start()));
  const { apiToken } = JSON.parse(await readFile(join(folder, 'data/first-run.json'), 'utf8')) as FirstRun;
  return {
    folder,
    databaseUrl: postgres.url,
    postgres,
    redis,
    redisPort,
    watched,
    apis,
    workers,
    schedulers,
    witnesses,
    frontPorts: fronts.map(line => line.port),
    apiPorts,
    lines: { fronts, ledgerOfApis, ledgerOfWorkers, redis: redisLine, targets },
    token: apiToken,
    clocks,
    order: (target, order) => void witnesses[target]?.part.channel?.send(order),
    end,
  };
}
