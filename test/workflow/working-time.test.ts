/** Working time by the Vietnamese calendar: days that count, hours that count, and counting in them. */
import fc from 'fast-check';
import t from 'tap';
import { loadVocabulary } from '../../src/translation/load.ts';
import { dueBy } from '../../src/workflow/time-limit.ts';
import { calendarOf, compileCalendar } from '../../src/workflow/working-time.ts';

const { vocabulary } = await loadVocabulary('mappings', {});
const calendar = calendarOf(vocabulary);
const at = (local: string): number => Date.parse(`${local}+07:00`);
const local = (instant: number): string => new Date(instant + 7 * 3_600_000).toISOString().slice(0, 16);
const HOUR = 3_600_000;

t.test('which days are worked', async t => {
  const cases: [string, boolean, string][] = [
    ['2025-01-24', true, 'the Friday before Tết 2025'],
    ['2025-01-27', false, '28 tháng Chạp'],
    ['2025-01-29', false, 'mùng 1 Tết'],
    ['2025-01-31', false, 'mùng 3'],
    ['2025-02-03', true, 'the Monday after'],
    ['2026-02-13', true, 'the Friday before Tết 2026'],
    ['2026-02-16', false, '29 tháng Chạp'],
    ['2026-02-20', false, 'mùng 4'],
    ['2026-02-23', true, 'the Monday after'],
    ['2027-02-03', true, 'the Wednesday before Tết 2027'],
    ['2027-02-04', false, '28 tháng Chạp'],
    ['2027-02-10', false, 'made up for'],
    ['2027-02-11', true, 'the Thursday after'],
    ['2025-05-02', false, 'swapped for Saturday 26 April'],
    ['2026-08-31', false, 'swapped for Saturday 22 August'],
    ['2027-05-03', false, '1 May falls on a Saturday'],
    ['2027-11-24', false, 'since 2026'],
    ['2026-02-17', false, 'mùng 1 Tết'],
    ['2027-02-06', false, 'mùng 1 Tết'],
    ['2025-04-07', false, 'Giỗ Tổ'],
    ['2026-04-27', false, 'Giỗ Tổ falls on a Sunday, made up on Monday'],
    ['2027-04-16', false, 'Giỗ Tổ'],
    ['2026-11-24', false, 'since 2026'],
    ['2025-11-24', true, 'not yet'],
    ['2025-04-26', true, 'a Saturday worked'],
    ['2026-01-10', true, 'a Saturday worked'],
    ['2026-08-22', true, 'a Saturday worked'],
    ['2026-08-29', false, 'a Saturday'],
    ['2026-01-02', false, 'swapped'],
    ['2026-11-25', true, 'a Wednesday'],
  ];
  for (const [day, worked, why] of cases) t.equal(calendar.isWorked(day), worked, `${day} ${why}`);
  t.ok(calendar.isListed('2026-05-01'));
  t.notOk(calendar.isListed('2031-05-01'), 'a year without a list is known as such');
});

t.test('hours between and after', async t => {
  t.equal(calendar.between(at('2026-11-25T08:00:00'), at('2026-11-25T09:00:00')), HOUR);
  t.equal(calendar.between(at('2026-11-25T11:00:00'), at('2026-11-25T14:00:00')), HOUR, 'without the midday rest');
  t.equal(calendar.between(at('2026-11-23T16:00:00'), at('2026-11-25T08:30:00')), 2 * HOUR, 'the 24th is off');
  t.equal(calendar.between(at('2026-11-25T09:00:00'), at('2026-11-25T08:00:00')), 0);
  const paused = [[at('2026-11-25T08:30:00'), at('2026-11-25T10:30:00')]] as const;
  t.equal(calendar.between(at('2026-11-25T08:00:00'), at('2026-11-25T11:30:00'), null, paused), 1.5 * HOUR);
  t.equal(local(calendar.after(at('2026-11-23T16:00:00'), 8 * HOUR)), '2026-11-25T16:30', 'eight hours over a day off');
  t.equal(local(calendar.after(at('2026-02-13T16:00:00'), 2 * HOUR)).slice(0, 10), '2026-02-23', 'over Tết');
  t.equal(local(calendar.after(at('2026-11-25T23:59:59.999'), 0)).slice(0, 16), '2026-11-26T07:30');
});

t.test('a limit in working days begins the day after', async t => {
  t.equal(calendar.dueDay(at('2026-11-20T16:59:00'), 1), '2026-11-23');
  t.equal(calendar.dueDay(at('2026-11-23T08:00:00'), 1), '2026-11-25');
  t.equal(calendar.dueDay(at('2026-02-13T08:00:00'), 1), '2026-02-23', 'over Tết 2026');
  t.equal(local(calendar.endOfWork('2026-11-24')), '2026-11-25T17:00', 'an end on a day off moves on');
});

t.test('property: parts add up, more time is never less, and after is the inverse of between', async t => {
  const instant = fc.integer({ min: at('2025-01-01T00:00:00'), max: at('2027-12-01T00:00:00') });
  fc.assert(
    fc.property(instant, instant, instant, (a, b, c) => {
      const [x, y, z] = [a, b, c].sort((p, q) => p - q) as [number, number, number];
      return calendar.between(x, y) + calendar.between(y, z) === calendar.between(x, z);
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 200 * HOUR }), (from, ms) => {
      return calendar.between(from, calendar.after(from, ms)) === ms;
    }),
    { numRuns: 200 },
  );
  t.pass();
});

t.test('property: years are summed to what their days are', async () => {
  const instant = fc.integer({ min: at('2025-11-01T00:00:00'), max: at('2027-03-01T00:00:00') });
  const HALF = 12 * HOUR;
  fc.assert(
    fc.property(instant, instant, fc.array(fc.tuple(instant, instant), { maxLength: 3 }), (a, b, pairs) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const paused = pairs.map(([x, y]) => [Math.min(x, y), Math.max(x, y)] as const);
      // the plain way: every worked span of every day, minute by minute of its edges
      let expected = 0;
      for (let noon = from - (from % HALF) - HALF; noon <= to + HALF; noon += 2 * HALF) {
        for (const [begin, end] of calendar.spansOf(local(noon).slice(0, 10))) {
          const edges = [begin, end, from, to, ...paused.flat()].filter(edge => edge >= begin && edge <= end);
          edges.sort((p, q) => p - q);
          edges.slice(1).forEach((edge, index) => {
            const before = edges[index] as number;
            const middle = (before + edge) / 2;
            const stands = paused.some(([x, y]) => middle > x && middle < y);
            if (middle > from && middle < to && !stands) expected += edge - before;
          });
        }
      }
      return calendar.between(from, to, null, paused) === expected;
    }),
    { numRuns: 40 },
  );
});

t.test('a century is counted as quickly as a day, and more than a lifetime of pauses is no fault', async t => {
  const whole = calendar.between(at('2000-01-01T00:00:00'), at('2100-01-01T00:00:00')) / HOUR;
  t.ok(whole > 190_000 && whole < 196_000, `${whole} hours`);
  t.doesNotThrow(() => calendar.after(at('2000-01-03T08:00:00'), 100_000 * HOUR));
});

t.test('hours that end before they begin count as none: the province’s hold', async t => {
  const data = { unit: '26041', validFrom: '2025-07-01', morning: '11:30-07:30', afternoon: '17:00-13:00' };
  const odd = compileCalendar([], [{ kind: 'working-hours', id: 'x', data, source: [], certainty: 'proposal' }]);
  t.equal(odd.between(at('2026-11-25T00:00:00'), at('2026-11-26T00:00:00'), '26041'), 7.5 * HOUR);
  t.equal(local(odd.endOfWork('2026-11-25', '26041')), '2026-11-25T17:00');
});

t.test('half days, hours of a unit from a day on, and what is not worked at all', async t => {
  const fact = (kind: string, id: string, data: Record<string, string>) => ({
    kind,
    id,
    data,
    source: ['test'],
    certainty: 'proposal' as const,
  });
  const hours = (unit: string, validFrom: string, morning: string, afternoon: string) =>
    fact('working-hours', `${unit}-${validFrom}`, { unit, validFrom, morning, afternoon });
  const own = compileCalendar(
    [
      fact('day', '2026-12-31', { date: '2026-12-31', day: 'morning' }),
      fact('day', '2026-12-30', { date: '2026-12-30', day: 'afternoon' }),
      fact('day', '2026-12-26', { date: '2026-12-26', day: 'morning' }),
    ],
    [
      hours('75', '2025-07-01', '07:30-11:30', '13:30-17:00'),
      hours('26041', '2026-12-30', '08:00-12:00', '13:00-16:30'),
    ],
  );
  const day = (date: string, unit?: string): number =>
    own.between(at(`${date}T00:00:00`), at(`${date}T23:59:59.999`), unit) / HOUR;
  const table: [string, string | undefined, number, string][] = [
    ['2026-12-29', undefined, 7.5, 'a whole day'],
    ['2026-12-30', undefined, 3.5, 'only the afternoon'],
    ['2026-12-31', undefined, 4, 'only the morning'],
    ['2026-12-26', undefined, 4, 'a Saturday morning that is worked'],
    ['2026-12-27', undefined, 0, 'a Sunday'],
    ['2026-12-29', '26041', 7.5, 'before the unit’s own hours'],
    ['2026-12-28', '26041', 7.5, 'the province’s'],
    ['2026-12-30', '26041', 3.5, 'the unit’s own afternoon'],
  ];
  for (const [date, unit, worked, why] of table) t.equal(day(date, unit), worked, `${date} ${why}`);
  t.equal(local(own.endOfWork('2026-12-31')), '2026-12-31T11:30', 'a half day ends at noon');
  t.equal(local(own.endOfWork('2026-12-30', '26041')), '2026-12-30T16:30');
  t.equal(own.dueDay(at('2026-12-25T08:00:00'), 1), '2026-12-26', 'a half day is a working day');
});

t.test('due by a time limit: kinds of days, days off at the end, the last hour of filing', async t => {
  const cutoff = { text: '15:00', ms: 15 * HOUR };
  type Limit = Parameters<typeof dueBy>[0];
  const days = (value: number, unit: Limit['unit'] = 'workingDays'): Limit => ({ value, unit });
  const table: [Limit, string, string, boolean, string][] = [
    [days(3), '2026-11-20T08:00:00', '2026-11-26T17:00', false, 'over the weekend and 24 November'],
    [days(3), '2026-11-21T08:00:00', '2026-11-26T17:00', false, 'received on a Saturday: Monday is the first day'],
    [days(1), '2026-11-25T16:59:00', '2026-11-26T17:00', false, 'any hour of a day'],
    [days(1), '2026-11-25T16:59:00', '2026-11-27T17:00', true, 'after the last hour it is the next day’s'],
    [days(3, 'calendarDays'), '2026-11-19T08:00:00', '2026-11-23T17:00', false, 'ends on a Sunday: Monday'],
    [days(5, 'calendarDays'), '2026-11-19T08:00:00', '2026-11-25T17:00', false, 'ends on 24 November'],
    [days(24, 'hours'), '2026-11-25T07:30:00', '2026-11-30T09:00', false, 'working hours'],
    [days(0, 'sameDay'), '2026-11-25T16:59:00', '2026-11-25T17:00', false, 'no last hour recorded'],
    [days(0, 'sameDay'), '2026-11-25T17:30:00', '2026-11-26T17:00', false, 'after work'],
    [days(0, 'sameDay'), '2026-11-25T15:00:00', '2026-11-25T17:00', true, 'on the hour'],
    [days(0, 'sameDay'), '2026-11-25T15:00:00.001', '2026-11-26T17:00', true, 'after it'],
    [days(0, 'sameDay'), '2026-11-25T23:59:59.999', '2026-11-26T17:00', true, 'the last instant of a day'],
    [days(0, 'sameDay'), '2026-02-14T09:00:00', '2026-02-23T17:00', true, 'the Saturday before Tết'],
  ];
  for (const [limit, received, due, cut, why] of table) {
    const counted = dueBy(limit, at(received), calendar, null, cut ? cutoff : undefined);
    t.equal(local(counted.at), due, `${limit.value} ${limit.unit} from ${received}: ${why}`);
  }
  t.equal(dueBy(days(3, 'days'), at('2026-11-20T08:00:00'), calendar, null).assumed, true, 'which days is not said');
});

t.test('the machine’s time zone changes nothing', async t => {
  const before = process.env.TZ;
  t.teardown(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });
  const from = at('2026-02-13T16:00:00');
  const seen = ['UTC', 'America/New_York', 'Asia/Ho_Chi_Minh', 'Pacific/Kiritimati'].map(zone => {
    process.env.TZ = zone;
    const fresh = compileCalendar(vocabulary.facts('day'), vocabulary.facts('working-hours'));
    return [
      new Date(from).getHours(),
      fresh.after(from, 20 * HOUR),
      fresh.dueDay(from, 10),
      fresh.isWorked('2026-11-24'),
    ];
  });
  t.equal(new Set(seen.map(([hour]) => hour)).size, 4, 'the zones were really other ones');
  t.equal(new Set(seen.map(([, ...rest]) => JSON.stringify(rest))).size, 1);
});

t.test('property: a later receipt is never due earlier', async () => {
  const instant = fc.integer({ min: at('2025-07-01T00:00:00'), max: at('2027-10-01T00:00:00') });
  const units = fc.constantFrom('workingDays', 'calendarDays', 'days', 'hours', 'sameDay' as const);
  fc.assert(
    fc.property(instant, instant, units, fc.integer({ min: 1, max: 45 }), fc.boolean(), (a, b, unit, value, cut) => {
      const cutoff = cut ? { text: '15:00', ms: 15 * HOUR } : undefined;
      const due = (received: number): number => dueBy({ value, unit }, received, calendar, null, cutoff).at;
      return due(Math.min(a, b)) <= due(Math.max(a, b)) && due(a) >= a;
    }),
    { numRuns: 300 },
  );
});
