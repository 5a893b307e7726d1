/**
 * The database cluster on disk: made once by initdb, whole or not at all, with the settings the gateway wants.
 * Full durability is kept (fsync, synchronous_commit, full_page_writes): a 202 means stored.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, chooseAccount, chooseRunner, giveTo, type Runner } from './account.ts';
import { findBinaries } from './binaries.ts';

const run = promisify(execFile);

export const embeddedUser = 'lienthong';
export const embeddedDatabase = 'lienthong';

/** Where everything of one embedded PostgreSQL lies. */
export interface Places {
  home: string;
  data: string;
  log: string;
  lock: string;
  password: string;
  port: string;
}

/** Paths below the gateway's data directory (absolute). */
export function placesIn(dataDir: string): Places {
  const home = join(dataDir, 'postgres');
  return {
    home,
    data: join(home, 'data'),
    log: join(home, 'postgres.log'),
    lock: join(home, 'gateway.lock'),
    password: join(home, 'password'),
    port: join(home, 'port'),
  };
}

/** Where a restore lays a copy down before it takes the cluster's place. */
export const restoringIn = (places: Places): string => `${places.data}.restoring`;

export interface Cluster {
  places: Places;
  postgres: string;
  runner: Runner;
  password: string;
}

/** Makes the folder for an embedded PostgreSQL; its mode lets PostgreSQL's own account pass when we are root. */
export async function makeHome(places: Places): Promise<void> {
  await mkdir(places.home, { recursive: true, mode: 0o700 });
  if (process.getuid?.() !== 0) return;
  for (const folder of [dirname(places.home), places.home]) await chmod(folder, 0o711);
}

/** The cluster at `places`, made by initdb if there is none yet. */
export async function openCluster(places: Places): Promise<Cluster> {
  const binaries = await findBinaries();
  const account = await chooseAccount(places.data);
  const runner = await chooseRunner(account, binaries.postgres, places.data);
  const password = await keepPassword(places.password);
  const cluster = { places, postgres: binaries.postgres, runner, password };
  if (!(await isDirectory(places.data)) && (await isDirectory(restoringIn(places)))) {
    throw new Error(`A restore of ${places.data} was interrupted; run it again: lienthong restore --from <backup>`);
  }
  if (!(await isDirectory(places.data))) await create(cluster, binaries.initdb, account);
  await giveTo(account, places.data);
  return cluster;
}

async function create(cluster: Cluster, initdb: string, account: Account | undefined): Promise<void> {
  const { places, runner } = cluster;
  const draft = `${places.data}.new`;
  const passwordFile = `${places.data}.password`;
  // A kill in the middle leaves only the draft, which the next start throws away.
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await mkdir(draft, { mode: 0o700 });
  await giveTo(account, draft);
  await writeFile(passwordFile, cluster.password, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const [program, ...before] = [...runner.prefix, initdb];
  try {
    await run(
      program ?? initdb,
      [
        ...before,
        `--pgdata=${draft}`,
        `--username=${embeddedUser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { ...runner.identity, cwd: '/', env: cleanEnvironment() },
    );
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim();
    throw new Error(`initdb failed for ${places.data}: ${said || String(cause)}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
  const compression = (await takesLz4(cluster, draft)) ? 'lz4' : 'on';
  await appendFile(join(draft, 'postgresql.conf'), `\n# Written by the gateway\nwal_compression = ${compression}\n`);
  await rename(draft, places.data);
}

/** Was this PostgreSQL built with lz4? It is asked by reading back a setting. */
async function takesLz4(cluster: Cluster, data: string): Promise<boolean> {
  const [program, ...before] = [...cluster.runner.prefix, cluster.postgres];
  return run(
    program ?? cluster.postgres,
    [...before, '-D', data, '-C', 'wal_compression', '-c', 'wal_compression=lz4'],
    {
      ...cluster.runner.identity,
      cwd: '/',
      env: cleanEnvironment(),
    },
  ).then(
    () => true,
    () => false,
  );
}

/** Settings given on PostgreSQL's command line; sizes follow the memory this process may use. */
export function serverSettings(memoryBytes = memoryLimit()): Record<string, string> {
  const megabytes = Math.floor(memoryBytes / 2 ** 20);
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: `${Math.max(32, Math.min(512, Math.floor(megabytes / 8)))}MB`,
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    log_checkpoints: 'off',
    cluster_name: 'lienthong',
  };
}

function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** PostgreSQL must not hear PGPORT, PGDATA and their like from whoever started the gateway. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
}

/** The password of the cluster's user, made once, mode 600. */
async function keepPassword(path: string): Promise<string> {
  const kept = await readPassword(path);
  if (kept !== undefined) return kept;
  const made = randomBytes(24).toString('base64url');
  await writeFile(path, made, { mode: 0o600, flag: 'wx' });
  return made;
}

/** The password kept at `path`, undefined before the first start. */
export async function readPassword(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return undefined;
    throw fault;
  });
}

/** The port of last time if it is free, else a free one, which is remembered. */
export async function choosePort(path: string): Promise<number> {
  const remembered = Number(await readFile(path, 'utf8').catch(() => '0'));
  const port = (await freePort(Number.isInteger(remembered) ? remembered : 0)) ?? (await freePort(0));
  if (port === undefined) throw new Error('No free port on 127.0.0.1 for embedded PostgreSQL');
  if (port !== remembered) await writeFile(path, String(port), { mode: 0o600 });
  return port;
}

/** `wanted` if it can be listened on (0 = any), else undefined. */
export async function freePort(wanted: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
}
