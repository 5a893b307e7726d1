/** How high waiting climbs: limits by cause and unit, counted in working hours. */
import fc from 'fast-check';
import t from 'tap';
import { LEVELS, rungOf } from '../../src/domain/levels.ts';
import { hears, heightAt } from '../../src/escalation/climb.ts';
import { compileLimits, limitsOf } from '../../src/escalation/limits.ts';
import type { FactRecord } from '../../src/translation/content.ts';
import { calendarOf } from '../../src/workflow/working-time.ts';
import { at } from '../facts/support.ts';
import { vocabulary } from '../translation/fixture.ts';

const calendar = calendarOf(vocabulary);
const LIMITS = [
  { level: 'officer', hours: 2 },
  { level: 'leader', hours: 7.5 },
  { level: 'department', hours: 15 },
  { level: 'province', hours: 30 },
] as const;
const UNIT = '26041';
const height = (since: string, now: string) => heightAt({ since: at(since), unit: UNIT }, LIMITS, calendar, at(now));

t.test('nights, weekends, days off and Tết do not count', async t => {
  const cases: [string, string, number, string, string][] = [
    ['2026-11-20T15:00', '2026-11-20T16:59', 0, '2026-11-20T17:00', 'a Friday, not yet'],
    ['2026-11-20T15:00', '2026-11-20T17:00', 1, '2026-11-23T15:00', 'exactly then'],
    ['2026-11-20T15:00', '2026-11-22T23:00', 1, '2026-11-23T15:00', 'over the weekend nothing'],
    ['2026-11-20T15:00', '2026-11-23T15:00', 2, '2026-11-25T15:00', 'Monday'],
    ['2026-11-20T15:00', '2026-11-24T23:59', 2, '2026-11-25T15:00', '24 November is a day off since 2026'],
    ['2026-11-20T15:00', '2026-11-25T15:00', 3, '2026-11-27T15:00', 'Wednesday'],
    ['2026-02-13T15:00', '2026-02-22T23:59', 1, '2026-02-23T15:00', 'nine days of Tết'],
    ['2026-02-13T15:00', '2026-02-23T15:00', 2, '2026-02-24T15:00', 'the first day after Tết'],
    ['2026-11-20T11:30', '2026-11-20T13:29', 0, '2026-11-20T15:30', 'at noon nothing'],
  ];
  for (const [since, now, rung, nextAt, why] of cases) {
    t.same(height(since, now), { rung, nextAt: at(nextAt) }, why);
  }
  t.same(height('2026-11-20T15:00', '2026-11-27T15:00'), { rung: 4, nextAt: undefined }, 'the top');
});

t.test('it only climbs, and the next limit is always ahead', async () => {
  const day = fc.integer({ min: at('2025-07-01T00:00'), max: at('2027-12-01T00:00') });
  const wait = fc.integer({ min: 0, max: 30 * 86_400_000 });
  fc.assert(
    fc.property(day, wait, wait, (since, first, second) => {
      const early = heightAt({ since, unit: UNIT }, LIMITS, calendar, since + Math.min(first, second));
      const late = heightAt({ since, unit: UNIT }, LIMITS, calendar, since + Math.max(first, second));
      return (
        late.rung >= early.rung &&
        (late.nextAt === undefined ? late.rung === 4 : late.nextAt > since + Math.max(first, second))
      );
    }),
    { numRuns: 200 },
  );
});

t.test('the narrower limit counts, and what belongs to no unit begins at the department', async t => {
  const entry = (data: FactRecord['data']): FactRecord => ({
    kind: 'escalation-limit',
    id: JSON.stringify(data),
    data,
    source: [],
    certainty: 'proposal',
  });
  const limits = compileLimits([
    entry({ hours: { officer: 1, department: 2 } }),
    entry({ hours: { leader: 3 }, causes: ['unit-off', 'missing-right'] }),
    entry({ hours: { leader: 4 }, unit: UNIT }),
    entry({ hours: { leader: 5 }, unit: UNIT, causes: ['missing-right'] }),
  ]);
  t.same(limits.of('missing-right', UNIT), [{ level: 'leader', hours: 5 }]);
  t.same(limits.of('unit-off', UNIT), [{ level: 'leader', hours: 4 }]);
  t.same(limits.of('unit-off', '26068'), [{ level: 'leader', hours: 3 }]);
  t.same(limits.of('set-aside', '26068'), [
    { level: 'officer', hours: 1 },
    { level: 'department', hours: 2 },
  ]);
  t.same(limits.of('set-aside', null), [{ level: 'department', hours: 2 }]);
  t.same(limits.of('unit-off', null), []);
  t.same(compileLimits([]).of('unit-off', UNIT), []);
});

t.test('the files give every cause somebody who hears of it', async t => {
  const limits = limitsOf(vocabulary);
  for (const unit of [UNIT, null]) {
    t.ok(limits.of('missing-right', unit).length > 0);
    t.ok(limits.of('target-unavailable', unit).some(({ level }) => level === 'department'));
    t.ok(limits.of('both-changed', unit).length > 0);
  }
});

t.test('a jump over several rungs tells those of all of them, once', async t => {
  t.same(
    LEVELS.filter(level => hears([level], 1, 3)),
    ['leader', 'department'],
  );
  t.notOk(hears(['officer'], rungOf('officer'), 4));
});
