/** The backlog of commits: bounded in events, bytes and time, in the order of arrival, and its sums never drift. */
import fc from 'fast-check';
import { test } from 'tap';
import { Backlog, type BacklogLimits } from '../../src/intake/backlog.ts';

const limits: BacklogLimits = { events: 10, bytes: 100, stuckMs: 50, waitMs: 80 };

function rig(): {
  backlog: Backlog<Named>;
  pass(ms: number): void;
  ask(name: string, events: number, bytes?: number): boolean;
} {
  let now = 0;
  const backlog = new Backlog<Named>(limits, () => now);
  return {
    backlog,
    pass: ms => {
      now += ms;
    },
    ask: (name, events, bytes = 1) => backlog.add({ name, events: Array.from({ length: events }), bytes, since: now }),
  };
}
interface Named {
  name: string;
  events: readonly unknown[];
  bytes: number;
  since: number;
}
const names = (requests: readonly Named[]): string[] => requests.map(({ name }) => name);

test('what is over the bound of events or bytes is sent away, and let in once there is room again', async t => {
  const { backlog, ask } = rig();
  t.equal(ask('a', 6), true);
  t.equal(ask('b', 5), false, 'eleven events');
  t.equal(ask('c', 1, 100), false, '101 bytes');
  t.equal(ask('d', 4), true);
  t.same(names(backlog.take(6).group), ['a'], 'a group is not torn');
  t.equal(ask('e', 6), true);
  t.same(names(backlog.take(100).group), ['d', 'e']);
  t.equal(backlog.empty, true);
});

test('a commit that stands still shuts the door; its end opens it', async t => {
  const { backlog, ask, pass } = rig();
  backlog.begin();
  pass(50);
  t.equal(ask('in time', 1), true);
  pass(1);
  t.equal(ask('too late', 1), false);
  backlog.end();
  t.equal(ask('after it', 1), true);
});

test('who waited too long is sent away rather than tried', async t => {
  const { backlog, ask, pass } = rig();
  ask('old', 1);
  pass(40);
  ask('young', 1);
  pass(41);
  const { group, late } = backlog.take(100);
  t.same([names(group), names(late)], [['young'], ['old']]);
});

test('nothing is lost, doubled or turned round, and the bounds hold, whatever comes', async () => {
  const step = fc.oneof(
    fc.record({ ask: fc.nat({ max: 12 }), bytes: fc.nat({ max: 120 }) }),
    fc.record({ take: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ pass: fc.nat({ max: 60 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const { backlog, ask, pass } = rig();
      const held: { name: string; events: number; bytes: number }[] = [];
      for (const [index, did] of steps.entries()) {
        if ('pass' in did) pass(did.pass);
        else if ('ask' in did) {
          const events = held.reduce((sum, one) => sum + one.events, did.ask);
          const bytes = held.reduce((sum, one) => sum + one.bytes, did.bytes);
          const fits = events <= limits.events && bytes <= limits.bytes;
          if (ask(String(index), did.ask, did.bytes) !== fits) return false;
          if (fits) held.push({ name: String(index), events: did.ask, bytes: did.bytes });
        } else {
          const { group, late } = backlog.take(did.take);
          const out = [...group, ...late].map(({ name }) => Number(name)).sort((a, b) => a - b);
          const due = held.splice(0, out.length).map(({ name }) => Number(name));
          if (out.join() !== due.join() || backlog.empty !== (held.length === 0)) return false;
          const inOrder = names(group).map(Number);
          if (inOrder.some((no, at) => at > 0 && no < (inOrder[at - 1] as number))) return false;
        }
      }
      return true;
    }),
    { numRuns: 500 },
  );
});
