/** With real systems the gateway refuses a PostgreSQL that may forget what it has committed, whoever told it to. */

import { Client, Pool } from 'pg';
import { test } from 'tap';
import { ConfigurationFault } from '../../src/domain/errors.ts';
import { demandDurability, readDurability } from '../../src/ledger/durability.ts';
import { testDatabase } from '../support/database.ts';

/** Server settings of a test database are off, so a session says here what the server does not. */
const answering = (rows: { name: string; value: string }[]): Pick<Pool, 'query'> =>
  ({ query: async () => ({ rows }) }) as unknown as Pick<Pool, 'query'>;
const all = (fsync: string, commit: string, pages: string) =>
  answering([
    { name: 'fsync', value: fsync },
    { name: 'synchronous_commit', value: commit },
    { name: 'full_page_writes', value: pages },
  ]);

test('fsync or synchronous_commit off is refused by name; what a file system may take over is not', async t => {
  await t.resolves(demandDurability(all('on', 'on', 'on')));
  await t.resolves(demandDurability(all('on', 'remote_apply', 'off')));
  const fault = await demandDurability(all('off', 'off', 'on')).catch((error: unknown) => error);
  t.ok(fault instanceof ConfigurationFault);
  t.match(fault, {
    faults: [
      { place: 'DATABASE_URL', text: /fsync = off/ },
      { place: 'DATABASE_URL', text: /synchronous_commit = off/ },
    ],
  });
});

test('it is the session that is asked: an address can switch it on or off', async t => {
  const database = await testDatabase();
  t.teardown(database.drop);
  const ask = async (options: string): Promise<string | undefined> => {
    const client = new Client({ connectionString: database.url, options });
    await client.connect();
    const found = await readDurability(client);
    await client.end();
    return found.find(({ name }) => name === 'synchronous_commit')?.value;
  };
  t.equal(await ask('-c synchronous_commit=on'), 'on');
  t.equal(await ask('-c synchronous_commit=off'), 'off');
  const pool = new Pool({ connectionString: database.url, options: '-c synchronous_commit=off', max: 1 });
  t.teardown(() => pool.end());
  await t.rejects(demandDurability(pool), ConfigurationFault);
});
