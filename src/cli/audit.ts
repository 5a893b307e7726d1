/** `lienthong audit verify`: is the chain of people's acts whole? */
import type { Command } from 'commander';
import { apiClient } from './api-client.ts';
import { CommandFailed, type Io, printResult } from './io.ts';

/** Adds `audit verify`. */
export function addAudit(program: Command, io: Io): void {
  program
    .command('audit')
    .description('nhật ký · audit')
    .command('verify')
    .description('kiểm tra chuỗi nhật ký · verify the chain')
    .action(async () => {
      const verdict = await (await apiClient(io)).get('/v1/audit/verify');
      const broken = verdict.broken as { seq: number; what: string } | undefined;
      printResult(io, verdict, () =>
        broken === undefined
          ? `Nhật ký nguyên vẹn, ${verdict.checked} mục. (The chain is whole.)`
          : `Nhật ký không khớp tại mục ${broken.seq}: ${broken.what}. (The chain is broken.)`,
      );
      if (broken !== undefined) throw new CommandFailed('Nhật ký đã bị sửa. (Tampered.)', { resultPrinted: true });
    });
}
