/** Entity states held by a process: by version, never more than the ledger's row says. */
import { test } from 'tap';
import { EntityCache } from '../../src/intake/entity-cache.ts';

const opened = (sealed: { body: Buffer }): unknown => JSON.parse(sealed.body.toString());
const row = (id: number, version: number, summary: string | null, key = `dossier:${id}`) => ({
  key,
  id,
  version,
  state: summary === null ? null : Buffer.from(JSON.stringify({ fields: { summary } })).toString('base64'),
  key_id: 0,
});

test('what is held is told by version under every key that led to it', async t => {
  const cache = new EntityCache(10);
  t.equal(cache.version('dossier:1'), -1);
  cache.take(row(1, 4, 'a'), opened);
  cache.take(row(1, 4, null, 'dossier:other'), opened);
  t.equal(cache.version('dossier:1'), 4);
  t.equal(cache.version('dossier:other'), 4);
  t.match(cache.state(1), { fields: { summary: 'a' } });
});

test('another version is read anew, the same one keeps what was changed here', async t => {
  const cache = new EntityCache(10);
  cache.take(row(1, 4, 'a'), opened);
  cache.state(1).fields.summary = 'mine';
  cache.advance(1);
  t.equal(cache.version('dossier:1'), 5);
  cache.take(row(1, 5, 'from the row', 'dossier:other'), opened);
  t.match(cache.state(1), { fields: { summary: 'mine' } });
  cache.take(row(1, 6, 'theirs'), opened);
  t.match(cache.state(1), { fields: { summary: 'theirs' } });
});

test('after a failed commit nothing is held', async t => {
  const cache = new EntityCache(10);
  cache.take(row(1, 4, 'a'), opened);
  cache.forget(1);
  t.equal(cache.version('dossier:1'), -1);
  t.throws(() => cache.state(1), /not locked/);
});

test('the least used go first, and what goes is only read again', async t => {
  const cache = new EntityCache(2);
  for (const id of [1, 2, 3]) cache.take(row(id, 1, 'x'), opened);
  cache.take(row(1, 1, null), opened);
  cache.shrink();
  t.same(
    [1, 2, 3].map(id => cache.version(`dossier:${id}`)),
    [1, -1, 1],
  );
  for (let id = 4; id < 30; id++) cache.take(row(id, 1, 'x'), opened);
  cache.shrink();
  t.equal(cache.version('dossier:1'), -1);
  t.equal(cache.version('dossier:29'), 1);
});
