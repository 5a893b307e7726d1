/** `lienthong systems`: how each connected system's gate stands; hold its traffic and let it go on. */
import type { Command } from 'commander';
import { type Answer, apiClient } from './api-client.ts';
import { type Io, printResult } from './io.ts';
import { table, timeText } from './table.ts';

/** Adds `systems list|pause|resume`. */
export function addSystems(program: Command, io: Io): void {
  const systems = program.command('systems').description('các hệ thống · connected systems');
  systems
    .command('list')
    .description('tình trạng gửi từng hệ thống · gates and what waits')
    .action(async () => {
      const answer = await (await apiClient(io)).get('/v1/systems');
      printResult(io, answer, () => listText(answer));
    });
  systems
    .command('pause')
    .description('tạm dừng gửi · pause deliveries')
    .argument('<id>', 'hệ thống · system')
    .requiredOption('--note <text>', 'lý do · why')
    .option('--until <time>', 'đến lúc (RFC 3339) · until')
    .action(async (id: string, options: { note: string; until?: string }) => {
      const answer = await (await apiClient(io)).post(`/v1/systems/${encodeURIComponent(id)}/pause`, { ...options });
      printResult(io, answer, () => `Đã tạm dừng ${id}; ${answer.inTheAir} lượt còn đang trên đường. (Paused.)`);
    });
  systems
    .command('resume')
    .description('gửi tiếp · resume deliveries')
    .argument('<id>', 'hệ thống · system')
    .option('--note <text>', 'ghi chú · note')
    .action(async (id: string, options: { note?: string }) => {
      const answer = await (await apiClient(io)).post(`/v1/systems/${encodeURIComponent(id)}/resume`, { ...options });
      printResult(io, answer, () => `Đã cho ${id} gửi tiếp. (Resumed.)`);
    });
}

/** The words of wording.md for a gate. */
const SHUT: Readonly<Record<string, string>> = {
  held: 'đang giữ (held)',
  paused: 'tạm dừng (paused)',
  breaker: 'tạm ngừng gửi (cut off)',
  'not-before': 'chậm (throttled)',
};

function listText(answer: Answer): string {
  const items = (answer.items ?? []) as Answer[];
  return table(
    [
      'Hệ thống (system)',
      'Tình trạng (gate)',
      'Chưa gửi (open)',
      'Giữ lại (parked)',
      'Không gửi được (failed)',
      'Trễ, giây (lag s)',
      'Thành công gần nhất (last success)',
    ],
    items.map(item => {
      const depth = item.depth as { open: number; parked: number; failed: number } | undefined;
      const growing = item.growing as { ratePerSecond: number } | null | undefined;
      const open = growing ? `gửi dần, ${growing.ratePerSecond}/giây (growing)` : 'thông suốt (open)';
      const gate = item.shutBy === null || item.shutBy === undefined ? open : SHUT[String(item.shutBy)];
      return [
        item.id,
        gate,
        depth?.open,
        depth?.parked,
        depth?.failed,
        Math.round(Number(item.lagSeconds ?? 0)),
        timeText(item.lastSuccessAt),
      ];
    }),
    'Không có hệ thống nào. (None.)',
  );
}
