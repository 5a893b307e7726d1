/** Which vocabulary is in force: one for all processes, changed without a restart, whatever a restart finds on disk. */
import { test } from 'tap';
import type { Database } from '../src/ledger/database.ts';
import { inTransaction, openDatabase } from '../src/ledger/database.ts';
import { ledgerReleases, type Releases } from '../src/ledger/releases.ts';
import { activate, currentRelease, listChanges, rollBack } from '../src/ledger/vocabulary-history.ts';
import { approve, decline, propose } from '../src/ledger/vocabulary-proposals.ts';
import type { Vocabulary } from '../src/translation/vocabulary.ts';
import { type KeeperOptions, openVocabularyKeeper, type VocabularyKeeper } from '../src/vocabulary-keeper.ts';
import { testDatabase } from './support/database.ts';
import { eventually } from './support/eventually.ts';
import { vocabulary } from './translation/fixture.ts';
import { retitled } from './translation/retitled.ts';

const other = retitled('Làm giấy khai sinh cho trẻ');
const third = retitled('Khai sinh');
const LAN = { who: 'lan', reason: 'nói cho dễ hiểu' };
const MINH = { who: 'minh', reason: 'đã xem chạy thử' };

interface Keepers {
  database: Database;
  releases: Releases;
  /** Another process on the ledger, with these mapping files. */
  open(files: Vocabulary, more?: Partial<KeeperOptions>): Promise<VocabularyKeeper>;
  /** Puts a release into force as an approved proposal does. */
  put(files: Vocabulary): Promise<void>;
}

async function keepers(t: { teardown(work: () => Promise<void>): unknown }): Promise<Keepers> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url, () => {});
  const open: VocabularyKeeper[] = [];
  t.teardown(async () => {
    for (const keeper of open) keeper.stop();
    await database.end();
    await drop();
  });
  const releases = ledgerReleases(database);
  return {
    database,
    releases,
    async open(files, more = {}) {
      const keeper = await openVocabularyKeeper({
        database,
        releases: ledgerReleases(database),
        readFiles: async () => files,
        onError: () => {},
        pollMs: 20,
        ...more,
      });
      open.push(keeper);
      return keeper;
    },
    async put(files) {
      const release = await releases.remember(files);
      await inTransaction(database.people, client =>
        activate(client, {
          release,
          act: 'activate',
          ...LAN,
          approvedBy: 'minh',
          filesHash: files.release,
          baseHash: files.release,
        }),
      );
    },
  };
}

const inForce = (keeper: VocabularyKeeper): string => keeper.current().vocabulary.release;

test('the first start puts its files into force, the next finds them there', async t => {
  const { open, database } = await keepers(t);
  const started = await Promise.all([open(vocabulary), open(vocabulary)]);
  await open(vocabulary);
  t.same(started.map(inForce), [vocabulary.release, vocabulary.release]);
  t.match(await listChanges(database), [{ act: 'start', hash: vocabulary.release, previous: null, who: 'gateway' }]);
  t.equal((await listChanges(database)).length, 1, 'once, whoever comes first');
  const { rows } = await database.people.query('SELECT act, subject FROM audit');
  t.same(rows, [{ act: 'vocabulary.start', subject: 'vocabulary' }]);
});

test('all processes follow a change', async t => {
  const { open, put } = await keepers(t);
  const heard: string[] = [];
  const one = await open(vocabulary, { onChange: ({ vocabulary: fresh }) => heard.push(fresh.release) });
  const two = await open(vocabulary);
  const before = one.current();
  await put(other);
  await eventually(async () => inForce(one) === other.release && inForce(two) === other.release);
  t.same(heard, [other.release]);
  t.equal(before.vocabulary.release, vocabulary.release, 'what was taken before stays of one piece');
  t.not(one.current().release, before.release);
});

test('a restart keeps what people put into force, and new files are a deployment', async t => {
  const { open, put, database } = await keepers(t);
  await open(vocabulary);
  await put(other);
  t.equal(inForce(await open(other)), other.release, 'the files that were approved');
  await inTransaction(database.people, client => rollBack(client, undefined, MINH));
  t.equal(inForce(await open(vocabulary)), vocabulary.release, 'taken back');
  t.equal((await listChanges(database)).length, 3, 'a restart with known files changes nothing');
  t.equal(inForce(await open(third)), third.release, 'files that no start has seen');
  t.match(await listChanges(database), [
    { act: 'start', hash: third.release, previous: vocabulary.release },
    { act: 'rollback', hash: vocabulary.release, previous: other.release, who: 'minh', reason: 'đã xem chạy thử' },
    { act: 'activate', hash: other.release, who: 'lan', approvedBy: 'minh' },
    { act: 'start', hash: vocabulary.release },
  ]);
});

test('the files of a rollback stay taken back through a restart that still finds the newer files', async t => {
  const { open, put, database } = await keepers(t);
  await open(vocabulary);
  await put(other);
  await inTransaction(database.people, client => rollBack(client, undefined, MINH));
  t.equal(inForce(await open(other)), vocabulary.release);
});

test('files that wait for a second person do not slip in with a restart', async t => {
  const { open, database, releases } = await keepers(t);
  await open(vocabulary);
  const release = await releases.remember(other);
  const against = (await currentRelease(database))?.release as number;
  const id = '018f0000-0000-7000-8000-000000000001';
  const stored = { id, release, hash: other.release, filesHash: other.release, against, rehearsal: {} };
  await inTransaction(database.people, client => propose(client, stored, LAN));
  const held: string[] = [];
  const more = { onHeldBack: (files: string) => held.push(files) };
  t.equal(inForce(await open(other, more)), vocabulary.release);
  await t.rejects(
    inTransaction(database.people, client => approve(client, id, LAN)),
    { code: 'second-person-needed', status: 409 },
  );
  await inTransaction(database.people, client => decline(client, id, MINH));
  t.equal(inForce(await open(other, more)), vocabulary.release);
  t.same(held, [other.release, other.release]);
});

test('faulty files keep the gateway from starting and change nothing', async t => {
  const { open, database } = await keepers(t);
  await open(vocabulary);
  const readFiles = async (): Promise<Vocabulary> => {
    throw new Error('faulty');
  };
  await t.rejects(open(vocabulary, { readFiles }), /faulty/);
  t.equal((await listChanges(database)).length, 1);
});

test('what was learnt is laid over the files in force, never over unapproved ones, and none is lost among many', async t => {
  const { open, database } = await keepers(t);
  const learnt: string[] = [];
  const readLearnt = async () =>
    learnt.map((from, index) => ({
      id: `018f0000-0000-7000-8000-00000000000${index}`,
      kind: 'procedure-alias' as const,
      entry: { from, to: '1.001193', validFrom: '2025-07-01' },
      state: 'proposed' as const,
      madeBy: 'lan',
      madeAt: '2026-01-01T00:00:00Z',
      reason: 'cùng một việc',
      reviewedBy: null,
      reviewedAt: null,
    }));
  const files = { now: vocabulary };
  const more = { readLearnt, readFiles: async () => files.now };
  const [one, two] = [await open(vocabulary, more), await open(vocabulary, more)];
  files.now = other;
  const teach = async (keeper: VocabularyKeeper, code: string) => {
    learnt.push(code);
    return keeper.refresh({ who: 'lan', reason: 'cùng một việc' });
  };
  await Promise.all([teach(one, '9.999991'), teach(two, '9.999992'), teach(one, '9.999993')]);
  await Promise.all([one.follow(), two.follow()]);
  t.equal(inForce(one), inForce(two));
  for (const code of learnt) {
    t.match(one.current().vocabulary.resolveProcedure(code, '2026-01-01T00:00:00+07:00'), {
      ok: true,
      code: '1.001193',
    });
  }
  const facts = one.current().vocabulary.procedureFacts('1.001193');
  t.equal(facts?.plainTitle, vocabulary.procedureFacts('1.001193')?.plainTitle, 'the files on disk had no part');
  t.match(await one.refresh({ who: 'lan', reason: 'lần nữa' }), { changed: false });
  learnt.length = 0;
  t.match(await two.refresh({ who: 'lan', reason: 'rút lại' }), { changed: true, hash: vocabulary.release });
  t.equal((await currentRelease(database))?.release, two.current().release);
});

test('only what was in force once may be taken back to, and only one at a time', async t => {
  const { open, put, database, releases } = await keepers(t);
  await open(vocabulary);
  const back = (to?: number) => inTransaction(database.people, client => rollBack(client, to, MINH));
  await t.rejects(back(), { code: 'nothing-before' });
  await t.rejects(back(await releases.remember(third)), { code: 'never-in-force' });
  await t.rejects(back(await releases.remember(vocabulary)), { code: 'already-in-force' });
  await put(other);
  const both = await Promise.allSettled([
    back(await releases.remember(vocabulary)),
    back(await releases.remember(vocabulary)),
  ]);
  t.same(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});
