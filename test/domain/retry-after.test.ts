/** Retry-After in its two forms, whatever the clocks say. */
import fc from 'fast-check';
import { test } from 'tap';
import { retryAfterMs } from '../../src/domain/retry-after.ts';

const now = new Date('2026-11-24T01:00:00Z');

test('seconds, a date by our clock, a date by the clock of the answer', async t => {
  const at = 'Tue, 24 Nov 2026 01:00:30 GMT';
  t.equal(retryAfterMs({ 'retry-after': '7' }, now), 7_000);
  t.equal(retryAfterMs({ 'retry-after': ' 0 ' }, now), 0);
  t.equal(retryAfterMs({ 'retry-after': at }, now), 30_000);
  t.equal(retryAfterMs({ 'retry-after': at, date: 'Tue, 24 Nov 2026 00:59:30 GMT' }, now), 60_000);
  t.equal(retryAfterMs({ 'retry-after': 'Tue, 24 Nov 2026 00:00:00 GMT' }, now), 0, 'over already');
});

test('what cannot be read is no wish', async t => {
  for (const value of [undefined, '', 'soon', '-5', '1.5', '12345678901', 'Mon, 99 Foo 2026'])
    t.equal(retryAfterMs({ 'retry-after': value }, now), undefined, String(value));
});

test('property: whatever a system writes, the wait is a whole or missing number, never negative', async () => {
  const seconds = fc.nat(999_999_999).map(String);
  const dates = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map(date => date.toUTCString());
  fc.assert(
    fc.property(fc.oneof(seconds, dates, fc.string()), fc.option(dates, { nil: undefined }), (value, date) => {
      const wait = retryAfterMs({ 'retry-after': value, date }, now);
      return wait === undefined || (Number.isInteger(wait) && wait >= 0);
    }),
  );
});
