/** `lienthong migrate`: brings the database to the schema of this version; safe beside running processes. */
import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { withDatabaseUrl } from './database.ts';
import { type Io, printResult } from './io.ts';

/** Adds the command. */
export function addMigrate(program: Command, io: Io): void {
  program
    .command('migrate')
    .description('nâng cấp lược đồ cơ sở dữ liệu · bring the database schema up to date')
    .action(async () => {
      const { migrate } = await import('../ledger/migrate.ts');
      const result = await withDatabaseUrl(readEnvironment(io.env, io.cwd), migrate);
      printResult(io, result, () =>
        result.applied.length === 0
          ? 'Không có gì để nâng cấp. (The schema is up to date.)'
          : `Đã áp dụng (applied):\n${result.applied.map(name => `  ${name}`).join('\n')}`,
      );
    });
}
