/**
 * The oldest snapshot that some connection holds. While one is held nothing younger can be pruned, and lanes, which are rewritten
 * many times an hour, grow and slow every claim: a dump or a forgotten transaction shows here first.
 */
import type { Database } from './database.ts';

/** Seconds for which the oldest snapshot in this database has been held; 0 where nobody holds one. */
export async function oldestSnapshot(database: Database): Promise<number> {
  const { rows } = await database.people.query<{ seconds: number }>(
    `SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)::float8 AS seconds FROM pg_stat_activity
     WHERE datname = current_database() AND backend_xmin IS NOT NULL AND pid <> pg_backend_pid()`,
  );
  return rows[0]?.seconds ?? 0;
}
