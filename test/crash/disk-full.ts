/**
 * F8 by hand, `node test/crash/disk-full.ts`: without a reserve PostgreSQL itself meets the end of its disk, or of the one that only its
 * log of writes lies on. It fails and comes back; the gateway says 503, lives, and goes on by itself; nothing is half stored.
 */
import { execFile } from 'node:child_process';
import { rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import tap from 'tap';
import { fill, smallDisk } from '../support/small-disk.ts';
import { createWorld, startGateway, type World } from '../system/support.ts';
import { api } from '../system/witness.ts';
import { filings, untilRefused, untilTaken } from './filings.ts';

tap.setTimeout(200_000);

for (const wal of [false, true]) {
  const name = wal ? 'the disk of the log of writes alone is full' : 'PostgreSQL meets the end of its disk';
  tap.test(`without a reserve, ${name}`, { timeout: 100_000 }, async t => {
    const disk = await smallDisk(t, wal ? 64 : 140);
    if (disk === undefined) return t.pass('this account may not mount a small disk: not tested');
    const world = await createWorld(t, {
      LIENTHONG_ROLES: 'api',
      LIENTHONG_DISK_RESERVE_MB: '0',
      ...(wal ? {} : { LIENTHONG_DATA_DIR: disk }),
    });
    if (wal) await moveLogOfWrites(world, disk);
    else world.dataDir = disk;
    const gateway = await startGateway(world);
    const made = filings(world);
    t.match(await made.file(), { status: 202 });
    const filler = await fill(disk, 0);
    await untilRefused(t, made, { many: 200, padding: 4_000 });
    t.equal((await api(world, '/health/live')).status, 200);
    await rm(filler);
    await untilTaken(made);
    t.same(await made.broken(), []);
    t.comment(`${made.ok.length} stored, ${made.refused.length} refused, ${made.unknown.length} unknown`);
    t.equal(await gateway.stop(), 0);
  });
}

/** Puts pg_wal of the world's cluster on a disk of its own. */
async function moveLogOfWrites(world: World, disk: string): Promise<void> {
  const first = await startGateway(world);
  await first.stop();
  const from = join(world.dataDir, 'postgres/data/pg_wal');
  const to = join(disk, 'pg_wal');
  // owners and all: PostgreSQL runs under an account of its own
  await promisify(execFile)('cp', ['-a', from, to]);
  await rename(from, `${from}.old`);
  await symlink(to, from);
}
