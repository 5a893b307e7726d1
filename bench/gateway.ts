/**
 * A gateway process of the bench: the real composition (src/main.ts) with one or two commune targets, roles and queue
 * backend from the environment. Prints one JSON line when it is ready.
 *
 * BENCH_DATABASE_URL, BENCH_REDIS_URL?, BENCH_ROLES, BENCH_PORT, BENCH_TARGETS (ports, with commas), BENCH_SECRET, BENCH_DATA, BENCH_CONCURRENCY?
 */
import type { Configuration, SystemConfig } from '../src/config/system.ts';
import { createLogger } from '../src/http/log.ts';
import { runGateway } from '../src/main.ts';

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
};
const common = {
  webhookSecrets: [env('BENCH_SECRET')],
  timeoutMs: 10_000,
  settleMs: 1_000,
  looksUp: true,
  concurrency: Number(process.env.BENCH_CONCURRENCY ?? 64),
  retry: { baseMs: 500, capMs: 5_000, maxAgeMs: 259_200_000 },
  breaker: { failures: 5, failureRate: 0.5, windowMs: 30_000, minimumCalls: 20, openMs: 1_000, maxOpenMs: 30_000 },
  settings: {},
};
const portal: SystemConfig = {
  ...common,
  id: 'portal',
  role: 'portal',
  connector: 'portal',
  profile: 'dvcqg',
  baseUrl: 'http://127.0.0.1:9',
  statusList: 'national',
  honoursKeys: false,
  secrets: { username: 'bench', password: 'bench' },
};
const communes = env('BENCH_TARGETS')
  .split(',')
  .map(
    (port, index): SystemConfig => ({
      ...common,
      id: index === 0 ? 'commune' : `commune-${index + 1}`,
      role: 'commune',
      connector: 'commune',
      baseUrl: `http://127.0.0.1:${port}`,
      statusList: 'xa-3b',
      honoursKeys: true,
      secrets: { clientId: 'bench', clientSecret: 'bench' },
    }),
  );
const configuration: Configuration = {
  databaseUrl: env('BENCH_DATABASE_URL'),
  ...(process.env.BENCH_REDIS_URL ? { redisUrl: process.env.BENCH_REDIS_URL } : {}),
  dataDir: env('BENCH_DATA'),
  roles: new Set(env('BENCH_ROLES').split(',') as ('api' | 'worker' | 'scheduler')[]),
  host: '127.0.0.1',
  port: Number(env('BENCH_PORT')),
  logLevel: 'warn',
  diskReserveBytes: 0,
  anchorFile: `${env('BENCH_DATA')}/anchor.json`,
  sandbox: false,
  systems: [portal, ...communes],
  escalation: { recipients: [] },
  mappingsDir: new URL('../mappings', import.meta.url).pathname,
};
const logger = createLogger({ level: 'warn' });
const gateway = await runGateway(configuration, { hold: false, logger });
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
process.on('SIGTERM', () => {
  void gateway.stop().then(() => process.exit(0));
});
