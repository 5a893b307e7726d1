/**
 * `npm run bench`: the figures of design 4.6 from real runs, every part in a process of its own, traffic on 127.0.0.1 only,
 * bounded in count. Prints tables; `--json` prints one line a run instead.
 *
 * `--rounds N` (of 1,000 dossiers; 20), `--only NAME` (a part of a scenario's name, `stages`, `hot unit`, `peers`,
 * `translation`), `--peers FOLDER` (peers.ts).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { heapLimits } from '../bin/runtime.mjs';
import { startEmbedded } from '../src/embedded/postgres.ts';
import { redisServer, startRedis } from '../test/support/redis-server.ts';
import { measureHotUnit } from './hot-unit.ts';
import { runPeer } from './peers.ts';
import { startScript, wholeOutput } from './processes.ts';
import type { Servers } from './rig.ts';
import { type Figures, measure, measureBare, SCENARIOS } from './scenarios.ts';
import { measureStages } from './stages.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '20' },
    only: { type: 'string' },
    peers: { type: 'string' },
  },
});
const ROUNDS = Math.min(200, Number(options.rounds));
const quiet = { info() {}, warn() {}, error() {} };
const wanted = (name: string): boolean => options.only === undefined || name.includes(options.only);
const say = (text: string): boolean => process.stderr.write(`${text}\n`);
const line = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);

type Column<Row> = [title: string, read: (row: Row) => string | number];

function print<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
  process.stdout.write(`| ${columns.map(([title]) => title).join(' | ')} |\n|${columns.map(() => '---').join('|')}|\n`);
  for (const row of rows) process.stdout.write(`| ${columns.map(([, read]) => read(row)).join(' | ')} |\n`);
  process.stdout.write('\n');
}

const THROUGHPUT: readonly Column<Figures>[] = [
  ['scenario', row => row.scenario],
  ['events', row => row.events],
  ['accept/s', row => row.acceptPerSecond],
  ['end to end/s', row => row.endToEndPerSecond ?? '–'],
  ['p50 / p99 ms at 1,000/s', row => `${row.p50At1000Ms.toFixed(1)} / ${row.p99At1000Ms.toFixed(1)}`],
  ['idle ms', row => row.idleMedianMs ?? '–'],
  ['late · twice · missing · refused', row => `${row.outOfOrder} · ${row.doubled} · ${row.missing} · ${row.refused}`],
  ['peak MiB', row => row.peakMiB],
  ['gateway CPU µs/event', row => row.cpuUsPerEvent],
  [
    'PostgreSQL · Redis · target · generator µs/event',
    ({ otherCpuUs: other }) => `${other.database} · ${other.redis} · ${other.targets} · ${other.generator}`,
  ],
];

async function throughput(servers: Servers): Promise<void> {
  const chosen = SCENARIOS.filter(({ name }) => wanted(name));
  if (chosen.length === 0) return;
  const figures = [await measureBare(ROUNDS)];
  for (const scenario of chosen) {
    if (scenario.backend === 'redis' && !servers.redis) {
      say(`${scenario.name}: skipped, no redis-server`);
      continue;
    }
    say(`${scenario.name} …`);
    figures.push(await measure(scenario, servers, ROUNDS));
  }
  if (options.json) figures.forEach(line);
  else print(figures, THROUGHPUT);
}

async function stages(servers: Servers): Promise<void> {
  const [scenario] = SCENARIOS;
  if (!scenario || !wanted('stages')) return;
  say('stages …');
  const rows = await measureStages(scenario, servers, ROUNDS);
  if (options.json) line({ stages: rows });
  else {
    print(rows, [
      ['stage', row => row.stage],
      ['gateway CPU µs/event', row => row.us],
      ['%', row => row.share],
    ]);
  }
}

async function hotUnit(servers: Servers): Promise<void> {
  if (!wanted('hot unit')) return;
  say('hot unit …');
  const figures = await measureHotUnit(servers, ROUNDS);
  if (options.json) line({ hotUnit: figures });
  else {
    print(
      [figures],
      [
        ['flood of one unit', row => row.flood],
        ['of it still waiting', row => row.waiting],
        ["others' events arrived", row => `${row.arrived} of ${row.others}`],
        ["others' p50 · p99 · longest ms", row => `${row.p50} · ${row.p99} · ${row.longest}`],
      ],
    );
  }
}

async function peers(): Promise<void> {
  if (options.peers === undefined || !wanted('peers')) return;
  for (const peer of ['restate', 'nodered']) {
    say(`${peer} …`);
    line({ peer, figures: await runPeer(options.peers, peer) });
  }
}

async function translation(): Promise<void> {
  if (!wanted('translation')) return;
  const running = startScript('./translation.ts', {}, { args: options.json ? ['--json'] : [], flags: [...heapLimits] });
  process.stdout.write(await wholeOutput(running));
}

const dataDir = await mkdtemp(join(tmpdir(), 'lienthong-bench-'));
const postgres = await startEmbedded({ dataDir, logger: quiet });
const redis = redisServer() ? await startRedis() : undefined;
try {
  say(`${cpus().length} cores, ${cpus()[0]?.model}; Node.js ${process.version}; ${ROUNDS} rounds of 1,000 dossiers`);
  const servers = { postgres, redis, dataDir };
  await throughput(servers);
  await stages(servers);
  await hotUnit(servers);
  await peers();
  await translation();
} finally {
  await redis?.stop();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}
