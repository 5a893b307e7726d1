/**
 * What a bench run stands on: a database of its own, targets, gateway processes and the generator, and what is asked of them.
 */
import pg from 'pg';
import { heapLimits } from '../bin/runtime.mjs';
import { freePort } from '../src/embedded/cluster.ts';
import { migrate } from '../src/ledger/migrate.ts';
import { fillLedger } from './fill.ts';
import { eventually, firstLine, type Running, startScript, wholeOutput } from './processes.ts';

/** What is measured: the processes of a gateway and what surrounds them. */
export interface Scenario {
  name: string;
  backend: 'postgres' | 'redis';
  /** Roles of each gateway process. */
  roles: string[];
  targets: number;
  /** Units that the events are about (95). */
  units?: number;
  /** Syncs that the ledger holds before the first event. */
  stored?: number;
}
/** The servers that all scenarios share. */
export interface Servers {
  postgres: { url: string; pid: number };
  redis: { url: string; pid: number } | undefined;
  dataDir: string;
}

/** What the generator prints; times in µs of CLOCK_MONOTONIC. */
export interface Generated {
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
export type Count = { requests: number; different: number; last: number };
export type Taken = { sync: string; at: number }[];

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** A port that nobody listens on. */
export async function anyPort(): Promise<number> {
  const port = await freePort(0);
  if (port === undefined) throw new Error('no free port');
  return port;
}

/** Runs the generator against a port. */
export async function generate(port: number, env: Record<string, string>): Promise<Generated> {
  const generator = startScript('./generator.ts', {
    BENCH_URL: `http://127.0.0.1:${port}/v1/events`,
    BENCH_SECRET: SECRET,
    ...env,
  });
  return JSON.parse(await wholeOutput(generator)) as Generated;
}

export interface Rig {
  gateways: readonly Running[];
  targets: readonly Running[];
  delivers: boolean;
  generate(env: Record<string, string>): Promise<Generated>;
  counts(): Promise<Count[]>;
  /** What the first target took since the last reset, in order. */
  taken(): Promise<Taken>;
  reset(): Promise<void>;
  /** Waits until every target has had so many different syncs. */
  allCame(events: number, ms: number): Promise<boolean>;
}

/** Starts what a scenario needs, hands it to `work`, and ends it whatever comes. `env` goes to gateways and targets. */
export async function withRig<T>(
  scenario: Scenario,
  { postgres, redis, dataDir }: Servers,
  work: (rig: Rig) => Promise<T>,
  env: Record<string, string> = {},
  flags: readonly string[] = process.env.BENCH_NODE_FLAGS?.split(' ') ?? [],
): Promise<T> {
  const database = `bench_${Date.now().toString(36)}`;
  await asAdmin(postgres.url, [`CREATE DATABASE ${database}`]);
  const url = new URL(postgres.url);
  url.pathname = `/${database}`;
  const targets: Running[] = [];
  const gateways: Running[] = [];
  try {
    await migrate(url.href);
    if (scenario.stored) await fillLedger(url.href, scenario.stored);
    const ports: number[] = [];
    for (let index = 0; index < scenario.targets; index++) {
      const target = startScript('./target.ts', env);
      targets.push(target);
      ports.push((await firstLine<{ port: number }>(target)).port);
    }
    const port = await anyPort();
    for (const roles of scenario.roles) {
      const gateway = startScript(
        './gateway.ts',
        {
          BENCH_DATABASE_URL: url.href,
          ...(scenario.backend === 'redis' && redis ? { BENCH_REDIS_URL: redis.url } : {}),
          BENCH_ROLES: roles,
          BENCH_PORT: String(port),
          BENCH_TARGETS: ports.join(','),
          BENCH_SECRET: SECRET,
          BENCH_DATA: dataDir,
          ...env,
        },
        { flags: [...heapLimits, ...flags] },
      );
      gateways.push(gateway);
      await firstLine(gateway);
    }
    const ask = async <A>(target: number, path: string): Promise<A> =>
      (await (await fetch(`http://127.0.0.1:${target}/_bench/${path}`)).json()) as A;
    const counts = (): Promise<Count[]> => Promise.all(ports.map(target => ask<Count>(target, 'count')));
    const delivers = scenario.roles.join().includes('worker');
    return await work({
      gateways,
      targets,
      delivers,
      generate: more => generate(port, { BENCH_UNITS: String(scenario.units ?? 95), ...more }),
      counts,
      taken: () => ask<Taken>(ports[0] ?? 0, 'taken'),
      reset: async () => {
        await Promise.all(ports.map(target => ask(target, 'reset')));
      },
      allCame: async (events, ms) =>
        !delivers || eventually(async () => (await counts()).every(count => count.different >= events), ms),
    });
  } finally {
    await Promise.all(gateways.map(gateway => gateway.stop()));
    await Promise.all(targets.map(target => target.stop()));
    // the next scenario shall not pay for vacuuming this one
    await asAdmin(postgres.url, [`DROP DATABASE ${database} WITH (FORCE)`, 'CHECKPOINT']);
  }
}

async function asAdmin(url: string, statements: readonly string[]): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}
