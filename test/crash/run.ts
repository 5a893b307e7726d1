/**
 * `npm run crash -- --runs N --seed S [--faults F1,kill-worker…]`: whole runs of the real processes under faults, one after another.
 * A run's seed gives its schedule and traffic. A failing run prints seed, schedule and violations, and keeps its history.
 * `--quick` makes each as short as is still useful, its faults dealt evenly over the seeds; `--parallel 2` has two at once.
 * `--known` runs the seeds that once were red (seeds.json), each with its faults.
 * `--report FILE` writes the sums of the table at the end, and every run, as JSON.
 * `--canary` lets a system ignore the keys that it says it honours: with lost answers every such run must fail.
 * `--postgres` keeps the turns in PostgreSQL, `--redis` in Redis; without either, odd seeds take PostgreSQL and even ones Redis.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { redisServer } from '../support/redis-server.ts';
import { told } from './harness/check.ts';
import { faultsNamed, possible } from './harness/faults.ts';
import { knownRuns } from './harness/known.ts';
import { type RunOptions, type RunResult, runOnce } from './harness/one-run.ts';
import { addUp, asLines } from './harness/report.ts';
import { endWorlds } from './harness/world.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: '' },
    seconds: { type: 'string', default: '25' },
    lanes: { type: 'string' },
    pace: { type: 'string' },
    apis: { type: 'string', default: '2' },
    workers: { type: 'string', default: '2' },
    parallel: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    report: { type: 'string' },
    postgres: { type: 'boolean', default: false },
    redis: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    canary: { type: 'boolean', default: false },
    known: { type: 'boolean', default: false },
  },
});
const whole = (name: Exclude<keyof typeof values, 'report'>, most: number, usual = 0): number => {
  const number = Number(values[name] ?? usual);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new RangeError(`--${name} is a whole number from 1 to ${most}`);
  return number;
};
// parseArgs takes `--faults -F10` for another option: write `--faults=-F10`
const faults = values.faults.split(',').filter(Boolean);
for (const line of possible(faultsNamed(faults)).missing) console.log(line);
const first = whole('seed', 2 ** 31);
const runs = whole('runs', 100_000);
const hasRedis = redisServer() !== undefined;
const common = {
  faults,
  apis: whole('apis', 8),
  workers: whole('workers', 8),
  lanes: whole('lanes', 5_000, values.quick ? 24 : 60),
  spanMs: whole('seconds', 3_600) * 1_000,
  paceMs: whole('pace', 60_000, values.quick ? 400 : 600),
  keep: values.keep,
  canary: values.canary,
};

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A launcher may repeat it: only the first counts.
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void endWorlds().finally(() => process.exit(130));
  });
}

/** With either backend by turns, each of them is dealt all faults. */
function optionsOf(seed: number): RunOptions {
  const byTurns = hasRedis && !values.postgres && !values.redis;
  const redis = hasRedis && !values.postgres && (values.redis || seed % 2 === 0);
  return { ...common, seed, redis, ...(values.quick ? { turn: byTurns ? Math.floor(seed / 2) : seed } : {}) };
}

const results: RunResult[] = [];
const broken: number[] = [];
const queue = values.known
  ? knownRuns().map(run => ({ ...optionsOf(run.seed), faults: run.faults }))
  : Array.from({ length: runs }, (_, more) => optionsOf(first + more));
const wanted = queue.length;
const began = new Date().toISOString();

async function runNext(): Promise<void> {
  for (let options = queue.shift(); options !== undefined && !stopping; options = queue.shift()) {
    try {
      const result = await runOnce(options);
      results.push(result);
      for (const line of linesOf(result, options.redis)) console.log(line);
    } catch (error) {
      if (stopping) return;
      broken.push(options.seed);
      console.log(
        `FAIL seed ${options.seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
  }
}

function linesOf(result: RunResult, redis: boolean): string[] {
  const { violations, trouble, states, schedule } = result;
  const well = violations.length === 0 && trouble.length === 0;
  const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  const line = `${well ? 'ok  ' : 'FAIL'} seed ${result.seed} (${redis ? 'Redis' : 'PostgreSQL'}): ${schedule.length} faults, ${result.accepted} accepted, ${result.unknown} posts without a plain answer, ${result.calls} calls, ${result.effects} effects, ${result.acts} acts of people, ${counts.join(', ')}, settled after ${result.settledAfterMs} ms, ${result.seconds} s`;
  if (well && !values.keep) return [line];
  return [
    line,
    ...schedule.map(text => `     ${text}`),
    ...[...trouble, ...told(violations)].map(text => `  !! ${text}`),
    `     history: ${result.folder}`,
  ];
}

await Promise.all(Array.from({ length: whole('parallel', 8) }, runNext));
const report = addUp(results, broken);
for (const line of asLines(report)) console.log(line);
console.log(
  `${report.runs - report.failed} of ${report.runs} runs without a fault, ${values.known ? 'known seeds' : `seeds ${first} to ${first + runs - 1}`}`,
);
if (values.report !== undefined) {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = { node: process.version, processors: cpus().length, memory: totalmem() };
  const told = { began, ended: new Date().toISOString(), commit, machine, command: process.argv.slice(2), ...report };
  writeFileSync(values.report, `${JSON.stringify({ ...told, each: results }, null, 2)}\n`);
}
process.exitCode = report.failed > 0 || report.runs < wanted ? 1 : 0;
