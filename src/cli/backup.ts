/** `lienthong backup`: a copy of the embedded PostgreSQL while the gateway runs, or while it is stopped. */
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { BackupFault, takeBackup } from '../embedded/backup.ts';
import { withDatabaseUrl } from './database.ts';
import { CommandFailed, type Io, printResult } from './io.ts';

/** Adds the command. */
export function addBackup(program: Command, io: Io): void {
  program
    .command('backup')
    .description('sao lưu PostgreSQL nhúng, kể cả khi đang chạy · back up the embedded PostgreSQL, also while it runs')
    .option('--to <folder>', 'thư mục mới cho bản sao lưu · a new folder for it (backups/<time>)')
    .action(async (options: { to?: string }) => {
      const environment = readEnvironment(io.env, io.cwd);
      if (environment.databaseUrl !== undefined) throw yourOwn();
      const to = resolve(io.cwd, options.to ?? join('backups', new Date().toISOString().replaceAll(':', '')));
      const { openDatabase } = await import('../ledger/database.ts');
      const { readPosition, tickPosition } = await import('../ledger/position.ts');
      const { writeAnchor } = await import('../recovery/anchor.ts');
      const note = await withDatabaseUrl(environment, async url => {
        const database = openDatabase(url, () => {});
        try {
          const { epoch, tick } = await readPosition(database);
          const taken = await takeBackup({ url, dataDir: environment.dataDir, to, position: { epoch, tick } });
          // from now on the ledger is beyond what the copy holds, and known to be
          await writeAnchor(environment.anchorFile, await tickPosition(database));
          return taken;
        } finally {
          await database.end();
        }
      }).catch(fault => {
        throw fault instanceof BackupFault ? new CommandFailed(fault.message) : fault;
      });
      printResult(
        io,
        { backup: to, ...note },
        () =>
          `Đã sao lưu (backed up): ${to}\n${note.files} tệp (files), ${(note.bytes / 2 ** 20).toFixed(1)} MiB, lúc (at) ${note.takenAt}`,
      );
    });
}

function yourOwn(): CommandFailed {
  return new CommandFailed(
    'DATABASE_URL là PostgreSQL của riêng bạn: sao lưu bằng pg_basebackup hoặc công cụ của bạn; sau khi khôi phục, chạy `lienthong restore`. ' +
      '(The database is your own: back it up with pg_basebackup or your own tool; after putting it back run `lienthong restore`.)',
  );
}
