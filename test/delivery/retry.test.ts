/** Retry by cause and age. */
import fc from 'fast-check';
import { test } from 'tap';
import { backoffMs, judgeFailure } from '../../src/delivery/retry.ts';
import { CAUSES, type CauseCode } from '../../src/domain/causes.ts';

const policy = { baseMs: 500, capMs: 60_000, maxAgeMs: 3 * 86_400_000 };
const means = { honoursKeys: false, looksUp: true, settleMs: 120_000 };
const failure = (cause: CauseCode, more: object = {}) => ({ cause, unknown: false, attempts: 1, ageMs: 0, ...more });
const half = () => 0.5;

test('causes decide: away is retried, rejected fails, missing facts park', async t => {
  t.same(judgeFailure(failure('target-unavailable'), policy, means, half), { next: 'retry', inMs: 250 });
  t.same(judgeFailure(failure('target-rejected'), policy, means, half), { next: 'failed', cause: 'target-rejected' });
  t.same(judgeFailure(failure('invalid-for-target'), policy, means, half), {
    next: 'parked',
    cause: 'invalid-for-target',
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

test('every cause has a title and a remedy in both languages', async t => {
  for (const [code, facts] of Object.entries(CAUSES)) {
    t.ok(facts.title.vi && facts.title.en && facts.remedy.vi && facts.remedy.en, code);
  }
});
