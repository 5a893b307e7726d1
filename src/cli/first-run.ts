/**
 * What the first start makes up: the administrator's sign-in, their API token, and the secrets of the sandbox systems.
 * They are kept in the data directory (mode 600) and stay the same at every later start; the ledger holds only hashes.
 * Deleting first-run.json asks for a new administrator's sign-in at the next start.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { access, chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Role } from '../domain/words.ts';

/** Shape of `first-run.json` (a public contract). */
export interface FirstRun {
  url: string;
  console: string;
  admin: { username: string; password: string };
  apiToken: string;
  /** The sandbox systems by id; empty with real systems, whose secrets are the operator's. */
  systems: Record<string, { url: string; webhookSecret: string }>;
}

const roles: readonly Role[] = ['portal', 'commune', 'documents'];

/** Sign-ins that the sandbox systems want, by the names the systems file uses; each has a file in `secrets/`. */
const signIns = {
  portal: { username: 'portal-username', password: 'portal-password' },
  commune: { clientId: 'commune-client-id', clientSecret: 'commune-client-secret' },
  documents: { systemId: 'documents-system-id', secret: 'documents-secret' },
} as const satisfies Record<Role, Record<string, string>>;

/** Secrets that are names rather than passwords: readable ones. */
const readable: Readonly<Record<string, string>> = {
  'portal-username': 'lienthong',
  'commune-client-id': 'lienthong',
  'documents-system-id': 'lienthong',
};

export interface SandboxSecrets {
  webhookSecret: string;
  secrets: Record<string, string>;
}

/**
 * Makes what is missing and returns the sign-ins; `url` is the gateway's address, `systems` the addresses of the sandbox systems
 * (null with real systems). Addresses are brought up to date, secrets stay; of several processes that start at once the
 * first one's count. Throws when first-run.json is there but damaged.
 */
export async function firstRun(
  dataDir: string,
  url: string,
  systems: Record<Role, string> | null = {
    portal: 'http://127.0.0.1:8181',
    commune: 'http://127.0.0.1:8182',
    documents: 'http://127.0.0.1:8183',
  },
): Promise<FirstRun> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = firstRunFile(dataDir);
  const addresses = { url, console: `${url}/console/`, systems: systems ? await withSecrets(dataDir, systems) : {} };
  const admin = { username: 'admin', password: randomBytes(15).toString('base64url') };
  const fresh = order({ ...addresses, admin, apiToken: `lt_${randomBytes(32).toString('base64url')}` });
  if (!(await isThere(path)) && (await writeFirst(path, toText(fresh)))) return fresh;
  const kept = await readFirstRun(path);
  const current = order({ ...addresses, admin: kept.admin, apiToken: kept.apiToken });
  if (toText(kept) !== toText(current)) await replaceWhole(path, toText(current));
  await chmod(path, 0o600);
  return current;
}

async function withSecrets(dataDir: string, systems: Record<Role, string>): Promise<FirstRun['systems']> {
  const secrets = await sandboxSecrets(dataDir);
  return Object.fromEntries(
    roles.map(role => [role, { url: systems[role], webhookSecret: secrets[role].webhookSecret }]),
  );
}

/** The members in the order people read them in. */
function order({ url, console, admin, apiToken, systems }: FirstRun): FirstRun {
  return { url, console, admin, apiToken, systems };
}

function toText(run: FirstRun): string {
  return `${JSON.stringify(run, null, 2)}\n`;
}

/** Where the first sign-in stands. */
export function firstRunFile(dataDir: string): string {
  return join(dataDir, 'first-run.json');
}

/** The sandbox systems' secrets, made where they are missing; files in `secrets/`, mode 600. */
export async function sandboxSecrets(dataDir: string): Promise<Record<Role, SandboxSecrets>> {
  const folder = join(dataDir, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const entries: [Role, SandboxSecrets][] = [];
  for (const role of roles) {
    const secrets: Record<string, string> = {};
    for (const [name, file] of Object.entries(signIns[role])) {
      secrets[name] = await keep(join(folder, file), () => readable[file] ?? randomBytes(24).toString('base64url'));
    }
    const webhookSecret = await keep(
      join(folder, `${role}-webhook-secret`),
      () => `whsec_${randomBytes(32).toString('base64')}`,
    );
    entries.push([role, { webhookSecret, secrets }]);
  }
  return Object.fromEntries(entries) as Record<Role, SandboxSecrets>;
}

/** The line kept at `path`; made once, whole, by whichever process comes first. */
async function keep(path: string, make: () => string): Promise<string> {
  if (!(await isThere(path))) await writeFirst(path, `${make()}\n`);
  const kept = (await readFile(path, 'utf8')).trim();
  if (kept === '') throw new Error(`${path} is empty; delete it to have a new secret made`);
  return kept;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function readFirstRun(path: string): Promise<FirstRun> {
  const damaged = `${path} is damaged; delete it to have new sign-ins made`;
  let kept: FirstRun;
  try {
    kept = JSON.parse(await readFile(path, 'utf8')) as FirstRun;
  } catch (cause) {
    throw new Error(damaged, { cause });
  }
  if (typeof kept?.admin?.password !== 'string' || typeof kept.apiToken !== 'string') throw new Error(damaged);
  return kept;
}

/** Writes the file only if there is none; false if there is. A kill leaves it whole or absent. */
async function writeFirst(path: string, text: string): Promise<boolean> {
  const draft = await writeDraft(path, text);
  try {
    await link(draft, path);
    return true;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replaceWhole(path: string, text: string): Promise<void> {
  await rename(await writeDraft(path, text), path);
}

async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${process.pid}-${randomUUID()}.new`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}
