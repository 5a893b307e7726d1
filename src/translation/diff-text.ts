/** A difference of two vocabularies in plain Vietnamese: what changes, and for whom. */
import type { EntryChange, VocabularyDiff } from './diff.ts';

/** Heads of the kinds, in the order in which people read them; what is not named stands last under its own name. */
const KINDS: Readonly<Record<string, string>> = {
  procedures: 'Thủ tục',
  procedureAliases: 'Mã thủ tục cũ dẫn đến mã mới',
  units: 'Xã, phường',
  formerUnits: 'Đơn vị cũ và đơn vị kế thừa',
  unitAliases: 'Mã khác của xã, phường',
  unitOverrides: 'Cách gọi riêng của từng xã, phường',
  statusLists: 'Danh sách trạng thái',
  statuses: 'Trạng thái hồ sơ, văn bản',
  codes: 'Mã của các hệ thống',
  policy: 'Cách xử lý khi chưa có quy đổi',
  term: 'Thuật ngữ',
  abbreviation: 'Chữ viết tắt',
  'document-type': 'Loại văn bản',
  post: 'Vị trí công tác',
  department: 'Phòng, ban',
  right: 'Quyền',
  'day-off': 'Ngày nghỉ',
};
/** Members of entries, as people call them. */
const PARTS: Readonly<Record<string, string>> = {
  name: 'tên chính thức',
  nameOfficial: 'mức chính thức của tên',
  plainTitle: 'tên dễ hiểu',
  explanation: 'giải thích',
  field: 'lĩnh vực',
  levelAfter: 'cấp giải quyết',
  levelBefore: 'cấp giải quyết trước đây',
  timeLimit: 'thời hạn',
  timeLimits: 'thời hạn theo trường hợp',
  timeLimitsLocalText: 'thời hạn ghi ở địa phương',
  papers: 'giấy tờ phải nộp',
  steps: 'các bước',
  deskSteps: 'việc của từng bước',
  desk: 'quầy tiếp nhận',
  fees: 'phí, lệ phí',
  results: 'kết quả',
  legalBasis: 'căn cứ pháp lý',
  agency: 'cơ quan giải quyết',
  applicants: 'người nộp',
  online: 'nộp trực tuyến',
  decision: 'quyết định công bố',
  communeCode: 'mã dùng ở quầy',
  doubt: 'ghi nghi vấn về mã',
  type: 'loại đơn vị',
  successors: 'đơn vị kế thừa',
  validFrom: 'ngày bắt đầu',
  validTo: 'ngày kết thúc',
  changes: 'thay đổi tên, loại',
  to: 'mã dẫn đến',
  national: 'trạng thái quốc gia tương ứng',
  nationalAfterReception: 'trạng thái quốc gia sau tiếp nhận',
  keep: 'giữ trạng thái riêng',
  preferred: 'mã ưu tiên',
  canonical: 'giá trị chuẩn',
  grade: 'mức tương đương',
  label: 'cách gọi dễ hiểu',
  synonyms: 'từ đồng nghĩa',
  source: 'nguồn',
  certainty: 'mức chắc chắn',
  note: 'ghi chú',
  proposals: 'phần còn là đề xuất',
};
/** Entries named in each group; the rest is counted. */
const NAMED = 12;

/** Waiting syncs that would go on, and the open ones behind them. */
export interface Frees {
  freed: number;
  behind: number;
}

/** The whole difference as lines for people; `frees` where it is known. */
export function diffText(diff: VocabularyDiff, frees?: Frees): string {
  const first = `Từ phiên bản ${diff.from.slice(0, 12)} đến ${diff.to.slice(0, 12)}: ${totals(diff)}.`;
  const head = frees === undefined ? first : `${first}\n${freesText(frees)}`;
  if (diff.entries.length === 0) return `${head}\nHai phiên bản nói như nhau.`;
  const byKind = Map.groupBy(diff.entries, entry => entry.kind);
  const known = Object.keys(KINDS);
  const rank = (kind: string): number => (known.includes(kind) ? known.indexOf(kind) : known.length);
  const kinds = [...byKind].sort((a, b) => rank(a[0]) - rank(b[0]));
  return [head, ...kinds.flatMap(([kind, entries]) => ['', ...kindLines(kind, entries)])].join('\n');
}

const totals = (counts: { added: number; removed: number; changed: number }): string =>
  `${counts.added} mục mới, ${counts.removed} mục bỏ, ${counts.changed} mục đổi`;

/** What a release frees, as a sentence. */
export function freesText({ freed, behind }: Frees): string {
  if (freed === 0) return 'Không có lượt gửi nào đang bị giữ sẽ đi tiếp nhờ phiên bản này.';
  const more = behind === 0 ? '' : `, kéo theo ${behind} lượt đang chờ phía sau`;
  return `${freed} lượt gửi đang bị giữ sẽ đi tiếp${more}.`;
}

function kindLines(kind: string, entries: readonly EntryChange[]): string[] {
  const groups = Map.groupBy(entries, entry => entry.group);
  const lines = [KINDS[kind] ?? kind];
  for (const [group, members] of groups) {
    const indent = group === null ? '  ' : '    ';
    if (group !== null) lines.push(`  ${group}: ${groupTotals(members)}`);
    lines.push(...members.slice(0, NAMED).map(entry => `${indent}${entryLine(entry)}`));
    if (members.length > NAMED) lines.push(`${indent}… và ${members.length - NAMED} mục nữa`);
  }
  return lines;
}

function groupTotals(entries: readonly EntryChange[]): string {
  const words = { added: 'mới', removed: 'bỏ', changed: 'đổi' } as const;
  return (['added', 'removed', 'changed'] as const)
    .map(what => [entries.filter(entry => entry.what === what).length, words[what]] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

function entryLine({ id, name, what, parts }: EntryChange): string {
  const title = name === id || name === '' ? id : `${id} ${name}`;
  if (what === 'added') return `${title}: mới`;
  if (what === 'removed') return `${title}: không còn`;
  return `${title}: đổi ${parts.map(partText).join('; ')}`;
}

function partText({ part, from, to }: EntryChange['parts'][number]): string {
  const name = PARTS[part.replace(/^details\./, '')] ?? part;
  if (!(short(from) && short(to))) return name;
  if (from === null) return `${name} (thêm “${String(to)}”)`;
  if (to === null) return `${name} (bỏ “${String(from)}”)`;
  return `${name} (“${String(from)}” → “${String(to)}”)`;
}

/** Values that can be read within a line. */
const short = (value: unknown): boolean => value === null || (typeof value !== 'object' && String(value).length <= 60);
