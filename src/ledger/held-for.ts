/** The syncs that are held for one cause, oldest first: what one answer may serve. */
import type { CauseCode } from '../domain/causes.ts';
import type { Database } from './database.ts';

export interface HeldFilter {
  cause: CauseCode;
  unit?: string;
  target?: string;
  procedure?: string;
  type?: string;
}
export interface HeldSync {
  id: string;
  target: string;
  unit: string | null;
  procedure: string | null;
  type: string;
  since: string;
}

/** At most `limit` of them; `more` where there are others. */
export async function heldFor(
  database: Database,
  filter: HeldFilter,
  limit: number,
): Promise<{ syncs: HeldSync[]; more: boolean }> {
  const { rows } = await database.people.query<Omit<HeldSync, 'since'> & { since: Date }>(
    `SELECT s.id, s.target, s.unit, s.procedure, s.type, p.since FROM problems p JOIN syncs s ON s.id = p.sync
     WHERE p.cause = $1 AND s.state = 'parked' AND ($2::text IS NULL OR p.unit = $2) AND ($3::text IS NULL OR p.target = $3)
       AND ($4::text IS NULL OR s.procedure = $4) AND ($5::text IS NULL OR s.type = $5) ORDER BY s.id LIMIT $6`,
    [
      filter.cause,
      filter.unit ?? null,
      filter.target ?? null,
      filter.procedure ?? null,
      filter.type ?? null,
      limit + 1,
    ],
  );
  const syncs = rows.slice(0, limit).map(row => ({ ...row, since: row.since.toISOString() }));
  return { syncs, more: rows.length > limit };
}
