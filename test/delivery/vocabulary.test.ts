/** A release that comes into force while lanes run: every sync is of one piece, and a replay can go back to its own release. */
import { type Test, test } from 'tap';
import { inTransaction } from '../../src/ledger/database.ts';
import { ledgerReleases } from '../../src/ledger/releases.ts';
import { replaySync } from '../../src/ledger/replay.ts';
import { activate } from '../../src/ledger/vocabulary-history.ts';
import type { Vocabulary } from '../../src/translation/vocabulary.ts';
import { openVocabularyKeeper } from '../../src/vocabulary-keeper.ts';
import { eventually } from '../support/eventually.ts';
import { submitted } from '../support/ledger-rig.ts';
import { vocabulary } from '../translation/fixture.ts';
import { retitled } from '../translation/retitled.ts';
import type { Process } from './support.ts';
import { type DeliveryRig, deliveryRig } from './support.ts';

const TITLES = ['một', 'hai', 'ba'];
const editions = TITLES.map(title => retitled(title));
const actor = { who: 'admin', reason: 'thử' };

/** A rig whose target shows the plain title, with processes that follow the ledger's vocabulary. */
async function titledRig(t: Test) {
  const rig = await deliveryRig(t, 'postgres');
  const { target, database } = rig;
  const releases = ledgerReleases(database);
  const ids = await Promise.all(editions.map(edition => releases.remember(edition)));
  const titles = new Map<string, string[]>();
  const { deliver, format } = target;
  target.format = input => {
    const message = format.call(target, input);
    return { ...message, payload: { ...message.payload, title: String(input.event.data.plainTitle) } };
  };
  target.deliver = deliveries => {
    for (const { syncId, message } of deliveries) {
      const { title } = message.payload as { title: string };
      titles.set(syncId, [...(titles.get(syncId) ?? []), title]);
    }
    return deliver.call(target, deliveries);
  };
  return {
    ...rig,
    ids,
    titles,
    async process(): Promise<Process & { inForce(): string }> {
      const keeper = await openVocabularyKeeper({
        database,
        releases: ledgerReleases(database),
        readFiles: async () => vocabulary,
        onError: () => {},
        pollMs: 5,
      });
      t.teardown(() => keeper.stop());
      return {
        ...(await rig.start({ vocabulary: keeper.current })),
        inForce: () => keeper.current().vocabulary.release,
      };
    },
    use: (index: number) =>
      inTransaction(database.people, client =>
        activate(client, { release: ids[index] as number, act: 'activate', ...actor }),
      ),
  };
}

const rowsOf = async (rig: DeliveryRig): Promise<{ id: string; release: number }[]> =>
  (await rig.database.people.query('SELECT id, release FROM syncs ORDER BY id')).rows;

test('no sync is sent with one release and recorded with another, however often it changes', async t => {
  const rig = await titledRig(t);
  const processes = [await rig.process(), await rig.process()];
  await rig.use(0);
  await eventually(async () => processes.every(({ inForce }) => inForce() === (editions[0] as Vocabulary).release));
  // every third call is in the air while the vocabulary changes
  let calls = 0;
  const held: (() => void)[] = [];
  let changing = true;
  rig.target.script = () => {
    calls += 1;
    if (!changing || calls % 3 !== 0) return 'deliver';
    return new Promise(resolve => held.push(() => resolve('deliver')));
  };
  const change = async (index: number): Promise<void> => {
    await rig.use(index % 3);
    await eventually(async () =>
      processes.every(({ inForce }) => inForce() === (editions[index % 3] as Vocabulary).release),
    );
    for (const go of held.splice(0)) go();
  };
  for (let round = 1; round <= 8; round += 1) {
    const events = Array.from({ length: 20 }, (_none, index) => submitted(`H-${round}-${index}`));
    await processes[round % 2]?.accept(...events);
    await eventually(async () => calls >= round);
    await change(round);
  }
  changing = false;
  for (const go of held.splice(0)) go();
  await rig.settled('delivered');
  const rows = await rowsOf(rig);
  t.equal(rows.length, 160);
  const mixed = rows.filter(({ id, release }) => rig.titles.get(id)?.at(-1) !== TITLES[rig.ids.indexOf(release)]);
  t.same(mixed, []);
  t.ok(new Set(rows.map(({ release }) => release)).size > 1, 'several releases were used');
});

test('a replay with the original release sends the very bytes of before; one with the current the present ones', async t => {
  const rig = await titledRig(t);
  const process = await rig.process();
  const use = async (index: number): Promise<void> => {
    await rig.use(index);
    await eventually(async () => process.inForce() === (editions[index] as Vocabulary).release);
  };
  await use(0);
  const id = (await process.accept(submitted('H-1')))[0]?.syncs[0]?.id as string;
  await rig.settled('delivered');
  const before = await rig.row(id);
  await use(1);
  const replay = async (options: { fixedRelease?: number }): Promise<Record<string, unknown>> => {
    await replaySync(rig.database, id, { confirmStale: false, otherBytes: true, ...options }, actor, false);
    await rig.settled('delivered');
    return rig.row(id);
  };
  const again = await replay({ fixedRelease: before.release as number });
  t.same([again.sent_hash, again.release, again.series], [before.sent_hash, rig.ids[0], 2]);
  await use(2);
  const fresh = await replay({});
  t.same([fresh.release, fresh.fixed_release], [rig.ids[2], null]);
  t.notSame(fresh.sent_hash, before.sent_hash);
  t.same(rig.titles.get(id), ['một', 'một', 'ba']);
});
