/**
 * CSV for spreadsheets: UTF-8 with a byte order mark so that Excel reads Vietnamese, RFC 4180 quoting, and a leading
 * apostrophe before whatever a spreadsheet would run as a formula or turn into a number or date. Reading undoes it.
 */
import { SheetFault } from './sheet-fault.ts';

const BOM = '\uFEFF';

/** Formulas, also behind blanks and quotes; and whole cells of digits, which would lose their zeros (2.000530 → 2.00053). */
const RISKY = /^['"\s]*[=+\-@\t\r]|^['\s]*[0-9][0-9.,:/\s-]*$/;

/** The cell as it is safe to open in a spreadsheet. */
export function guard(text: string): string {
  return RISKY.test(text) ? `'${text}` : text;
}

/** What `guard` was given. */
export function unguard(text: string): string {
  return text.startsWith("'") && RISKY.test(text.slice(1)) ? text.slice(1) : text;
}

/** Rows as the text of a CSV file. */
export function writeCsv(rows: readonly (readonly string[])[], separator = ','): string {
  const cell = (text: string): string => {
    const safe = guard(text);
    return /["\r\n\t,;]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `${BOM}${rows.map(row => row.map(cell).join(separator)).join('\r\n')}\r\n`;
}

/** The rows of a CSV file, separated by comma, semicolon or tab, whichever its first line has most of. Throws SheetFault. */
export function readCsv(text: string): string[][] {
  const body = text.startsWith(BOM) ? text.slice(1) : text;
  const separator = separatorOf(body);
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < body.length) {
    const { text: cell, next } = readCell(body, at, separator, rows.length + 1);
    row.push(unguard(cell));
    at = next;
    if (body[at] === separator) {
      at += 1;
      // a line that ends with a separator has one more, empty cell
      if (at < body.length) continue;
      row.push('');
    }
    if (body[at] === '\r') at += 1;
    if (body[at] === '\n') at += 1;
    rows.push(row);
    row = [];
  }
  return rows;
}

function readCell(body: string, start: number, separator: string, row: number): { text: string; next: number } {
  if (body[start] !== '"') {
    let next = start;
    while (next < body.length && body[next] !== separator && body[next] !== '\n' && body[next] !== '\r') next += 1;
    return { text: body.slice(start, next), next };
  }
  let text = '';
  let from = start + 1;
  for (;;) {
    const quote = body.indexOf('"', from);
    if (quote < 0) {
      throw new SheetFault(row, `dòng ${row}: dấu nháy kép mở mà không đóng`, `row ${row}: a quote is never closed`);
    }
    text += body.slice(from, quote);
    from = quote + 1;
    if (body[from] !== '"') break;
    text += '"';
    from += 1;
  }
  if (from < body.length && ![separator, '\r', '\n'].includes(body[from] ?? '')) {
    throw new SheetFault(row, `dòng ${row}: có chữ sau dấu nháy kép đóng`, `row ${row}: text after a closing quote`);
  }
  return { text: text.replaceAll('\r\n', '\n'), next: from };
}

function separatorOf(body: string): string {
  const head = body.slice(0, Math.max(0, body.search(/[\r\n]|$/)));
  const count = (sign: string): number => head.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
