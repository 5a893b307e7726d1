/** XLSX: codes stay texts, formulas stay texts, Vietnamese and line breaks come back. */
import { test } from 'tap';
import { SheetFault } from '../../src/sheets/sheet-fault.ts';
import { readXlsx, writeXlsx } from '../../src/sheets/xlsx.ts';

const columns = [
  { width: 12, fixed: true },
  { width: 40, fixed: false },
];

test('what is written is read again, cell by cell', async t => {
  const rows = [
    ['Mã thủ tục', 'Tên dễ hiểu'],
    ['2.000530', 'Làm giấy khai sinh cho con\nhàng hai'],
    ['1.001193', '=HYPERLINK("http://a.b")'],
    ['26041', '  <b>&amp; "nháy" \' '],
    ['1.000001', ''],
  ];
  t.same(await readXlsx(await writeXlsx(rows, 'Thủ tục', columns)), rows);
});

test('no workbook is told as such', async t => {
  await t.rejects(readXlsx(Buffer.from('PK\u0003\u0004 hỏng')), SheetFault);
  t.match(await readXlsx(Buffer.from('a,b')).catch((error: unknown) => error), {
    text: { vi: /không đọc được tệp XLSX/ },
  });
});
