/**
 * Brings a database to the schema this version needs: the ledger's numbered SQL files, then BullMQ's own tables.
 * Several processes may start at once: node-pg-migrate waits for an advisory lock (its default would let the second one fail).
 */
import { runMigrations } from 'bullmq';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { refusal } from './away.ts';

/** Schema of BullMQ's tables, beside the ledger in the same database. */
export const QUEUE_SCHEMA = 'bullmq';

/**
 * Applies what is missing; safe to call from many processes. `databaseUrl` must be of a role that may create tables. Throws
 * ConfigurationFault where PostgreSQL refuses it.
 */
export async function migrate(databaseUrl: string): Promise<{ applied: string[] }> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'lienthong migrate',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const applied = await runner({
      dbClient: client,
      dir: new URL('./migrations', import.meta.url).pathname,
      direction: 'up',
      migrationsTable: 'ledger_migrations',
      advisoryLockMode: 'wait',
      checkOrder: true,
      log: () => {},
    });
    await runMigrations(client, QUEUE_SCHEMA);
    await client.query('SELECT make_payload_partitions(3)');
    return { applied: applied.map(migration => migration.name) };
  } catch (error) {
    throw refusal(error) ?? error;
  } finally {
    await client.end();
  }
}
