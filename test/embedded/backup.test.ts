/** A copy of the cluster taken while it is written to: whole, consistent up to its end, and never taken for one when it is not. */
import { appendFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import tap, { test } from 'tap';
import { placeBackup, readBackup, takeBackup } from '../../src/embedded/backup.ts';
import { startEmbedded } from '../../src/embedded/postgres.ts';
import { testFolder } from '../support/folder.ts';
import { silentLogger } from '../support/logger.ts';

tap.setTimeout(120_000);
const position = { epoch: 1, tick: 7 };
const nothing = async (): Promise<void> => {};

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

test('a cluster is copied under writes and put in the place of another', { timeout: 115_000 }, async t => {
  const dataDir = await testFolder(t);
  const folder = await testFolder(t);
  const to = join(folder, 'one');
  let server = await startEmbedded({ dataDir, logger: silentLogger });
  t.teardown(() => server.stop());
  const client = await connect(server.url);
  await client.query('CREATE TABLE kept (no int PRIMARY KEY)');
  // committed before the copy begins, while it is taken, and after it
  let no = 0;
  let copying = true;
  const add = () => {
    no += 1;
    return client.query('INSERT INTO kept VALUES ($1)', [no]);
  };
  await add();
  const writing = (async () => {
    while (copying) await add();
  })();
  const note = await takeBackup({ url: server.url, dataDir, to, position });
  copying = false;
  await writing;
  await add();
  const { rows: slots } = await client.query('SELECT 1 FROM pg_replication_slots');
  t.same(slots, [], 'nothing keeps the log of writes afterwards');
  await client.end();
  t.match(note, { version: 1, postgres: '18', position, files: Number, bytes: Number });
  t.equal((await stat(join(to, 'password'))).mode & 0o777, 0o600);
  t.equal((await stat(to)).mode & 0o777, 0o700);
  await t.rejects(takeBackup({ url: server.url, dataDir, to, position }), { name: 'BackupFault' });
  const running = placeBackup({ from: to, dataDir, note, beforeSwap: nothing });
  await t.rejects(running, { name: 'DirectoryInUse' }, 'not under a running gateway');
  await server.stop();

  const read = await readBackup(to);
  const kill = async (): Promise<void> => {
    throw new Error('killed');
  };
  await t.rejects(placeBackup({ from: to, dataDir, note: read, beforeSwap: kill }), { message: 'killed' });
  const aside = await placeBackup({ from: to, dataDir, note: read, beforeSwap: nothing });
  t.ok(aside?.startsWith(join(dataDir, 'postgres/data.before-')));
  server = await startEmbedded({ dataDir, logger: silentLogger });
  const again = await connect(server.url);
  const { rows } = await again.query<{ n: number; last: number }>(
    'SELECT count(*)::int AS n, max(no) AS last FROM kept',
  );
  await again.end();
  const { n, last } = rows[0] as { n: number; last: number };
  t.equal(n, last, 'no hole: what was committed in order is there in order');
  t.ok(last >= 1 && last < no, `${last} of ${no} are in the copy`);
  await server.stop();

  // a copy that is not whole is not put in place, and a restore that was killed between its two steps leaves no empty cluster
  await t.rejects(readBackup(folder), { name: 'BackupFault' }, 'a folder that is none');
  const place = () => placeBackup({ from: to, dataDir, note, beforeSwap: nothing });
  await appendFile(join(to, 'data/PG_VERSION'), '\n');
  await t.rejects(place(), { name: 'BackupFault' });
  await rm(join(to, 'data/PG_VERSION'));
  await t.rejects(place(), { name: 'BackupFault' });
  t.equal(
    (await readdir(join(dataDir, 'postgres'))).filter(name => name.startsWith('data.before')).length,
    1,
    'the cluster stays',
  );
  await rm(join(dataDir, 'postgres/data'), { recursive: true });
  await t.rejects(startEmbedded({ dataDir, logger: silentLogger }), { message: /interrupted/ });
});
