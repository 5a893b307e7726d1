/**
 * The refused inbox as people see it: what was pulled and could not be taken, with the fault; never its bytes.
 */
import type { JsonObject } from '../domain/words.ts';
import type { Database } from './database.ts';

export interface RefusedView {
  id: string;
  system: string;
  /** The system's own name for it. */
  ref: string;
  /** `open` can be taken again; `taken` was; of `withheld` (secret documents) nothing was kept. */
  state: string;
  fault: JsonObject;
  receivedAt: string;
  settledAt?: string;
  events?: string[];
}
interface Row {
  id: string;
  system: string;
  ref: string;
  state: string;
  fault: JsonObject;
  received_at: Date;
  settled_at: Date | null;
  events: string[] | null;
}

/** One page, newest first. */
export async function listRefused(
  database: Database,
  filter: { system?: string; state?: string; cursor?: string; limit: number },
): Promise<{ items: RefusedView[]; next: string | null }> {
  const { rows } = await database.people.query<Row>(
    `SELECT id, system, ref, state, fault, received_at, settled_at, events FROM refused
     WHERE ($1::text IS NULL OR system = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
    [filter.system ?? null, filter.state ?? null, filter.cursor ?? null, filter.limit + 1],
  );
  const items = rows.slice(0, filter.limit).map(
    (row): RefusedView => ({
      id: row.id,
      system: row.system,
      ref: row.ref,
      state: row.state,
      fault: row.fault,
      receivedAt: row.received_at.toISOString(),
      ...(row.settled_at === null ? {} : { settledAt: row.settled_at.toISOString() }),
      ...(row.events === null ? {} : { events: row.events }),
    }),
  );
  return { items, next: rows.length > filter.limit ? (items.at(-1)?.id ?? null) : null };
}
