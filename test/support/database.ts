/**
 * Databases for tests: one embedded PostgreSQL for the whole run (bin/test.mjs starts it and sets TEST_DATABASE_URL, a test file
 * run alone starts its own), one migrated template in it, and a clone of the template for each test that asks.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import t from 'tap';
import { startEmbedded } from '../../src/embedded/postgres.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { silentLogger } from './logger.ts';
import { testSettings } from './settings.ts';

export interface TestDatabase {
  url: string;
  /** Drops it, ending connections that are still open. */
  drop(): Promise<void>;
}

let ownServer: Promise<string> | undefined;

/** A database with all migrations applied, or an empty one with `migrated: false`. */
export async function testDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const server = await serverUrl();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const template = options.migrated === false ? 'template0' : await migratedTemplate(server);
  await asAdmin(server, client => client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`));
  return {
    url: withName(server, name),
    drop: () => asAdmin(server, client => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

/** The run's PostgreSQL, or one of this file's own that ends with it. */
async function serverUrl(): Promise<string> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return given;
  ownServer ??= startOwn();
  return ownServer;
}

async function startOwn(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lienthong-test-'));
  const server = await startEmbedded({ dataDir, logger: silentLogger, settings: testSettings });
  t.teardown(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return server.url;
}

/** Name of the migrated template, made by whoever comes first; it bears the hash of the migrations, so it is never out of date. */
async function migratedTemplate(server: string): Promise<string> {
  const name = `template_${await migrationsHash()}`;
  await asAdmin(server, async client => {
    await client.query("SELECT pg_advisory_lock(hashtext('lienthong-test-template'))");
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount) return;
    // Renamed when whole: a run that was killed in the middle leaves no half template under the final name.
    await client.query(`DROP DATABASE IF EXISTS ${name}_draft WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name}_draft TEMPLATE template0`);
    await migrate(withName(server, `${name}_draft`));
    await client.query(`ALTER DATABASE ${name}_draft RENAME TO ${name}`);
  });
  return name;
}

async function migrationsHash(): Promise<string> {
  const folder = join(import.meta.dirname, '../../src/ledger/migrations');
  const hash = createHash('sha256');
  for (const file of (await readdir(folder)).sort()) hash.update(file).update(await readFile(join(folder, file)));
  return hash.digest('hex').slice(0, 16);
}

async function asAdmin(server: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: withName(server, 'postgres') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function withName(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
