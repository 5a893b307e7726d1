/** The audit chain: one order, in the transaction of the change, and every tampering shows. */
import { test } from 'tap';
import { actOnLedger } from '../../src/ledger/act.ts';
import { listAudit, verifyAudit, writeAudit } from '../../src/ledger/audit.ts';
import type { Database } from '../../src/ledger/database.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { testDatabase } from '../support/database.ts';

async function ledger(t: { teardown(work: () => Promise<void>): unknown }): Promise<Database> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url, () => {});
  t.teardown(async () => {
    await database.end();
    await drop();
  });
  return database;
}

const act = (subject: string) => ({
  who: 'admin',
  act: 'sync.cancel',
  subject,
  reason: 'lý do “có dấu”',
  before: { state: 'failed', n: 1.5, nested: { b: 1, a: [null, true] } },
  after: null,
});
const write = (database: Database, subject: string) =>
  actOnLedger(database, false, client => writeAudit(client, act(subject)));

test('an empty chain is whole', async t => {
  const database = await ledger(t);
  t.match(await verifyAudit(database), { ok: true, checked: 0, head: { seq: 0 } });
});

test('acts at once make one chain without gaps', async t => {
  const database = await ledger(t);
  await Promise.all(Array.from({ length: 20 }, (_value, index) => write(database, `sync:${index}`)));
  const verdict = await verifyAudit(database);
  t.match(verdict, { ok: true, checked: 20, head: { seq: 20 } });
  const page = await listAudit(database, { limit: 5, before: 11 });
  t.same(
    page.map(entry => entry.seq),
    [10, 9, 8, 7, 6],
  );
  t.match(page[0], { who: 'admin', before: act('').before, after: null });
});

test('a rolled-back act leaves no trace', async t => {
  const database = await ledger(t);
  await t.rejects(
    actOnLedger(database, false, async client => {
      await writeAudit(client, act('sync:1'));
      throw new Error('no');
    }),
  );
  t.match(await verifyAudit(database), { ok: true, checked: 0 });
});

const TAMPERINGS: [name: string, sql: string, broken: { seq: number; what: string }][] = [
  ['an altered reason', "UPDATE audit SET reason = 'khác' WHERE seq = 3", { seq: 3, what: 'altered' }],
  ['another name', "UPDATE audit SET who = 'ai đó' WHERE seq = 1", { seq: 1, what: 'altered' }],
  ['a changed time', "UPDATE audit SET at = at + interval '1 ms' WHERE seq = 2", { seq: 2, what: 'altered' }],
  ['a row taken out', 'DELETE FROM audit WHERE seq = 2', { seq: 2, what: 'missing' }],
  ['a tail cut off', 'DELETE FROM audit WHERE seq >= 4', { seq: 4, what: 'cut' }],
];
for (const [name, sql, broken] of TAMPERINGS) {
  test(`${name} shows`, async t => {
    const database = await ledger(t);
    for (const subject of ['a', 'b', 'c', 'd', 'e']) await write(database, subject);
    await database.people.query(sql);
    t.match(await verifyAudit(database), { ok: false, broken });
  });
}
