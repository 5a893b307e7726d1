/**
 * The entities that a group of events is about: found by any key they are known by, made where no key leads to one, and locked to the
 * commit. First of the locks of acceptance (accept.ts), always by id; and the numbers that an entity is known by from then on.
 */
import type pg from 'pg';
import { plainArray, textArray } from './arrays.ts';
import { run, type Statement } from './database.ts';
import { seal } from './seal.ts';

const LOCK_ENTITIES: Statement = {
  name: 'accept_lock',
  text: `SELECT a.key, e.id, e.version, CASE WHEN k.version = e.version THEN NULL ELSE encode(e.state, 'base64') END AS state, e.key_id
    FROM unnest($1::text[], $2::int[]) k(key, version) JOIN aliases a ON a.key = k.key JOIN entities e ON e.id = a.entity
    ORDER BY e.id FOR UPDATE OF e`,
};
const NEW_ENTITIES: Statement = {
  name: 'accept_new_entities',
  text: `WITH n AS (INSERT INTO entities (kind, key, state) SELECT kind, key, $3::bytea FROM unnest($1::text[], $2::text[]) t(kind, key) ORDER BY key
      ON CONFLICT (key) DO NOTHING RETURNING id, key)
    INSERT INTO aliases (key, entity, learnt_from) SELECT key, id, 'first' FROM n ON CONFLICT (key) DO NOTHING`,
};
const LEARN_ALIASES: Statement = {
  name: 'accept_aliases',
  text: `INSERT INTO aliases (key, entity, learnt_from) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[]) t(key, entity, learnt_from) ORDER BY 1
    ON CONFLICT (key) DO NOTHING`,
};

/** An entity, locked to the commit. */
export interface LockedEntity {
  key: string;
  id: number;
  version: number;
  /** Base64; null when the version asked with is the one that stands. */
  state: string | null;
  key_id: number;
}

/** An entity that an event is about: the key it is made under, and other keys it may be known by already. */
export interface WantedEntity {
  kind: string;
  key: string;
  others: readonly string[];
}

/**
 * Locks the entities until the commit, making those that no key leads to. `cached(key)` is the version the caller holds (-1 = none).
 * Answers by key; keys that lead nowhere yet are left out: of those, each stands beside one that leads somewhere, in its own
 * event or in an earlier one.
 */
export async function lockEntities(
  client: pg.PoolClient,
  wanted: readonly WantedEntity[],
  cached: (key: string) => number,
): Promise<Map<string, LockedEntity>> {
  const keys = [...new Set(wanted.flatMap(entity => [entity.key, ...entity.others]))];
  const byKey = new Map<string, LockedEntity>();
  const lock = async (): Promise<void> => {
    const rows = await run<LockedEntity>(client, LOCK_ENTITIES, [textArray(keys), plainArray(keys.map(cached))]);
    for (const row of rows) byKey.set(row.key, row);
  };
  await lock();
  // in the order of the group: a number that an earlier event names leads a later one to the same entity
  const led = new Set(byKey.keys());
  const missing = new Map<string, string>();
  for (const entity of wanted) {
    if (!led.has(entity.key) && !entity.others.some(key => led.has(key))) missing.set(entity.key, entity.kind);
    led.add(entity.key);
    for (const key of entity.others) led.add(key);
  }
  if (missing.size === 0) return byKey;
  const empty = seal({ codes: [], fields: {}, held: {} });
  await run(client, NEW_ENTITIES, [textArray([...missing.values()]), textArray([...missing.keys()]), empty.body]);
  await lock();
  if (![...missing.keys()].every(key => byKey.has(key)))
    throw new Error('an entity could not be made: its key is taken');
  return byKey;
}

/** Numbers learnt from events; one that is taken by another entity stays there. */
export async function learnAliases(
  client: pg.PoolClient | pg.Pool,
  aliases: { key: string; entity: number; from: string }[],
): Promise<void> {
  if (aliases.length === 0) return;
  await run(client, LEARN_ALIASES, [
    textArray(aliases.map(alias => alias.key)),
    plainArray(aliases.map(alias => alias.entity)),
    textArray(aliases.map(alias => alias.from)),
  ]);
}
