/**
 * The refused inbox: what was pulled and could not be taken, stored before it is acknowledged, raw bytes and fault.
 * Of secret documents only sender, id and time are kept.
 */
import { uuidv7 } from 'uuidv7';
import type { JsonObject } from '../domain/words.ts';
import type { Database } from './database.ts';
import { openBytes, sealBytes } from './seal.ts';

/** Stores a refusal; the same (system, ref) again only renews the fault. */
export async function storeRefused(
  database: Database,
  refused: { system: string; ref: string; fault: JsonObject; raw: Buffer | null; contentType: string },
): Promise<void> {
  const sealed = refused.raw === null ? null : sealBytes(refused.raw);
  await database.hot.query(
    `INSERT INTO refused (id, system, ref, fault, key_id, raw, content_type, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (system, ref) DO UPDATE SET fault = EXCLUDED.fault WHERE refused.state = 'open'`,
    [
      uuidv7(),
      refused.system,
      refused.ref,
      JSON.stringify(refused.fault),
      sealed?.keyId ?? 0,
      sealed?.body ?? null,
      refused.contentType,
      refused.raw === null ? 'withheld' : 'open',
    ],
  );
}

/** One refusal with its raw bytes; undefined when there is none, or nothing of it was kept. */
export async function openRefused(
  database: Database,
  id: string,
): Promise<{ system: string; ref: string; raw: Buffer; contentType: string; receivedAt: Date } | undefined> {
  const { rows } = await database.people.query<{
    system: string;
    ref: string;
    key_id: number;
    raw: Buffer | null;
    content_type: string;
    received_at: Date;
  }>("SELECT system, ref, key_id, raw, content_type, received_at FROM refused WHERE id = $1 AND state = 'open'", [id]);
  const row = rows[0];
  if (!row || row.raw === null) return undefined;
  return {
    system: row.system,
    ref: row.ref,
    raw: openBytes({ keyId: row.key_id, body: row.raw }),
    contentType: row.content_type,
    receivedAt: row.received_at,
  };
}

/** A refusal that could be taken after all. */
export async function settleRefused(database: Database, id: string, events: readonly string[]): Promise<void> {
  await database.hot.query(
    "UPDATE refused SET state = 'taken', settled_at = now(), events = $2 WHERE id = $1 AND state = 'open'",
    [id, events],
  );
}
