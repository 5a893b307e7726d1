/**
 * Facts as a table for spreadsheets: one column a member, a paper's number and date apart, lists in one cell. Heads are Vietnamese
 * with the member's name in brackets, by which a column is found again wherever it stands. Every cell is text. Pure.
 */
import { PROVINCE } from '../domain/province.ts';
import type { Bilingual } from '../domain/words.ts';
import type { GivenFact } from './entry.ts';
import type { Fact } from './fact.ts';
import type { FactFault } from './kind-checks.ts';
import type { KindRules } from './kinds.ts';
import { dayOf } from './local-time.ts';

/** A column: a member, or a part of one (`document.number`). */
interface Column {
  path: string;
  form: 'text' | 'list' | 'yes';
}
interface Shape {
  type?: string | string[];
  properties?: Record<string, Shape>;
}

const TITLES: Readonly<Record<string, string>> = {
  unit: 'Mã xã, phường',
  from: 'Từ ngày',
  to: 'Đến hết ngày',
  mode: 'Chế độ',
  systems: 'Hệ thống',
  fields: 'Lĩnh vực',
  openDossiers: 'Hồ sơ vận hành thử',
  plan: 'Kế hoạch số',
  what: 'Danh sách',
  confirmedBy: 'Người xác nhận',
  confirmedOn: 'Ngày xác nhận',
  seat: 'Mã vị trí công tác',
  post: 'Chức danh',
  department: 'Phòng',
  id: 'Mã cán bộ',
  officer: 'Mã cán bộ',
  name: 'Họ tên hoặc tên gọi',
  email: 'Thư công vụ',
  phone: 'Điện thoại',
  hours: 'Giờ trực',
  sameAs: 'Mã ở hệ thống khác',
  right: 'Quyền',
  layer: 'Lớp',
  system: 'Hệ thống',
  field: 'Lĩnh vực',
  signAs: 'Ký thay',
  kind: 'Hình thức',
  fromPost: 'Chức danh giao',
  toPost: 'Chức danh nhận',
  rights: 'Các quyền',
  procedure: 'Thủ tục',
  procedures: 'Các thủ tục',
  mayDelegate: 'Được giao tiếp',
  mayDelegateTo: 'Được giao cho',
  act: 'Việc',
  level: 'Cấp',
  by: 'Ai, theo gì',
  basis: 'Căn cứ pháp lý',
  certainty: 'Độ chắc chắn',
  case: 'Trường hợp',
  old: 'Mã đơn vị cũ',
  names: 'Tên',
  about: 'Về việc',
  role: 'Vai trò hệ thống',
  'document.number': 'Số văn bản',
  'document.date': 'Ngày văn bản',
  'document.signer': 'Người ký',
  'handover.to': 'Bàn giao cho',
  'handover.note': 'Nội dung bàn giao',
};
const YES = new Set(['có', 'x', 'yes', 'true', '1']);
const NO = new Set(['không', 'no', 'false', '0']);

/** The columns of a kind: its unit, its members, its period. A place's `to` is a member. */
export function columnsOf({ members }: KindRules): Column[] {
  const own = Object.entries(members as Record<string, Shape>).flatMap(([name, shape]): Column[] => {
    if (shape.type === 'object') {
      return Object.keys(shape.properties ?? {}).map(part => ({ path: `${name}.${part}`, form: 'text' }));
    }
    return [{ path: name, form: shape.type === 'array' ? 'list' : shape.type === 'boolean' ? 'yes' : 'text' }];
  });
  const besides = ['from', 'to'].filter(name => members[name] === undefined);
  return [{ path: 'unit', form: 'text' }, ...own, ...besides.map((path): Column => ({ path, form: 'text' }))];
}

const headOf = ({ path }: Column): string => `${TITLES[path] ?? path} (${path})`;

/** Facts as rows, the heads first. */
export function toTable(rules: KindRules, facts: readonly Fact[]): string[][] {
  const columns = columnsOf(rules);
  const rows = facts.map(fact => {
    const body = fact.body as unknown as Record<string, unknown>;
    const given: Record<string, unknown> = { from: dayOrTime(fact.from, false), to: dayOrTime(fact.to, true), ...body };
    given.unit = fact.unit ?? PROVINCE;
    return columns.map(column => cellOf(column, given));
  });
  return [columns.map(headOf), ...rows];
}

function cellOf({ path, form }: Column, given: Record<string, unknown>): string {
  const [name = '', part] = path.split('.');
  const outer = given[name];
  const value = part === undefined ? outer : (outer as Record<string, unknown> | undefined)?.[part];
  if (value === undefined || value === null) return '';
  if (form === 'yes') return value === true ? 'có' : 'không';
  return Array.isArray(value) ? value.join('; ') : String(value);
}

/** A local day where the instant is one's beginning (or the end of the last one), else the time. */
function dayOrTime(at: number | null, isEnd: boolean): string {
  if (at === null) return '';
  const day = dayOf(isEnd ? at - 1 : at);
  const exact = Date.parse(`${day}T00:00:00+07:00`) + (isEnd ? 86_400_000 : 0);
  return exact === at ? day : new Date(at).toISOString();
}

export interface SheetRow {
  /** As the spreadsheet numbers it; its heads are row 1. */
  row: number;
  given: GivenFact;
}
/** What a table says, empty rows left out; a head that is missing or unknown is a fault of row 1. */
export function fromTable(
  rules: KindRules,
  table: readonly (readonly string[])[],
): { rows: SheetRow[]; faults: FactFault[] } {
  const columns = new Map(columnsOf(rules).map(column => [column.path, column]));
  const [heads = [], ...lines] = table;
  const faults: FactFault[] = [];
  const seen = new Set<string>();
  const found = heads.map(head => {
    const name = (/\(([^()]+)\)\s*$/.exec(head)?.[1] ?? head).trim();
    if (name === '') return undefined;
    const column = columns.get(name);
    if (column === undefined)
      faults.push(headFault(name, 'unknown-column', `Không có cột “${name}”.`, `There is no column "${name}".`));
    else if (seen.has(name))
      faults.push(headFault(name, 'doubled', `Cột “${name}” có hai lần.`, `The column "${name}" stands twice.`));
    seen.add(name);
    return column;
  });
  for (const name of rules.required) {
    if (![...seen].some(path => path === name || path.startsWith(`${name}.`))) {
      faults.push(headFault(name, 'required', `Thiếu cột “${name}”.`, `The column "${name}" is missing.`));
    }
  }
  const rows = lines.flatMap((cells, index): SheetRow[] => {
    const given: GivenFact = {};
    cells.forEach((cell, at) => {
      const column = found[at];
      const text = cell.normalize('NFC').trim();
      if (column !== undefined && text !== '') put(given, column, text);
    });
    return Object.keys(given).length === 0 ? [] : [{ row: index + 2, given }];
  });
  return { rows, faults };
}

const headFault = (name: string, code: string, vi: string, en: string): FactFault => ({
  pointer: `/${name}`,
  code,
  refuses: true,
  text: { vi, en } satisfies Bilingual,
});

function put(given: GivenFact, { path, form }: Column, text: string): void {
  const [name = '', part] = path.split('.');
  const lower = text.toLowerCase();
  const value =
    form === 'list'
      ? text
          .split(/[;\n]/)
          .map(one => one.trim())
          .filter(one => one !== '')
      : form === 'yes' && (YES.has(lower) || NO.has(lower))
        ? YES.has(lower)
        : isDay(path)
          ? isoDay(text)
          : text;
  if (part === undefined) given[name] = value;
  else given[name] = { ...(given[name] as object | undefined), [part]: value };
}

const isDay = (path: string): boolean => /^(?:from|to|confirmedOn|document\.date)$/.test(path);

/** `01/07/2025`, as people of the province write a day; a spreadsheet's own date; anything else as it is. */
function isoDay(text: string): string {
  const [, day, month, year] = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text) ?? [];
  if (day !== undefined && month !== undefined) return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const midnight = /^(\d{4}-\d{2}-\d{2})T00:00:00(?:\.000)?Z$/.exec(text);
  return midnight?.[1] ?? text;
}
