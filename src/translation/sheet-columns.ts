/**
 * The columns of the sheets that reviewers edit: which member of an entry stands in which column, under which Vietnamese head,
 * and which may be changed. What the law or the province says (codes, official names) is there to read only.
 */
import {
  type Cell,
  CellFault,
  choice,
  choices,
  FEES,
  LINES,
  PAPERS,
  REVIEWER,
  TEXT,
  TIME_LIMIT,
  TIME_LIMITS,
} from './cells.ts';

export type SheetKind = 'procedures' | 'terms';

export interface Column {
  title: string;
  /** Members below the entry; a first member `^` is one of the file's head. */
  path: readonly string[];
  cell: Cell;
  /** `fixed` cannot be changed, `needed` not be emptied. */
  rule?: 'fixed' | 'needed';
  /** Width for people, in letters. */
  width: number;
}

const CERTAINTY = choice({
  confirmed: 'đã xác nhận',
  high: 'cao',
  'medium-high': 'khá cao',
  medium: 'trung bình',
  low: 'thấp',
  proposal: 'đề xuất',
});

/** Parts of a procedure's entry that may stand in its `proposals`. */
const PARTS = choices({
  plainTitle: 'tên dễ hiểu',
  explanation: 'giải thích',
  desk: 'quầy',
  deskSteps: 'ba bước',
  agency: 'cơ quan thực hiện',
  gaps: 'phần chưa có nguồn',
});

/** True or not said. */
const YES: Cell = {
  write: value => (value === true ? 'có' : 'không'),
  read: text => {
    const lower = text.toLowerCase();
    if (lower === 'có' || lower === 'x') return true;
    if (lower === 'không') return false;
    throw new CellFault(`“${text}” phải là “có” hoặc để trống`, `"${text}" must be "có" or empty`);
  },
};

const BASIS: Cell = {
  write: value =>
    (Array.isArray(value) ? value : [])
      .map(act => (act !== null && typeof act === 'object' && !Array.isArray(act) ? String(act.number) : String(act)))
      .join('\n'),
  read: LINES.read,
};

const details = (...names: string[]): readonly string[] => ['details', ...names];

/** The first column is the key of a row. */
export const COLUMNS: Readonly<Record<SheetKind, readonly Column[]>> = {
  procedures: [
    { title: 'Mã thủ tục', path: ['code'], cell: TEXT, rule: 'fixed', width: 12 },
    { title: 'Lĩnh vực', path: ['^', 'field'], cell: TEXT, rule: 'fixed', width: 16 },
    { title: 'Tên chính thức', path: ['name'], cell: TEXT, rule: 'fixed', width: 40 },
    { title: 'Mã ngắn', path: ['communeCode'], cell: TEXT, rule: 'fixed', width: 10 },
    { title: 'Tên dễ hiểu', path: ['plainTitle'], cell: TEXT, width: 32 },
    { title: 'Giải thích', path: details('explanation'), cell: TEXT, width: 40 },
    { title: 'Quầy', path: details('desk'), cell: TEXT, width: 24 },
    { title: 'Bước 1: tiếp nhận', path: details('deskSteps', 'receive'), cell: TEXT, width: 40 },
    { title: 'Bước 2: giải quyết', path: details('deskSteps', 'process'), cell: TEXT, width: 40 },
    { title: 'Bước 3: ký, trả kết quả', path: details('deskSteps', 'return'), cell: TEXT, width: 40 },
    { title: 'Trình tự theo nguồn', path: details('steps'), cell: LINES, width: 60 },
    { title: 'Giấy tờ', path: details('papers'), cell: PAPERS, width: 60 },
    { title: 'Thời hạn hiển thị', path: ['timeLimit'], cell: TIME_LIMIT, width: 18 },
    { title: 'Thời hạn theo trường hợp', path: details('timeLimits'), cell: TIME_LIMITS, width: 40 },
    { title: 'Phí, lệ phí', path: details('fees'), cell: FEES, width: 40 },
    { title: 'Khi chưa có thời hạn', path: details('gaps', 'timeLimit'), cell: TEXT, width: 30 },
    { title: 'Khi chưa có mức phí', path: details('gaps', 'fee'), cell: TEXT, width: 30 },
    { title: 'Khi chưa có căn cứ', path: details('gaps', 'legalBasis'), cell: TEXT, width: 30 },
    { title: 'Kết quả', path: details('results'), cell: LINES, width: 32 },
    { title: 'Căn cứ', path: details('legalBasis'), cell: BASIS, rule: 'fixed', width: 20 },
    { title: 'Độ tin cậy', path: ['certainty'], cell: CERTAINTY, rule: 'needed', width: 14 },
    { title: 'Phần còn là đề xuất', path: details('proposals'), cell: PARTS, width: 20 },
    { title: 'Ghi chú rà soát', path: ['note'], cell: TEXT, width: 40 },
  ],
  terms: [
    { title: 'Mã thuật ngữ', path: ['id'], cell: TEXT, rule: 'fixed', width: 12 },
    { title: 'Lĩnh vực', path: ['^', 'field'], cell: TEXT, rule: 'fixed', width: 16 },
    { title: 'Thuật ngữ', path: ['term'], cell: TEXT, rule: 'fixed', width: 28 },
    { title: 'Nhãn dễ hiểu', path: ['plainLabel'], cell: TEXT, rule: 'needed', width: 28 },
    { title: 'Giải thích', path: ['explanation'], cell: TEXT, rule: 'needed', width: 50 },
    { title: 'Cách viết khác', path: ['otherForms'], cell: LINES, width: 28 },
    { title: 'Cách viết ngắn', path: ['shortForms'], cell: LINES, width: 20 },
    { title: 'Tên cũ', path: ['formerNames'], cell: LINES, width: 28 },
    { title: 'Không phải thuật ngữ này', path: ['traps'], cell: LINES, width: 28 },
    { title: 'Từ ai cũng biết', path: ['everyday'], cell: YES, width: 10 },
    { title: 'Độ tin cậy', path: ['certainty'], cell: CERTAINTY, rule: 'needed', width: 14 },
    { title: 'Ghi chú rà soát', path: ['note'], cell: TEXT, width: 40 },
  ],
};

/** The last column: tells whether an entry was changed after the sheet was made. */
export const VERSION_TITLE = 'Phiên bản dòng';

/** What `details` needs where a reviewer is the first to write one. */
export const NEW_DETAILS = REVIEWER;
