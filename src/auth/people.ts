/**
 * Who is calling: a person by username and password (Basic, so that a browser can open /docs), or an API token (Bearer).
 * The ledger holds only hashes. A token is found by its SHA-256, so nothing secret is ever compared byte by byte.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { uuidv7 } from 'uuidv7';
import { GatewayError } from '../domain/errors.ts';
import type { Database } from '../ledger/database.ts';
import { hashPassword, PasswordChecks } from './passwords.ts';
import { Throttle } from './throttle.ts';

/** What a caller may do: look, act on syncs and systems, post events. */
export type Scope = 'read' | 'operate' | 'events';
export interface Person {
  username: string;
  role: string;
  scopes: readonly string[];
}
export interface People {
  /** The caller; throws 401 with `WWW-Authenticate`, or 429 after wrong passwords. */
  authenticate(request: FastifyRequest): Promise<Person>;
}

/** The token made by the first start; a new one takes its place. */
const FIRST_TOKEN = 'first-run';
/** How long a password that was right is believed without hashing it again. */
const BELIEVED_MS = 60_000;
const MOST_BELIEVED = 1_000;
const ROLE_SCOPES: Readonly<Record<string, readonly Scope[]>> = {
  administrator: ['read', 'operate', 'events'],
  reader: ['read'],
};

const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Makes or brings up to date the first administrator and their token; does nothing where both are as given. */
export async function ensureAdministrator(
  database: Database,
  admin: { username: string; password: string; apiToken: string },
): Promise<void> {
  const { rows } = await database.people.query<{ password_hash: string; role: string }>(
    'SELECT password_hash, role FROM users WHERE username = $1',
    [admin.username],
  );
  const known = rows[0];
  const same =
    known?.role === 'administrator' && (await new PasswordChecks().matches(known.password_hash, admin.password));
  if (!same) {
    await database.people.query(
      `INSERT INTO users (username, password_hash, role) VALUES ($1, $2, 'administrator')
       ON CONFLICT (username) DO UPDATE SET password_hash = EXCLUDED.password_hash, role = EXCLUDED.role`,
      [admin.username, await hashPassword(admin.password)],
    );
  }
  await database.people.query(
    `WITH gone AS (DELETE FROM api_tokens WHERE name = $4 AND hash <> $2)
     INSERT INTO api_tokens (id, hash, name, username, scopes) VALUES ($1, $2, $4, $3, '{*}') ON CONFLICT (hash) DO NOTHING`,
    [uuidv7(), tokenHash(admin.apiToken), admin.username, FIRST_TOKEN],
  );
}

/** Sign-in of one process: what it believes for a minute, and the delays after wrong passwords. */
export function createPeople(database: Database, now: () => number = () => performance.now()): People {
  const key = randomBytes(32);
  const checks = new PasswordChecks();
  const throttle = new Throttle(now);
  const believed = new Map<string, { person: Person; until: number }>();

  const byPassword = async (credentials: string, header: string): Promise<Person> => {
    const text = Buffer.from(credentials, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    const username = text.slice(0, colon).normalize('NFC');
    if (colon < 1 || username.length > 100 || username.includes('\u0000')) throw unauthorized();
    const seal = createHmac('sha256', key).update(header).digest('base64');
    const held = believed.get(seal);
    if (held !== undefined && held.until > now()) return held.person;
    const delay = throttle.delay(username);
    if (delay > 0) throw tooMany(delay);
    const { rows } = await database.people.query<{ password_hash: string; role: string }>(
      'SELECT password_hash, role FROM users WHERE username = $1',
      [username],
    );
    const user = rows[0];
    if (!(await checks.matches(user?.password_hash, text.slice(colon + 1))) || user === undefined) {
      throttle.failed(username);
      throw unauthorized();
    }
    throttle.succeeded(username);
    const person: Person = { username, role: user.role, scopes: ROLE_SCOPES[user.role] ?? [] };
    if (believed.size >= MOST_BELIEVED) believed.delete(believed.keys().next().value as string);
    believed.set(seal, { person, until: now() + BELIEVED_MS });
    return person;
  };

  return {
    async authenticate(request) {
      const header = request.headers.authorization;
      const [, scheme = '', credentials = ''] = /^([A-Za-z]+) +([!-~]+)$/.exec(header ?? '') ?? [];
      if (scheme.toLowerCase() === 'basic') return byPassword(credentials, header as string);
      return byToken(database, request);
    },
  };
}

/** The owner of the request's API token. Throws 401. */
async function byToken(database: Database, request: FastifyRequest): Promise<Person> {
  const token = /^bearer +([A-Za-z0-9._~+/=-]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw unauthorized();
  const { rows } = await database.people.query<{ username: string; role: string; scopes: string[] }>(
    `SELECT u.username, u.role, t.scopes FROM api_tokens t JOIN users u ON u.username = t.username
     WHERE t.hash = $1 AND (t.expires_at IS NULL OR t.expires_at > now())`,
    [tokenHash(token)],
  );
  const row = rows[0];
  if (!row) throw unauthorized();
  const role = ROLE_SCOPES[row.role] ?? [];
  // a token never may more than its owner
  const scopes = row.scopes.includes('*') ? role : role.filter(scope => row.scopes.includes(scope));
  return { username: row.username, role: row.role, scopes };
}

/** Resolves when the request carries an API token that may post events. Throws 401 or 403. */
export async function authenticateClient(database: Database, request: FastifyRequest): Promise<void> {
  requireScope(await byToken(database, request), 'events');
}

/** Throws 403 where `person` may not. */
export function requireScope(person: Person, scope: Scope): void {
  if (person.scopes.includes(scope)) return;
  throw new GatewayError(
    'not-allowed',
    403,
    { vi: 'Tài khoản này không có quyền làm việc đó.', en: 'This account may not do that.' },
    { extra: { scope } },
  );
}

function unauthorized(): GatewayError {
  return new GatewayError(
    'unauthorized',
    401,
    {
      vi: 'Cần đăng nhập: mã truy cập API (Bearer) hoặc tên và mật khẩu (Basic).',
      en: 'Sign in with an API token (Bearer) or with name and password (Basic).',
    },
    {
      headers: { 'www-authenticate': 'Basic realm="Lien Thong", charset="UTF-8", Bearer realm="Lien Thong"' },
    },
  );
}

function tooMany(delayMs: number): GatewayError {
  const seconds = Math.ceil(delayMs / 1_000);
  return new GatewayError(
    'too-many-attempts',
    429,
    {
      vi: `Sai mật khẩu nhiều lần. Hãy thử lại sau ${seconds} giây.`,
      en: `Too many wrong passwords. Try again in ${seconds} s.`,
    },
    { headers: { 'retry-after': String(seconds) } },
  );
}
