/**
 * The database a command works on: DATABASE_URL, the embedded PostgreSQL that a gateway is running, or one started for the
 * length of the command.
 */
import type { Environment } from '../config/environment.ts';
import { type EmbeddedLogger, runningEmbedded, startEmbedded } from '../embedded/postgres.ts';

const silent: EmbeddedLogger = { info() {}, warn() {}, error() {} };

/** Calls `work` with a connection string and stops what it started for it. */
export async function withDatabaseUrl<T>(
  environment: Pick<Environment, 'databaseUrl' | 'dataDir'>,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  const url = environment.databaseUrl ?? (await runningEmbedded(environment.dataDir));
  if (url !== undefined) return work(url);
  const embedded = await startEmbedded({ dataDir: environment.dataDir, logger: silent });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}
