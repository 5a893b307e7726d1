/** `lienthong release`: ends a held start (`start --hold`): all systems' traffic goes. */
import type { Command } from 'commander';
import { apiClient } from './api-client.ts';
import { type Io, printResult } from './io.ts';

/** Adds the command. */
export function addRelease(program: Command, io: Io): void {
  program
    .command('release')
    .description('thả các lượt gửi đang giữ từ khi khởi động · end a held start')
    .option('--reason <text>', 'lý do · why')
    .action(async (options: { reason?: string }) => {
      const answer = await (await apiClient(io)).post('/v1/release', { ...options });
      const released = answer.released as string[];
      printResult(io, answer, () =>
        released.length === 0
          ? 'Không có hệ thống nào đang bị giữ. (Nothing was held.)'
          : `Đã thả (released): ${released.join(', ')}`,
      );
    });
}
