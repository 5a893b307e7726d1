/**
 * Mapping entries as rows of a sheet for reviewers without an editor, and a reviewed sheet back as edits: what differs, and
 * every row that cannot be taken with its number. Nothing is written here.
 */
import { createHash } from 'node:crypto';
import type { Bilingual, Json, JsonObject } from '../domain/words.ts';
import { CellFault } from './cells.ts';
import type { EntryEdit } from './edit-yaml.ts';
import type { MappingFile } from './read-yaml.ts';
import { COLUMNS, type Column, NEW_DETAILS, type SheetKind, VERSION_TITLE } from './sheet-columns.ts';

export interface SheetFaultAt {
  /** As the spreadsheet counts: the heads are row 1. */
  row: number;
  column?: string;
  text: Bilingual;
}

/** One changed cell. */
export interface SheetChange {
  row: number;
  key: string;
  file: string;
  column: string;
  from: string;
  to: string;
  edit: EntryEdit;
}

interface Entry {
  file: string;
  index: number;
  entry: JsonObject;
  head: JsonObject;
}

/** Heads and one row an entry, in the order of the files. `files` may hold other kinds; they are passed over. */
export function toRows(kind: SheetKind, files: readonly MappingFile[]): string[][] {
  const columns = COLUMNS[kind];
  const rows = entriesOf(kind, files).map(entry => {
    const cells = columns.map(column => cellOf(column, entry));
    return [...cells, versionOf(cells)];
  });
  return [[...columns.map(column => column.title), VERSION_TITLE], ...rows];
}

/** The kind of a sheet by its heads; undefined where it is neither. */
export function kindOfSheet(heads: readonly string[]): SheetKind | undefined {
  const has = (title: string): boolean => heads.some(head => tidy(head) === title);
  return (['procedures', 'terms'] as const).find(kind => has(COLUMNS[kind][0]?.title ?? ''));
}

/** What a reviewed sheet changes. Columns of the reviewer's own and rows that were taken out change nothing. */
export function readRows(
  rows: readonly (readonly string[])[],
  files: readonly MappingFile[],
): { changes: SheetChange[]; faults: SheetFaultAt[] } {
  const heads = (rows[0] ?? []).map(tidy);
  const kind = kindOfSheet(heads);
  if (kind === undefined) {
    const vi = `hàng 1 phải có cột “${COLUMNS.procedures[0]?.title}” hoặc “${COLUMNS.terms[0]?.title}” như tệp đã xuất`;
    return { changes: [], faults: [{ row: 1, text: { vi, en: 'row 1 lacks the heads of an exported sheet' } }] };
  }
  const twice = heads.find((head, index) => head !== '' && heads.indexOf(head) !== index);
  if (twice !== undefined) {
    const text = { vi: `cột “${twice}” có hai lần`, en: `the column "${twice}" stands twice` };
    return { changes: [], faults: [{ row: 1, column: twice, text }] };
  }
  const byKey = new Map(entriesOf(kind, files).map(entry => [keyOf(kind, entry), entry]));
  const seen = new Map<string, number>();
  const changes: SheetChange[] = [];
  const faults: SheetFaultAt[] = [];
  rows.slice(1).forEach((cells, offset) => {
    if (cells.every(cell => tidy(cell) === '')) return;
    const read = readRow(kind, heads, cells, offset + 2, byKey, seen);
    changes.push(...read.changes);
    faults.push(...read.faults);
  });
  return { changes, faults };
}

function readRow(
  kind: SheetKind,
  heads: readonly string[],
  cells: readonly string[],
  row: number,
  byKey: ReadonlyMap<string, Entry>,
  seen: Map<string, number>,
): { changes: SheetChange[]; faults: SheetFaultAt[] } {
  const columns = COLUMNS[kind];
  const at = (title: string): string | undefined => {
    const index = heads.indexOf(title);
    return index < 0 ? undefined : tidy(cells[index] ?? '');
  };
  const key = at(columns[0]?.title ?? '') ?? '';
  const entry = byKey.get(key);
  const refused = (vi: string, en: string) => ({ changes: [], faults: [{ row, text: { vi, en } }] });
  if (entry === undefined) {
    return refused(
      `không có mục nào mang mã “${key}”; nếu bảng tính đã bỏ số 0 ở cuối mã, hãy chép lại mã từ tệp đã xuất`,
      `there is no entry "${key}"; if the spreadsheet ate the zeros of the code, copy it again from the exported file`,
    );
  }
  const before = seen.get(key);
  if (before !== undefined) {
    return refused(`mã ${key} đã có ở hàng ${before}; chỉ giữ một hàng`, `${key} stands in row ${before} already`);
  }
  seen.set(key, row);
  const changes: SheetChange[] = [];
  const faults: SheetFaultAt[] = [];
  for (const column of columns) {
    const to = at(column.title);
    const from = cellOf(column, entry);
    if (to === undefined || to === tidy(from)) continue;
    const value = wanted(column, to, entry);
    if ('fault' in value) faults.push({ row, column: column.title, text: value.fault });
    else if (value.value === undefined || tidy(column.cell.write(value.value)) !== tidy(from)) {
      const edit = { index: entry.index, path: column.path, value: value.value };
      changes.push({ row, key, file: entry.file, column: column.title, from, to, edit });
    }
  }
  const version = at(VERSION_TITLE);
  const now = versionOf(columns.map(column => cellOf(column, entry)));
  if (changes.length + faults.length > 0 && version !== undefined && version !== now) {
    return refused(
      `mục ${key} đã được sửa sau khi xuất tệp này (hoặc cột “${VERSION_TITLE}” bị đổi); hãy xuất lại rồi chép phần sửa sang`,
      `${key} was changed after this sheet was exported; export again and carry your changes over`,
    );
  }
  return { changes: withNewDetails(changes, entry), faults };
}

/** The value a cell asks for; undefined removes it. */
function wanted(column: Column, text: string, entry: Entry): { value: Json | undefined } | { fault: Bilingual } {
  const { title, rule, cell } = column;
  if (rule === 'fixed') {
    return {
      fault: {
        vi: `cột “${title}” chỉ để đọc; muốn sửa thì sửa trong tệp YAML, kèm nguồn`,
        en: `the column "${title}" is read-only; change it in the YAML file, with its source`,
      },
    };
  }
  if (text === '') {
    return rule === 'needed'
      ? { fault: { vi: `cột “${title}” không được để trống`, en: `the column "${title}" must not be empty` } }
      : { value: undefined };
  }
  try {
    return { value: cell.read(text, memberOf(entry, column.path)) };
  } catch (error) {
    if (error instanceof CellFault) return { fault: error.text };
    throw error;
  }
}

/** The first details of an entry need a source and a certainty: they are the reviewer's proposal until a source is named. */
function withNewDetails(changes: SheetChange[], { entry, index }: Entry): SheetChange[] {
  if (entry.details !== undefined) return changes;
  const into = changes.find(change => change.edit.path[0] === 'details');
  if (into === undefined) return changes;
  const extra = Object.entries(NEW_DETAILS).map(([name, value]) => ({
    ...into,
    column: name,
    from: '',
    to: String(value),
    edit: { index, path: ['details', name], value },
  }));
  return [...changes, ...extra];
}

function entriesOf(kind: SheetKind, files: readonly MappingFile[]): Entry[] {
  return files.flatMap(({ file, data }) => {
    const head = asObject(data);
    if (head.kind !== kind || !Array.isArray(head.entries)) return [];
    return head.entries.map((entry, index) => ({ file, index, entry: asObject(entry), head }));
  });
}

const asObject = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};

function memberOf({ entry, head }: Entry, path: readonly string[]): Json | undefined {
  const [first, ...rest] = path;
  const names = first === '^' ? rest : path;
  return names.reduce<Json | undefined>((value, name) => asObject(value)[name], first === '^' ? head : entry);
}

function cellOf(column: Column, entry: Entry): string {
  const value = memberOf(entry, column.path);
  return value === undefined ? '' : column.cell.write(value);
}

const keyOf = (kind: SheetKind, entry: Entry): string => String(memberOf(entry, COLUMNS[kind][0]?.path ?? []));

/** What a spreadsheet may do to a cell on its own is no change. */
const tidy = (text: string): string => text.normalize('NFC').replaceAll('\r\n', '\n').trim();

/** Begins with a letter, so that no spreadsheet takes it for a number. */
const versionOf = (cells: readonly string[]): string =>
  `v${createHash('sha256').update(JSON.stringify(cells)).digest('hex').slice(0, 8)}`;
