/**
 * XLSX for people: every cell is typed as text, so that no spreadsheet turns a code into a number or runs a formula.
 */
import { readSheet } from 'read-excel-file/node';
import writeXlsxFile, { type CellObject } from 'write-excel-file/node';
import { SheetFault } from './sheet-fault.ts';

/** A column's width in letters, and whether people may write in it (read-only ones are grey). */
export interface SheetColumn {
  width: number;
  fixed: boolean;
}

/** Rows as the bytes of a workbook with one sheet; the first row is the heads and stays in sight. */
export async function writeXlsx(
  rows: readonly (readonly string[])[],
  name: string,
  columns: readonly SheetColumn[],
): Promise<Buffer> {
  const [heads = [], ...rest] = rows;
  const grey = (index: number) => (columns[index]?.fixed === true ? { backgroundColor: '#EEEEEE' } : {});
  const data: CellObject[][] = [
    heads.map((value, index) => ({ value, type: String, fontWeight: 'bold', wrap: true, ...grey(index) })),
    ...rest.map(row =>
      row.map((value, index) => ({
        value,
        type: String,
        format: '@',
        wrap: true,
        alignVertical: 'top' as const,
        ...grey(index),
      })),
    ),
  ];
  const sheet = {
    sheet: name,
    stickyRowsCount: 1,
    stickyColumnsCount: 1,
    columns: columns.map(({ width }) => ({ width })),
  };
  return writeXlsxFile(data, sheet).toBuffer();
}

/** The rows of the first sheet of a workbook, every cell as text. Throws SheetFault where it is none. */
export async function readXlsx(bytes: Buffer): Promise<string[][]> {
  try {
    const rows = await readSheet(bytes, { parseNumber: text => text, trim: false });
    return rows.map(row =>
      row.map(cell => (cell === null ? '' : cell instanceof Date ? cell.toISOString() : String(cell))),
    );
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SheetFault(
      1,
      `không đọc được tệp XLSX (${why}); hãy lưu lại từ bảng tính với kiểu “Excel Workbook (.xlsx)”`,
      `the XLSX file cannot be read (${why}); save it again as an Excel workbook`,
    );
  }
}
