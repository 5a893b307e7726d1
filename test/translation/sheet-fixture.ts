/** The procedures and terms of the project as files for sheets, and a small file that shows every layout. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { editEntries } from '../../src/translation/edit-yaml.ts';
import { type MappingFile, parseMappingFile } from '../../src/translation/read-yaml.ts';
import { readRows, toRows } from '../../src/translation/sheet.ts';
import { COLUMNS, type SheetKind } from '../../src/translation/sheet-columns.ts';
import { MAPPINGS } from './fixture.ts';

/** A file that must parse. */
export function parsed(name: string, text: string): MappingFile {
  const file = parseMappingFile(name, text);
  if (Array.isArray(file)) throw new Error(JSON.stringify(file));
  return file;
}

/** Path → text. */
export const texts = new Map(
  ['procedures', 'terms'].flatMap(dir =>
    readdirSync(join(MAPPINGS, dir)).map((name): [string, string] => [
      `${dir}/${name}`,
      readFileSync(join(MAPPINGS, dir, name), 'utf8'),
    ]),
  ),
);
export const files = [...texts].map(([name, text]) => parsed(name, text));
/** Where a column stands. */
export const columnAt = (kind: SheetKind, title: string): number =>
  COLUMNS[kind].findIndex(column => column.title === title);

export const SMALL = `# đầu tệp
kind: procedures
field: Hộ tịch
sources: {s: Một nguồn}
entries:
  # chú thích của mục một
  - code: "1.000001"
    name: Đăng ký khai sinh # tên
    nameOfficial: true
    plainTitle: 'Làm giấy khai sinh' # dễ hiểu
    levelAfter: xã
    timeLimit: {value: 5, unit: days, certainty: low, source: s} # thời hạn
    source: s
    certainty: high
    details:
      desk: Quầy 1
      steps:
        - một # bước một
        # trước bước hai
        - hai
        - ba
      results: [Giấy khai sinh, Trích lục]
      source: s
      certainty: high

  - {code: "1.000002", name: Khai tử, nameOfficial: true, levelAfter: xã, source: s, certainty: low}
`;

/** The sheet of SMALL with some cells changed: row → column → text. */
export function edited(cells: Record<number, Record<string, string>>): {
  text: string;
  rows: string[][];
  result: ReturnType<typeof readRows>;
} {
  const file = parsed('a.yaml', SMALL);
  const rows = toRows('procedures', [file]);
  for (const [row, own] of Object.entries(cells)) {
    for (const [title, text] of Object.entries(own)) {
      const at = (rows[0] ?? []).indexOf(title);
      const line = rows[Number(row) - 1];
      if (line === undefined) rows.push([text]);
      else line[at] = text;
    }
  }
  const result = readRows(rows, [file]);
  return {
    rows,
    result,
    text: editEntries(
      SMALL,
      result.changes.map(change => change.edit),
    ),
  };
}
