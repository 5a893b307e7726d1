/**
 * RFC 8785 as the standard's own package writes it, for any JSON value.
 */
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import t from 'tap';
import { canonical } from '../../src/domain/canonical.ts';
import type { Json } from '../../src/domain/words.ts';

t.test('the same text as the reference package, for any value', async () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), value => canonical(value as Json) === canonicalize(value)),
    { numRuns: 2_000 },
  );
});

t.test("members that a JavaScript object would order by number, the standard's example of order", async t => {
  const value = {
    '10': 1,
    '9': 2,
    '\u20ac': 3,
    '\r': 4,
    '\ufb33': 5,
    '1': 6,
    '\ud83d\ude00': 7,
    '\u0080': 8,
    '\u00f6': 9,
  };
  t.equal(
    canonical(value),
    '{"\\r":4,"1":6,"10":1,"9":2,"\u0080":8,"\u00f6":9,"\u20ac":3,"\ud83d\ude00":7,"\ufb33":5}',
  );
  t.equal(canonical([-0, 1e21, 4.5, 0.000001, 1e-7]), '[0,1e+21,4.5,0.000001,1e-7]');
  t.throws(() => canonical({ a: Number.NaN }), RangeError);
});

t.test('a date is written as JSON writes it, so that what is read back has the same text', async t => {
  const value = { from: new Date('2026-11-24T08:00:00Z'), list: [new Date(0)] } as unknown as Json;
  t.equal(canonical(value), canonical(JSON.parse(JSON.stringify(value))));
  t.equal(canonical(value), '{"from":"2026-11-24T08:00:00.000Z","list":["1970-01-01T00:00:00.000Z"]}');
});
