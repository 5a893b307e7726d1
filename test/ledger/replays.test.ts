/** Replays as jobs: the set fixed when asked, each row once whoever carries it out, numbers that add up to what was said. */
import { test } from 'tap';
import { cancelSync } from '../../src/ledger/cancel.ts';
import { readReplay } from '../../src/ledger/read-replays.ts';
import { carryOut, dueRow, nextRowIn } from '../../src/ledger/replay-step.ts';
import { type ReplayOrder, rehearseSet, startRehearsed, startReplay } from '../../src/ledger/replays.ts';
import { steerReplay } from '../../src/ledger/steer-replay.ts';
import { ledgerRig, type Rig, submitted, updated } from '../support/ledger-rig.ts';

const actor = { who: 'admin', reason: 'đã sửa bảng quy đổi' };
const plan = { otherBytes: false };
const order = (more: Partial<ReplayOrder> = {}): ReplayOrder => ({
  filter: { from: new Date(0) },
  everything: false,
  vocabulary: 'current',
  confirmStale: false,
  rate: 100_000,
  ...more,
});
const page = { after: 0, limit: 200 };

/** `count` dossiers whose submission failed at the commune system. */
async function failedOnes(rig: Rig, count: number, prefix = 'H'): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const [accepted] = await rig.accept(submitted(`${prefix}-${index}`));
    ids.push(accepted?.syncs[0]?.id as string);
  }
  for (let left = count; left > 0; ) left -= (await rig.deliver('commune', 'target-rejected')).length;
  return ids;
}

/** Carries out what is due until nothing is. */
async function runOut(rig: Rig): Promise<string[]> {
  const done: string[] = [];
  for (;;) {
    const due = await dueRow(rig.database);
    if (due === undefined) {
      const wait = await nextRowIn(rig.database);
      if (wait === undefined || wait <= 0) return done;
      continue;
    }
    const { result } = await carryOut(rig.database, due, plan);
    if (result === 'done') done.push(due.sync);
  }
}

test('a replay does exactly its set, in the old order, and ends with the number it said', async t => {
  const rig = await ledgerRig(t);
  const failed = await failedOnes(rig, 5);
  const [late] = await rig.accept(submitted('OTHER'));
  const started = await startReplay(rig.database, order({ filter: { from: new Date(0), states: ['failed'] } }), actor);
  t.match(started, { state: 'open', counted: 5 });
  t.same(await runOut(rig), failed);
  const replay = await readReplay(rig.database, started.id, page);
  t.match(replay, { state: 'done', counted: 5, done: 5, changed: 0, failed: 0, left: 0, outcome: { open: 5 } });
  t.match(replay?.finishedAt, String);
  t.match(await rig.row(late?.syncs[0]?.id as string), { series: 1 }, 'what was not of the set is left alone');
  for (const id of failed) t.match(await rig.row(id), { state: 'open', series: 2 });
  const { rows } = await rig.database.people.query(
    "SELECT count(*)::int AS n FROM audit WHERE act = 'sync.replay' AND after->>'replay' = $1",
    [started.id],
  );
  t.same(rows, [{ n: 5 }], 'each of them stands in the audit');
});

test('within a lane delivered syncs go to the tail one after the other, and their own set is not younger than they are', async t => {
  const rig = await ledgerRig(t);
  const ids: string[] = [];
  for (const event of [submitted('H-1'), ...['hai', 'ba'].map(summary => updated('H-1', { summary }))])
    ids.push((await rig.accept(event))[0]?.syncs[0]?.id as string);
  await rig.deliver('commune');
  const started = await startReplay(rig.database, order(), actor);
  t.equal(started.counted, 3);
  t.same(await runOut(rig), ids);
  t.same(await rig.deliver('commune'), ids, 'in the old order');
  t.match(await rig.lane(ids[0] as string), { head: 7, tail: 6 });
});

test('over something younger outside the set only with a word, and what came in between is reported changed', async t => {
  const rig = await ledgerRig(t);
  const first = (await rig.accept(submitted('H-1')))[0]?.syncs[0]?.id as string;
  const second = (await rig.accept(updated('H-1', { summary: 'hai' })))[0]?.syncs[0]?.id as string;
  const other = (await rig.accept(submitted('H-2')))[0]?.syncs[0]?.id as string;
  await rig.deliver('commune');
  const submissions = order({ filter: { from: new Date(0), type: 'dossier.submitted' } });
  const rehearsed = await rehearseSet(rig.database, submissions, 'admin');
  t.match(rehearsed, { counted: 2, counts: { stale: 1 }, younger: [second] });
  await t.rejects(startReplay(rig.database, submissions, actor), {
    code: 'younger-delivered',
    extra: { stale: 1, younger: [second] },
  });
  const only = order({ filter: { from: new Date(0), type: 'dossier.submitted', subject: 'H-2' } });
  const started = await startReplay(rig.database, only, actor);
  await rig.accept(updated('H-2', { summary: 'mới' }));
  await rig.deliver('commune');
  t.same(await runOut(rig), []);
  t.match(await readReplay(rig.database, started.id, page), {
    state: 'done',
    changed: 1,
    items: [{ sync: other, result: 'changed', code: 'younger-delivered' }],
  });
  const confirmed = await startReplay(rig.database, { ...submissions, confirmStale: true }, actor);
  t.same(await runOut(rig), [first, other]);
  t.match(await readReplay(rig.database, confirmed.id, page), { done: 2 });
});

test('what changed since the rehearsal is reported, not done', async t => {
  const rig = await ledgerRig(t);
  const [one, two, three] = (await failedOnes(rig, 3)) as [string, string, string];
  const rehearsed = await rehearseSet(
    rig.database,
    order({ filter: { from: new Date(0), states: ['failed'] } }),
    'admin',
  );
  t.match(rehearsed, {
    counted: 3,
    counts: { byCause: [{ cause: 'target-rejected', count: 3 }], byTarget: [{ target: 'commune', count: 3 }] },
    items: [{ id: one }, { id: two }, { id: three }],
  });
  await cancelSync(rig.database, two, actor, false);
  const more = await failedOnes(rig, 1, 'SINCE');
  const started = await startRehearsed(
    rig.database,
    rehearsed.rehearsal,
    { confirmStale: false, rate: 100_000 },
    actor,
  );
  t.match(started, { id: rehearsed.rehearsal, counted: 3 });
  t.same(await runOut(rig), [one, three]);
  t.match(await readReplay(rig.database, started.id, page), {
    counted: 3,
    done: 2,
    changed: 1,
    items: [{ result: 'done' }, { sync: two, result: 'changed', code: 'changed-since' }, { result: 'done' }],
  });
  t.match(await rig.row(two), { state: 'cancelled' });
  t.match(await rig.row(more[0] as string), { state: 'failed', series: 1 });
  await t.rejects(
    startRehearsed(rig.database, rehearsed.rehearsal, { confirmStale: false, rate: 1 }, actor),
    { code: 'rehearsal-used' },
    'a rehearsal is carried out once',
  );
});

test('an expired rehearsal is refused', async t => {
  const rig = await ledgerRig(t);
  await failedOnes(rig, 1);
  const { rehearsal } = await rehearseSet(rig.database, order(), 'admin');
  await rig.database.people.query("UPDATE rehearsals SET expires_at = now() - interval '1 second'");
  const start = startRehearsed(rig.database, rehearsal, { confirmStale: false, rate: 1 }, actor);
  await t.rejects(start, { code: 'rehearsal-expired' });
});

test('everything goes only with the number that was seen; dropped and running ones only when named', async t => {
  const rig = await ledgerRig(t);
  const [dropped] = (await failedOnes(rig, 3)) as [string];
  await cancelSync(rig.database, dropped, actor, false);
  await rig.accept(submitted('RUNNING'));
  const everything = order({ everything: true });
  await t.rejects(startReplay(rig.database, everything, actor), {
    code: 'expect-needed',
    extra: { counted: 2, underWay: 1 },
  });
  await t.rejects(startReplay(rig.database, { ...everything, expect: 3 }, actor), { code: 'count-differs' });
  t.match(await startReplay(rig.database, { ...everything, expect: 2 }, actor), { counted: 2 });
  const named = order({ filter: { from: new Date(0), states: ['cancelled'] } });
  t.match(await startReplay(rig.database, named, actor), { counted: 1 });
  const none = await startReplay(rig.database, order({ filter: { from: new Date(0), unit: '1' } }), actor);
  t.match(none, { counted: 0, state: 'done' });
});

test('paused it stands still, stopped it leaves what is left as it was', async t => {
  const rig = await ledgerRig(t);
  const failed = await failedOnes(rig, 4);
  const { id } = await startReplay(rig.database, order(), actor);
  const due = await dueRow(rig.database);
  if (due === undefined) throw new Error('nothing is due');
  t.match(await carryOut(rig.database, due, plan), { result: 'done' });
  t.match(await steerReplay(rig.database, id, 'pause', actor), { state: 'paused', done: 1, left: 3 });
  t.same(await dueRow(rig.database), undefined);
  t.match(await steerReplay(rig.database, id, 'resume', actor), { state: 'running' });
  const next = await dueRow(rig.database);
  if (next === undefined) throw new Error('nothing is due');
  t.match(await steerReplay(rig.database, id, 'cancel', actor), { state: 'cancelled', counted: 4, done: 1, left: 3 });
  t.same(await carryOut(rig.database, next, plan), {}, 'a runner that had planned its next row does not do it');
  t.match(await steerReplay(rig.database, id, 'cancel', actor), { left: 3 }, 'twice is once');
  await t.rejects(steerReplay(rig.database, id, 'resume', actor), { code: 'replay-ended' });
  t.match(await rig.row(failed[1] as string), { state: 'failed' });
  const { rows } = await rig.database.people.query("SELECT act FROM audit WHERE subject LIKE 'replay:%' ORDER BY seq");
  t.same(
    rows.map(row => row.act),
    ['replay.start', 'replay.pause', 'replay.resume', 'replay.cancel'],
  );
});

test('two runners share the rows and do none twice', async t => {
  const rig = await ledgerRig(t);
  const failed = await failedOnes(rig, 30);
  const { id } = await startReplay(rig.database, order(), actor);
  const results = await Promise.all([runOut(rig), runOut(rig), runOut(rig)]);
  t.same(results.flat().sort(), [...failed].sort());
  t.match(await readReplay(rig.database, id, page), { state: 'done', counted: 30, done: 30, changed: 0, failed: 0 });
  for (const sync of failed) t.match(await rig.row(sync), { series: 2 });
});

test('the rate is one over all runners', async t => {
  const rig = await ledgerRig(t);
  await failedOnes(rig, 6);
  await startReplay(rig.database, order({ rate: 0.001 }), actor);
  // nobody came for an hour: what was missed is not made up for at once
  await rig.database.people.query("UPDATE replays SET next_at = now() - interval '1 hour'");
  t.equal((await runOutOnce(rig)).length, 1);
});

/** Carries out what is due without waiting for the next. */
async function runOutOnce(rig: Rig): Promise<string[]> {
  const done: string[] = [];
  for (let due = await dueRow(rig.database); due !== undefined; due = await dueRow(rig.database)) {
    await carryOut(rig.database, due, plan);
    done.push(due.sync);
  }
  return done;
}

test('before a shut gate a replay waits, and other targets do not wait for it', async t => {
  const rig = await ledgerRig(t);
  const [commune] = await failedOnes(rig, 1);
  const document = {
    ...submitted('VB-1'),
    source: 'commune',
    data: { ...submitted('P-1').data, status: '1' },
  };
  const [toPortal] = await rig.accept({ ...document, subject: 'P-1' });
  const portal = toPortal?.syncs.find(sync => sync.target === 'portal')?.id as string;
  while ((await rig.row(portal)).state === 'open') await rig.deliver('portal', 'target-rejected');
  await rig.database.people.query("UPDATE targets SET paused = true WHERE target = 'commune'");
  const { id } = await startReplay(rig.database, order(), actor);
  t.same(await runOut(rig), [portal]);
  t.match(await readReplay(rig.database, id, page), {
    state: 'running',
    done: 1,
    waitingFor: [{ target: 'commune', reason: 'paused', left: 1 }],
  });
  await rig.database.people.query("UPDATE targets SET paused = false WHERE target = 'commune'");
  t.same(await runOut(rig), [commune]);
});
