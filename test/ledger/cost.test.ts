/** What keeps the hot path cheap, as rules that a change could break without any other test noticing. */
import { test } from 'tap';
import { oldestSnapshot } from '../../src/ledger/snapshots.ts';
import { ledgerRig, submitted } from '../support/ledger-rig.ts';

test('what changes with every delivery stands in no index', async t => {
  const rig = await ledgerRig(t);
  const { rows } = await rig.database.people.query(
    "SELECT indexdef FROM pg_indexes WHERE tablename IN ('syncs', 'lanes') AND indexdef ~ '(state|cause|attempts|updated_at|lease|head|tail|blocked_by)'",
  );
  t.same(rows, []);
});

test('a claim brings numbers and texts only: nothing is parsed twice', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H-1'));
  const { syncs } = await rig.claim('commune');
  const kinds = new Set(Object.values(syncs[0] ?? {}).map(value => (value === null ? 'null' : typeof value)));
  t.equal(syncs.length, 1);
  t.same(
    [...kinds].filter(kind => !['number', 'string', 'boolean', 'null'].includes(kind)),
    [],
  );
});

test('reads of people end, so that none holds its snapshot for long', async t => {
  const { database } = await ledgerRig(t);
  await t.rejects(database.people.query('SELECT pg_sleep(10)'), { code: '57014' });
});

test('a snapshot that somebody holds is seen', async t => {
  const { database } = await ledgerRig(t);
  const holder = await database.hot.connect();
  await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await holder.query('SELECT count(*) FROM lanes');
  t.ok((await oldestSnapshot(database)) > 0);
  await holder.query('COMMIT');
  holder.release();
});
