/** An older copy of the ledger is noticed, at start and while running; then everything is held and counts as possibly sent. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { test } from 'tap';
import { type Anchor, doubtOf } from '../../src/domain/position.ts';
import { readPosition, tickPosition } from '../../src/ledger/position.ts';
import { readAnchor, writeAnchor } from '../../src/recovery/anchor.ts';
import { type RecoveryWatch, watchRecovery } from '../../src/recovery/watch.ts';
import { eventually } from '../support/eventually.ts';
import { testFolder } from '../support/folder.ts';
import { ledgerRig, submitted, updated } from '../support/ledger-rig.ts';

const rig = await ledgerRig(t);
const { database } = rig;
const anchorFile = join(await testFolder(t), 'outside/anchor.json');
const seen: string[] = [];
const start = (tickMs = 60_000): Promise<RecoveryWatch> =>
  watchRecovery({
    database,
    anchorFile,
    tickMs,
    onRestored: doubt => seen.push(doubt),
    onError: error => {
      throw error;
    },
  });
const startAndStop = async (): Promise<string | undefined> => {
  const watch = await start();
  await watch.stop();
  return watch.doubt;
};
const back = (epoch: number, tick: number) =>
  database.people.query("UPDATE ledger_position SET epoch = $1, tick = $2, at = now() - interval '1 day'", [
    epoch,
    tick,
  ]);
const held = async (): Promise<boolean[]> =>
  (await database.people.query<{ held: boolean }>('SELECT held FROM targets')).rows.map(row => row.held);
const release = () => database.people.query('UPDATE targets SET held = false, shut_since = NULL');

test('what a start finds decides', async t => {
  const ledger = { epoch: 2, tick: 10, idleMs: 0 };
  const idle = { ...ledger, idleMs: 3_600_000 };
  const cases: [typeof ledger, Anchor | 'missing' | 'unreadable', string | undefined][] = [
    [ledger, { epoch: 2, tick: 10 }, undefined],
    [ledger, { epoch: 2, tick: 9 }, undefined],
    [idle, { epoch: 1, tick: 99 }, undefined],
    [ledger, { epoch: 2, tick: 11 }, 'behind-anchor'],
    [ledger, { epoch: 3, tick: 1 }, 'behind-anchor'],
    [ledger, { epoch: 2, tick: 9, restored: { at: '', from: '' } }, 'restored-by-command'],
    [ledger, 'unreadable', 'anchor-unreadable'],
    [ledger, 'missing', undefined],
    [idle, 'missing', 'no-anchor'],
    [{ ...idle, tick: 0 }, 'missing', undefined],
  ];
  for (const [now, anchor, doubt] of cases) t.equal(doubtOf(now, anchor), doubt, JSON.stringify([now, anchor]));
});

test('a ledger that goes on is not held, and its anchor follows it', async t => {
  t.equal(await startAndStop(), undefined, 'a fresh one');
  t.equal(await startAndStop(), undefined);
  t.same(await readAnchor(anchorFile), { epoch: 1, tick: 2 });
  await tickPosition(database);
  t.equal(await startAndStop(), undefined, 'the file may be late: a kill between the two');
  t.same(seen, []);
  t.same(await held(), [false, false, false]);
});

test('an older one is held, once; what is not done counts as possibly sent', async t => {
  const id = async (code: string) => (await rig.accept(submitted(code)))[0]?.syncs[0]?.id as string;
  const done = await id('H-1');
  await rig.deliver('commune');
  const failed = await id('H-2');
  await rig.deliver('commune', 'target-rejected');
  const asked = await id('H-3');
  await rig.deliver('commune', 'outcome-unknown');
  const open = await id('H-4');
  const behind = (await rig.accept(updated('H-2', { summary: 'hai' })))[0]?.syncs[0]?.id as string;
  await database.people.query(
    "INSERT INTO replays (id, filter, vocabulary, confirm_stale, reason, who, rate, state, counted) VALUES (gen_random_uuid(), '{}', 'current', false, 'x', 'admin', 1, 'running', 1)",
  );
  await back(1, 1);
  const anchor = (await readAnchor(anchorFile)) as Anchor;
  t.equal(await startAndStop(), 'behind-anchor');
  t.same(await held(), [true, true, true]);
  for (const [sync, unknown] of [
    [done, false],
    [failed, true],
    [asked, false],
    [open, true],
    [behind, true],
  ] as const) {
    const row = await rig.row(sync);
    t.same([row.unknown, row.unknown_since !== null], [unknown, unknown], `${String(row.state)} ${String(row.cause)}`);
  }
  t.match((await database.people.query('SELECT state FROM replays')).rows, [{ state: 'paused' }]);
  const { rows } = await database.people.query("SELECT * FROM audit WHERE act = 'ledger.restored'");
  t.match(rows, [{ who: 'gateway', reason: 'behind-anchor', after: { doubtful: 3, held: 3, replaysPaused: 1 } }]);
  t.match(await readPosition(database), { epoch: 2 });
  await release();
  await writeAnchor(anchorFile, anchor);
  t.equal(await startAndStop(), undefined, 'another process, whose anchor is of the time before: it has been seen to');
  t.same(await held(), [false, false, false]);
});

test('by command, without anchor after a long time, with a damaged one: held too', async t => {
  await writeAnchor(anchorFile, { ...((await readAnchor(anchorFile)) as Anchor), restored: { at: 'now', from: 'x' } });
  t.equal(await startAndStop(), 'restored-by-command');
  t.equal(await startAndStop(), undefined, 'said once');
  await writeFile(anchorFile, '{"epoch": 1, "ti');
  t.equal(await startAndStop(), 'anchor-unreadable');
  await rm(anchorFile);
  t.equal(await startAndStop(), undefined, 'another machine joins a ledger that is worked on');
  await rm(anchorFile);
  const { epoch, tick } = await readPosition(database);
  await back(epoch, tick);
  t.equal(await startAndStop(), 'no-anchor');
  await release();
});

test('put back under a running gateway, it is noticed at the next tick', async t => {
  seen.length = 0;
  const watch = await start(10);
  t.equal(watch.doubt, undefined);
  await eventually(async () => ((await readAnchor(anchorFile)) as Anchor).tick > 20);
  await database.people.query('UPDATE ledger_position SET tick = 3');
  await eventually(() => seen.length > 0);
  t.same(seen, ['behind-anchor']);
  t.same(await held(), [true, true, true]);
  const after = await readPosition(database);
  await eventually(async () => (await readPosition(database)).tick > after.tick + 1);
  await watch.stop();
  t.same(seen, ['behind-anchor'], 'once');
  t.match(JSON.parse(await readFile(anchorFile, 'utf8')), { epoch: after.epoch });
});
