/** The breaker's rule: when a target is cut off, when it is called again. Tables, and a model that keeps every call. */
import fc from 'fast-check';
import { test } from 'tap';
import { type BreakerPolicy, type BreakerState, nextBreaker, type Seen } from '../../src/domain/breaker.ts';

const policy: BreakerPolicy = {
  failures: 5,
  failureRate: 0.5,
  windowMs: 1_000,
  minimumCalls: 10,
  openMs: 100,
  maxOpenMs: 500,
};
const fresh: BreakerState = {
  breaker: 'closed',
  failures: 0,
  windowAt: 0,
  calls: 0,
  failed: 0,
  openMs: null,
  probeAt: null,
};
const saw = (successes: number, failures: number, probe: Seen['probe'] = null): Seen => ({
  successes,
  failures,
  probe,
});
/** The state after several groups, 1 ms apart. */
const after = (groups: readonly Seen[], from: BreakerState = fresh, at = 0): BreakerState =>
  groups.reduce((state, seen, index) => nextBreaker(state, seen, policy, at + index + 1), from);

test('failures in a row open it, a success in between begins the count anew', async t => {
  t.match(after([saw(0, 4)]), { breaker: 'closed', failures: 4 });
  t.match(after([saw(0, 4), saw(0, 1)]), { breaker: 'open', openMs: 100, probeAt: 102 });
  t.match(after([saw(0, 4), saw(1, 0), saw(0, 4)]), { breaker: 'closed', failures: 4 });
});

test('half of all calls failing opens it although none fail in a row, once there were enough calls', async t => {
  const half = Array.from({ length: 4 }, () => saw(1, 1));
  t.match(after(half), { breaker: 'closed', calls: 8, failed: 4, failures: 0 }, 'too few to say');
  t.match(after([...half, saw(1, 1)]), { breaker: 'open', calls: 10, failed: 5 });
  t.match(after([saw(6, 4)]), { breaker: 'closed' }, 'less than half');
  t.match(after([saw(100, 0)]), { breaker: 'closed' });
});

test('what failed before the window says nothing any more', async t => {
  const before = after([saw(1, 4)]);
  t.match(nextBreaker(before, saw(1, 4), policy, 1_000), { breaker: 'closed', calls: 5, failed: 4, windowAt: 1_000 });
  t.match(nextBreaker(before, saw(1, 4), policy, 999), { breaker: 'open' });
});

test('while it is cut off only the probe counts', async t => {
  const open = after([saw(0, 5)]);
  t.same(nextBreaker(open, saw(3, 0), policy, 50), open, 'late answers of calls sent before do not close it');
  t.same(nextBreaker(open, saw(0, 9), policy, 50), open, 'nor do late failures prolong it');
  const half: BreakerState = { ...open, breaker: 'half-open' };
  t.same(nextBreaker(half, saw(2, 2), policy, 150), half);
  t.same(nextBreaker(half, saw(1, 0, 'answered'), policy, 150), { ...fresh, windowAt: 150 });
  t.match(nextBreaker(half, saw(0, 1, 'failed'), policy, 150), { breaker: 'open', openMs: 200, probeAt: 350 });
});

test('each failed probe doubles the distance, up to its bound', async t => {
  let state = after([saw(0, 5)]);
  const distances = [];
  for (let n = 0; n < 5; n++) {
    state = nextBreaker({ ...state, breaker: 'half-open' }, saw(0, 1, 'failed'), policy, 1_000);
    distances.push(state.openMs);
  }
  t.same(distances, [200, 400, 500, 500, 500]);
});

/** All that may happen: a group of outcomes, a claim that probes, time that passes. */
const step = fc.record({
  wait: fc.integer({ min: 0, max: 400 }),
  successes: fc.integer({ min: 0, max: 3 }),
  failures: fc.integer({ min: 0, max: 3 }),
  probe: fc.constantFrom<Seen['probe']>(null, 'answered', 'failed'),
});

test('model: it opens exactly when the calls of the window or in a row say so, and closes by an answered probe alone', async () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      let state = fresh;
      let now = 0;
      let windowAt = 0;
      let calls: boolean[] = [];
      let row = 0;
      let distance: number | null = null;
      for (const { wait, successes, failures, probe } of steps) {
        now += wait;
        const shut = state.breaker !== 'closed';
        // what the ledger does when a claim finds the time of the probe come
        const probes = shut && now >= (state.probeAt ?? Number.POSITIVE_INFINITY);
        const before: BreakerState = probes ? { ...state, breaker: 'half-open' } : state;
        const seen = saw(successes, failures, probes ? probe : null);
        state = nextBreaker(before, seen, policy, now);
        if (shut) {
          if (seen.probe === 'answered') {
            if (state.breaker !== 'closed') return false;
            [windowAt, calls, row, distance] = [now, [], 0, null];
          } else if (seen.probe === 'failed') {
            distance = Math.min((distance as number) * 2, policy.maxOpenMs);
            if (state.breaker !== 'open' || state.openMs !== distance || state.probeAt !== now + distance) return false;
          } else if (state !== before) return false;
          continue;
        }
        if (now - windowAt >= policy.windowMs) [windowAt, calls] = [now, []];
        calls.push(...Array<boolean>(successes).fill(true), ...Array<boolean>(failures).fill(false));
        row = successes > 0 ? 0 : row + failures;
        const bad = calls.filter(good => !good).length;
        const opens =
          row >= policy.failures ||
          (bad > 0 && calls.length >= policy.minimumCalls && bad / calls.length >= policy.failureRate);
        if ((state.breaker === 'open') !== opens || (state.probeAt === null) === opens) return false;
        if (opens) distance = policy.openMs;
      }
      return true;
    }),
    { numRuns: 500 },
  );
});
