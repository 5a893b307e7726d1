/**
 * `lienthong mappings desk|accept|entries|review|withdraw|export-learnt`: the term desk at a terminal, all through the API.
 */
import { type Command, InvalidArgumentError } from 'commander';
import type { EntryInWords } from '../translation/learnt-yaml.ts';
import { type Answer, apiClient } from './api-client.ts';
import { type Io, printResult } from './io.ts';
import { table, timeText } from './table.ts';

interface Candidate {
  code: string;
  name: string;
  score?: number;
  why?: { vi: string };
  frees: { syncs: number; behind: number; checked: number };
}
interface Item {
  kind: string;
  value: unknown;
  count: number;
  oldest: string;
  units: { code: string; name: string | null }[];
  candidates: Candidate[];
  notLearnable?: { vi: string };
}
interface Entry extends EntryInWords {
  id: string;
  state: string;
  madeBy: string;
  madeAt: string;
  reason: string;
  reviewedBy: string | null;
  inFiles: boolean;
}
interface Act {
  reason: string;
  dryRun?: boolean;
}

const DESK = '/v1/vocabulary/desk';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const asId = (text: string): string => {
  if (!UUID.test(text)) throw new InvalidArgumentError('cần mã của mục (an entry id)');
  return text;
};

/** Adds the commands of the term desk. */
export function addMappingsDesk(mappings: Command, io: Io): void {
  mappings
    .command('desk')
    .description('điều chưa có quy đổi, gợi ý và số lượt đang chờ · what has no mapping')
    .option('--limit <n>', 'số giá trị, nhiều nhất 100 · values')
    .action(async (options: { limit?: string }) => {
      const answer = await (await apiClient(io)).get(DESK, { limit: options.limit });
      printResult(io, answer, () => deskText(answer));
    });

  mappings
    .command('accept')
    .description('ghi nhớ một quy đổi cho mọi nơi · accept a meaning for everyone')
    .argument('<kind>', 'procedure | unit | status')
    .argument('<value>', 'mã chưa có quy đổi; trạng thái: danh-sách/mã · the unknown code')
    .argument('<to>', 'mã được hiểu là · the code that is meant')
    .requiredOption('--reason <text>', 'lý do, ghi vào nhật ký · why; goes into the audit')
    .option('--source <text>', 'văn bản làm căn cứ · legal basis')
    .option('--dry-run', 'chỉ xem trước kết quả · preview only')
    .action(async (kind: string, value: string, to: string, options: Act & { source?: string }) => {
      const answer = await (await apiClient(io)).post(`${DESK}/accept`, { kind, value, to, ...options });
      printResult(io, answer, () => taughtText(answer));
    });

  mappings
    .command('entries')
    .description('các quy đổi do người dùng chọn · entries that people’s choices gave')
    .option('--state <state>', 'proposed | reviewed | withdrawn')
    .action(async (options: { state?: string }) => {
      const answer = await (await apiClient(io)).get(`${DESK}/entries`, { state: options.state });
      printResult(io, answer, () => entriesText(answer));
    });

  for (const [name, text] of [
    ['review', 'duyệt quy đổi do người khác chọn · review another person’s choice'],
    ['withdraw', 'bỏ một quy đổi đã ghi nhớ · take an entry back'],
  ] as const) {
    mappings
      .command(name)
      .description(text)
      .argument('<id>', 'mã của mục · entry id', asId)
      .requiredOption('--reason <text>', 'lý do, ghi vào nhật ký · why; goes into the audit')
      .option('--dry-run', 'chỉ xem trước kết quả · preview only')
      .action(async (id: string, options: Act) => {
        const answer = await (await apiClient(io)).post(`${DESK}/entries/${id}/${name}`, { ...options });
        printResult(io, answer, () =>
          answer.dryRun === true ? 'Xem trước, chưa làm gì. (Preview only.)' : 'Đã thực hiện. (Done.)',
        );
      });
  }

  mappings
    .command('export-learnt')
    .description('in các mục đã duyệt dạng YAML để chuyển vào mappings/ · reviewed entries as YAML')
    .action(async () => {
      const answer = await (await apiClient(io)).get(`${DESK}/entries`, { state: 'reviewed' });
      const entries = ((answer.items ?? []) as Entry[]).filter(entry => !entry.inFiles);
      const { entriesYaml } = await import('../translation/learnt-yaml.ts');
      printResult(io, { items: entries }, () =>
        entries.length === 0
          ? '# Không có mục nào đã duyệt mà chưa nằm trong tệp. (None.)'
          : entriesYaml(entries.toReversed()).trimEnd(),
      );
    });
}

function deskText(answer: Answer): string {
  const items = (answer.items ?? []) as Item[];
  if (items.length === 0) return 'Không có mã nào đang chờ quy đổi. (Nothing waits for a mapping.)';
  const blocks = items.map(item => {
    const units = item.units.map(unit => unit.name ?? unit.code);
    const shown = units.slice(0, 3).join(', ') + (units.length > 3 ? ` và ${units.length - 3} nơi khác` : '');
    return [
      `${KINDS[item.kind] ?? item.kind} ${text(item.value)}: ${item.count} lượt đang chờ (waiting), lâu nhất từ ${timeText(item.oldest)}${shown === '' ? '' : `, ${shown}`}`,
      candidatesText(item.candidates),
      ...(item.notLearnable === undefined ? [] : [`  Không ghi nhớ chung được: ${item.notLearnable.vi}`]),
    ].join('\n');
  });
  const more = Number(answer.more ?? 0);
  if (more > 0) blocks.push(`… còn ${more} giá trị khác (more): --limit`);
  return blocks.join('\n\n');
}

const KINDS: Readonly<Record<string, string>> = {
  procedure: 'Thủ tục (procedure)',
  unit: 'Xã, phường (unit)',
  status: 'Trạng thái (status)',
  other: 'Giá trị khác (other)',
};

function candidatesText(candidates: readonly Candidate[]): string {
  const rows = candidates.map(({ code, name, score, frees, why }) => [
    `  ${code}`,
    name,
    score === undefined ? '–' : score.toFixed(2),
    `${frees.syncs}/${frees.checked}${frees.behind === 0 ? '' : ` +${frees.behind} lượt sau`}`,
    why?.vi,
  ]);
  const heads = ['  Có thể là (candidate)', 'Tên (name)', 'Điểm (score)', 'Sẽ đi tiếp (frees)', 'Vì sao (why)'];
  return table(heads, rows, '  Chưa có gợi ý nào. (No candidate.)');
}

function taughtText(answer: Answer): string {
  const entry = answer.entry as Entry;
  return [
    answer.dryRun === true
      ? 'Xem trước, chưa làm gì. (Preview only.)'
      : `Đã ghi nhớ, chờ người thứ hai duyệt: ${entry.id} (Learnt, to be reviewed.)`,
    `Lượt đi tiếp (go on): ${String(answer.freedCount)}, theo sau (behind): ${String(answer.behind)}, còn vướng chỗ khác (held elsewhere): ${String(answer.elsewhere)}`,
  ].join('\n');
}

const STATES: Readonly<Record<string, string>> = {
  proposed: 'chờ duyệt (proposed)',
  reviewed: 'đã duyệt (reviewed)',
  withdrawn: 'đã bỏ (withdrawn)',
};

function entriesText(answer: Answer): string {
  const items = (answer.items ?? []) as Entry[];
  return table(
    ['Mã (id)', 'Tình trạng (state)', 'Từ (from)', 'Là (to)', 'Người chọn (by)', 'Lúc (at)', 'Lý do (reason)'],
    items.map(item => [
      item.id,
      item.inFiles ? 'đã có trong tệp (in files)' : (STATES[item.state] ?? item.state),
      item.entry.list === undefined ? item.entry.from : `${item.entry.list}/${item.entry.from}`,
      item.entry.to,
      item.madeBy,
      timeText(item.madeAt),
      item.reason,
    ]),
    'Chưa có mục nào. (None.)',
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
