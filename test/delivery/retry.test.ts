/** Retry by cause and age. */
import fc from 'fast-check';
import { test } from 'tap';
import { backoffMs, judgeFailure, settlingMs } from '../../src/delivery/retry.ts';
import { CAUSES, type CauseCode } from '../../src/domain/causes.ts';

const policy = { baseMs: 500, capMs: 60_000, maxAgeMs: 3 * 86_400_000 };
const means = { honoursKeys: false, looksUp: true, settleMs: 120_000 };
const failure = (cause: CauseCode, more: object = {}) => ({
  cause,
  previous: null,
  unknown: false,
  sent: true,
  attempts: 1,
  ageMs: 0,
  ...more,
});
const half = () => 0.5;

test('causes decide: away is retried, rejected fails, missing facts park', async t => {
  t.same(judgeFailure(failure('target-unavailable'), policy, means, half), { next: 'retry', inMs: 250 });
  t.same(judgeFailure(failure('target-rejected'), policy, means, half), { next: 'failed', cause: 'target-rejected' });
  t.same(judgeFailure(failure('invalid-for-target'), policy, means, half), {
    next: 'parked',
    cause: 'invalid-for-target',
  });
});

test('what is not known there yet heals with time and ends by age, without a person', async t => {
  t.match(judgeFailure(failure('not-known-there'), policy, means, half), { next: 'retry' });
  t.match(judgeFailure(failure('not-known-there', { ageMs: policy.maxAgeMs }), policy, means, half), {
    next: 'failed',
  });
});

test('Retry-After is obeyed', async t => {
  t.same(judgeFailure(failure('target-throttled', { retryAfterMs: 30_000 }), policy, means, half), {
    next: 'retry',
    inMs: 30_000,
  });
});

test('after an unknown outcome nothing is tried before the target has settled, unless it honours keys', async t => {
  const unknown = failure('target-timeout', { unknown: true });
  t.same(judgeFailure(unknown, policy, means, half), { next: 'retry', inMs: 120_000 });
  t.same(judgeFailure(unknown, policy, { ...means, honoursKeys: true }, half), { next: 'retry', inMs: 250 });
});

test('where nothing can prove the outcome a person decides', async t => {
  const blind = { honoursKeys: false, looksUp: false, settleMs: 0 };
  t.same(judgeFailure(failure('target-timeout', { unknown: true }), policy, blind, half), {
    next: 'parked',
    cause: 'outcome-unknown',
  });
  t.equal(
    judgeFailure(failure('target-unavailable'), policy, blind, half).next,
    'retry',
    'a known failure is simply tried again',
  );
});

test('three days of reachable target end it', async t => {
  t.equal(
    judgeFailure(failure('target-unavailable', { ageMs: policy.maxAgeMs - 1 }), policy, means, half).next,
    'retry',
  );
  t.same(judgeFailure(failure('target-unavailable', { ageMs: policy.maxAgeMs }), policy, means, half), {
    next: 'failed',
    cause: 'target-unavailable',
  });
});

test('property: the pause is within the exponential step and its cap', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempts, random) => {
        const pause = backoffMs(attempts, policy, () => random);
        return pause >= 0 && pause <= Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(30, attempts - 1));
      },
    ),
  );
});

test('a sign-in refused twice in a row goes to a person, another failure in between begins anew', async t => {
  const refused = failure('target-authentication');
  t.match(judgeFailure(refused, policy, means, half), { next: 'retry' });
  t.match(judgeFailure({ ...refused, previous: 'target-timeout' }, policy, means, half), { next: 'retry' });
  t.same(judgeFailure({ ...refused, previous: 'target-authentication' }, policy, means, half), {
    next: 'failed',
    cause: 'target-authentication',
  });
});

test('a look-up proves something only after the settling time, counted from the unknown outcome', async t => {
  t.equal(settlingMs(0, means), 120_000);
  t.equal(settlingMs(119_999, means), 1);
  t.equal(settlingMs(120_000, means), 0);
  t.equal(settlingMs(null, means), 0, 'known');
  t.equal(settlingMs(0, { ...means, honoursKeys: true }), 0, 'its key keeps it single');
  t.equal(settlingMs(0, { ...means, looksUp: false }), 0, 'nothing to wait for: a person decides');
});

test('what only looked up does not settle again', async t => {
  const lookUp = failure('target-unavailable', { unknown: true, sent: false });
  t.same(judgeFailure(lookUp, policy, means, half), { next: 'retry', inMs: 250 });
});

const failures = fc.record({
  cause: fc.constantFrom(...(Object.keys(CAUSES) as CauseCode[])),
  previous: fc.option(fc.constantFrom(...(Object.keys(CAUSES) as CauseCode[])), { nil: null }),
  unknown: fc.boolean(),
  sent: fc.boolean(),
  retryAfterMs: fc.option(fc.nat(200_000_000), { nil: undefined }),
  attempts: fc.integer({ min: 1, max: 100_000 }),
  ageMs: fc.nat(2 * policy.maxAgeMs),
});
const targets = fc.record({ honoursKeys: fc.boolean(), looksUp: fc.boolean(), settleMs: fc.nat(600_000) });
const chance = fc.double({ min: 0, max: 0.999, noNaN: true });

test('property: what each failure comes to', async () => {
  fc.assert(
    fc.property(failures, targets, chance, (failed, target, random) => {
      const verdict = judgeFailure(failed, policy, target, () => random);
      const { kind } = CAUSES[failed.cause];
      if (failed.unknown && !target.honoursKeys && !target.looksUp)
        return verdict.next === 'parked' && verdict.cause === 'outcome-unknown';
      if (kind === 'park') return verdict.next === 'parked';
      if (kind === 'fail') return verdict.next === 'failed';
      const twice = failed.cause === 'target-authentication' && failed.previous === failed.cause;
      if (twice || failed.ageMs >= policy.maxAgeMs) return verdict.next === 'failed' && verdict.cause === failed.cause;
      if (verdict.next !== 'retry') return false;
      const wished = Math.min(failed.retryAfterMs ?? 0, 86_400_000);
      const settles = failed.unknown && failed.sent && !target.honoursKeys ? target.settleMs : 0;
      const most = Math.max(policy.capMs, wished, settles);
      return verdict.inMs >= wished && verdict.inMs >= settles && verdict.inMs <= most;
    }),
  );
});

test('property: jitter is full: each part of the step is as likely as any other', async t => {
  for (const attempts of [1, 4, 50]) {
    const step = Math.min(policy.capMs, policy.baseMs * 2 ** (attempts - 1));
    t.equal(
      backoffMs(attempts, policy, () => 0),
      0,
      'from nothing',
    );
    t.equal(
      backoffMs(attempts, policy, () => 0.25),
      Math.round(step / 4),
    );
    t.equal(
      backoffMs(attempts, policy, () => 0.999_999),
      step,
      'to the whole step',
    );
  }
});

test('every cause has a title and a remedy in both languages', async t => {
  for (const [code, facts] of Object.entries(CAUSES)) {
    t.ok(facts.title.vi && facts.title.en && facts.remedy.vi && facts.remedy.en, code);
  }
});
