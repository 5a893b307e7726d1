/**
 * `npm run crash -- --runs N --seed S [--faults F1,kill-worker…]`: whole runs of the real processes under faults, one after another.
 * A run's seed gives its schedule and traffic. A failing run prints seed, schedule and violations, and keeps its history.
 * `--canary` lets a system ignore the keys that it says it honours: with lost answers every such run must fail.
 * `--postgres` keeps the turns in PostgreSQL, `--redis` in Redis; without either, odd seeds take PostgreSQL and even ones Redis.
 */
import { parseArgs } from 'node:util';
import { redisMissing, redisServer } from '../support/redis-server.ts';
import { told } from './harness/check.ts';
import { faultsNamed } from './harness/faults.ts';
import { runOnce } from './harness/one-run.ts';
import { endWorlds } from './harness/world.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: '' },
    seconds: { type: 'string', default: '25' },
    lanes: { type: 'string', default: '60' },
    pace: { type: 'string', default: '600' },
    apis: { type: 'string', default: '2' },
    workers: { type: 'string', default: '2' },
    postgres: { type: 'boolean', default: false },
    redis: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    canary: { type: 'boolean', default: false },
  },
});
const whole = (name: 'runs' | 'seed' | 'seconds' | 'lanes' | 'pace' | 'apis' | 'workers', most: number): number => {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new RangeError(`--${name} is a whole number from 1 to ${most}`);
  return number;
};
// parseArgs takes `--faults -F10` for another option: write `--faults=-F10`
const faults = values.faults.split(',').filter(Boolean);
faultsNamed(faults);
if (redisServer() === undefined) console.log(redisMissing);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A launcher may repeat it: only the first counts.
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void endWorlds().finally(() => process.exit(130));
  });
}

let failed = 0;
const first = whole('seed', 2 ** 31);
const runs = whole('runs', 100_000);
for (let seed = first; seed < first + runs && !stopping; seed += 1) {
  const redis = redisServer() !== undefined && !values.postgres && (values.redis || seed % 2 === 0);
  const result = await runOnce({
    seed,
    faults,
    redis,
    apis: whole('apis', 8),
    workers: whole('workers', 8),
    lanes: whole('lanes', 5_000),
    spanMs: whole('seconds', 3_600) * 1_000,
    paceMs: whole('pace', 60_000),
    keep: values.keep,
    canary: values.canary,
  }).catch((error: unknown) => {
    console.log(`FAIL seed ${seed}: ${String(error)}`);
    return undefined;
  });
  if (result === undefined) {
    failed += 1;
    continue;
  }
  const { violations, trouble, accepted, calls, effects, unknown, seconds, settledAfterMs, schedule, folder, states } =
    result;
  const well = violations.length === 0 && trouble.length === 0;
  console.log(
    `${well ? 'ok  ' : 'FAIL'} seed ${seed} (${redis ? 'Redis' : 'PostgreSQL'}): ${schedule.length} faults, ${accepted} accepted, ${unknown} posts without a plain answer, ${calls} calls, ${effects} effects, ${Object.entries(
      states,
    )
      .map(([state, count]) => `${count} ${state}`)
      .join(', ')}, settled after ${settledAfterMs} ms, ${seconds} s`,
  );
  if (well && !values.keep) continue;
  if (!well) failed += 1;
  for (const line of schedule) console.log(`     ${line}`);
  for (const line of [...trouble, ...told(violations)]) console.log(`  !! ${line}`);
  console.log(`     history: ${folder}`);
}
console.log(`${runs - failed} of ${runs} runs without a fault, seeds ${first} to ${first + runs - 1}`);
process.exitCode = failed > 0 ? 1 : 0;
