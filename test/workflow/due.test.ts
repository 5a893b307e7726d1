/** When dossiers are due: online filings, the same day, what the handler gave, and years whose days off nobody has listed. */
import t from 'tap';
import { at, clocks, local, mapping, said, TEN_DAYS } from './moves.ts';

t.test('an online filing is to be answered in eight working hours', async t => {
  const filed = said('2026-11-23T16:00', '1', { online: true });
  const table: [string, string, string][] = [
    ['2026-11-23T16:30', 'in-time', 'filed on the eve of a day off'],
    ['2026-11-25T15:00', 'nearly-late', '6.5 of 8 hours'],
    ['2026-11-25T16:31', 'late', 'the eighth hour is over'],
  ];
  for (const [now, lateness, why] of table) {
    const open = clocks([filed], now);
    t.match(open, { state: 'filed', step: 1, lateness, next: { from: 'answer' } }, why);
    t.equal(local(open.next?.at), '2026-11-25T16:30');
    t.equal(open.due, null, 'no time limit runs before it is received');
  }
  const refused = clocks([filed, said('2026-11-25T16:00', '3')], '2026-12-10T08:00');
  t.match(refused.steps[0], { lateness: 'nearly-late' }, 'answered in time, however long ago');
  const asked = clocks([filed, said('2026-11-25T17:00', '5')], '2026-11-26T08:00');
  t.match(asked.steps[0], { lateness: 'late', due: { from: 'answer' } });
  const answered = clocks([filed, said('2026-11-25T08:00', '5')], '2026-12-10T08:00');
  t.match(
    answered,
    { state: 'paused', lateness: 'unknown', next: null },
    'papers were asked for in time: the citizen’s turn',
  );
  t.match(answered.steps[0], { lateness: 'in-time' });
});

t.test('same day before the last hour of filing, else the next working day', async t => {
  const birth = '1.001193';
  const due = (when: string): string | null => local(clocks([said(when, '2')], when, birth).due?.at ?? null);
  t.equal(due('2026-11-20T14:59'), '2026-11-20T17:00');
  t.equal(due('2026-11-20T15:00'), '2026-11-20T17:00', 'on the hour is not after it');
  t.equal(due('2026-11-20T15:01'), '2026-11-23T17:00', 'Friday → Monday');
  t.equal(due('2026-11-23T16:00'), '2026-11-25T17:00', 'over 24 November');
  t.equal(due('2026-02-13T15:30'), '2026-02-23T17:00', 'over Tết');
  t.equal(clocks([said('2026-11-20T14:59', '2')], '2026-11-20T15:00', birth).cutoffTime, '15:00');
  for (const code of ['2.000884', '2.000815', '2.000635']) t.equal(mapping.cutoffOf(code)?.text, '15:00', code);
  // its last hour belongs to a case that is due the same day, not to its three working days
  for (const code of ['1.004859', TEN_DAYS]) t.equal(mapping.cutoffOf(code), undefined, code);
});

t.test('a due date that the handler gave counts; what was printed and what is counted stay beside it', async t => {
  const moves = [
    said('2026-11-02T08:00', '2', { due: at('2026-11-10T17:00') }),
    said('2026-11-03T08:00', '5'),
    said('2026-11-04T08:00', '4'),
  ];
  const { due, printedDue, computedDue } = clocks(moves, '2026-11-05T08:00');
  t.same([due?.from, local(due?.at ?? null)], ['given', '2026-11-11T17:00'], 'moved on by the pause');
  t.same([local(printedDue), local(computedDue)], ['2026-11-10T17:00', '2026-11-17T17:00']);
});

t.test('a year without a list is said to be estimated', async t => {
  t.same(clocks([said('2031-03-03T08:00', '2')], '2031-03-04T08:00').estimatedYears, ['2031']);
  t.same(clocks([said('2026-03-03T08:00', '2')], '2026-03-04T08:00').estimatedYears, []);
  const eve = said('2027-12-31T16:00', '1', { online: true });
  t.same(clocks([eve], '2027-12-31T16:30').estimatedYears, ['2028'], 'its answer is due in a year without a list');
  t.same(clocks([said('2027-12-01T08:00', '2')], '2030-01-02T08:00').estimatedYears, ['2028', '2029', '2030']);
});
