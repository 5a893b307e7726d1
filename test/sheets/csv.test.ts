/** CSV: nothing a spreadsheet would run or turn into a number, and every text comes back as it was. */
import fc from 'fast-check';
import { test } from 'tap';
import { guard, readCsv, unguard, writeCsv } from '../../src/sheets/csv.ts';
import { SheetFault } from '../../src/sheets/sheet-fault.ts';

/** Texts with the signs that matter here more often than chance would bring them. */
const text = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...`=+-@'"\t\n ,;.0123456789`),
      fc.constantFrom('ă', 'hồ sơ', 'Ủy'),
      fc.string({ maxLength: 3 }),
    ),
    maxLength: 12,
  })
  .map(each => each.replaceAll('\r', ''));

test('what a spreadsheet would run or eat gets an apostrophe, and loses it again', t => {
  for (const risky of [
    '=1+1',
    '+84',
    '-5',
    '@SUM(A1)',
    '\t=1',
    ' =1',
    '"=1"',
    "'=1",
    '1.001193',
    '2.000530',
    '26041',
    '10/6/2026',
    '1:30',
  ]) {
    t.equal(guard(risky), `'${risky}`);
    t.equal(unguard(guard(risky)), risky);
  }
  for (const plain of ['', 'hồ sơ', "'hồ sơ'", '5 ngày làm việc', 'v12345678', 'T085', '– | trường hợp: a']) {
    t.equal(guard(plain), plain);
    t.equal(unguard(plain), plain);
  }
  t.end();
});

test('no cell of a written file begins like a formula', t => {
  fc.assert(
    fc.property(text, each => {
      t.notMatch(guard(each), /^[\s"]*[=+\-@]/, JSON.stringify(each));
      return unguard(guard(each)) === each;
    }),
  );
  t.end();
});

test('rows come back as they went, with either separator', t => {
  const rows = fc.array(fc.array(text, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(rows, fc.constantFrom(',', ';'), (body, separator) => {
      const written = [['Mã', 'Tên', 'Ghi chú'], ...body];
      t.same(readCsv(writeCsv(written, separator)), written);
    }),
  );
  t.end();
});

test('reads what spreadsheets write: no mark, tabs, bare line ends, a last line without one', t => {
  t.same(readCsv('a\tb\n1\t"x ""y""\r\nz"'), [
    ['a', 'b'],
    ['1', 'x "y"\nz'],
  ]);
  t.same(readCsv('\uFEFFa;b\r\n;\r\n'), [
    ['a', 'b'],
    ['', ''],
  ]);
  t.same(readCsv(''), []);
  t.end();
});

const faultOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

test('a broken quote is told with its row', t => {
  for (const broken of ['a,b\n1,"x', 'a,b\n1,"x"y']) {
    t.throws(() => readCsv(broken), SheetFault);
    t.match(
      faultOf(() => readCsv(broken)),
      { row: 2, text: { vi: /^dòng 2/ } },
    );
  }
  t.end();
});
