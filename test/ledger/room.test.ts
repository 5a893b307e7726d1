/** Room on the ledger's disk: seen, and believed when PostgreSQL says that there is none. */
import { test } from 'tap';
import { watchRoom } from '../../src/ledger/room.ts';

const DISK_FULL = Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' });
const NEVER = (error: unknown): never => {
  throw error;
};

test('below the reserve it is full; the fullest disk counts', async t => {
  const free: Record<string, number> = { data: 900, wal: 100 };
  const room = await watchRoom({
    folders: ['data', 'wal'],
    reserveBytes: 100,
    freeBytes: async folder => free[folder] as number,
    onError: NEVER,
  });
  t.teardown(() => room.stop());
  t.same([room.free(), room.full()], [100, false]);
  const lower = await watchRoom({
    folders: ['data', 'wal'],
    reserveBytes: 101,
    freeBytes: async folder => free[folder] as number,
    onError: NEVER,
  });
  t.teardown(() => lower.stop());
  t.equal(lower.full(), true);
});

test('another server: its word that the disk is full holds for a while, other faults say nothing', async t => {
  let now = 0;
  const room = await watchRoom({ folders: [], reserveBytes: 1_000, now: () => now, onError: NEVER });
  t.same([room.free(), room.full()], [undefined, false]);
  room.failed(Object.assign(new Error('the administrator'), { code: '57P01' }));
  t.equal(room.full(), false);
  room.failed(DISK_FULL);
  t.equal(room.full(), true);
  now += 5_000;
  t.equal(room.full(), false, 'one request may find out');
});

test('a disk that cannot be seen is told and does not shut the door', async t => {
  const told: unknown[] = [];
  const room = await watchRoom({
    folders: ['gone'],
    reserveBytes: 1_000,
    freeBytes: () => Promise.reject(new Error('ENOENT')),
    onError: error => told.push(error),
  });
  t.teardown(() => room.stop());
  t.same([room.free(), room.full(), told.length], [undefined, false, 1]);
});

test('the real disk is seen', async t => {
  const room = await watchRoom({ folders: [import.meta.dirname], reserveBytes: 1, onError: NEVER });
  t.teardown(() => room.stop());
  t.ok((room.free() ?? 0) > 0);
});
