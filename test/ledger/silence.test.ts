/** Connections to the ledger that fall silent without an end: one caller waits for the timeout, the next meets a new connection. */
import tap, { test } from 'tap';
import { isAway } from '../../src/ledger/away.ts';
import { openDatabase, together } from '../../src/ledger/database.ts';
import { testDatabase } from '../support/database.ts';
import { lineTo } from '../support/line-to.ts';

tap.setTimeout(60_000);

test('one silent connection takes its idle neighbours with it', { timeout: 50_000 }, async t => {
  const { url, drop } = await testDatabase();
  t.teardown(drop);
  const { url: through, line } = await lineTo(t, url);
  const broken: string[] = [];
  const database = openDatabase(through, error => broken.push(error.message));
  t.teardown(() => database.end());
  const three = await Promise.all([1, 2, 3].map(() => database.people.connect()));
  for (const client of three) client.release();
  line.lose();
  const fault = await database.people.query('SELECT 1').catch((error: unknown) => error);
  t.ok(isAway(fault), 'the caller is told within the pool’s patience that the ledger is away');
  const { rows } = await database.people.query<{ one: number }>('SELECT 1 AS one');
  t.same(rows, [{ one: 1 }], 'the next caller is answered, on a connection of its own');
  t.equal(database.people.totalCount, 1, 'what was lost is gone');
  t.ok(broken.length >= 2, 'and was told');
});

test('of statements sent together the first fault is thrown, whichever is heard first', async t => {
  const late = Promise.reject(new Error('lock not given')).catch(async error => {
    await Promise.resolve();
    throw error;
  });
  await t.rejects(together([Promise.resolve(1), late, Promise.reject(new Error('aborted'))]), {
    message: 'lock not given',
  });
  t.same(await together([Promise.resolve(1), 'two', undefined]), [1, 'two', undefined]);
});
