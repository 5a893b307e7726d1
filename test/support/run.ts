/**
 * One run of all tests: one PostgreSQL and one Redis for all files, tap, and a closing line of real numbers.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startEmbedded } from '../../src/embedded/postgres.ts';
import { silentLogger } from './logger.ts';
import { redisMissing, redisServer, startRedis } from './redis-server.ts';
import { testSettings } from './settings.ts';
import { createTally, type Tally } from './tally.ts';

const root = resolve(import.meta.dirname, '../..');
const tap = join(root, 'node_modules/.bin/tap');

process.exitCode = await run(process.argv.slice(2).map(file => resolve(file)));

async function run(files: string[]): Promise<number> {
  await buildTap();
  const dataDir = await mkdtemp(join(tmpdir(), 'lienthong-test-'));
  const stops: (() => Promise<void>)[] = [() => rm(dataDir, { recursive: true, force: true })];
  let tally: Tally = { passed: 0, failed: 1, skipped: [] };
  try {
    const server = await startEmbedded({ dataDir, logger: silentLogger, settings: testSettings });
    stops.unshift(server.stop);
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      TEST_DATABASE_URL: server.url,
      TEST_CACHE_DIR: join(dataDir, 'cache'),
    };
    if (redisServer()) {
      const redis = await startRedis();
      stops.unshift(redis.stop);
      env.TEST_REDIS_URL = redis.url;
    } else {
      console.log(redisMissing);
    }
    tally = await runTap(files, env);
  } catch (fault) {
    console.error(fault);
  } finally {
    for (const stop of stops) await stop().catch(fault => console.error(fault));
  }
  for (const name of tally.skipped) console.log(`skipped: ${name}`);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed > 0 || tally.passed === 0 ? 1 : 0;
}

/** tap comes with its TypeScript compiler plugged in; .taprc leaves that out, which takes effect by one build after an install. */
async function buildTap(): Promise<void> {
  const built = join(root, 'node_modules/@tapjs/test/test-built/dist/esm/index.js');
  if (!(await readFile(built, 'utf8').catch(() => '@tapjs/typescript')).includes('@tapjs/typescript')) return;
  const done = spawnSync(tap, ['build'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) throw new Error('tap build failed');
}

async function runTap(files: string[], env: NodeJS.ProcessEnv): Promise<Tally> {
  const child = spawn(tap, ['run', '--reporter=tap', ...files], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'close') as Promise<[number | null]>;
  const pass = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  process.on('SIGTERM', pass).on('SIGINT', pass);
  const counting = createTally(text => console.log(text));
  for await (const line of createInterface({ input: child.stdout })) counting.line(line);
  const [code] = await exited;
  const tally = counting.end();
  // What tap itself calls failed must show, whatever the counting saw.
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}
