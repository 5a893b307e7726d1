/**
 * A copy of the embedded cluster while it runs, by PostgreSQL's own online backup (pg_backup_start … pg_backup_stop): files are
 * copied as they change, and the log of writes from start to stop, kept by a slot meanwhile, makes them consistent when a
 * server first starts on the copy. The packaged binaries bring no pg_basebackup.
 */
import { copyFile, mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

/** Their contents are of the running server and not of the data (the list of pg_basebackup). */
const EMPTY = new Set([
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
]);
const LEFT_OUT =
  /^(?:postmaster\.(?:pid|opts)|pg_internal\.init(?:\.\d+)?|pgsql_tmp.*|backup_label.*|tablespace_map.*)$/;
const SEGMENT = /^[0-9A-F]{24}$/;
const HISTORY = /^[0-9A-F]{8}\.history$/;

/** Files copied at once. */
const SIDE_BY_SIDE = 16;

export interface Tally {
  files: number;
  bytes: number;
}

/** Copies the cluster in `data`, whose server is reached by `url`, into the new folder `into`. On the disk when it resolves. */
export async function copyCluster(url: string, data: string, into: string): Promise<Tally> {
  const client = new Client({ connectionString: url, application_name: 'lienthong backup' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    // of this session: gone with it, however it ends
    await client.query(
      "SELECT pg_create_physical_replication_slot('lienthong_backup_' || pg_backend_pid(), true, true)",
    );
    const began = await client.query<{ segment: string }>(
      "SELECT pg_walfile_name(pg_backup_start('lienthong', true)) AS segment",
    );
    const tally = await copyFolder(
      data,
      into,
      (name, depth) => !LEFT_OUT.test(name) && !(depth === 1 && EMPTY.has(name)),
    );
    for (const name of EMPTY) await mkdir(join(into, name), { recursive: true, mode: 0o700 });
    await mkdir(join(into, 'pg_wal/archive_status'), { mode: 0o700 });
    const ended = await client.query<{ segment: string; label: string; map: string }>(
      'SELECT pg_walfile_name(lsn) AS segment, labelfile AS label, spcmapfile AS map FROM pg_backup_stop(false)',
    );
    const [{ segment: first }] = began.rows as [{ segment: string }];
    const [{ segment: last, label, map }] = ended.rows as [{ segment: string; label: string; map: string }];
    if (map.trim() !== '') throw new Error('the cluster has tablespaces, which a copy of one folder leaves out');
    await writeFile(join(into, 'backup_label'), label, { mode: 0o600, flush: true });
    const log = await copyFolder(
      join(data, 'pg_wal'),
      join(into, 'pg_wal'),
      name => HISTORY.test(name) || (SEGMENT.test(name) && name >= first && name <= last),
    );
    return { files: tally.files + log.files + 1, bytes: tally.bytes + log.bytes + Buffer.byteLength(label) };
  } finally {
    await client.end();
  }
}

/** Copies a folder; `wanted` is asked of every file and folder by name and depth below it. Files that vanish are left out. */
export async function copyFolder(
  from: string,
  to: string,
  wanted: (name: string, depth: number) => boolean,
): Promise<Tally> {
  const files = await makeFolders(from, to, wanted, 1);
  const tally = { files: 0, bytes: 0 };
  // side by side, so that the disk settles many at once
  const worker = async (): Promise<void> => {
    for (let pair = files.pop(); pair !== undefined; pair = files.pop()) {
      const bytes = await copyOne(pair.source, pair.target);
      if (bytes === undefined) continue;
      tally.files += 1;
      tally.bytes += bytes;
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return tally;
}

/** Makes the folders; answers the files to be copied. */
async function makeFolders(
  from: string,
  to: string,
  wanted: (name: string, depth: number) => boolean,
  depth: number,
): Promise<{ source: string; target: string }[]> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const files: { source: string; target: string }[] = [];
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!wanted(entry.name, depth)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) files.push(...(await makeFolders(source, target, wanted, depth + 1)));
    else if (entry.isFile()) files.push({ source, target });
  }
  return files;
}

/** Answers the bytes copied, on the disk by then; undefined when the file vanished. */
async function copyOne(source: string, target: string): Promise<number | undefined> {
  try {
    await copyFile(source, target);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fault;
  }
  const file = await open(target, 'r+');
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
