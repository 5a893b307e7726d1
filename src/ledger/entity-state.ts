/** Stores what is known of entities; whoever calls holds their rows locked. */
import type pg from 'pg';
import type { JsonObject } from '../domain/words.ts';
import type { EntityState } from '../entities/state.ts';
import { plainArray } from './arrays.ts';
import { seal } from './seal.ts';

/** Puts each state in place of what was stored of its entity. */
export async function storeStates(client: pg.ClientBase, states: ReadonlyMap<number, EntityState>): Promise<void> {
  if (states.size === 0) return;
  const sealed = [...states.values()].map(state => seal(state as unknown as JsonObject));
  await client.query(
    `UPDATE entities SET state = decode(w.state, 'base64'), key_id = w.key_id, version = version + 1, updated_at = now()
     FROM unnest($1::bigint[], $2::text[], $3::smallint[]) AS w(id, state, key_id) WHERE entities.id = w.id`,
    [
      plainArray([...states.keys()]),
      plainArray(sealed.map(one => one.body.toString('base64'))),
      plainArray(sealed.map(one => one.keyId)),
    ],
  );
}
