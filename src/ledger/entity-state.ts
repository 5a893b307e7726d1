/** Stores what is known of an entity; whoever calls holds its row locked. */
import type pg from 'pg';
import type { JsonObject } from '../domain/words.ts';
import type { EntityState } from '../entities/state.ts';
import { seal } from './seal.ts';

/** Puts `state` in place of what was stored. */
export async function storeState(client: pg.ClientBase, entity: number, state: EntityState): Promise<void> {
  const sealed = seal(state as unknown as JsonObject);
  await client.query(
    'UPDATE entities SET state = $2, key_id = $3, version = version + 1, updated_at = now() WHERE id = $1',
    [entity, sealed.body, sealed.keyId],
  );
}
