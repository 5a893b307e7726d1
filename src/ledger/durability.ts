/**
 * Does PostgreSQL keep what it says it has committed? A 202 rests on it. Asked on the ledger's own connections, since a role, a
 * database and an address may each carry settings of their own.
 */
import type pg from 'pg';
import { ConfigurationFault } from '../domain/errors.ts';

/** One setting on which the promise "202 means stored" rests. */
export interface DurabilitySetting {
  name: string;
  value: string;
  /** False: what was committed can be lost. */
  safe: boolean;
  /** False: there are file systems on which it may be off. */
  demanded: boolean;
}

/** The settings as this connection has them. */
export async function readDurability(client: Pick<pg.Pool, 'query'> | pg.ClientBase): Promise<DurabilitySetting[]> {
  const { rows } = await client.query<{ name: string; value: string }>(
    "SELECT name, current_setting(name) AS value FROM unnest(ARRAY['fsync', 'synchronous_commit', 'full_page_writes']) AS name",
  );
  return rows.map(({ name, value }) => ({
    name,
    value,
    safe: value !== 'off',
    demanded: name !== 'full_page_writes',
  }));
}

/** Throws ConfigurationFault, naming each setting with which an accepted event could be lost. */
export async function demandDurability(client: Pick<pg.Pool, 'query'>): Promise<void> {
  const settings = await readDurability(client);
  const faults = settings
    .filter(({ safe, demanded }) => demanded && !safe)
    .map(({ name, value }) => ({
      place: 'DATABASE_URL',
      text: `PostgreSQL has ${name} = ${value} on the gateway's connections: an accepted event could be lost; set ${name} = on (server, database, role and address may each set it)`,
    }));
  if (faults.length > 0) throw new ConfigurationFault(faults);
}
