/**
 * Tables for people at a terminal: columns as wide as their longest cell, Vietnamese heads with the English in brackets.
 */

/** Cells longer than this are cut. */
const WIDEST = 48;

const shown = (cell: unknown): string => {
  const text = cell === null || cell === undefined ? '–' : String(cell).normalize('NFC');
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
};

/** Heads and rows as lines; `empty` stands where there are none. */
export function table(heads: readonly string[], rows: readonly (readonly unknown[])[], empty: string): string {
  if (rows.length === 0) return empty;
  const cells = [heads.map(head => head.normalize('NFC')), ...rows.map(row => row.map(shown))];
  const widths = heads.map((_head, column) => Math.max(...cells.map(row => row[column]?.length ?? 0)));
  return cells
    .map(row =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names and values, one a line. */
export function facts(pairs: readonly (readonly [name: string, value: unknown])[]): string {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '');
  const width = Math.max(0, ...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${String(value)}`).join('\n');
}

/** The words of wording.md for the states of a sync. */
const STATES: Readonly<Record<string, string>> = {
  waiting: 'chờ (waiting)',
  queued: 'sắp gửi (queued)',
  delivering: 'đang gửi (delivering)',
  retrying: 'sẽ gửi lại (retrying)',
  delivered: 'đã gửi (delivered)',
  parked: 'giữ lại (parked)',
  failed: 'không gửi được (failed)',
  cancelled: 'đã bỏ (cancelled)',
  superseded: 'đã có bản mới hơn (superseded)',
};

/** A state for people. */
export function stateText(state: unknown): string {
  return STATES[String(state)] ?? String(state);
}

/** A time as people of the province read it. */
export function timeText(at: unknown): string {
  if (typeof at !== 'string') return '–';
  return new Date(at).toLocaleString('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh', hour12: false });
}
