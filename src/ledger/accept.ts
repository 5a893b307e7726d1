/**
 * One group of requests becomes one commit: lock the entities, see what is known already, decide, write.
 * The deciding is passed in (src/intake/decide.ts); this file owns the order of locks and the statement.
 *
 * Traps, each with a test: duplicates are compared by a second statement (ON CONFLICT waits, then cannot see the row);
 * lanes are summed before the upsert (two syncs of one lane break DO UPDATE); positions are given under the lane row's
 * lock, held to the commit, so that the visible order is the order of acceptance; locks go entities → lanes, and the
 * events are read once the entities are locked.
 */
import type pg from 'pg';
import type { CauseCode } from '../domain/causes.ts';
import type { JsonObject } from '../domain/words.ts';
import { plainArray, textArray } from './arrays.ts';
import { run, type Statement, together } from './database.ts';
import { seal } from './seal.ts';

/** An event ready to be written. */
export interface EventRow {
  id: string;
  /** First 128 bits of SHA-256(source, id) as a uuid. */
  key: string;
  /** SHA-256 of the canonical content. */
  hash: Buffer;
  source: string;
  sourceId: string;
  type: string;
  subject: string | null;
  entity: number;
  unit: string | null;
  procedure: string | null;
  happenedAt: string;
  echoOf: string | null;
  note: JsonObject | null;
  payload: JsonObject;
}
export interface SyncRow {
  id: string;
  event: string;
  target: string;
  entity: number;
  /** Whose turn it is: the reporting unit, `0` if none; fixed for the lane. */
  home: string;
  unit: string | null;
  procedure: string | null;
  type: string;
  mode: string;
  state: 'open' | 'parked' | 'superseded';
  cause: CauseCode | null;
  detail: JsonObject | null;
}
export interface QuestionRow {
  id: string;
  event: string;
  entity: number;
  kind: string;
  unit: string | null;
  detail: JsonObject;
}
export interface EntityRow {
  id: number;
  state: JsonObject;
}

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
const KNOWN_EVENTS: Statement = {
  name: 'accept_known',
  text: 'SELECT key, id, hash, echo_of FROM events WHERE key = ANY($1::uuid[])',
};
const SYNC_STATES: Statement = {
  name: 'accept_sync_states',
  text: 'SELECT id, state FROM syncs WHERE id = ANY($1::uuid[])',
};
const WRITE: Statement = {
  name: 'accept_write',
  text: `WITH i AS MATERIALIZED (
      SELECT t.*, sum(size) OVER (ORDER BY ord) - size AS off
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::timestamptz[], $11::uuid[], $12::text[], $13::int[])
        WITH ORDINALITY AS t(id, key, source, source_id, type, subject, entity, unit, procedure, happened_at, echo_of, note, size, ord)),
    e AS (INSERT INTO events (id, key, hash, source, source_id, type, subject, entity, unit, procedure, happened_at, echo_of, note)
      SELECT id, key, substring($14::bytea FROM (ord::int - 1) * 32 + 1 FOR 32), source, source_id, type, subject, entity, unit, procedure, happened_at, echo_of, note::jsonb
      FROM i ORDER BY key RETURNING id),
    p AS (INSERT INTO payloads (event, revision, key_id, body)
      SELECT i.id, 1, $16, substring($15::bytea FROM i.off::int + 1 FOR i.size) FROM i),
    n AS MATERIALIZED (
      SELECT t.* FROM unnest($17::uuid[], $18::uuid[], $19::text[], $20::bigint[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[], $28::text[])
        WITH ORDINALITY AS t(id, event, target, entity, home, unit, procedure, type, mode, state, cause, detail, ord)),
    l AS (INSERT INTO lanes (target, entity, home, head, tail, due)
      SELECT target, entity, min(home), 1, count(*), now() FROM n GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (target, entity) DO UPDATE SET tail = lanes.tail + EXCLUDED.tail,
        due = CASE WHEN lanes.head > lanes.tail THEN now() ELSE lanes.due END
      RETURNING lane, target, entity, home, tail),
    s AS (INSERT INTO syncs (id, event, target, lane, pos, unit, procedure, type, mode, state, cause)
      SELECT n.id, n.event, n.target, l.lane, l.tail - count(*) OVER w + row_number() OVER (w ORDER BY n.ord), n.unit, n.procedure, n.type, n.mode, n.state, n.cause
      FROM n JOIN l USING (target, entity) WINDOW w AS (PARTITION BY l.lane)),
    b AS (INSERT INTO problems (sync, cause, unit, target, detail)
      SELECT id, cause, unit, target, detail::jsonb FROM n WHERE state = 'parked'),
    u AS (UPDATE entities SET state = substring($31::bytea FROM t.off::int + 1 FOR t.size), key_id = $16, version = version + 1, updated_at = now()
      FROM (SELECT id, size, sum(size) OVER (ORDER BY ord) - size AS off FROM unnest($29::bigint[], $30::int[]) WITH ORDINALITY AS t(id, size, ord)) t
      WHERE entities.id = t.id)
    SELECT target, home FROM l GROUP BY 1, 2`,
};
const WRITE_QUESTIONS: Statement = {
  name: 'accept_questions',
  text: `INSERT INTO questions (id, event, entity, kind, unit, detail)
    SELECT id, event, entity, kind, unit, detail::jsonb FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[]) t(id, event, entity, kind, unit, detail)`,
};

export interface LockedEntity {
  key: string;
  id: number;
  version: number;
  /** Null when the version asked with is the one that stands. */
  /** Base64. */
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

export interface KnownEvent {
  key: string;
  id: string;
  hash: Buffer;
  echo_of: string | null;
}
/** Events of these keys that are stored already. */
export function knownEvents(client: pg.PoolClient, keys: readonly string[]): Promise<KnownEvent[]> {
  return run<KnownEvent>(client, KNOWN_EVENTS, [plainArray(keys)]);
}

/** Stored states of syncs. */
export async function syncStates(client: pg.PoolClient, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await run<{ id: string; state: string }>(client, SYNC_STATES, [plainArray(ids)]);
  return new Map(rows.map(row => [row.id, row.state]));
}

/** Writes a group; answers the homes that have something new to do. */
export async function writeGroup(
  client: pg.PoolClient,
  group: { events: EventRow[]; syncs: SyncRow[]; questions: QuestionRow[]; entities: EntityRow[] },
): Promise<{ target: string; home: string }[]> {
  const { events, syncs, questions, entities } = group;
  const payloads = events.map(event => seal(event.payload));
  const states = entities.map(entity => seal(entity.state));
  // both go out before anything is awaited: the caller's COMMIT must not overtake the questions
  const writing = run<{ target: string; home: string }>(client, WRITE, [
    plainArray(events.map(event => event.id)),
    plainArray(events.map(event => event.key)),
    textArray(events.map(event => event.source)),
    textArray(events.map(event => event.sourceId)),
    textArray(events.map(event => event.type)),
    textArray(events.map(event => event.subject)),
    plainArray(events.map(event => event.entity)),
    textArray(events.map(event => event.unit)),
    textArray(events.map(event => event.procedure)),
    textArray(events.map(event => event.happenedAt)),
    plainArray(events.map(event => event.echoOf)),
    textArray(events.map(event => (event.note === null ? null : JSON.stringify(event.note)))),
    plainArray(payloads.map(payload => payload.body.length)),
    Buffer.concat(events.map(event => event.hash)),
    Buffer.concat(payloads.map(payload => payload.body)),
    payloads[0]?.keyId ?? 0,
    plainArray(syncs.map(sync => sync.id)),
    plainArray(syncs.map(sync => sync.event)),
    textArray(syncs.map(sync => sync.target)),
    plainArray(syncs.map(sync => sync.entity)),
    textArray(syncs.map(sync => sync.home)),
    textArray(syncs.map(sync => sync.unit)),
    textArray(syncs.map(sync => sync.procedure)),
    textArray(syncs.map(sync => sync.type)),
    textArray(syncs.map(sync => sync.mode)),
    textArray(syncs.map(sync => sync.state)),
    textArray(syncs.map(sync => sync.cause)),
    textArray(syncs.map(sync => (sync.detail === null ? null : JSON.stringify(sync.detail)))),
    plainArray(entities.map(entity => entity.id)),
    plainArray(states.map(state => state.body.length)),
    Buffer.concat(states.map(state => state.body)),
  ]);
  const asking =
    questions.length === 0
      ? undefined
      : run(client, WRITE_QUESTIONS, [
          plainArray(questions.map(question => question.id)),
          plainArray(questions.map(question => question.event)),
          plainArray(questions.map(question => question.entity)),
          textArray(questions.map(question => question.kind)),
          textArray(questions.map(question => question.unit)),
          textArray(questions.map(question => JSON.stringify(question.detail))),
        ]);
  const [rows] = await together([writing, asking]);
  return rows;
}
