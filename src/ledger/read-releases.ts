/**
 * The history of vocabulary releases: every one that was ever used, by hash and first use.
 */
import type { Database } from './database.ts';

export interface ReleaseView {
  id: number;
  hash: string;
  firstUsedAt: string;
}

/** Newest first; at most 200. */
export async function listReleases(database: Database): Promise<ReleaseView[]> {
  const { rows } = await database.people.query<{ id: number; hash: string; first_used_at: Date }>(
    'SELECT id, hash, first_used_at FROM releases ORDER BY id DESC LIMIT 200',
  );
  return rows.map(row => ({ id: row.id, hash: row.hash, firstUsedAt: row.first_used_at.toISOString() }));
}
