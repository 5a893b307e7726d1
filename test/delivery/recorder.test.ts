/** Rolling groups of records: a failing database, a bad value or a lost lane costs nobody else's outcome. */
import { test } from 'tap';
import { createClaimer } from '../../src/delivery/claimer.ts';
import { createRecorder } from '../../src/delivery/recorder.ts';
import { createTarget } from '../../src/delivery/target.ts';
import type { ClaimedSync } from '../../src/ledger/claim.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import type { LaneStep, SyncOutcome } from '../../src/ledger/record.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig, type Rig, submitted, systems, TRAN_BIEN, updated } from '../support/ledger-rig.ts';
import { lineTo } from '../support/line-to.ts';
import { FakeTarget } from './support.ts';

const step = (sync: ClaimedSync, token: string, more: Partial<LaneStep> = {}): LaneStep => ({
  lane: sync.lane,
  token,
  head: sync.pos + 1,
  retryMs: null,
  blocked: null,
  release: true,
  ...more,
});
const done = (sync: ClaimedSync, more: Partial<SyncOutcome> = {}): SyncOutcome => ({
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
const failed = (sync: ClaimedSync, detail: string): SyncOutcome =>
  done(sync, {
    state: 'failed',
    cause: 'target-rejected',
    detail,
    attempt: {
      series: 1,
      no: 1,
      startedAt: performance.now(),
      endedAt: performance.now(),
      outcome: 'failed',
      status: 422,
      detail,
    },
    problem: { unit: null, target: 'commune', detail: JSON.stringify({ detail }) },
  });
const states = async (rig: Rig): Promise<unknown[]> =>
  (await rig.database.people.query('SELECT state FROM syncs ORDER BY lane, pos')).rows.map(row => row.state);
const claimed = async (rig: Rig, count: number): Promise<{ token: string; syncs: ClaimedSync[] }> => {
  for (let n = 0; n < count; n++) await rig.accept(submitted(`H${n}`));
  return rig.claim('commune');
};

test('many lanes are recorded together, several steps of one lane as one', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('A'), updated('A', { summary: 'b' }), submitted('B'));
  const { token, syncs } = await rig.claim('commune');
  const recorder = createRecorder(rig.database, error => t.fail(String(error)));
  const answers = await Promise.all(
    syncs.map(sync => recorder.record(step(sync, token, { release: sync.pos === 2 }), [done(sync)])),
  );
  t.same(
    answers.map(answer => answer.accepted),
    [true, true, true],
  );
  t.same(await states(rig), ['delivered', 'delivered', 'delivered']);
  t.equal(recorder.refused(), 0);
});

test('what a target answered cannot be stored: the outcome is, without the text, and so are all others', async t => {
  const rig = await ledgerRig(t);
  const { token, syncs } = await claimed(rig, 4);
  const errors: unknown[] = [];
  const recorder = createRecorder(rig.database, error => errors.push(error));
  const answers = await Promise.all(
    syncs.map((sync, n) =>
      n === 1
        ? recorder.record(step(sync, token, { head: 1, blocked: sync.id }), [failed(sync, 'NUL \u0000 in it')])
        : recorder.record(step(sync, token), [done(sync)]),
    ),
  );
  t.ok(answers.every(answer => answer.accepted));
  t.same(await states(rig), ['delivered', 'failed', 'delivered', 'delivered']);
  t.match(await rig.lane(syncs[1]?.id as string), { blocked_by: syncs[1]?.id, due: null });
  t.ok(errors.length > 0, 'and it is told');
});

test('a lesson that cannot be stored stops no record', async t => {
  const rig = await ledgerRig(t);
  const { token, syncs } = await claimed(rig, 2);
  const [first, second] = syncs as [ClaimedSync, ClaimedSync];
  const recorder = createRecorder(rig.database, () => {});
  recorder.learn({ entity: first.entity, system: 'commune', foreignId: 'x\u0000', keys: [] });
  recorder.learn({ entity: second.entity, system: 'commune', foreignId: 'good', keys: [] });
  t.match(await recorder.record(step(first, token), [done(first)]), { accepted: true });
  t.same((await rig.database.people.query('SELECT id FROM foreign_ids')).rows, [{ id: 'good' }]);
  t.match(await recorder.record(step(second, token), [done(second)]), { accepted: true });
});

test('a record outlives a short absence of the database', async t => {
  const rig = await ledgerRig(t);
  const { token, syncs } = await claimed(rig, 1);
  const sync = syncs[0] as ClaimedSync;
  const door = await lineTo(t, rig.url);
  const database = openDatabase(door.url, () => {});
  t.teardown(() => database.end());
  const errors: unknown[] = [];
  const recorder = createRecorder(database, error => errors.push(error));
  door.line.shut();
  const recording = recorder.record(step(sync, token), [done(sync)]);
  await eventually(() => errors.length >= 2);
  door.line.mend();
  t.match(await recording, { accepted: true });
  t.same(await states(rig), ['delivered']);
});

test('an old claim and its successor on one lane are told apart, also when both record at once', async t => {
  const rig = await ledgerRig(t);
  const old = await claimed(rig, 1);
  const sync = old.syncs[0] as ClaimedSync;
  await rig.database.people.query("UPDATE claims SET until = now() - interval '1 second'");
  await rig.database.people.query("UPDATE lanes SET leased_at = now() - interval '1 minute'");
  const fresh = await rig.claim('commune');
  for (const order of [0, 1]) {
    const recorder = createRecorder(rig.database, error => t.fail(String(error)));
    const asOld = () =>
      recorder.record(step(sync, old.token, { head: 1, blocked: sync.id }), [failed(sync, 'from a worker that slept')]);
    const asFresh = () => recorder.record(step(sync, fresh.token, { release: order === 1 }), [done(sync)]);
    const [first, second] = order === 0 ? [asOld(), asFresh()] : [asFresh(), asOld()];
    const [stale, good] = await Promise.all(order === 0 ? [first, second] : [second, first]);
    t.equal(stale.accepted, false);
    t.equal(good.accepted, true);
    t.equal(recorder.refused(), 1);
    t.same(await states(rig), ['delivered']);
  }
  t.match(await rig.lane(sync.id), { head: 2, blocked_by: null, due: null });
});

test('a lane claimed before its head can be seen is handed back', async t => {
  const rig = await ledgerRig(t);
  await rig.accept(submitted('A'));
  await rig.database.people.query('UPDATE lanes SET head = 2, tail = 2');
  const recorder = createRecorder(rig.database, error => t.fail(String(error)));
  const target = createTarget(systems[1] as (typeof systems)[number], new FakeTarget());
  const claimer = createClaimer({
    database: rig.database as Database,
    target,
    worker: '00000000-0000-4000-8000-000000000001',
    leaseMs: 15_000,
    recorder,
  });
  t.match(await claimer.claim(TRAN_BIEN), { lanes: [], full: false });
  await recorder.idle();
  const { rows } = await rig.database.people.query('SELECT lease, due <= now() AS due FROM lanes');
  t.same(rows, [{ lease: null, due: true }]);
  t.equal(target.slots.free, 8, 'and so are its slots');
});
