/**
 * The scenarios of throughput, and what one run of each measures: accepting and delivering as fast as it goes, the answer
 * times at 1,000 events/s, and how soon a single event arrives.
 */
import { familyCpuMs, firstLine, startScript } from './processes.ts';
import { anyPort, type Generated, generate, type Rig, type Scenario, type Servers, withRig } from './rig.ts';

const ONE = ['api,worker,scheduler'];
const APART = ['api', 'worker,scheduler'];
/** Run in this order; `--only` picks by a part of the name. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'one process, PostgreSQL turns', backend: 'postgres', roles: ONE, targets: 1 },
  { name: 'one process, Redis turns', backend: 'redis', roles: ONE, targets: 1 },
  { name: 'api and worker apart, PostgreSQL turns', backend: 'postgres', roles: APART, targets: 1 },
  { name: 'api and worker apart, Redis turns', backend: 'redis', roles: APART, targets: 1 },
  { name: 'api and 2 workers, PostgreSQL turns', backend: 'postgres', roles: [...APART, 'worker'], targets: 1 },
  {
    name: 'api and 4 workers, PostgreSQL turns',
    backend: 'postgres',
    roles: [...APART, 'worker', 'worker', 'worker'],
    targets: 1,
  },
  { name: 'two targets, PostgreSQL turns', backend: 'postgres', roles: ONE, targets: 2 },
  { name: 'one unit, PostgreSQL turns', backend: 'postgres', roles: ONE, targets: 1, units: 1 },
  { name: 'ledger of 10,000 syncs', backend: 'postgres', roles: ONE, targets: 1, stored: 10_000 },
  { name: 'ledger of 1,000,000 syncs', backend: 'postgres', roles: ONE, targets: 1, stored: 1_000_000 },
  { name: 'accept only, PostgreSQL turns', backend: 'postgres', roles: ['api'], targets: 1 },
];

export interface Figures {
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

const perSecond = (run: Generated, until: number): number => Math.round(run.accepted / ((until - run.first) / 1e6));
const steadyRun = (rounds: number): Record<string, string> => ({
  BENCH_RUN: 'steady',
  BENCH_ROUNDS: String(Math.min(5, rounds)),
  BENCH_RATE: '1000',
  BENCH_CONNECTIONS: '32',
});

/** Runs one scenario with so many rounds of 1,000 dossiers. */
export function measure(scenario: Scenario, servers: Servers, rounds: number): Promise<Figures> {
  return withRig(scenario, servers, async rig => {
    await rig.generate({ BENCH_RUN: 'warm', BENCH_ROUNDS: '3' });
    await rig.allCame(3_000, 60_000);
    await rig.reset();

    const used = (): number[] => [
      rig.gateways.reduce((sum, gateway) => sum + gateway.cpuMs(), 0),
      familyCpuMs(servers.postgres.pid),
      servers.redis ? familyCpuMs(servers.redis.pid) : 0,
      rig.targets.reduce((sum, target) => sum + target.cpuMs(), 0),
    ];
    const before = used();
    const run = await rig.generate({ BENCH_RUN: 'full', BENCH_ROUNDS: String(rounds) });
    const complete = await rig.allCame(run.accepted, 120_000);
    const perEvent = (ms: number): number => Math.round((ms * 1_000) / Math.max(1, run.accepted));
    const [ofGateway = 0, database = 0, redis = 0, targets = 0] = used().map((ms, index) =>
      perEvent(ms - (before[index] ?? 0)),
    );
    const counts = await rig.counts();
    const outOfOrder = await countLate(rig, run);
    await rig.reset();

    const steady = await rig.generate(steadyRun(rounds));
    await rig.allCame(steady.accepted, 60_000);
    await rig.reset();
    const last = Math.max(...counts.map(count => count.last));
    return {
      scenario: scenario.name,
      events: run.accepted,
      refused: run.refused + run.broken,
      acceptPerSecond: perSecond(run, run.lastAck),
      endToEndPerSecond: rig.delivers && complete ? perSecond(run, last) : null,
      p50At1000Ms: steady.p50 / 1_000,
      p99At1000Ms: steady.p99 / 1_000,
      idleMedianMs: rig.delivers ? await idleMedian(rig) : null,
      outOfOrder,
      doubled: counts.reduce((sum, count) => sum + count.requests - count.different, 0),
      missing: rig.delivers ? counts.reduce((sum, count) => sum + Math.max(0, run.accepted - count.different), 0) : 0,
      peakMiB: Math.max(...rig.gateways.map(gateway => gateway.peakMiB())),
      cpuUsPerEvent: ofGateway,
      otherCpuUs: { database, redis, targets, generator: perEvent(run.cpuMs) },
    };
  });
}

/** Events that came after a younger one of their dossier. */
async function countLate(rig: Rig, run: Generated): Promise<number> {
  const bySync = new Map(run.syncs.map(entry => [entry[0], entry]));
  const lastRound = new Map<number, number>();
  let late = 0;
  for (const { sync } of await rig.taken()) {
    const entry = bySync.get(sync);
    if (!entry) continue;
    if (entry[2] < (lastRound.get(entry[1]) ?? -1)) late += 1;
    lastRound.set(entry[1], Math.max(entry[2], lastRound.get(entry[1]) ?? -1));
  }
  return late;
}

/** Median from the 202 to the arrival while one event comes every 50 ms. */
async function idleMedian(rig: Rig): Promise<number> {
  const idle = await rig.generate({
    BENCH_RUN: 'idle',
    BENCH_SUBJECTS: '100',
    BENCH_ROUNDS: '1',
    BENCH_RATE: '20',
    BENCH_CONNECTIONS: '1',
  });
  await rig.allCame(idle.accepted, 30_000);
  const waits = await waitsOf(rig, idle);
  return Math.round((waits[Math.floor(waits.length / 2)] ?? 0) * 10) / 10;
}

/** From the 202 to the arrival at the first target, ms, shortest first; of those that came. */
export async function waitsOf(rig: Rig, run: Generated): Promise<number[]> {
  const acked = new Map(run.syncs.map(entry => [entry[0], entry[4]]));
  return (await rig.taken())
    .filter(({ sync }) => acked.has(sync))
    .map(({ sync, at }) => (at - (acked.get(sync) ?? at)) / 1_000)
    .sort((a, b) => a - b);
}

/** What a server that keeps nothing reaches with the same generator. */
export async function measureBare(rounds: number): Promise<Figures> {
  const port = await anyPort();
  const bare = startScript('./bare.ts', { BENCH_PORT: String(port) });
  try {
    await firstLine(bare);
    await generate(port, { BENCH_RUN: 'warm', BENCH_ROUNDS: '3' });
    const before = bare.cpuMs();
    const run = await generate(port, { BENCH_RUN: 'full', BENCH_ROUNDS: String(rounds) });
    const cpu = bare.cpuMs() - before;
    const steady = await generate(port, steadyRun(rounds));
    return {
      scenario: 'bare node:http, keeps nothing',
      events: run.accepted,
      refused: run.refused + run.broken,
      acceptPerSecond: perSecond(run, run.lastAck),
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
