/** Sending again: in place where nothing went through, at the tail under a new key where it did. */
import { test } from 'tap';
import { cancelSync } from '../../src/ledger/cancel.ts';
import { readSync } from '../../src/ledger/read-sync.ts';
import { replaySync } from '../../src/ledger/replay.ts';
import { ledgerRig, submitted, updated } from '../support/ledger-rig.ts';

const actor = { who: 'admin', reason: 'đã sửa bảng quy đổi' };
const same = { confirmStale: false, otherBytes: false };

test('a failed head goes again from its place and keeps its key', async t => {
  const rig = await ledgerRig(t);
  const first = (await rig.accept(submitted('H-1')))[0]?.syncs[0]?.id as string;
  const second = (await rig.accept(updated('H-1', { summary: 'hai' })))[0]?.syncs[0]?.id as string;
  await rig.deliver('commune', 'target-rejected');
  const replayed = await replaySync(rig.database, first, same, actor, false);
  t.match(replayed, { state: 'queued', place: 'kept', series: 2, idempotencyKey: first });
  t.match(await rig.row(first), { state: 'open', cause: null, attempts: 0, series: 2, send_no: 1 });
  t.same(await rig.deliver('commune'), [first, second], 'in the old order');
  const detail = await readSync(rig.database, first);
  t.match(detail?.attempts, [
    { series: 1, no: 1, outcome: 'failed', cause: 'target-rejected' },
    { series: 2, no: 1, outcome: 'delivered' },
  ]);
});

test('other bytes go under another key', async t => {
  const rig = await ledgerRig(t);
  const id = (await rig.accept(submitted('H-2')))[0]?.syncs[0]?.id as string;
  await rig.deliver('commune', 'target-rejected');
  const replayed = await replaySync(rig.database, id, { ...same, otherBytes: true }, actor, false);
  t.equal(replayed.idempotencyKey, `${id}.2`);
});

test('a delivered one goes to the tail, and over a younger one only when confirmed', async t => {
  const rig = await ledgerRig(t);
  const first = (await rig.accept(submitted('H-3')))[0]?.syncs[0]?.id as string;
  const second = (await rig.accept(updated('H-3', { summary: 'hai' })))[0]?.syncs[0]?.id as string;
  await rig.deliver('commune');
  await t.rejects(replaySync(rig.database, first, same, actor, false), {
    code: 'younger-delivered',
    status: 409,
    extra: { younger: [second] },
  });
  t.match(await rig.row(first), { state: 'delivered' }, 'a refusal changes nothing');
  const replayed = await replaySync(rig.database, first, { ...same, confirmStale: true }, actor, false);
  t.match(replayed, { place: 'tail', state: 'queued', idempotencyKey: `${first}.2`, younger: [second] });
  t.match(await rig.lane(first), { head: 3, tail: 3 });
  t.same(await rig.deliver('commune'), [first]);
  const detail = await readSync(rig.database, first);
  t.match(
    detail?.attempts,
    [
      { series: 1, no: 1, outcome: 'delivered' },
      { series: 2, no: 1, outcome: 'delivered' },
    ],
    'the first success is not forgotten',
  );
  const youngest = await replaySync(rig.database, second, { ...same, confirmStale: true }, actor, false);
  t.equal(youngest.place, 'tail');
});

test('what is still under way is not replayed', async t => {
  const rig = await ledgerRig(t);
  const id = (await rig.accept(submitted('H-4')))[0]?.syncs[0]?.id as string;
  await t.rejects(replaySync(rig.database, id, same, actor, false), { code: 'still-under-way' });
  await t.rejects(replaySync(rig.database, '018f0000-0000-7000-8000-000000000000', same, actor, false), {
    code: 'not-found',
  });
});

test('a dropped sync that its lane has not passed is reopened in place, never under a holder that will step over it', async t => {
  const rig = await ledgerRig(t);
  const first = (await rig.accept(submitted('H-5')))[0]?.syncs[0]?.id as string;
  const second = (await rig.accept(updated('H-5', { summary: 'hai' })))[0]?.syncs[0]?.id as string;
  await cancelSync(rig.database, second, actor, false);
  t.match(await replaySync(rig.database, second, same, actor, true), { place: 'kept', state: 'waiting' });
  await rig.claim('commune');
  await t.rejects(replaySync(rig.database, second, same, actor, false), { code: 'lane-busy' });
  t.match(await rig.row(first), { state: 'open' });
});

test('an accept beside a replay to the tail keeps every position', async t => {
  const rig = await ledgerRig(t);
  const first = (await rig.accept(submitted('H-6')))[0]?.syncs[0]?.id as string;
  await rig.deliver('commune');
  const more = Array.from({ length: 10 }, (_value, index) => updated('H-6', { summary: `lần ${index}` }));
  await Promise.all([
    ...more.map(event => rig.accept(event)),
    replaySync(rig.database, first, { ...same, confirmStale: true }, actor, false),
  ]);
  const { rows } = await rig.database.people.query<{ positions: number[] }>(
    'SELECT array_agg(pos::int ORDER BY pos) AS positions FROM syncs',
  );
  t.same(
    rows[0]?.positions,
    Array.from({ length: 11 }, (_value, index) => index + 2),
  );
  t.match(await rig.lane(first), { head: 2, tail: 12 });
});
