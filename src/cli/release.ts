/** `lienthong release`: ends a held start (`start --hold`): all systems' traffic goes. */
import type { Command } from 'commander';
import { apiClient } from './api-client.ts';
import { type Io, printResult, wrongUse } from './io.ts';

/** Adds the command. */
export function addRelease(program: Command, io: Io): void {
  program
    .command('release')
    .description('thả các lượt gửi đang giữ từ khi khởi động · end a held start')
    .option('--reason <text>', 'lý do · why')
    .option('--system <id>', 'chỉ hệ thống này · only this one')
    .option(
      '--rate <n>',
      'bắt đầu với số lượt mỗi giây này rồi tăng dần (cần --system) · begin slowly and grow',
      Number,
    )
    .action(async (options: { reason?: string; system?: string; rate?: number }) => {
      if (options.system !== undefined) return releaseOne(options.system, options, io);
      if (options.rate !== undefined) throw wrongUse(io, '--rate cần --system (needs --system)');
      const answer = await (await apiClient(io)).post('/v1/release', { ...options });
      const released = answer.released as string[];
      printResult(io, answer, () =>
        released.length === 0
          ? 'Không có hệ thống nào đang bị giữ. (Nothing was held.)'
          : `Đã thả (released): ${released.join(', ')}`,
      );
    });
}

async function releaseOne(system: string, options: { reason?: string; rate?: number }, io: Io): Promise<void> {
  const { reason = 'thả sau khi xem', rate } = options;
  const answer = await (await apiClient(io)).post(`/v1/systems/${encodeURIComponent(system)}/release`, {
    reason,
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
  });
  printResult(io, answer, () =>
    answer.released === true
      ? `Đã thả (released): ${system}${rate === undefined ? '' : `, từ ${rate} lượt mỗi giây, tăng dần (growing)`}`
      : `${system} không bị giữ. (It was not held.)`,
  );
}
