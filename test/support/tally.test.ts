/** The closing line of a test run rests on this counting: what crashed or was cut short must never count as passed. */
import { test } from 'tap';
import { createTally, type Tally } from './tally.ts';

function count(text: string): Tally & { shown: string } {
  const shown: string[] = [];
  const tally = createTally(line => shown.push(line));
  for (const line of text.split('\n')) tally.line(line);
  return { ...tally.end(), shown: shown.join('\n') };
}

const good = `# Subtest: a.test.ts
    # Subtest: one
        ok 1 - inner
        1..1
    ok 1 - one # time=1ms
    ok 2 - two # SKIP no redis
    1..2
ok 1 - a.test.ts # time=5ms
`;

test('counts the tests of a file, not their assertions', async t => {
  t.match(count(`TAP version 14\n${good}1..1`), {
    passed: 1,
    failed: 0,
    skipped: ['two # SKIP no redis'],
    shown: 'ok   a.test.ts # time=5ms',
  });
});

test('a failing test is shown whole and counted once', async t => {
  const text = `    # Subtest: one
        not ok 1 - inner
          ---
          diff: here
          ...
        1..1
    not ok 1 - one
      ---
      at: there
      ...
    1..1
not ok 1 - a.test.ts
  ---
  exitCode: 1
  ...
1..1`;
  t.match(count(text), { passed: 0, failed: 1, shown: /diff: here[\s\S]*FAIL a\.test\.ts/ });
});

test('a file that crashes after good tests counts as a failure', async t => {
  t.match(count('    ok 1 - one\n    1..1\nnot ok 1 - a.test.ts\n1..1'), { passed: 1, failed: 1 });
});

test('a file without tests counts as a failure', async t => {
  t.match(count('    1..0 # no tests found\nok 1 - a.test.ts # SKIP no tests found\n1..1'), {
    passed: 0,
    failed: 1,
    skipped: [],
  });
});

test('an output that is cut short counts as a failure', async t => {
  t.match(count(good), { failed: 1 }, 'no plan at the end');
  t.match(count(`${good}    ok 1 - one`), { failed: 1 }, 'in the middle of a file');
  t.match(count(''), { passed: 0, failed: 1 });
});

test('bailing out counts as a failure', async t => {
  t.match(count(`${good}Bail out! no database\n1..1`), { failed: 1 });
});
