/** Cells of a sheet: whatever value an entry may hold, a cell reads back what was written. */
import fc from 'fast-check';
import { test } from 'tap';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import { type Cell, FEES, LINES, PAPERS, TIME_LIMIT, TIME_LIMITS } from '../../src/translation/cells.ts';

const word = fc
  .string({ unit: fc.constantFrom(...`aăđệ |;:\\-–n"'#[]{},%&*!`), minLength: 1, maxLength: 8 })
  .map(each => each.trim());
const words = word.filter(each => each !== '');
const optional = <Value>(key: string, values: fc.Arbitrary<Value>) =>
  fc.option(values, { nil: undefined }).map(value => (value === undefined ? {} : { [key]: value }));
const record = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map(each => Object.assign({}, ...each) as JsonObject);
const amount = fc.oneof(
  record(fc.record({ value: fc.nat(400), unit: fc.constantFrom('workingDays', 'calendarDays', 'days', 'hours') })),
  fc.constant({ value: 0, unit: 'sameDay' }),
);
const some = <Value>(values: fc.Arbitrary<Value>) => fc.array(values, { minLength: 1, maxLength: 4 });

const VALUES: Readonly<Record<string, [Cell, fc.Arbitrary<Json>]>> = {
  lines: [LINES, some(words)],
  'a time limit': [TIME_LIMIT, amount.map(each => ({ certainty: 'low', source: 's', ...each }))],
  'time limits': [TIME_LIMITS, some(record(amount, optional('condition', words)))],
  papers: [
    PAPERS,
    some(
      record(
        fc.record({ name: words }),
        optional('original', fc.integer({ min: 1, max: 9999 })),
        optional('copies', fc.integer({ min: 1, max: 9999 })),
        optional('form', words),
        optional('condition', words),
      ),
    ),
  ],
  fees: [
    FEES,
    some(
      record(
        optional('amount', fc.nat(99_999_999)),
        optional('unit', words),
        optional('condition', words),
        optional('exempt', some(words)),
      ),
    ),
  ],
};
for (const [name, [cell, values]] of Object.entries(VALUES)) {
  test(`${name}: a cell reads back what was written`, t => {
    fc.assert(
      fc.property(values, value => t.strictSame(cell.read(cell.write(value), value), value, cell.write(value))),
    );
    t.end();
  });
}
