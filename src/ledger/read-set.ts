/** The syncs of a fixed set with their payloads, page by page, for translating them before they are sent again. */
import type { Payload } from '../entities/payload.ts';
import type { Database } from './database.ts';
import { open } from './seal.ts';

/** A sync of a set as it can be translated. */
export interface SetSync {
  target: string;
  /** Release that it was last translated with. */
  release: number | null;
  payload: Payload;
}

/** Rows read and translated between two breaths of the process. */
const PAGE = 50;

/** Syncs of set `id` in its order, at most the first `limit`; those whose content is past its retention are left out. */
export async function* syncsOfSet(database: Database, id: string, limit: number): AsyncGenerator<SetSync[]> {
  for (let after = 0; after < limit; after += PAGE) {
    const { rows } = await database.people.query<Omit<SetSync, 'payload'> & { key_id: number; body: Buffer }>(
      `SELECT r.target, s.release, p.key_id, p.body
       FROM replay_rows r JOIN syncs s ON s.id = r.sync JOIN payloads p ON p.event = s.event AND p.revision = s.revision
       WHERE r.replay = $1 AND r.ord > $2 AND r.ord <= $3 ORDER BY r.ord`,
      [id, after, Math.min(after + PAGE, limit)],
    );
    yield rows.map(({ key_id, body, ...sync }) => ({
      ...sync,
      payload: open({ keyId: key_id, body }) as unknown as Payload,
    }));
  }
}
