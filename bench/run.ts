/**
 * `npm run bench`: the figures of design 4.6 from real runs, every part in a process of its own, traffic on 127.0.0.1 only,
 * bounded in count; then what one translation costs (translation.ts). Prints a table; `--json` prints one line a run; `--rounds N`, `--only NAME` narrow it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { heapLimits } from '../bin/runtime.mjs';
import { freePort } from '../src/embedded/cluster.ts';
import { startEmbedded } from '../src/embedded/postgres.ts';
import { migrate } from '../src/ledger/migrate.ts';
import { redisServer, startRedis } from '../test/support/redis-server.ts';
import { eventually, familyCpuMs, firstLine, type Running, startScript, wholeOutput } from './processes.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '20' },
    only: { type: 'string' },
  },
});
const ROUNDS = Math.min(200, Number(options.rounds));
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const anyPort = async (): Promise<number> => {
  const port = await freePort(0);
  if (port === undefined) throw new Error('no free port');
  return port;
};
const quiet = { info() {}, warn() {}, error() {} };

interface Scenario {
  name: string;
  backend: 'postgres' | 'redis';
  roles: string[];
  targets: number;
}
const scenarios: Scenario[] = [
  { name: 'one process, PostgreSQL turns', backend: 'postgres', roles: ['api,worker,scheduler'], targets: 1 },
  { name: 'one process, Redis turns', backend: 'redis', roles: ['api,worker,scheduler'], targets: 1 },
  {
    name: 'api and worker apart, PostgreSQL turns',
    backend: 'postgres',
    roles: ['api', 'worker,scheduler'],
    targets: 1,
  },
  { name: 'api and worker apart, Redis turns', backend: 'redis', roles: ['api', 'worker,scheduler'], targets: 1 },
  { name: 'two targets, PostgreSQL turns', backend: 'postgres', roles: ['api,worker,scheduler'], targets: 2 },
  { name: 'accept only, PostgreSQL turns', backend: 'postgres', roles: ['api'], targets: 1 },
];

interface Generated {
  accepted: number;
  refused: number;
  broken: number;
  first: number;
  lastAck: number;
  p50: number;
  p99: number;
  cpuMs: number;
  syncs: [sync: string, subject: number, round: number, sentAt: number, ackedAt: number][];
}
interface Figures {
  scenario: string;
  events: number;
  refused: number;
  acceptPerSecond: number;
  endToEndPerSecond: number | null;
  p99At1000Ms: number;
  p50At1000Ms: number;
  idleMedianMs: number | null;
  outOfOrder: number;
  doubled: number;
  missing: number;
  peakMiB: number;
  cpuUsPerEvent: number;
  /** Of database, queue (Redis), targets and generator, µs an event. */
  otherCpuUs: { database: number; redis: number; targets: number; generator: number };
}

async function generate(port: number, env: Record<string, string>): Promise<Generated> {
  const generator = startScript('./generator.ts', {
    BENCH_URL: `http://127.0.0.1:${port}/v1/events`,
    BENCH_SECRET: SECRET,
    ...env,
  });
  return JSON.parse(await wholeOutput(generator)) as Generated;
}
const ask = async <T>(port: number, path: string): Promise<T> =>
  (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as T;
type Count = { requests: number; different: number; last: number };
type Taken = { sync: string; at: number }[];

async function measure(
  scenario: Scenario,
  postgres: { url: string; pid: number },
  redis: { url: string; pid: number } | undefined,
  dataDir: string,
): Promise<Figures> {
  const serverUrl = postgres.url;
  const redisUrl = redis?.url;
  const database = `bench_${Date.now().toString(36)}`;
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${database}`);
  await admin.end();
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  await migrate(url.href);
  const targets: Running[] = [];
  const gateways: Running[] = [];
  try {
    const ports: number[] = [];
    for (let index = 0; index < scenario.targets; index++) {
      const target = startScript('./target.ts', {});
      targets.push(target);
      ports.push((await firstLine<{ port: number }>(target)).port);
    }
    const firstPort = ports[0] ?? 0;
    const port = await anyPort();
    for (const roles of scenario.roles) {
      const gateway = startScript(
        './gateway.ts',
        {
          BENCH_DATABASE_URL: url.href,
          ...(scenario.backend === 'redis' && redisUrl ? { BENCH_REDIS_URL: redisUrl } : {}),
          BENCH_ROLES: roles,
          BENCH_PORT: String(port),
          BENCH_TARGETS: ports.join(','),
          BENCH_SECRET: SECRET,
          BENCH_DATA: dataDir,
        },
        { flags: [...heapLimits, ...(process.env.BENCH_NODE_FLAGS?.split(' ') ?? [])] },
      );
      gateways.push(gateway);
      await firstLine(gateway);
    }
    const delivers = scenario.roles.join().includes('worker');
    const allCame = async (events: number, ms: number): Promise<boolean> =>
      !delivers ||
      eventually(
        async () =>
          (await Promise.all(ports.map(target => ask<Count>(target, '/_bench/count')))).every(
            count => count.different >= events,
          ),
        ms,
      );
    const reset = (): Promise<unknown> => Promise.all(ports.map(target => ask(target, '/_bench/reset')));

    await generate(port, { BENCH_RUN: 'warm', BENCH_ROUNDS: '3' });
    await allCame(3_000, 60_000);
    await reset();

    const used = (): number[] => [
      gateways.reduce((sum, gateway) => sum + gateway.cpuMs(), 0),
      familyCpuMs(postgres.pid),
      redis ? familyCpuMs(redis.pid) : 0,
      targets.reduce((sum, target) => sum + target.cpuMs(), 0),
    ];
    const before = used();
    const run = await generate(port, { BENCH_RUN: 'full', BENCH_ROUNDS: String(ROUNDS) });
    const complete = await allCame(run.accepted, 120_000);
    const perEvent = (ms: number): number => Math.round((ms * 1_000) / Math.max(1, run.accepted));
    const [ofGateway = 0, ofDatabase = 0, ofRedis = 0, ofTargets = 0] = used().map((ms, index) =>
      perEvent(ms - (before[index] ?? 0)),
    );
    const counts = await Promise.all(ports.map(target => ask<Count>(target, '/_bench/count')));
    const taken = await ask<Taken>(firstPort, '/_bench/taken');
    const bySync = new Map(run.syncs.map(entry => [entry[0], entry]));
    const lastRound = new Map<number, number>();
    let outOfOrder = 0;
    for (const { sync } of taken) {
      const entry = bySync.get(sync);
      if (!entry) continue;
      if (entry[2] < (lastRound.get(entry[1]) ?? -1)) outOfOrder += 1;
      lastRound.set(entry[1], Math.max(entry[2], lastRound.get(entry[1]) ?? -1));
    }
    await reset();

    const steady = await generate(port, {
      BENCH_RUN: 'steady',
      BENCH_ROUNDS: '5',
      BENCH_RATE: '1000',
      BENCH_CONNECTIONS: '32',
    });
    await allCame(steady.accepted, 60_000);
    await reset();

    let idleMedianMs: number | null = null;
    if (delivers) {
      const idle = await generate(port, {
        BENCH_RUN: 'idle',
        BENCH_SUBJECTS: '100',
        BENCH_ROUNDS: '1',
        BENCH_RATE: '20',
        BENCH_CONNECTIONS: '1',
      });
      await allCame(idle.accepted, 30_000);
      const acked = new Map(idle.syncs.map(entry => [entry[0], entry[4]]));
      const waits = (await ask<Taken>(firstPort, '/_bench/taken'))
        .map(({ sync, at }) => (at - (acked.get(sync) ?? at)) / 1_000)
        .sort((a, b) => a - b);
      idleMedianMs = Math.round((waits[Math.floor(waits.length / 2)] ?? 0) * 10) / 10;
    }
    const last = Math.max(...counts.map(count => count.last));
    return {
      scenario: scenario.name,
      events: run.accepted,
      refused: run.refused + run.broken,
      acceptPerSecond: Math.round(run.accepted / ((run.lastAck - run.first) / 1e6)),
      endToEndPerSecond: delivers && complete ? Math.round(run.accepted / ((last - run.first) / 1e6)) : null,
      p50At1000Ms: steady.p50 / 1_000,
      p99At1000Ms: steady.p99 / 1_000,
      idleMedianMs,
      outOfOrder,
      doubled: counts.reduce((sum, count) => sum + count.requests - count.different, 0),
      missing: delivers ? counts.reduce((sum, count) => sum + Math.max(0, run.accepted - count.different), 0) : 0,
      peakMiB: Math.max(...gateways.map(gateway => gateway.peakMiB())),
      cpuUsPerEvent: ofGateway,
      otherCpuUs: { database: ofDatabase, redis: ofRedis, targets: ofTargets, generator: perEvent(run.cpuMs) },
    };
  } finally {
    await Promise.all(gateways.map(gateway => gateway.stop()));
    await Promise.all(targets.map(target => target.stop()));
    // the next scenario shall not pay for vacuuming this one
    const cleaner = new pg.Client({ connectionString: serverUrl });
    await cleaner.connect();
    await cleaner.query(`DROP DATABASE ${database} WITH (FORCE)`);
    await cleaner.query('CHECKPOINT');
    await cleaner.end();
  }
}

/** What a server that keeps nothing reaches with the same generator. */
async function measureBare(): Promise<Figures> {
  const port = await anyPort();
  const bare = startScript('./bare.ts', { BENCH_PORT: String(port) });
  try {
    await firstLine(bare);
    await generate(port, { BENCH_RUN: 'warm', BENCH_ROUNDS: '3' });
    const before = bare.cpuMs();
    const run = await generate(port, { BENCH_RUN: 'full', BENCH_ROUNDS: String(ROUNDS) });
    const cpu = bare.cpuMs() - before;
    const steady = await generate(port, {
      BENCH_RUN: 'steady',
      BENCH_ROUNDS: '5',
      BENCH_RATE: '1000',
      BENCH_CONNECTIONS: '32',
    });
    return {
      scenario: 'bare node:http, keeps nothing',
      events: run.accepted,
      refused: run.refused + run.broken,
      acceptPerSecond: Math.round(run.accepted / ((run.lastAck - run.first) / 1e6)),
      endToEndPerSecond: null,
      p50At1000Ms: steady.p50 / 1_000,
      p99At1000Ms: steady.p99 / 1_000,
      idleMedianMs: null,
      outOfOrder: 0,
      doubled: 0,
      missing: 0,
      peakMiB: bare.peakMiB(),
      cpuUsPerEvent: Math.round((cpu * 1_000) / run.accepted),
      otherCpuUs: { database: 0, redis: 0, targets: 0, generator: Math.round((run.cpuMs * 1_000) / run.accepted) },
    };
  } finally {
    await bare.stop();
  }
}

function print(figures: Figures[]): void {
  const columns: [title: string, read: (row: Figures) => string][] = [
    ['scenario', row => row.scenario],
    ['events', row => String(row.events)],
    ['accept/s', row => String(row.acceptPerSecond)],
    ['end to end/s', row => String(row.endToEndPerSecond ?? '–')],
    ['p50 / p99 ms at 1,000/s', row => `${row.p50At1000Ms.toFixed(1)} / ${row.p99At1000Ms.toFixed(1)}`],
    ['idle ms', row => String(row.idleMedianMs ?? '–')],
    ['late · twice · missing · refused', row => `${row.outOfOrder} · ${row.doubled} · ${row.missing} · ${row.refused}`],
    ['peak MiB', row => String(row.peakMiB)],
    ['gateway CPU µs/event', row => String(row.cpuUsPerEvent)],
    [
      'PostgreSQL · Redis · target · generator µs/event',
      ({ otherCpuUs: other }) => `${other.database} · ${other.redis} · ${other.targets} · ${other.generator}`,
    ],
  ];
  process.stdout.write(`| ${columns.map(([title]) => title).join(' | ')} |\n|${columns.map(() => '---').join('|')}|\n`);
  for (const row of figures) process.stdout.write(`| ${columns.map(([, read]) => read(row)).join(' | ')} |\n`);
}

const dataDir = await mkdtemp(join(tmpdir(), 'lienthong-bench-'));
const postgres = await startEmbedded({ dataDir, logger: quiet });
const redis = redisServer() ? await startRedis() : undefined;
try {
  const figures: Figures[] = [];
  process.stderr.write(
    `${cpus().length} cores, ${cpus()[0]?.model}; Node.js ${process.version}; ${ROUNDS} rounds of 1,000 subjects\n`,
  );
  const bare = await measureBare();
  figures.push(bare);
  if (options.json) process.stdout.write(`${JSON.stringify(bare)}\n`);
  for (const scenario of scenarios) {
    if (options.only && !scenario.name.includes(options.only)) continue;
    if (scenario.backend === 'redis' && !redis) {
      process.stderr.write(`${scenario.name}: skipped, no redis-server\n`);
      continue;
    }
    process.stderr.write(`${scenario.name} …\n`);
    const row = await measure(scenario, postgres, redis, dataDir);
    figures.push(row);
    if (options.json) process.stdout.write(`${JSON.stringify(row)}\n`);
  }
  if (!options.json) print(figures);
  if (!options.only) {
    const translation = startScript(
      './translation.ts',
      {},
      { args: options.json ? ['--json'] : [], flags: [...heapLimits] },
    );
    process.stdout.write(await wholeOutput(translation));
  }
} finally {
  await redis?.stop();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}
