/** `lienthong units`: how each unit takes part, what it still lacks, and its mode from a date on. */
import { type Command, Option } from 'commander';
import { type Answer, apiClient } from './api-client.ts';
import { type Io, printResult } from './io.ts';
import { table, timeText } from './table.ts';

interface ModeOptions {
  reason: string;
  from?: string;
  openDossiers?: string;
  system?: string[];
  field?: string[];
  plan?: string;
  dryRun?: boolean;
  rehearsal?: string;
}

/** Adds `units list|mode`. */
export function addUnits(program: Command, io: Io): void {
  const units = program.command('units').description('các xã, phường: chế độ và mức độ sẵn sàng · units');
  units
    .command('list')
    .description('chế độ, mức độ sẵn sàng và điều còn thiếu · mode, readiness, what is lacking')
    .addOption(new Option('--mode <mode>', 'chỉ chế độ này · only on this mode').choices(['off', 'trial', 'official']))
    .action(async (options: { mode?: string }) => {
      const answer = await (await apiClient(io)).get('/v1/units', { ...options });
      printResult(io, answer, () => listText(answer));
    });
  units
    .command('mode')
    .description('đặt chế độ từ một ngày · set a unit’s mode from a date on')
    .argument('<code>', 'mã xã, phường · unit')
    .argument('<mode>', 'off, trial, official')
    .requiredOption('--reason <text>', 'lý do · why')
    .option('--from <time>', 'từ ngày (2025-07-01) hoặc lúc (RFC 3339), mặc định ngay · from, default now')
    .addOption(
      new Option('--open-dossiers <choice>', 'hồ sơ vận hành thử khi chuyển chính thức · trial dossiers').choices([
        'stay',
        'close',
        'carry',
      ]),
    )
    .option('--system <id...>', 'chỉ với hệ thống này · only with these systems')
    .option('--field <name...>', 'chỉ lĩnh vực này · only these fields')
    .option('--plan <number>', 'số kế hoạch · number of the plan')
    .option('--dry-run', 'xem trước kết quả · preview only')
    .option('--rehearsal <id>', 'làm đúng điều đã xem trước · do what was previewed')
    .action(async (code: string, mode: string, { system, field, ...options }: ModeOptions) => {
      const wish = {
        mode,
        ...options,
        ...(system === undefined ? {} : { systems: system }),
        ...(field === undefined ? {} : { fields: field }),
      };
      const answer = await (await apiClient(io)).put(`/v1/units/${encodeURIComponent(code)}/mode`, wish);
      printResult(io, answer, () => modeText(code, answer));
    });
}

/** The words of wording.md for a mode. */
const MODES: Readonly<Record<string, string>> = {
  off: 'chưa tham gia (off)',
  trial: 'vận hành thử (trial)',
  official: 'vận hành chính thức (official)',
};
const modeOf = (mode: unknown): string => MODES[String(mode)] ?? String(mode);

function listText(answer: Answer): string {
  const share = (value: unknown, part: string): string => {
    const counts = value as Record<string, number> | null;
    return counts === null ? '–' : `${counts[part]}/${counts.of}`;
  };
  return table(
    [
      'Mã (code)',
      'Đơn vị (unit)',
      'Chế độ (mode)',
      'Kế tiếp (next)',
      'Vị trí (seats)',
      'Quyền (rights)',
      'Còn thiếu trước hết (lacks first)',
    ],
    ((answer.items ?? []) as Answer[]).map(item => {
      const next = item.next as { mode: string; from: string } | null;
      const lacks = item.lacks as { text: { vi: string } }[];
      return [
        item.code,
        item.name,
        modeOf(item.mode),
        next === null ? '–' : `${next.mode} ${timeText(next.from)}`,
        share(item.seats, 'filled'),
        share(item.rights, 'ready'),
        lacks[0]?.text.vi ?? '–',
      ];
    }),
    'Không có đơn vị nào. (None.)',
  );
}

function modeText(code: string, answer: Answer): string {
  if (answer.dryRun === true && answer.rehearsal !== undefined) {
    const counts = answer.counts as { waiting: number; goes: number };
    return `Sẽ gửi tiếp ${counts.goes} trong ${counts.waiting} lượt đang giữ. Làm thật: --rehearsal ${answer.rehearsal} (Would go on.)`;
  }
  if (answer.unchanged === true) return `${code}: đã như vậy, không đổi gì. (Nothing to change.)`;
  const freed = (answer.freed as unknown[] | undefined)?.length ?? 0;
  const next = answer.next as { mode: string; from: string } | null;
  const then = next === null ? '' : `; từ ${timeText(next.from)}: ${modeOf(next.mode)}`;
  return `${code}: nay ${modeOf(answer.mode)}${then}. Gửi tiếp ${freed} lượt. (Done.)`;
}
