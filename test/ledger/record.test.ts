/** Records: who lost the lane changes nothing, the head never skips, a lane is blocked only by what really blocks it. */
import { test } from 'tap';
import type { CauseCode } from '../../src/domain/causes.ts';
import { cancelSync } from '../../src/ledger/cancel.ts';
import type { ClaimedSync } from '../../src/ledger/claim.ts';
import { readSync } from '../../src/ledger/read-sync.ts';
import { type LaneStep, learnFromTargets, recordOutcomes, type SyncOutcome } from '../../src/ledger/record.ts';
import { replaySync } from '../../src/ledger/replay.ts';
import { ledgerRig, type Rig, submitted, updated } from '../support/ledger-rig.ts';
import { anotherProcess, waitersForLock } from '../support/processes.ts';

const step = (sync: ClaimedSync, token: string, more: Partial<LaneStep> = {}): LaneStep => ({
  lane: sync.lane,
  token,
  head: sync.pos,
  retryMs: null,
  blocked: null,
  release: true,
  ...more,
});
const delivered = (sync: ClaimedSync, more: Partial<SyncOutcome> = {}): SyncOutcome => ({
  id: sync.id,
  lane: sync.lane,
  state: 'delivered',
  cause: null,
  attempted: 1,
  unknown: false,
  sent: true,
  tookMs: 0,
  release: null,
  sentHash: null,
  retrying: false,
  detail: null,
  attempt: null,
  problem: null,
  ...more,
});
const failed = (sync: ClaimedSync, state: 'open' | 'failed' | 'parked', cause: CauseCode): SyncOutcome =>
  delivered(sync, {
    state,
    cause,
    retrying: state === 'open',
    attempt: {
      series: 1,
      no: sync.attempts + 1,
      startedAt: performance.now(),
      endedAt: performance.now(),
      outcome: 'failed',
      status: 503,
      detail: 'no',
    },
    problem: state === 'open' ? null : { unit: sync.unit, target: 'commune', detail: '{"detail":"no"}' },
  });
const one = async (rig: Rig, code = 'H19-1'): Promise<{ token: string; sync: ClaimedSync }> => {
  await rig.accept(submitted(code));
  const { token, syncs } = await rig.claim('commune');
  return { token, sync: syncs[0] as ClaimedSync };
};
const lapse = async (rig: Rig): Promise<void> => {
  await rig.database.people.query("UPDATE claims SET until = now() - interval '1 second'");
  await rig.database.people.query("UPDATE lanes SET leased_at = now() - interval '1 minute'");
};

test('a delivered sync moves the head, gives the lane back and frees the claim', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig);
  t.same(await recordOutcomes(rig.database, [step(sync, token, { head: 2 })], [delivered(sync)]), [
    { lane: sync.lane, token, more: null },
  ]);
  t.match(await rig.row(sync.id), { state: 'delivered', attempts: 1 });
  t.match(await rig.lane(sync.id), { head: 2, due: null, blocked_by: null });
  const { rows } = await rig.database.people.query('SELECT lanes FROM claims');
  t.same(rows, [{ lanes: 0 }]);
  t.equal((await rig.database.people.query('SELECT 1 FROM attempts')).rowCount, 0, 'a first success needs no row');
});

test('an attempt is kept with its start, end and outcome; a first success stands in the sync with how long it took', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig);
  const now = performance.now();
  const outcome = failed(sync, 'open', 'target-unavailable');
  const attempt = {
    ...(outcome.attempt as NonNullable<typeof outcome.attempt>),
    startedAt: now - 9_000,
    endedAt: now - 2_000,
  };
  await recordOutcomes(
    rig.database,
    [step(sync, token, { retryMs: 3_600_000 })],
    [{ ...outcome, tookMs: 7_000, attempt }],
  );
  const { rows } = await rig.database.people.query(
    `SELECT no, outcome, cause, status, extract(epoch FROM ended_at - started_at)::float8 AS took,
       ended_at BETWEEN now() - interval '60 s' AND now() - interval '2 s' AS ended FROM attempts`,
  );
  t.match(rows, [{ no: 1, outcome: 'failed', cause: 'target-unavailable', status: 503, ended: true }]);
  t.ok(Math.abs(rows[0].took - 7) < 0.001, 'the end is when the answer came, not when it was recorded');
  const other = await one(rig, 'H19-2');
  const lane = other.sync.lane;
  await recordOutcomes(
    rig.database,
    [step(other.sync, other.token, { lane, head: 2 })],
    [delivered(other.sync, { tookMs: 1_500 })],
  );
  const shown = (await readSync(rig.database, other.sync.id))?.attempts;
  t.match(shown, [{ no: 1, outcome: 'delivered' }]);
  t.equal(Date.parse(shown?.[0]?.endedAt ?? '') - Date.parse(shown?.[0]?.startedAt ?? ''), 1_500);
});

test('an unknown outcome settles from the call on, not from a look-up after it; a known one does not settle', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig);
  const unknown = { ...failed(sync, 'open', 'target-timeout'), unknown: true };
  const hold = { retryMs: 0, release: false };
  await recordOutcomes(rig.database, [step(sync, token, hold)], [unknown]);
  const back = async (): Promise<number> => {
    await rig.database.people.query("UPDATE syncs SET unknown_since = unknown_since - interval '1 minute'");
    const { rows } = await rig.database.people.query(
      'SELECT extract(epoch FROM now() - unknown_since)::float8 AS s FROM syncs',
    );
    return rows[0].s;
  };
  t.ok((await back()) >= 60);
  await recordOutcomes(rig.database, [step(sync, token, hold)], [{ ...unknown, sent: false, attempt: null }]);
  t.ok((await back()) >= 120, 'a look-up that failed begins nothing anew');
  await recordOutcomes(rig.database, [step(sync, token, hold)], [{ ...unknown, attempt: null }]);
  t.ok((await back()) < 120, 'another call does');
  await recordOutcomes(rig.database, [step(sync, token, { head: 2 })], [delivered(sync)]);
  t.match(await rig.row(sync.id), { unknown: false, unknown_since: null });
});

test('a claim that lost its lane changes nothing and is not answered', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig);
  await lapse(rig);
  const taken = await rig.claim('commune');
  t.equal(taken.syncs[0]?.id, sync.id);
  const before = await rig.row(sync.id);
  t.same(
    await recordOutcomes(
      rig.database,
      [step(sync, token, { blocked: sync.id })],
      [failed(sync, 'failed', 'target-rejected')],
    ),
    [],
  );
  t.same(await rig.row(sync.id), before);
  t.match(await rig.lane(sync.id), { head: 1, blocked_by: null });
  t.equal((await rig.database.people.query('SELECT 1 FROM attempts UNION ALL SELECT 1 FROM problems')).rowCount, 0);
  t.equal(
    (await recordOutcomes(rig.database, [step(sync, taken.token, { head: 2 })], [delivered(sync)])).length,
    1,
    'whoever took over records',
  );
});

test('a sync accepted between claim and record is not skipped', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig);
  await rig.accept(updated('H19-1', { summary: 'came while the first was in the air' }));
  t.match(await recordOutcomes(rig.database, [step(sync, token, { head: 2 })], [delivered(sync)]), [{ more: true }]);
  t.match(await rig.lane(sync.id), { head: 2, tail: 2, due: Date });
  t.same(
    (await rig.claim('commune')).syncs.map(next => next.pos),
    [2],
  );
});

test('a sync whose accept commits while the record waits for the lane is not skipped', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig);
  const other = await rig.database.hot.connect();
  await other.query('BEGIN');
  // what an accept does to the lane, held open until the record waits behind it
  await other.query('UPDATE lanes SET tail = tail + 1 WHERE lane = $1', [sync.lane]);
  await other.query(
    `INSERT INTO syncs (id, event, target, lane, pos, type, mode, state)
     SELECT gen_random_uuid(), event, target, lane, 2, type, mode, 'open' FROM syncs WHERE id = $1`,
    [sync.id],
  );
  const recording = recordOutcomes(rig.database, [step(sync, token, { head: 2 })], [delivered(sync)]);
  await waitersForLock(rig.database);
  await other.query('COMMIT');
  other.release();
  t.match(await recording, [{ more: true }]);
  t.same(
    (await rig.claim('commune')).syncs.map(next => next.pos),
    [2],
  );
});

test('a head that fails blocks its lane, also when an accept changes the lane meanwhile', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig);
  const other = await rig.database.hot.connect();
  await other.query('BEGIN');
  await other.query('UPDATE lanes SET tail = tail + 1 WHERE lane = $1', [sync.lane]);
  const recording = recordOutcomes(
    rig.database,
    [step(sync, token, { blocked: sync.id })],
    [failed(sync, 'failed', 'target-rejected')],
  );
  await waitersForLock(rig.database);
  await other.query('COMMIT');
  other.release();
  t.equal((await recording).length, 1);
  t.match(await rig.row(sync.id), { state: 'failed' });
  t.match(await rig.lane(sync.id), { tail: 2, due: null, blocked_by: sync.id });
});

test('a failed or parked head blocks its lane, and what is accepted later does not wake it', async t => {
  for (const [state, cause] of [
    ['failed', 'target-rejected'],
    ['parked', 'invalid-for-target'],
  ] as const) {
    const rig = await ledgerRig(t);
    const { token, sync } = await one(rig);
    await recordOutcomes(rig.database, [step(sync, token, { blocked: sync.id })], [failed(sync, state, cause)]);
    await rig.accept(updated('H19-1', { summary: 'waits' }));
    t.match(await rig.lane(sync.id), { head: 1, tail: 2, due: null, blocked_by: sync.id });
    t.same((await rig.claim('commune')).syncs, []);
    t.match((await rig.database.people.query('SELECT * FROM problems')).rows, [
      { sync: sync.id, cause, target: 'commune', detail: { detail: 'no' } },
    ]);
  }
});

test('what a person freed meanwhile does not block the lane', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig);
  await recordOutcomes(
    rig.database,
    [step(sync, token, { blocked: sync.id })],
    [failed(sync, 'failed', 'target-rejected')],
  );
  // a claim that saw it failed, as a lane woken by mistake would
  await rig.database.people.query('UPDATE lanes SET due = now(), blocked_by = NULL');
  const seen = await rig.claim('commune');
  t.equal(seen.syncs[0]?.state, 'failed');
  const options = { confirmStale: false, otherBytes: false };
  await replaySync(rig.database, sync.id, options, { who: 'admin', reason: 'mended' }, false);
  await recordOutcomes(rig.database, [step(sync, seen.token, { blocked: sync.id })], []);
  t.match(await rig.lane(sync.id), { blocked_by: null, due: Date });
});

test('a sync cancelled while its call was in the air does not block the lane when the call fails', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('H19-1'), updated('H19-1', { summary: 'next' }));
  const { token, syncs } = await rig.claim('commune');
  const [first, second] = syncs as [ClaimedSync, ClaimedSync];
  await cancelSync(rig.database, first.id, { who: 'admin', reason: 'gửi nhầm' }, false);
  await recordOutcomes(
    rig.database,
    [step(first, token, { blocked: first.id })],
    [failed(first, 'failed', 'target-rejected')],
  );
  t.match(await rig.row(first.id), { state: 'cancelled' });
  t.match(await rig.lane(first.id), { blocked_by: null, due: Date });
  t.ok(
    (await rig.claim('commune')).syncs.some(sync => sync.id === second.id),
    'the next one can go',
  );
});

test('a retry stands in the lane: not before its time, and counted from the first failure', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig);
  const outcome = failed(sync, 'open', 'target-unavailable');
  await recordOutcomes(rig.database, [step(sync, token, { retryMs: 3_600_000 })], [outcome]);
  const first = await rig.row(sync.id);
  t.match(first, { state: 'open', cause: 'target-unavailable', attempts: 1, retry_since: Date });
  t.same((await rig.claim('commune')).syncs, [], 'not due');
  await rig.database.people.query('UPDATE lanes SET due = now()');
  const again = await rig.claim('commune');
  await recordOutcomes(
    rig.database,
    [step(sync, again.token, { retryMs: 3_600_000 })],
    [failed(again.syncs[0] as ClaimedSync, 'open', 'target-timeout')],
  );
  t.match(await rig.row(sync.id), { attempts: 2, retry_since: first.retry_since });
  const { rows } = await rig.database.people.query(
    'SELECT series, no, outcome, cause, status FROM attempts ORDER BY no',
  );
  t.same(rows, [
    { series: 1, no: 1, outcome: 'failed', cause: 'target-unavailable', status: 503 },
    { series: 1, no: 2, outcome: 'failed', cause: 'target-timeout', status: 503 },
  ]);
});

test('an age is counted without the time its target is shut, also while it still is', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig);
  await rig.database.people.query(
    "UPDATE targets SET shut_ms = 1000, breaker = 'open', probe_at = now(), open_ms = 1000, shut_since = now() - interval '5 minutes' WHERE target = 'commune'",
  );
  await recordOutcomes(rig.database, [step(sync, token, { retryMs: 0 })], [failed(sync, 'open', 'target-unavailable')]);
  const mark = Number((await rig.row(sync.id)).retry_mark);
  t.ok(mark >= 301_000 && mark < 310_000, `five minutes and a second: ${mark}`);
  await rig.database.people.query(
    "UPDATE targets SET shut_since = shut_since - interval '4 days', probe_at = now(); UPDATE lanes SET due = now()",
  );
  const probe = (await rig.claim('commune')).syncs[0] as ClaimedSync;
  const shut = probe.shut_ms - (probe.retry_mark ?? 0);
  t.ok(shut >= 4 * 86_400_000 && shut < 4 * 86_400_000 + 60_000, 'four days behind the breaker do not age it');
});

test('steps of many lanes are recorded at once, each by its own claim', async t => {
  const rig = await ledgerRig(t);
  const { token, sync } = await one(rig, 'H19-1');
  const second = await one(rig, 'H19-2');
  const rows = await recordOutcomes(
    rig.database,
    [step(sync, token, { head: 2 }), step(second.sync, token, { head: 2 })],
    [delivered(sync), delivered(second.sync)],
  );
  t.same(
    rows.map(row => row.lane),
    [sync.lane],
    'the second lane is held by another claim',
  );
  t.match(await rig.row(second.sync.id), { state: 'open' });
});

test('two processes that record the same lanes in different order do not deadlock', async t => {
  const rig = await ledgerRig(t);
  const other = anotherProcess(t, rig.url);
  await rig.accept(...Array.from({ length: 6 }, (_, index) => submitted(`H19-${index}`)));
  const { token, syncs } = await rig.claim('commune');
  const steps = syncs.map(sync => step(sync, token, { release: false }));
  await Promise.all(
    Array.from({ length: 20 }, (_, round) =>
      recordOutcomes(round % 2 ? rig.database : other.database, round % 3 ? steps : [...steps].reverse(), []),
    ),
  );
});

test('what targets taught is kept once: their own ids and new numbers', async t => {
  const rig = await ledgerRig(t);
  const { sync } = await one(rig);
  await learnFromTargets(rig.database, [
    { entity: sync.entity, system: 'commune', foreignId: 'ho-so-7', keys: ['dossier:X-7', 'dossier:H19-1'] },
    { entity: sync.entity, system: 'commune', foreignId: 'ho-so-8', keys: ['dossier:X-7'] },
  ]);
  t.same((await rig.database.people.query('SELECT id FROM foreign_ids')).rows, [{ id: 'ho-so-8' }]);
  const [later] = await rig.accept(updated('X-7', { summary: 'by the number the commune gave' }));
  const { rows } = await rig.database.people.query('SELECT lane FROM syncs WHERE id = $1', [later?.syncs[0]?.id]);
  t.same(rows, [{ lane: sync.lane }]);
});
