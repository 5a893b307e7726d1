/** One claimed lane: what is sent, what is passed over, and when it stops before a call. */
import { test } from 'tap';
import type { Delivery } from '../../connectors/connector.ts';
import type { GateWatch } from '../../src/delivery/gate-watch.ts';
import { type LaneContext, runLane } from '../../src/delivery/lane-run.ts';
import type { Recorder } from '../../src/delivery/recorder.ts';
import { deliveryHeaders } from '../../src/delivery/send-sync.ts';
import { createTarget } from '../../src/delivery/target.ts';
import type { CauseCode } from '../../src/domain/causes.ts';
import type { ClaimedSync } from '../../src/ledger/claim.ts';
import type { LaneStep, SyncOutcome } from '../../src/ledger/record.ts';
import { seal } from '../../src/ledger/seal.ts';
import { holderOfNow } from '../../src/wire/held.ts';
import { submitted, systems } from '../support/ledger-rig.ts';
import { vocabulary } from '../translation/fixture.ts';
import { FakeTarget } from './support.ts';

const claimed = (pos: number, more: Partial<ClaimedSync> = {}): ClaimedSync => ({
  lane: 7,
  home: '26041',
  entity: 3,
  head: 1,
  lost: 0,
  id: `00000000-0000-7000-8000-00000000000${pos}`,
  event: 'e',
  pos,
  type: 'dossier.submitted',
  mode: 'official',
  unit: '26041',
  state: 'open',
  attempts: 0,
  series: 1,
  send_no: 1,
  unknown: false,
  unknown_ms: null,
  cause: null,
  fixed_release: null,
  maybe_sent: false,
  retry_age: null,
  retry_mark: null,
  body: seal({ event: submitted('A', { summary: `${pos}` }) as never, codes: [] }).body.toString('base64'),
  key_id: 0,
  foreign_id: null,
  shut_ms: 0,
  gate_dirty: false,
  probe: false,
  ...more,
});

const lane = (more: Partial<LaneContext> & { settleMs?: number } = {}) => {
  const steps: LaneStep[] = [];
  const outcomes: SyncOutcome[] = [];
  const learnt: unknown[] = [];
  const gate = { successes: 0, failures: [] as CauseCode[], unused: 0 };
  const fake = new FakeTarget();
  const context: LaneContext = {
    target: createTarget({ ...(systems[1] as (typeof systems)[number]), honoursKeys: false, settleMs: 2_000 }, fake),
    token: 'token',
    recorder: {
      record: async (step: LaneStep, given: readonly SyncOutcome[]) => {
        steps.push(step);
        outcomes.push(...given);
        return { accepted: true, more: false };
      },
      learn: (item: unknown) => learnt.push(item),
    } as unknown as Recorder,
    gate: {
      open: () => true,
      success: () => {
        gate.successes += 1;
      },
      failure: (cause: CauseCode) => gate.failures.push(cause),
      unused: () => {
        gate.unused += 1;
      },
    } as unknown as GateWatch,
    leaseUntil: () => performance.now() + 60_000,
    vocabulary: () => ({ vocabulary, release: 4 }),
    releaseById: async () => vocabulary,
    statusListOf: () => 'national',
    stopping: () => false,
    random: () => 0.5,
    onFault: () => {},
    onOutcome: () => {},
    ...more,
  };
  const states = () => outcomes.map(outcome => outcome.state);
  return { context, fake, steps, outcomes, learnt, gate, states, last: () => steps.at(-1) as LaneStep };
};

test('syncs go one after the other; the last step gives the lane back', async t => {
  const { context, fake, steps, outcomes } = lane();
  await runLane([claimed(1), claimed(2), claimed(3)], context);
  t.same(fake.effects, ['1', '2', '3']);
  t.same(
    steps.map(step => [step.head, step.release]),
    [
      [2, false],
      [3, false],
      [4, true],
    ],
  );
  t.match(outcomes[0], { state: 'delivered', attempted: 1, release: 4, sentHash: /^[0-9a-f]{32}$/, attempt: null });
});

test('closed syncs are passed over without a call, a parked or failed one blocks', async t => {
  const passed = lane();
  await runLane([claimed(1, { state: 'superseded' }), claimed(2), claimed(3, { state: 'cancelled' })], passed.context);
  t.same(passed.fake.effects, ['2']);
  t.match(passed.last(), { head: 4, blocked: null, release: true });
  for (const state of ['parked', 'failed']) {
    const blocked = lane();
    const head = claimed(2, { state });
    await runLane([claimed(1, { state: 'delivered' }), head, claimed(3)], blocked.context);
    t.same(blocked.fake.calls, [], state);
    t.match(blocked.last(), { head: 2, blocked: head.id, release: true }, state);
  }
});

test('nothing is sent when stopping, behind a shut gate, or with a lease too short for a call', async t => {
  const shut = { open: () => false, unused: () => {} } as unknown as GateWatch;
  for (const more of [
    { stopping: () => true },
    { gate: shut },
    { leaseUntil: () => performance.now() + 900 },
  ] satisfies Partial<LaneContext>[]) {
    const { context, fake, outcomes, last } = lane(more);
    await runLane([claimed(1), claimed(2)], context);
    t.same(fake.calls, [], Object.keys(more).join());
    t.same(outcomes, []);
    t.match(last(), { head: 1, release: true, retryMs: null, blocked: null });
  }
});

test('the probe goes out although the gate is shut to all others', async t => {
  const gate = { open: () => false, success: () => {}, unused: () => t.fail('it was made') } as unknown as GateWatch;
  const { context, fake } = lane({ gate });
  await runLane([claimed(1, { probe: true })], context);
  t.same(fake.effects, ['1']);
});

test('a failure ends the run at its place', async t => {
  const { context, fake, last, outcomes, gate } = lane();
  fake.script = name => (name === '2' ? { cause: 'target-unavailable', retryAfterMs: 5_000 } : 'deliver');
  await runLane([claimed(1), claimed(2), claimed(3)], context);
  t.same(fake.effects, ['1']);
  t.match(last(), { head: 2, retryMs: 5_000, blocked: null, release: true });
  t.match(outcomes.at(-1), { state: 'open', cause: 'target-unavailable', retrying: true, attempt: { no: 1 } });
  t.same(gate.failures, ['target-unavailable']);
});

test('what may have been sent is marked and waits for the settling time, all of it at once', async t => {
  const { context, fake, last, outcomes } = lane();
  const doubt = { maybe_sent: true };
  await runLane(
    [claimed(1, doubt), claimed(2, { ...doubt, state: 'delivered' }), claimed(3, doubt), claimed(4)],
    context,
  );
  t.same(fake.calls, []);
  t.same(
    outcomes.map(outcome => [outcome.id, outcome.unknown, outcome.attempted]),
    [
      [claimed(1).id, true, 0],
      [claimed(3).id, true, 0],
    ],
  );
  t.match(last(), { head: 1, retryMs: 2_000 });
});

test('found newer there: superseded, never written over', async t => {
  const { context, fake, states } = lane();
  fake.lookUp = async () => ({ found: 'newer' });
  await runLane([claimed(1, { unknown: true, attempts: 1 })], context);
  t.same(states(), ['superseded']);
  t.same(fake.calls, []);
});

test('a look-up that fails proves nothing: tried again, still unknown, not sent', async t => {
  const { context, fake, outcomes, last } = lane();
  fake.lookUp = async () => {
    throw new Error('away');
  };
  await runLane([claimed(1, { unknown: true, attempts: 1 })], context);
  t.match(outcomes[0], { state: 'open', unknown: true, cause: 'target-unavailable' });
  t.equal(last().retryMs, 100, 'half of the second step: the target has settled already');
  t.equal(outcomes[0]?.sent, false, 'and settles no longer for a call that only read');
  t.same(fake.calls, []);
});

test('a look-up waits for the settling time, whoever makes the lane due before', async t => {
  const { context, fake, outcomes, last } = lane();
  await runLane([claimed(1, { unknown: true, unknown_ms: 500, attempts: 1 })], context);
  t.same([fake.calls, fake.lookUps, outcomes], [[], [], []], 'no call, no attempt');
  t.match(last(), { head: 1, retryMs: 1_500, blocked: null, release: true });
  await runLane([claimed(1, { unknown: true, unknown_ms: 2_000, attempts: 1 })], context);
  t.same(fake.lookUps, ['1']);
  t.same(fake.effects, ['1'], 'absent after it has settled: sent again');
});

test('what may have been sent after an earlier doubt settles anew', async t => {
  const { context, fake, outcomes, last } = lane();
  await runLane([claimed(1, { maybe_sent: true, unknown: true, unknown_ms: 60_000, attempts: 1 })], context);
  t.same([fake.calls, fake.lookUps], [[], []]);
  t.match(outcomes, [{ unknown: true, sent: true, attempted: 0 }]);
  t.match(last(), { retryMs: 2_000 });
});

test('a target that does not tell enough to prove it: a person decides, nothing is sent', async t => {
  const { context, fake, outcomes, gate } = lane();
  fake.lookUp = async () => ({ found: 'unproven' });
  await runLane([claimed(1, { unknown: true, unknown_ms: 60_000, attempts: 1 })], context);
  t.same(fake.calls, []);
  t.match(outcomes, [
    {
      state: 'parked',
      cause: 'outcome-unknown',
      unknown: false,
      attempted: 1,
      attempt: { no: 2, outcome: 'unknown' },
    },
  ]);
  t.equal(gate.successes, 1, 'it did answer');
});

test('a sign-in refused twice is a person’s to mend; one refusal is tried again', async t => {
  const first = lane();
  first.fake.script = () => ({ cause: 'target-authentication' });
  await runLane([claimed(1)], first.context);
  t.match(first.outcomes, [{ state: 'open', cause: 'target-authentication' }]);
  const second = lane();
  second.fake.script = () => ({ cause: 'target-authentication' });
  const refused = claimed(1, { attempts: 1, cause: 'target-authentication' });
  await runLane([refused], second.context);
  t.match(second.outcomes, [{ state: 'failed', cause: 'target-authentication' }]);
  t.match(second.last(), { blocked: refused.id });
});

test('a lease that runs out before the first byte is no attempt and no fault of the target', async t => {
  let left = 60_000;
  const { context, fake, outcomes, last, gate } = lane({ leaseUntil: () => performance.now() + left });
  const deliver = fake.deliver.bind(fake);
  fake.deliver = async deliveries => {
    left = 0;
    if (holderOfNow()()) return deliver(deliveries);
    const [{ syncId }] = deliveries as [Delivery];
    return [{ syncId, result: 'failed', cause: 'target-unavailable', detail: 'late', unknown: false }];
  };
  await runLane([claimed(1, { probe: true })], context);
  t.same([outcomes, gate.failures, gate.successes], [[], [], 0]);
  t.match(last(), { head: 1, retryMs: null, release: true });
  t.equal(gate.unused, 1, 'another may probe');
});

test('a look-up that leads to a send says nothing of the target, the send does', async t => {
  const { context, fake, gate } = lane();
  fake.script = () => ({ cause: 'target-unavailable' });
  await runLane([claimed(1, { unknown: true, unknown_ms: 60_000, attempts: 1 })], context);
  t.same([gate.successes, gate.failures], [0, ['target-unavailable']]);
});

test('an attempt has its own start and end, measured by a clock that cannot jump', async t => {
  const { context, fake, outcomes } = lane();
  fake.script = async () => {
    await new Promise(resolve => setImmediate(resolve));
    return { cause: 'target-unavailable' };
  };
  const before = performance.now();
  await runLane([claimed(1)], context);
  const attempt = outcomes[0]?.attempt;
  t.ok(attempt && attempt.startedAt >= before && attempt.endedAt > attempt.startedAt);
  t.ok(attempt && attempt.endedAt <= performance.now());
});

test('a conflict is looked up: what is there already counts as delivered', async t => {
  const { context, fake, outcomes } = lane();
  fake.script = () => ({ cause: 'target-conflict' });
  fake.lookUp = async () => ({ found: 'equal', foreignId: 'f-1' });
  await runLane([claimed(1)], context);
  t.match(outcomes[0], { state: 'delivered' });
  const other = lane();
  other.fake.script = () => ({ cause: 'target-conflict' });
  other.fake.lookUp = async () => ({ found: 'different' });
  await runLane([claimed(1)], other.context);
  t.match(other.outcomes[0], { state: 'failed', cause: 'target-conflict', problem: { target: 'commune' } });
  const newer = lane();
  newer.fake.script = () => ({ cause: 'target-conflict' });
  newer.fake.lookUp = async () => ({ found: 'newer' });
  await runLane([claimed(1)], newer.context);
  t.match(newer.outcomes[0], { state: 'superseded' });
  const away = lane();
  away.fake.script = () => ({ cause: 'target-conflict' });
  away.fake.lookUp = async () => {
    throw Object.assign(new Error('slow down'), { reason: 'target-throttled', retryAfterMs: 9_000 });
  };
  await runLane([claimed(1)], away.context);
  t.match(
    away.outcomes[0],
    { state: 'open', cause: 'target-throttled', unknown: false },
    'not decided without looking',
  );
  t.equal(away.last().retryMs, 9_000);
});

test('what keeps it from being formatted parks it with the place, and costs no attempt', async t => {
  const { context, outcomes, last, gate } = lane();
  const event = submitted('A', { status: 'không có', statusList: 'xa-3b' });
  const body = seal({ event: event as never, codes: [] }).body.toString('base64');
  const sync = claimed(1, { body, gate_dirty: true, probe: true });
  await runLane([sync], context);
  t.match(outcomes[0], { state: 'parked', cause: 'unmapped-status', attempted: 0, attempt: null });
  t.match(JSON.parse(outcomes[0]?.problem?.detail as string), { pointer: '/data/status', value: 'không có' });
  t.match(last(), { blocked: sync.id });
  t.equal(gate.unused, 1, 'a probe that was not made is given back');
});

test('age counts from the first failure without the time shut', async t => {
  const age = { attempts: 9, retry_age: 3_600_000, retry_mark: 1_000 };
  const run = async (shut_ms: number) => {
    const { context, fake, states } = lane();
    fake.script = () => ({ cause: 'target-unavailable' });
    await runLane([claimed(1, { ...age, shut_ms })], context);
    return states();
  };
  t.same(await run(1_000), ['failed'], 'an hour of a minute');
  t.same(await run(1_000 + 3_590_000), ['open'], 'all but ten seconds behind the breaker');
});

test('what the answer teaches is kept once', async t => {
  const { context, fake, learnt } = lane();
  fake.deliver = async ([delivery]: Delivery[]) => [
    {
      syncId: delivery?.syncId as string,
      result: 'delivered',
      foreignId: 'f-1',
      codes: [{ code: 'X-1', kind: 'local' as const }],
    },
  ];
  await runLane([claimed(1), claimed(2, { foreign_id: 'f-1' })], context);
  t.same(learnt, [{ entity: 3, system: 'commune', foreignId: 'f-1', keys: ['dossier:X-1'] }]);
});

test('headers: the sync’s id, a key of its own after a replay, the trial mark, a trace', async t => {
  const sync = { id: '01890000-0000-7000-8000-0000000000ab', send_no: 1, mode: 'official' };
  t.same(deliveryHeaders(sync, '00-1-2-01'), {
    'idempotency-key': sync.id,
    'x-lienthong-sync': sync.id,
    traceparent: '00-1-2-01',
  });
  const again = deliveryHeaders({ ...sync, send_no: 3, mode: 'trial' }, undefined);
  t.match(again, { 'idempotency-key': `${sync.id}.3`, 'x-lienthong-mode': 'trial' });
  t.match(again.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});
