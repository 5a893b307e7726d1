/**
 * `lienthong restore`: puts a backup of the embedded PostgreSQL in place, or says that a database of one's own was put back. Either
 * way the next start holds all deliveries and looks up what may have been sent since.
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Environment, readEnvironment } from '../config/environment.ts';
import type { Position } from '../domain/position.ts';
import { BackupFault, placeBackup, readBackup } from '../embedded/backup.ts';
import { readAnchor, writeAnchor } from '../recovery/anchor.ts';
import { CommandFailed, type Io, printResult, wrongUse } from './io.ts';

/** Adds the command. */
export function addRestore(program: Command, io: Io): void {
  program
    .command('restore')
    .description(
      'khôi phục từ bản sao lưu; lần chạy tới sẽ giữ mọi lượt gửi · restore; the next start holds all deliveries',
    )
    .option(
      '--from <folder>',
      'bản sao lưu của `lienthong backup` (bỏ trống nếu đã tự khôi phục DATABASE_URL) · the backup',
    )
    .action(async (options: { from?: string }) => {
      const environment = readEnvironment(io.env, io.cwd);
      const own = environment.databaseUrl !== undefined;
      if (own && options.from !== undefined) {
        throw wrongUse(
          io,
          'Với DATABASE_URL, tự khôi phục trước rồi chạy không có --from. (Restore it yourself, then without --from.)',
        );
      }
      if (!own && options.from === undefined) throw wrongUse(io, 'Cần --from <thư mục sao lưu>. (--from is needed.)');
      const aside =
        options.from === undefined
          ? await say(environment, 'DATABASE_URL')
          : await place(environment, resolve(io.cwd, options.from));
      printResult(io, { restored: true, from: options.from ?? null, putAside: aside ?? null }, () =>
        [
          'Đã khôi phục. (Restored.)',
          ...(aside === undefined ? [] : [`Dữ liệu cũ để ở (the former data): ${aside}`]),
          'Lần chạy tới giữ mọi lượt gửi; xem, rồi `lienthong release`. (The next start holds all deliveries; look, then release.)',
        ].join('\n'),
      );
    });
}

async function place(environment: Environment, from: string): Promise<string | undefined> {
  try {
    const note = await readBackup(from);
    return await placeBackup({
      from,
      dataDir: environment.dataDir,
      note,
      beforeSwap: () => say(environment, from, note.position),
    });
  } catch (fault) {
    throw fault instanceof BackupFault ? new CommandFailed(fault.message) : fault;
  }
}

/** Notes in the anchor that the ledger was restored: the next start takes it from there, whatever happens before. */
async function say(
  environment: Environment,
  from: string,
  position: Position = { epoch: 0, tick: 0 },
): Promise<undefined> {
  const anchor = await readAnchor(environment.anchorFile);
  const { epoch, tick } = typeof anchor === 'string' ? position : anchor;
  await writeAnchor(environment.anchorFile, { epoch, tick, restored: { at: new Date().toISOString(), from } });
}
