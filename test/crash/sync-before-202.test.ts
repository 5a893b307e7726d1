/**
 * F6: killing processes says nothing about the disk, since the kernel keeps what was written. So it is watched from outside: a
 * sync of PostgreSQL ends between each request and its 202; and when syncs fail, PostgreSQL stops itself, nothing is answered 202,
 * and all goes on by itself afterwards.
 */
import { join } from 'node:path';
import { Client } from 'pg';
import tap from 'tap';
import { runningEmbedded } from '../../src/embedded/postgres.ts';
import { straceMissing, trace } from '../support/strace.ts';
import { createWorld, descendantsOf, postgresPid, startGateway, until, type World } from '../system/support.ts';
import { api } from '../system/witness.ts';
import { type Filings, filings, untilTaken } from './filings.ts';

tap.setTimeout(110_000);
const COUNT = 15;
const skip = straceMissing() ?? false;

/** All processes of the world's PostgreSQL. */
async function databaseProcesses(world: World): Promise<number[]> {
  const pid = await postgresPid(world.dataDir);
  if (pid === undefined) throw new Error('no PostgreSQL');
  return [pid, ...(await descendantsOf(pid))];
}

/** Files dossiers one by one; answers how many were answered 202 without a sync between request and answer. */
async function unsynced(world: World, made: Filings, name: string): Promise<number> {
  const tracing = await trace(await databaseProcesses(world), join(world.dataDir, `${name}.strace`), [
    '-e',
    'trace=fdatasync,fsync',
  ]);
  const posts: { from: number; to: number }[] = [];
  for (let no = 0; no < COUNT; no += 1) {
    const from = performance.timeOrigin + performance.now();
    const answer = await made.file();
    if (answer?.status !== 202) throw new Error(`not taken: ${JSON.stringify(answer)}`);
    posts.push({ from, to: performance.timeOrigin + performance.now() });
  }
  await tracing.end();
  const calls = await tracing.calls();
  return posts.filter(post => !calls.some(call => call.from >= post.from && call.to <= post.to)).length;
}

/** Changes what the gateway's sessions commit with: a role's setting counts from the next session on. */
async function commitWith(
  world: World,
  setting: 'SET synchronous_commit = off' | 'RESET synchronous_commit',
): Promise<void> {
  const client = new Client({ connectionString: await runningEmbedded(world.dataDir) });
  await client.connect();
  await client.query(`ALTER ROLE lienthong ${setting}`);
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'lienthong%' AND pid <> pg_backend_pid()",
  );
  await client.end();
}

tap.test(
  'what is answered 202 was synced to the disk; a disk that cannot sync takes nothing',
  { skip, timeout: 100_000 },
  async t => {
    const world = await createWorld(t, { LIENTHONG_ROLES: 'api' });
    const gateway = await startGateway(world);
    const made = filings(world);

    t.equal(await unsynced(world, made, 'on'), 0, `a sync ends within each of ${COUNT} requests`);
    // The same eye on sessions that are answered before the sync: it must see the difference.
    await commitWith(world, 'SET synchronous_commit = off');
    await untilTaken(made);
    t.ok((await unsynced(world, made, 'off')) > 0, 'without synchronous commits some have none');
    await commitWith(world, 'RESET synchronous_commit');
    await untilTaken(made);

    const refused = until('it says 503', async () => {
      const answer = await made.file();
      return answer?.status === 503 ? answer : undefined;
    });
    const failing = await trace(await databaseProcesses(world), join(world.dataDir, 'failing.strace'), [
      '-e',
      'trace=fdatasync,fsync',
      '-e',
      'inject=fdatasync:error=EIO',
    ]);
    t.match((await refused).body, { code: 'ledger-unavailable' });
    t.equal((await api(world, '/health/live')).status, 200);
    for (let no = 0; no < 5; no += 1) t.not((await made.file())?.status, 202, 'still nothing is taken');
    await failing.end();
    await untilTaken(made);
    t.same(await made.broken(), []);
    t.equal(await gateway.stop(), 0);
  },
);
