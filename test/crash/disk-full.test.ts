/**
 * F8, the ledger's disk runs full: the gateway says 503 while there is still room for what it owes, stays alive, serves people, and
 * goes on by itself when room returns; nothing is half stored.
 */
import { rm } from 'node:fs/promises';
import tap from 'tap';
import { fill, smallDisk } from '../support/small-disk.ts';
import { createWorld, startGateway, until, type World } from '../system/support.ts';
import { api } from '../system/witness.ts';
import { filings, untilRefused, untilTaken } from './filings.ts';

tap.setTimeout(110_000);
const MIB = 2 ** 20;

const status = async (world: World, path: string): Promise<number> => (await api(world, path)).status;

tap.test('nearly full: shut before anything breaks, open again by itself', { timeout: 100_000 }, async t => {
  const disk = await smallDisk(t, 220);
  if (disk === undefined) return t.pass('this account may not mount a small disk: a full disk is not tested');
  const world = await createWorld(t, {
    LIENTHONG_ROLES: 'api',
    LIENTHONG_DATA_DIR: disk,
    LIENTHONG_DISK_RESERVE_MB: '24',
  });
  world.dataDir = disk;
  const gateway = await startGateway(world);
  const made = filings(world);
  for (let no = 0; no < 5; no += 1) t.match(await made.file(), { status: 202 });

  const filler = await fill(disk, 12 * MIB);
  await untilRefused(t, made);
  const refused = await made.file();
  t.match(refused, { status: 503, body: { code: 'no-room' } });
  t.equal(await status(world, '/health/live'), 200);
  t.equal(await status(world, '/health/ready'), 503);
  t.match((await api(world, '/health')).body, { status: 'fail', checks: { disk: [{ status: 'fail' }] } });
  t.equal(await status(world, '/v1/syncs?limit=1'), 200, 'people are served');

  await fill(disk, 0);
  t.match(await made.file(), { status: 503 });
  t.equal(await status(world, '/health/live'), 200, 'not one byte is left, and it lives');

  await rm(filler);
  await untilTaken(made);
  await until('it is ready', async () => (await status(world, '/health/ready')) === 200);
  t.same(await made.broken(), []);
  t.equal(await gateway.stop(), 0);
});
