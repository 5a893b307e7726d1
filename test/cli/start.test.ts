/** `lienthong start` as people and supervisors meet it: ready, killed, ready again, stopped in order, nothing left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { freePort } from '../../src/embedded/cluster.ts';
import { runningEmbedded } from '../../src/embedded/postgres.ts';
import { testFolder } from '../support/folder.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

async function environment(t: Test): Promise<NodeJS.ProcessEnv> {
  const ports = await Promise.all([0, 0, 0, 0].map(freePort));
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env;
  return {
    ...rest,
    LIENTHONG_DATA_DIR: await testFolder(t),
    LOG_LEVEL: 'error',
    PORT: String(ports[0]),
    SANDBOX_PORTAL_PORT: String(ports[1]),
    SANDBOX_COMMUNE_PORT: String(ports[2]),
    SANDBOX_DOCUMENTS_PORT: String(ports[3]),
  };
}

interface Ready {
  url: string;
  console: string;
  firstRun: string;
  seconds: number;
  held: boolean;
}

async function startGateway(
  env: NodeJS.ProcessEnv,
  args: string[] = [],
): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = spawn(process.execPath, [main, '--json', 'start', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const [text] = await Promise.race([
    line,
    once(child, 'exit').then(([code]) => {
      throw new Error(`ended at its start with ${code}`);
    }),
  ]);
  return { child, ready: JSON.parse(text) as Ready };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(child, 'exit') as Promise<[number | null]>;
  child.kill(signal);
  return (await exited)[0];
}

/** Resolves when nothing answers at `url` any more. */
async function untilGone(url: string): Promise<void> {
  for (;;) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (!answered) return;
    await wait(20);
  }
}

test('starts, survives kill -9 of the gateway, and stops everything in order', { timeout: 60_000 }, async t => {
  const env = await environment(t);
  const dataDir = env.LIENTHONG_DATA_DIR ?? '';
  const portal = `http://127.0.0.1:${env.SANDBOX_PORTAL_PORT}/_sandbox/records`;
  const first = await startGateway(env, ['--hold']);
  t.teardown(() => first.child.kill('SIGKILL'));
  t.equal(first.ready.held, true);
  t.equal((await fetch(`${first.ready.url}/health/live`)).status, 200);
  t.equal((await fetch(portal)).status, 200, 'the simulators run');
  const signIn = JSON.parse(await readFile(first.ready.firstRun, 'utf8')) as { url: string };
  t.equal(signIn.url, first.ready.url);

  await end(first.child, 'SIGKILL');
  t.ok(await runningEmbedded(dataDir), 'PostgreSQL lives on as an orphan');

  const second = await startGateway(env);
  t.teardown(() => second.child.kill('SIGKILL'));
  t.equal((await fetch(`${second.ready.url}/health/live`)).status, 200);
  t.equal(await end(second.child, 'SIGTERM'), 0);
  t.equal(await runningEmbedded(dataDir), undefined, 'PostgreSQL was stopped');
  await untilGone(portal);
});

test('stopped while it starts, it ends without leaving a database running', { timeout: 60_000 }, async t => {
  const env = await environment(t);
  const child = spawn(process.execPath, [main, '--json', 'start'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  while ((await runningEmbedded(env.LIENTHONG_DATA_DIR ?? '')) === undefined) await wait(10);
  child.kill('SIGTERM');
  t.same(await exited, [0, null]);
  t.equal(await runningEmbedded(env.LIENTHONG_DATA_DIR ?? ''), undefined);
});
