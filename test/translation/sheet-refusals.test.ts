/** A reviewed sheet that cannot be taken: every row is told with its number, and what is not asked changes nothing. */
import { test } from 'tap';
import type { JsonObject } from '../../src/domain/words.ts';
import { readRows, toRows } from '../../src/translation/sheet.ts';
import { columnAt, edited, files, parsed, SMALL } from './sheet-fixture.ts';

const REFUSED: { name: string; cells: Record<number, Record<string, string>>; row: number; says: RegExp }[] = [
  { name: 'an official name', cells: { 2: { 'Tên chính thức': 'Khai sinh' } }, row: 2, says: /chỉ để đọc/ },
  { name: "a source's law", cells: { 2: { 'Căn cứ': '1/2025' } }, row: 2, says: /chỉ để đọc/ },
  { name: 'an unknown code', cells: { 3: { 'Mã thủ tục': '1.00001' } }, row: 3, says: /không có mục nào.*số 0/ },
  { name: 'a code twice', cells: { 3: { 'Mã thủ tục': '1.000001' } }, row: 3, says: /đã có ở hàng 2/ },
  { name: 'a certainty that is none', cells: { 3: { 'Độ tin cậy': 'chắc lắm' } }, row: 3, says: /phải là một trong/ },
  { name: 'an emptied certainty', cells: { 2: { 'Độ tin cậy': '' } }, row: 2, says: /không được để trống/ },
  {
    name: 'a time limit in words',
    cells: { 2: { 'Thời hạn hiển thị': 'năm ngày' } },
    row: 2,
    says: /không hiểu thời hạn/,
  },
  { name: 'a fee without a sum', cells: { 2: { 'Phí, lệ phí': 'tùy' } }, row: 2, says: /không hiểu mức thu/ },
  { name: 'an unnamed part', cells: { 2: { 'Giấy tờ': 'Đơn | hai bản' } }, row: 2, says: /không hiểu phần/ },
  { name: 'a count in words', cells: { 2: { 'Giấy tờ': 'Đơn | bản sao: hai' } }, row: 2, says: /số nguyên dương/ },
  {
    name: 'an entry edited since the export',
    cells: { 2: { Quầy: 'Quầy 9', 'Phiên bản dòng': 'v00000000' } },
    row: 2,
    says: /đã được sửa sau khi xuất/,
  },
];
for (const { name, cells, row, says } of REFUSED) {
  test(`refuses ${name}, naming the row`, t => {
    const { faults, changes } = edited(cells).result;
    t.match(faults, [{ row, text: { vi: says, en: /./ } }]);
    t.same(changes, []);
    t.end();
  });
}

test('a word that is no yes is refused, and no longer told after it is taken away', t => {
  const rows = toRows('terms', files);
  const row = rows[1] as string[];
  row[columnAt('terms', 'Từ ai cũng biết')] = 'chắc vậy';
  t.match(readRows(rows, files).faults, [{ row: 2, column: 'Từ ai cũng biết', text: { vi: /phải là “có”/ } }]);
  row[columnAt('terms', 'Từ ai cũng biết')] = 'Có';
  t.match(readRows(rows, files), { faults: [], changes: [{ row: 2, edit: { path: ['everyday'], value: true } }] });
  t.end();
});

test('heads that are none, or twice the same, are told for row 1', t => {
  t.match(readRows([['a', 'b']], files), { changes: [], faults: [{ row: 1 }] });
  t.match(readRows([], files), { changes: [], faults: [{ row: 1 }] });
  t.match(readRows([['Mã thủ tục', 'Quầy', 'Quầy']], files), { faults: [{ row: 1, column: 'Quầy' }] });
  t.end();
});

test("a reviewer's own columns, empty rows, and rows or columns taken out change nothing", t => {
  const { rows } = edited({});
  const [heads = [], first = []] = rows;
  t.same(
    readRows(
      [
        [...heads, 'Ý kiến'],
        [...first, 'hay'],
        ['', ''],
      ],
      [parsed('a.yaml', SMALL)],
    ),
    { changes: [], faults: [] },
  );
  t.same(readRows([['Mã thủ tục'], ['1.000001']], [parsed('a.yaml', SMALL)]), { changes: [], faults: [] });
  t.end();
});

test('an emptied cell takes the value away; the first details are a proposal of the reviewer', t => {
  const { text } = edited({ 2: { 'Tên dễ hiểu': '' }, 3: { Quầy: 'Quầy 2', 'Thời hạn hiển thị': 'trong ngày' } });
  const [first, second] = (parsed('a.yaml', text).data as { entries: JsonObject[] }).entries;
  t.equal(first?.plainTitle, undefined);
  t.same(second?.details, { desk: 'Quầy 2', certainty: 'proposal', source: 'Người rà soát bổ sung, chưa nêu nguồn' });
  t.match(second?.timeLimit, { value: 0, unit: 'sameDay', certainty: 'proposal' });
  t.end();
});
