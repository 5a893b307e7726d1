/** Sheets for reviewers: out and back changes nothing, and an edit changes precisely what was edited. */
import fc from 'fast-check';
import { type Test, test } from 'tap';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import { editEntries, LayoutFault } from '../../src/translation/edit-yaml.ts';
import { readRows, toRows } from '../../src/translation/sheet.ts';
import { COLUMNS, type SheetKind } from '../../src/translation/sheet-columns.ts';
import { columnAt, edited, files, parsed, SMALL, texts } from './sheet-fixture.ts';

const kinds: readonly SheetKind[] = ['procedures', 'terms'];

test('a sheet that nobody edited changes nothing, as it is or as a spreadsheet gives it back', t => {
  for (const kind of kinds) {
    const rows = toRows(kind, files);
    t.ok(rows.length > 180, kind);
    t.ok(
      rows.every(row => row.every(cell => cell.length < 32_767)),
      'Excel takes no longer cells',
    );
    t.same(readRows(rows, files), { changes: [], faults: [] });
    const spread = rows.map(row => row.map(cell => `${cell.replaceAll('\n', '\r\n').normalize('NFD')} `));
    t.same(readRows(spread, files), { changes: [], faults: [] });
  }
  t.end();
});

/** Blanks at the end of an item are kept while its line is not edited, else dropped. */
const spaceless = (text: string): string => text.replaceAll(/ +(?=\n| \||$)/g, '');

test('every value of the mappings survives a cell', t => {
  for (const kind of kinds) {
    const rows = toRows(kind, files);
    COLUMNS[kind].forEach((column, index) => {
      if (column.rule === 'fixed') return;
      for (const row of rows.slice(1)) {
        const text = row[index] ?? '';
        if (text === '') continue;
        const value = column.cell.read(text.normalize('NFC').trim(), undefined);
        t.equal(spaceless(column.cell.write(value)), spaceless(text), `${row[0]} ${column.title}`);
      }
    });
  }
  t.end();
});

const word = fc
  .string({ unit: fc.constantFrom(...`aăđệ |;:\\-–n"'#[]{},%&*!`), minLength: 1, maxLength: 8 })
  .map(each => each.trim());
const words = word.filter(each => each !== '');
/** A cell of a sheet and what to write into it. */
const edits = (kind: SheetKind, count: number) =>
  fc.uniqueArray(
    fc.record({
      row: fc.integer({ min: 1, max: count }),
      column: fc.constantFrom(
        ...(kind === 'terms'
          ? ['Nhãn dễ hiểu', 'Giải thích', 'Cách viết khác', 'Ghi chú rà soát']
          : ['Tên dễ hiểu', 'Quầy', 'Trình tự theo nguồn', 'Kết quả', 'Ghi chú rà soát']),
      ),
      text: fc.array(words, { minLength: 1, maxLength: 3 }).map(each => each.map(one => `x${one}`).join('\n')),
    }),
    { minLength: 1, maxLength: 4, selector: edit => `${edit.row} ${edit.column}` },
  );

for (const kind of kinds) {
  test(`an edited sheet changes precisely the edited ${kind}`, t => {
    const rows = toRows(kind, files);
    fc.assert(
      fc.property(edits(kind, rows.length - 1), made => {
        const sheet = rows.map(row => [...row]);
        for (const { row, column, text } of made) {
          const cells = sheet[row] as string[];
          cells[columnAt(kind, column)] = text;
        }
        const { changes, faults } = readRows(sheet, files);
        t.same(faults, []);
        const asked = new Set(made.map(edit => `${edit.row + 1} ${edit.column}`));
        const told = changes.filter(change => !['certainty', 'source'].includes(change.column));
        t.same(new Set(told.map(change => `${change.row} ${change.column}`)), asked);
        for (const [name, own] of Map.groupBy(changes, change => change.file)) {
          const before = texts.get(name) ?? '';
          const after = editEntries(
            before,
            own.map(change => change.edit),
          );
          const again = files.map(file => (file.file === name ? parsed(name, after) : file));
          t.same(
            readRows(sheet, again).changes.filter(change => change.file === name),
            [],
            'all of it arrived',
          );
          sameElsewhere(t, name, after, new Set(own.map(change => change.edit.index)));
        }
      }),
      { numRuns: kind === 'terms' ? 12 : 5 },
    );
    t.end();
  });
}

/** Entries that were not edited stand letter for letter as before, comments included. */
function sameElsewhere(t: Test, name: string, after: string, edited: Set<number>) {
  const before = texts.get(name) ?? '';
  const parts = (text: string): string[] => {
    const file = parsed(name, text);
    const lines = text.split('\n');
    const count = ((file.data as JsonObject).entries as Json[]).length;
    const starts = Array.from({ length: count }, (_, index) => file.lineOf(['entries', index]) - 1);
    return [lines.slice(0, starts[0]), ...starts.map((start, index) => lines.slice(start, starts[index + 1]))].map(
      part => part.join('\n'),
    );
  };
  const old = parts(before);
  const now = parts(after);
  t.same(now.length, old.length);
  t.same(
    now.filter((_, at) => !edited.has(at - 1)),
    old.filter((_, at) => !edited.has(at - 1)),
    name,
  );
}

test('comments, quotes and flow layout stay; only the edited lines differ', t => {
  const { text, result } = edited({
    2: {
      'Tên dễ hiểu': 'Khai sinh: cho con',
      'Trình tự theo nguồn': 'một\nhai\nhai rưỡi\nba',
      'Thời hạn hiển thị': '3 ngày làm việc',
      'Kết quả': 'Giấy khai sinh',
      'Ghi chú rà soát': 'Đã xem.',
      'Độ tin cậy': 'Đã xác nhận',
    },
  });
  t.same(result.faults, []);
  const old = SMALL.split('\n');
  const now = text.split('\n');
  t.same(
    now.filter(line => !old.includes(line)),
    [
      "    plainTitle: 'Khai sinh: cho con' # dễ hiểu",
      '    timeLimit: {value: 3, unit: workingDays, certainty: low, source: s} # thời hạn',
      '    certainty: confirmed',
      '        - hai rưỡi',
      '      results: [Giấy khai sinh]',
      '    note: Đã xem.',
    ],
  );
  t.same(
    old.filter(line => !now.includes(line)),
    [
      "    plainTitle: 'Làm giấy khai sinh' # dễ hiểu",
      '    timeLimit: {value: 5, unit: days, certainty: low, source: s} # thời hạn',
      '    certainty: high',
      '      results: [Giấy khai sinh, Trích lục]',
    ],
  );
  t.end();
});

test('a layout that could not be kept is refused with its line; line ends of Windows are kept', t => {
  const folded = SMALL.replace('name: Đăng ký khai sinh # tên', 'name:\n      Đăng ký\n      khai sinh');
  t.throws(() => editEntries(folded, []), LayoutFault);
  const windows = SMALL.replaceAll('\n', '\r\n');
  t.equal(editEntries(windows, []), windows);
  t.equal(editEntries(`\uFEFF${SMALL}`, []), `\uFEFF${SMALL}`);
  t.end();
});

test('every file of procedures and terms can be edited as it is', t => {
  for (const [name, text] of texts) t.equal(editEntries(text, []), text, name);
  t.end();
});
