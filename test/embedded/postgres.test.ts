/** The embedded PostgreSQL through kills of the gateway, of PostgreSQL and of both. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { test } from 'tap';
import { DirectoryInUse } from '../../src/embedded/lock.ts';
import { runningEmbedded, startEmbedded } from '../../src/embedded/postgres.ts';
import { isAlive } from '../../src/embedded/processes.ts';
import { testFolder } from '../support/folder.ts';
import { silentLogger } from '../support/logger.ts';

const holder = join(import.meta.dirname, 'fixtures/holder.ts');

/** A process that runs an embedded PostgreSQL and waits to be killed. */
async function startHolder(dataDir: string): Promise<{ child: ChildProcess; pid: number; url: string }> {
  const child = spawn(process.execPath, [holder, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { pid: number; url: string }) };
}

async function kill9(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function ask<T>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<{ value: T }>(sql)).rows.map(row => row.value);
  } finally {
    await client.end();
  }
}

test('starts durable, keeps data over a stop, and its secrets are for the owner only', async t => {
  const dataDir = await testFolder(t);
  const first = await startEmbedded({ dataDir, logger: silentLogger });
  t.equal(first.adopted, false);
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    t.same(await ask(first.url, `SELECT current_setting('${setting}') AS value`), ['on'], setting);
  }
  t.same(await ask(first.url, `SELECT current_setting('listen_addresses') AS value`), ['127.0.0.1']);
  t.same(
    await ask(
      first.url,
      `SELECT datcollate || pg_encoding_to_char(encoding) AS value FROM pg_database WHERE datname = 'lienthong'`,
    ),
    ['CUTF8'],
  );
  await ask(first.url, 'CREATE TABLE kept AS SELECT 7 AS value');
  t.equal((await stat(join(dataDir, 'postgres/password'))).mode & 0o777, 0o600);
  await first.stop();
  await first.stop();
  t.equal(await isAlive(first.pid), false);
  t.equal(await runningEmbedded(dataDir), undefined);

  const second = await startEmbedded({ dataDir, logger: silentLogger });
  t.teardown(second.stop);
  t.equal(second.url, first.url, 'same port and password');
  t.same(await ask<number>(second.url, 'SELECT value FROM kept'), [7]);
  await t.rejects(ask(second.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1 AS value'), { code: '28P01' });
});

test('adopts the PostgreSQL that a killed gateway left running', async t => {
  const dataDir = await testFolder(t);
  const gateway = await startHolder(dataDir);
  await ask(gateway.url, 'CREATE TABLE kept AS SELECT 1 AS value');
  await kill9(gateway.child);
  t.equal(await isAlive(gateway.pid), true, 'the orphan lives');
  t.equal(await runningEmbedded(dataDir), gateway.url);

  const next = await startEmbedded({ dataDir, logger: silentLogger });
  t.equal(next.adopted, true);
  t.equal(next.pid, gateway.pid);
  t.equal(next.url, gateway.url);
  t.same(await ask<number>(next.url, 'SELECT value FROM kept'), [1]);
  await next.stop();
  t.equal(await isAlive(gateway.pid), false, 'an adopted one is stopped too');
});

test('recovers when gateway and PostgreSQL are killed together', async t => {
  const dataDir = await testFolder(t);
  const gateway = await startHolder(dataDir);
  await ask(gateway.url, 'CREATE TABLE kept AS SELECT 2 AS value');
  process.kill(gateway.pid, 'SIGKILL');
  await kill9(gateway.child);
  const next = await startEmbedded({ dataDir, logger: silentLogger });
  t.teardown(next.stop);
  t.equal(next.adopted, false);
  t.same(await ask<number>(next.url, 'SELECT value FROM kept'), [2], 'what was committed is there');
});

test('does not wait for a PostgreSQL that is just ending, and starts its own', async t => {
  const dataDir = await testFolder(t);
  const first = await startEmbedded({ dataDir, logger: silentLogger });
  await first.stop();
  const data = join(dataDir, 'postgres/data');
  // looks like ours, answers nobody, and is gone a moment later
  const dying = spawn('sleep', ['1'], { argv0: `postgres -D ${data}`, stdio: 'ignore' });
  await writeFile(join(data, 'postmaster.pid'), `${dying.pid}\n${data}\n0\n${new URL(first.url).port}\n`);
  t.equal(await runningEmbedded(dataDir), first.url, 'it would be taken for one that runs');
  const next = await startEmbedded({ dataDir, logger: silentLogger });
  t.teardown(next.stop);
  t.equal(next.adopted, false);
  t.same(await ask<number>(next.url, 'SELECT 5 AS value'), [5]);
});

test('starts PostgreSQL again when it is killed under a running gateway', async t => {
  const dataDir = await testFolder(t);
  const back = Promise.withResolvers<void>();
  // A gateway has servers that keep its process; the supervisor alone does not.
  const alive = setInterval(() => undefined, 60_000);
  t.teardown(() => clearInterval(alive));
  const logger = {
    ...silentLogger,
    warn: (_fields: object, message: string) => {
      if (message.includes('running again')) back.resolve();
    },
  };
  const server = await startEmbedded({ dataDir, logger });
  t.teardown(server.stop);
  const before = server.pid;
  await ask(server.url, 'CREATE TABLE kept AS SELECT 3 AS value');
  process.kill(before, 'SIGKILL');
  await back.promise;
  t.not(server.pid, before);
  t.same(await ask<number>(server.url, 'SELECT value FROM kept'), [3], 'under the same address');
});

test('refuses a second gateway on the same data directory, and names the first', async t => {
  const dataDir = await testFolder(t);
  const gateway = await startHolder(dataDir);
  t.teardown(async () => {
    const exited = once(gateway.child, 'exit');
    gateway.child.kill('SIGTERM');
    await exited;
  });
  const refused = await startEmbedded({ dataDir, logger: silentLogger }).catch((fault: unknown) => fault);
  t.ok(refused instanceof DirectoryInUse);
  t.equal((refused as DirectoryInUse).pid, gateway.child.pid);
  t.equal(await isAlive(gateway.pid), true, 'the first goes on');
});

test('a pid file that names a stranger is no obstacle', async t => {
  const dataDir = await testFolder(t);
  await (await startEmbedded({ dataDir, logger: silentLogger })).stop();
  const data = join(dataDir, 'postgres/data');
  await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1\n5432\n\n127.0.0.1\n\nready\n`);
  const server = await startEmbedded({ dataDir, logger: silentLogger });
  t.teardown(server.stop);
  t.equal(server.adopted, false);
  t.not(server.pid, process.pid);
});

test('an initdb that was cut off is done again', async t => {
  const dataDir = await testFolder(t);
  await mkdir(join(dataDir, 'postgres/data.new/base'), { recursive: true });
  await writeFile(join(dataDir, 'postgres/data.new/PG_VERSION'), '18\n');
  const server = await startEmbedded({ dataDir, logger: silentLogger });
  t.teardown(server.stop);
  t.same(await ask<number>(server.url, 'SELECT 1 AS value'), [1]);
});

test('says why PostgreSQL does not come up, and leaves no lock behind', async t => {
  const dataDir = await testFolder(t);
  await (await startEmbedded({ dataDir, logger: silentLogger })).stop();
  const fault = await startEmbedded({ dataDir, logger: silentLogger, settings: { shared_buffers: 'much' } }).catch(
    (error: unknown) => error,
  );
  t.match(String(fault), /shared_buffers/);
  await t.rejects(readFile(join(dataDir, 'postgres/gateway.lock')), { code: 'ENOENT' });
});
