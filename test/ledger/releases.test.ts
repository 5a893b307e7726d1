/** Releases of the vocabulary: kept whole for ever, once each. */
import { test } from 'tap';
import { ledgerReleases } from '../../src/ledger/releases.ts';
import { ledgerRig } from '../support/ledger-rig.ts';
import { anotherProcess } from '../support/processes.ts';
import { vocabulary } from '../translation/fixture.ts';

test('a release is stored once, whoever uses it first, and comes back whole', async t => {
  const rig = await ledgerRig(t);
  await rig.database.people.query('DELETE FROM releases');
  const other = anotherProcess(t, rig.url);
  const ids = await Promise.all(
    [rig.database, other.database, rig.database].map(database => ledgerReleases(database).remember(vocabulary)),
  );
  t.equal(new Set(ids).size, 1);
  const restored = await ledgerReleases(other.database).byId(ids[0] as number);
  t.equal(restored.release, vocabulary.release);
  t.same(
    restored.resolveUnit('26041', '2025-08-01T00:00:00+07:00'),
    vocabulary.resolveUnit('26041', '2025-08-01T00:00:00+07:00'),
  );
  await t.rejects(ledgerReleases(other.database).byId(99), /no vocabulary release/);
});

test('more releases than are held in memory are read again', async t => {
  const rig = await ledgerRig(t);
  await rig.database.people.query(
    "INSERT INTO releases (hash, content) SELECT 'other-' || n, content FROM releases, generate_series(1, 6) n",
  );
  const releases = ledgerReleases(rig.database);
  const { rows } = await rig.database.people.query<{ id: number }>('SELECT id FROM releases ORDER BY id');
  for (const { id } of [...rows, ...rows])
    t.ok((await releases.byId(id)).resolveUnit('26041', '2025-08-01T00:00:00+07:00').ok);
});
