/**
 * One dossier (or document, procedure, seat) by any of its codes: what the ledger knows of it, and all that happened to it.
 */
import type { EntityState } from '../entities/state.ts';
import type { Database } from './database.ts';
import { entityKeys } from './read-syncs.ts';
import { open } from './seal.ts';

export interface EntityDetail {
  kind: string;
  code: string;
  state: EntityState;
  /** Further numbers learnt, and from whom. */
  aliases: { key: string; learntFrom: string }[];
  foreignIds: { system: string; id: string }[];
  updatedAt: string;
}

/** Undefined when no code matches. A code that several kinds share is taken as a dossier's first. */
export async function readEntity(database: Database, code: string): Promise<EntityDetail | undefined> {
  const { rows } = await database.people.query<{
    id: number;
    kind: string;
    key: string;
    key_id: number;
    state: Buffer;
    updated_at: Date;
  }>(
    `SELECT e.id, e.kind, e.key, e.key_id, e.state, e.updated_at FROM aliases a JOIN entities e ON e.id = a.entity
     WHERE a.key = ANY($1::text[]) ORDER BY array_position($1::text[], a.key) LIMIT 1`,
    [entityKeys(code)],
  );
  const row = rows[0];
  if (!row) return undefined;
  const aliases = await database.people.query<{ key: string; learnt_from: string }>(
    'SELECT key, learnt_from FROM aliases WHERE entity = $1 ORDER BY learnt_at, key',
    [row.id],
  );
  const foreign = await database.people.query<{ system: string; id: string }>(
    'SELECT system, id FROM foreign_ids WHERE entity = $1 ORDER BY system',
    [row.id],
  );
  return {
    kind: row.kind,
    code: row.key.slice(row.key.indexOf(':') + 1),
    state: open({ keyId: row.key_id, body: row.state }) as unknown as EntityState,
    aliases: aliases.rows.map(alias => ({ key: alias.key, learntFrom: alias.learnt_from })),
    foreignIds: foreign.rows,
    updatedAt: row.updated_at.toISOString(),
  };
}
