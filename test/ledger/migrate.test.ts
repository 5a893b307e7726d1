/** The schema: from nothing, by several processes at once, and again without effect. */
import { test } from 'tap';
import { openDatabase } from '../../src/ledger/database.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { testDatabase } from '../support/database.ts';

test('an empty database becomes a ledger with a queue beside it, whoever comes first', async t => {
  const { url, drop } = await testDatabase({ migrated: false });
  const database = openDatabase(url, () => {});
  t.teardown(async () => {
    await database.end();
    await drop();
  });
  const runs = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  t.equal(runs.filter(run => run.applied.length > 0).length, 1, 'applied once');
  t.same((await migrate(url)).applied, [], 'and not again');
  const { rows } = await database.people.query(
    "SELECT to_regclass('lanes') IS NOT NULL AS ledger, to_regclass('bullmq.job') IS NOT NULL AS queue",
  );
  t.same(rows, [{ ledger: true, queue: true }]);
});

test('payloads fall into the month of their event, and old ids are not refused', async t => {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url, () => {});
  t.teardown(async () => {
    await database.end();
    await drop();
  });
  const id = async (at: string): Promise<string> =>
    (await database.people.query('SELECT uuidv7_floor($1) AS id', [at])).rows[0].id;
  const now = await id(new Date().toISOString());
  for (const event of [now, await id('2001-01-01T00:00:00Z')])
    await database.people.query("INSERT INTO payloads VALUES ($1, 1, 0, '\\x00')", [event]);
  const { rows } = await database.people.query('SELECT tableoid::regclass::text AS part FROM payloads ORDER BY event');
  const month = new Date().toISOString().slice(0, 7).replace('-', '');
  t.same(
    rows.map(row => row.part),
    ['payloads_other', `payloads_${month}`],
  );
  t.equal((await database.people.query('SELECT make_payload_partitions(3) AS made')).rows[0].made, 0);
});
