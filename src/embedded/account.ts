/**
 * PostgreSQL refuses to run as root. When we are root (a container, a quick trial on a server) its processes get the account
 * of `postgres` or, where there is none, another unprivileged one; the data directory is given to that account.
 */
import { spawnSync } from 'node:child_process';
import { chown, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** How a PostgreSQL program is to be started: command, arguments before its own, and the identity for spawn(). */
export interface Runner {
  prefix: string[];
  identity: { uid?: number; gid?: number };
  account: Account | undefined;
}

const candidates = ['postgres', 'nobody', 'daemon'];

/** The account for `dataDir`: its present owner if that is not root, else the first known one. Undefined when we are not root. */
export async function chooseAccount(dataDir: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').flatMap(line => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
  const owner = await stat(dataDir).then(
    found => found.uid,
    () => 0,
  );
  const chosen =
    accounts.find(account => owner !== 0 && account.uid === owner) ??
    candidates.map(name => accounts.find(account => account.name === name)).find(account => account !== undefined);
  if (!chosen) {
    throw new Error(
      'PostgreSQL cannot run as root and this machine has no account postgres or nobody; set DATABASE_URL',
    );
  }
  return chosen;
}

/**
 * How to start `program` on `dataDir` as `account`. Where a folder on the way is closed to that account (a clone below /root),
 * setpriv lends the right to pass through; without setpriv there is no way, and the error names the folder.
 */
export async function chooseRunner(account: Account | undefined, program: string, dataDir: string): Promise<Runner> {
  if (!account) return { prefix: [], identity: {}, account };
  const closed = (await closedFolder(dirname(program), account)) ?? (await closedFolder(dirname(dataDir), account));
  if (!closed) return { prefix: [], identity: { uid: account.uid, gid: account.gid }, account };
  const setpriv = [
    'setpriv',
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ];
  if (spawnSync('setpriv', [...setpriv.slice(1), program, '--version'], { stdio: 'ignore' }).status === 0) {
    return { prefix: setpriv, identity: {}, account };
  }
  throw new Error(
    `PostgreSQL cannot run as root, and the account ${account.name} may not enter ${closed}; ` +
      'run as an ordinary user, move the folder, or set DATABASE_URL',
  );
}

/** The first folder, from `path` upwards, that `account` may not pass through. */
async function closedFolder(path: string, account: Account): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const { mode, uid, gid } = await stat(at);
    const needed = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & needed) === 0) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Gives `path` and all in it to the account; does nothing for what it owns already. */
export async function giveTo(account: Account | undefined, path: string): Promise<void> {
  if (!account || (await stat(path)).uid === account.uid) return;
  for (const entry of await readdir(path, { recursive: true }))
    await chown(join(path, entry), account.uid, account.gid);
  await chown(path, account.uid, account.gid);
}
