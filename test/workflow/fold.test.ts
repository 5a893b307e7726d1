/** Moves folded into three steps, and the clocks that are counted from them: over weekends, Tết and pauses, by status and by step. */
import fc from 'fast-check';
import t from 'tap';
import { clocksOf } from '../../src/workflow/clocks.ts';
import { fold } from '../../src/workflow/fold.ts';
import type { Move } from '../../src/workflow/move.ts';
import { vocabulary } from '../translation/fixture.ts';
import { at, clocks, local, mapping, said, TEN_DAYS, UNIT } from './moves.ts';

const HOUR = 3_600_000;

t.test('a dossier through 2, 4, 5, 4, 9, 10 over Tết 2026', async t => {
  const moves = [
    said('2026-02-12T08:00', '2'), // Thursday
    said('2026-02-12T14:00', '4'),
    said('2026-02-13T09:00', '5'), // Friday; Tết is 16 to 20 February
    said('2026-02-24T09:00', '4'), // Tuesday
    said('2026-02-26T10:00', '9'),
    said('2026-02-27T08:00', '10'),
  ];
  const paused = clocks(moves.slice(0, 3), '2026-02-23T10:00');
  t.match(paused, { state: 'paused', step: 2, lateness: 'in-time' });
  t.equal(paused.usedMs, (7 + 1.5) * HOUR, 'until it was paused');
  const running = clocks(moves.slice(0, 4), '2026-02-25T11:30');
  t.equal(running.state, 'running');
  t.equal(running.pausedMs, (6 + 7.5 + 1.5) * HOUR, 'Friday, Monday and Tuesday: not Tết and not the weekends');
  t.equal(running.usedMs, (7 + 1.5 + 6 + 4) * HOUR);
  // ten working days from Friday the 13th, without Tết: 5 March; two paused days more
  t.equal(local(running.computedDue), '2026-03-09T17:00');
  const settled = clocks(moves.slice(0, 5), '2026-02-26T15:00');
  t.match(settled, { state: 'settled', step: 3, lateness: 'in-time' });
  const done = clocks(moves, '2026-06-01T08:00');
  t.match(done, { state: 'closed', step: null, settledAt: at('2026-02-26T10:00'), lateness: 'in-time' });
  t.equal(done.usedMs, (7 + 1.5 + 6 + 7.5 + 2.5) * HOUR, 'what comes after the result does not count');
  const [first, second, third] = done.steps;
  t.match(first, { state: 'done', usedMs: 4 * HOUR });
  t.match(second, { state: 'done', usedMs: 20.5 * HOUR, pausedMs: 15 * HOUR, endedAt: at('2026-02-26T10:00') });
  t.match(third, { state: 'done', usedMs: 0, endedAt: at('2026-02-27T08:00') }, 'returning is not the province’s time');
  t.same(fold(moves.toReversed(), mapping), fold(moves, mapping), 'told backwards it is the same');
});

t.test('nearly late before late', async t => {
  const moves = [said('2026-11-02T08:00', '2'), said('2026-11-02T09:00', '4')];
  t.equal(local(clocks(moves, '2026-11-02T10:00').due?.at ?? null), '2026-11-16T17:00');
  const table: [string, string][] = [
    ['2026-11-11T17:00', 'in-time'],
    ['2026-11-13T09:00', 'nearly-late'],
    ['2026-11-16T17:00', 'nearly-late'],
    ['2026-11-16T17:01', 'late'],
  ];
  for (const [now, lateness] of table) t.equal(clocks(moves, now).lateness, lateness, now);
  t.ok((clocks(moves, '2026-11-17T08:30').leftMs as number) === -HOUR, 'an hour late');
  t.equal(clocks(moves, '2026-11-17T08:30', null).lateness, 'unknown', 'no time limit, no judgement');
});

t.test('pauses for which the clock runs on, and reasons that stop it', async t => {
  const table: [Partial<Move>, string, boolean][] = [
    [{ pause: { reason: 'other-agency' } }, '4', false],
    [{ pause: { reason: 'other-agency', clockStops: true } }, '4', true],
    [{ pause: { reason: 'posting-period' } }, '4', true],
    [{ pause: { reason: 'force-majeure' } }, '4', true],
    [{ pause: { reason: 'extension' } }, '4', false],
    [{ local: 'xa-3b/tam-dung-tinh-han' }, '4', true],
    [{ local: 'xa-3b/cho-thong-bao-thue' }, '4', true],
    [{ local: 'xa-3b/cho-y-kien-co-quan-khac' }, '4', false],
    [{}, '5', true],
    [{}, '6', true],
    [{ pause: { reason: 'supplement', clockStops: false } }, '5', false],
  ];
  for (const [more, national, stops] of table) {
    const moves = [
      said('2026-11-02T08:00', '2'),
      said('2026-11-02T09:00', '4'),
      said('2026-11-03T08:00', national, more),
    ];
    const { state, usedMs } = clocks(moves, '2026-11-05T08:00');
    t.equal(state, stops ? 'paused' : 'running', JSON.stringify(more));
    t.equal(usedMs, (stops ? 7.5 : 22.5) * HOUR, JSON.stringify(more));
  }
});

t.test('steps by number, by words and by status fold into three', async t => {
  const step = (when: string, content: string, more: Partial<NonNullable<Move['step']>> = {}): Move => {
    const known = mapping.knownStep(undefined, content)?.id;
    return { at: at(when), step: { no: 7, from: at(when), ...(known === undefined ? {} : { known }), ...more } };
  };
  const words: [string, string | undefined][] = [
    ['Tiếp nhận hồ sơ và hẹn trả kết quả', 'tiep-nhan'],
    ['PHÂN CÔNG thụ lý', 'phan-cong'],
    ['Thẩm định hồ sơ', 'tham-dinh'],
    ['Trình ký', 'trinh-ky'],
    ['Lãnh đạo ký số', 'phe-duyet'],
    ['Chuyển kết quả về một cửa', 'chuyen-mot-cua'],
    ['Việc chưa ai biết', undefined],
  ];
  for (const [content, id] of words) t.equal(mapping.knownStep(undefined, content)?.id, id, content);
  const folded = fold(
    [
      said('2026-11-02T08:00', '2'),
      step('2026-11-02T08:30', 'Phân công'),
      step('2026-11-02T09:00', 'Việc chưa ai biết'),
      said('2026-11-02T09:30', '4'),
      step('2026-11-03T08:00', 'Trình ký'),
      said('2026-11-03T10:00', '5'),
      said('2026-11-03T11:00', '4'),
      said('2026-11-04T08:00', '4', { local: 'xa-3b/dang-tham-dinh' }),
      step('2026-11-05T08:00', '', { three: 3 }),
      said('2026-11-06T08:00', '9'),
    ],
    mapping,
  );
  t.same(
    folded.stays.map(({ step: number, from, returning }) => [number, local(from), returning === true]),
    [
      [1, '2026-11-02T08:00', false],
      [2, '2026-11-02T08:30', false],
      [3, '2026-11-03T08:00', false],
      [2, '2026-11-04T08:00', false],
      [3, '2026-11-05T08:00', false],
      [3, '2026-11-06T08:00', true],
    ],
    'a number alone never leads back; a local status does',
  );
});

t.test('pauses one over another stop the clock once', async t => {
  const moves = [
    said('2026-11-02T08:00', '2'),
    said('2026-11-03T08:00', '5'),
    said('2026-11-04T08:00', '4', { pause: { reason: 'posting-period', since: at('2026-11-03T08:00') } }),
    said('2026-11-05T08:00', '4'),
  ];
  const { usedMs, pausedMs, computedDue } = clocks(moves, '2026-11-06T08:00');
  t.same([usedMs, pausedMs], [15 * HOUR, 15 * HOUR], 'two days paused, not three');
  t.equal(local(computedDue), '2026-11-18T17:00', 'ten working days and two');
});

t.test('what was under way before anything was heard of it has no due date of its own', async t => {
  const midway = clocks([said('2026-11-02T08:00', '4')], '2026-12-20T08:00');
  t.match(midway, { whole: false, state: 'running', step: 2, due: null, computedDue: null, lateness: 'unknown' });
  const given = clocks([said('2026-11-02T08:00', '4', { due: at('2026-11-10T17:00') })], '2026-12-20T08:00');
  t.match(given, { whole: false, due: { from: 'given' }, lateness: 'late' }, 'but for the one the handler gave');
  t.match(clocks([said('2026-11-02T08:00', '2')], '2026-12-20T08:00'), { whole: true, lateness: 'late' });
  const filed = clocks([said('2026-11-02T08:00', '4', { filed: true })], '2026-12-20T08:00');
  t.match(filed, { whole: true, lateness: 'late' }, 'a filing is the beginning, whatever its status');
});

t.test('opened again, what lay between does not count', async t => {
  const moves = [said('2026-11-02T08:00', '2'), said('2026-11-02T10:00', '9'), said('2026-11-12T08:00', '4')];
  const again = clocks(moves, '2026-11-12T10:00');
  t.match(again, { state: 'running', step: 2, settledAt: null, usedMs: 4 * HOUR });
});

t.test(
  'property: whatever is reported in whatever order, no clock runs backwards or beyond the time there was',
  async () => {
    const move = fc.record({
      at: fc.integer({ min: at('2026-01-05T08:00'), max: at('2026-12-01T08:00') }),
      national: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8', '9', '10'),
    });
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 12 }), moves => {
        const folded = fold(moves, mapping);
        for (const [index, stay] of folded.stays.entries()) {
          const next = folded.stays[index + 1];
          if (stay.to !== null && stay.to < stay.from) return false;
          if (next !== undefined && (stay.to === null || next.from < stay.to)) return false;
        }
        const early = clocksOf(folded, { unit: UNIT, procedure: TEN_DAYS }, vocabulary, at('2026-12-02T08:00'));
        const later = clocksOf(folded, { unit: UNIT, procedure: TEN_DAYS }, vocabulary, at('2026-12-09T08:00'));
        const sum = later.steps.reduce((total, { usedMs }) => total + usedMs, 0);
        return (
          early.usedMs >= 0 &&
          later.usedMs >= early.usedMs &&
          sum >= 0 &&
          !(early.lateness === 'late' && later.lateness === 'in-time')
        );
      }),
      { numRuns: 150 },
    );
  },
);
