/**
 * Backups of the embedded PostgreSQL on disk: a folder with the cluster's copy, its password, and a note of what it holds.
 * A backup or a restore that is killed leaves nothing that could be taken for a whole one.
 */
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { copyCluster, copyFolder, type Tally } from './base-copy.ts';
import { makeHome, placesIn, restoringIn } from './cluster.ts';
import { takeLock } from './lock.ts';
import { findRunning } from './postmaster.ts';

/** What a backup says of itself, in `backup.json`. */
export interface BackupNote extends Tally {
  version: 1;
  /** When it was begun, RFC 3339. */
  takenAt: string;
  /** Major version of PostgreSQL. */
  postgres: string;
  /** Position of the ledger when it was begun. */
  position: { epoch: number; tick: number };
}

/** What is wrong with a backup, a place for one, or the moment; the text says what to do. */
export class BackupFault extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'BackupFault';
  }
}

const NOTE = 'backup.json';

/** Copies the running cluster of `dataDir` into the new folder `to`. Throws BackupFault where `to` is there already. */
export async function takeBackup(options: {
  url: string;
  dataDir: string;
  to: string;
  position: BackupNote['position'];
}): Promise<BackupNote> {
  const { url, to } = options;
  const places = placesIn(resolve(options.dataDir));
  if (await isThere(to)) throw new BackupFault(`Đã có (already there): ${to}`);
  const draft = `${to}.partial`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true });
  await mkdir(draft, { mode: 0o700 });
  const takenAt = new Date().toISOString();
  const tally = await copyCluster(url, places.data, join(draft, 'data'));
  const password = await readFile(places.password);
  await writeFile(join(draft, 'password'), password, { mode: 0o600, flush: true });
  const postgres = (await readFile(join(places.data, 'PG_VERSION'), 'utf8')).trim();
  const note: BackupNote = { version: 1, takenAt, postgres, position: options.position, ...tally };
  await writeFile(join(draft, NOTE), `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(draft, to);
  return note;
}

/** What the backup in `from` says of itself. Throws BackupFault where it is none. */
export async function readBackup(from: string): Promise<BackupNote> {
  try {
    const note = JSON.parse(await readFile(join(from, NOTE), 'utf8')) as BackupNote;
    if (note.version === 1) return note;
  } catch (fault) {
    if (!(fault instanceof SyntaxError) && (fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault;
  }
  throw new BackupFault(`Không phải bản sao lưu còn nguyên vẹn (no whole backup): ${from}`);
}

/**
 * Puts a backup in the place of the cluster of `dataDir`, which must be stopped. `beforeSwap` runs when the copy lies beside it,
 * whole. Answers where the former cluster was put aside; undefined when there was none.
 */
export async function placeBackup(options: {
  from: string;
  dataDir: string;
  note: BackupNote;
  beforeSwap(): Promise<void>;
}): Promise<string | undefined> {
  const { from, note } = options;
  const places = placesIn(resolve(options.dataDir));
  await makeHome(places);
  const lock = await takeLock(places.lock);
  try {
    if (await findRunning(places.data)) {
      throw new BackupFault(
        'PostgreSQL nhúng còn đang chạy; chạy rồi dừng trục liên thông trước. (Its PostgreSQL still runs: start and stop the gateway first.)',
      );
    }
    const copy = restoringIn(places);
    await rm(copy, { recursive: true, force: true });
    const { files, bytes } = await copyFolder(join(from, 'data'), copy, () => true);
    if (files !== note.files || bytes !== note.bytes) {
      throw new BackupFault(
        `Bản sao lưu thiếu hoặc thừa dữ liệu (files or bytes are missing): ${files}/${note.files}, ${bytes}/${note.bytes}`,
      );
    }
    await options.beforeSwap();
    const aside = (await isThere(places.data)) ? `${places.data}.before-${stamp(new Date())}` : undefined;
    await writeFile(places.password, await readFile(join(from, 'password')), { mode: 0o600, flush: true });
    await chmod(places.password, 0o600);
    if (aside !== undefined) await rename(places.data, aside);
    await rename(copy, places.data);
    return aside;
  } finally {
    await lock.release();
  }
}

const stamp = (now: Date): string => now.toISOString().replace(/[-:]|\.\d+/g, '');

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
