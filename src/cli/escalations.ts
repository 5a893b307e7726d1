/** `lienthong escalations`: what waited too long and went up, whom it was told, and taking note of it. */
import { type Command, Option } from 'commander';
import { type Answer, apiClient } from './api-client.ts';
import { type Io, printResult } from './io.ts';
import { facts, table, timeText } from './table.ts';

interface Told {
  recipient: string;
  state: string;
  settledAt: string | null;
}

/** Adds `escalations list|show|ack`. */
export function addEscalations(program: Command, io: Io): void {
  const escalations = program
    .command('escalations')
    .description('việc chờ quá hạn đã báo lên cấp trên · what waited too long and went up');
  escalations
    .command('list')
    .description('mới nhất trước · youngest first')
    .addOption(new Option('--state <state>', 'còn chờ hay đã xong · open or closed').choices(['open', 'closed']))
    .addOption(
      new Option('--level <level>', 'cấp đã báo đến · level reached').choices([
        'officer',
        'leader',
        'department',
        'province',
      ]),
    )
    .option('--unit <code>', 'mã xã, phường · unit')
    .option('--cause <code>', 'nguyên nhân · cause')
    .option('--limit <number>', 'số dòng · most rows')
    .option('--cursor <cursor>', 'trang tiếp theo · next page')
    .action(async (options: Record<string, string>) => {
      const answer = await (await apiClient(io)).get('/v1/escalations', { ...options });
      printResult(io, answer, () => listText(answer));
    });
  escalations
    .command('show')
    .description('điều cần biết để quyết định · everything needed to decide')
    .argument('<id>', 'mã · id')
    .action(async (id: string) => {
      const answer = await (await apiClient(io)).get(`/v1/escalations/${encodeURIComponent(id)}`);
      printResult(io, answer, () => showText(answer));
    });
  escalations
    .command('ack')
    .description('báo đã nhận; việc vẫn báo lên tiếp khi còn chờ · acknowledge; it goes on climbing while it waits')
    .argument('<id>', 'mã · id')
    .requiredOption('--reason <text>', 'đang làm gì · what is being done')
    .action(async (id: string, options: { reason: string }) => {
      const path = `/v1/escalations/${encodeURIComponent(id)}/acknowledge`;
      const answer = await (await apiClient(io)).post(path, { ...options });
      printResult(io, answer, () => `Đã ghi: ${noticeOf(answer)}. (Acknowledged.)`);
    });
}

const textOf = (bilingual: unknown): string => (bilingual as { vi: string }).vi;
const unitOf = ({ unit, unitName }: Answer): string => (unit === null ? 'toàn tỉnh' : `${unitName} (${unit})`);

/** Who has looked since it reached its level, or that nobody has. */
function noticeOf({ silent, seen, acknowledged, state }: Answer): string {
  const noticed = (acknowledged ?? seen) as { at: string; by: string } | null;
  if (silent === true) return 'chưa ai xem (silent)';
  if (noticed === null) return state === 'closed' ? 'không ai xem' : '–';
  return `${noticed.by} ${acknowledged === null ? 'đã xem' : 'đã nhận'} ${timeText(noticed.at)}`;
}

function listText(answer: Answer): string {
  const items = (answer.items ?? []) as Answer[];
  const rows = items.map(item => [
    item.id,
    textOf(item.levelName),
    unitOf(item),
    `${textOf(item.title)}${item.key === '' ? '' : `: ${item.key}`}`,
    item.target,
    item.count,
    timeText(item.since),
    timeText(item.nextAt),
    noticeOf(item),
  ]);
  const heads = [
    'Mã (id)',
    'Đã báo đến (level)',
    'Đơn vị (unit)',
    'Nguyên nhân (cause)',
    'Nơi nhận (target)',
    'Số lượt (syncs)',
    'Chờ từ (since)',
    'Báo tiếp lúc (next)',
    'Ai đã xem (noticed)',
  ];
  const next = typeof answer.next === 'string' ? `\n--cursor ${answer.next}` : '';
  return table(heads, rows, 'Không có việc nào chờ quá hạn. (None.)') + next;
}

function showText(answer: Answer): string {
  const procedures = answer.procedures as { official: string; code: string; count: number }[];
  const soonest = answer.soonest as { code: string; dueAt: string }[];
  const contacts = answer.contacts as { name: string; phone: string | null; email: string | null }[];
  const told = answer.told as Told[];
  return facts([
    ['Nguyên nhân (cause)', `${textOf(answer.title)}${answer.key === '' ? '' : `: ${answer.key}`}`],
    ['Đơn vị (unit)', unitOf(answer)],
    ['Nơi nhận (target)', answer.target],
    ['Đã báo đến (level)', textOf(answer.levelName)],
    ['Đang chờ (waiting)', `${answer.count} lượt, ${answer.dossiers} hồ sơ, từ ${timeText(answer.since)}`],
    ['Chi tiết (detail)', answer.detail === null ? null : textOf(answer.detail)],
    ['Thủ tục (procedures)', procedures.map(one => `${one.official} [${one.code}] × ${one.count}`).join('; ')],
    ['Đến hạn trước (due)', soonest.map(one => `${one.code} ${timeText(one.dueAt)}`).join('; ')],
    ['Cách giải quyết (remedy)', textOf(answer.remedy)],
    ['Gọi (call)', contacts.map(one => [one.name, one.phone, one.email].filter(Boolean).join(', ')).join('; ')],
    ['Đã báo ai (told)', told.map(one => `${one.recipient}: ${one.state}`).join('; ') || 'chưa báo ai (nobody)'],
    ['Ai đã xem (noticed)', noticeOf(answer)],
    ['Báo tiếp lúc (next)', answer.nextAt === null ? null : timeText(answer.nextAt)],
    ['Các lượt gửi (syncs)', answer.syncs],
  ]);
}
