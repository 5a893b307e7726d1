/**
 * What a group of accepted events writes, as one statement beside a few rare ones: events, payloads, lanes, syncs, entities. The
 * entities are locked before (lock-entities.ts); what becomes of each event is decided in src/intake/decide.ts.
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
  /** Where it waits for a fact: the version of the facts that it was judged with, and when it is judged again by itself (ms). */
  factsVersion?: number;
  recheckAt?: number | undefined;
  /** A payload of its own instead of the event's: a dossier that is told whole. */
  filing?: JsonObject;
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
      SELECT t.* FROM unnest($17::uuid[], $18::uuid[], $19::text[], $20::bigint[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[])
        WITH ORDINALITY AS t(id, event, target, entity, home, unit, procedure, type, mode, state, cause, ord)),
    l AS (INSERT INTO lanes (target, entity, home, head, tail, blocked_by, due)
      SELECT target, entity, home, 1, tail, blocked_by, CASE WHEN blocked_by IS NULL THEN now() END
      FROM (SELECT target, entity, min(home) AS home, count(*) AS tail, (array_agg(CASE WHEN state = 'parked' THEN id END ORDER BY ord))[1] AS blocked_by
        FROM n GROUP BY 1, 2) g ORDER BY 1, 2
      ON CONFLICT (target, entity) DO UPDATE SET tail = lanes.tail + EXCLUDED.tail,
        blocked_by = CASE WHEN lanes.head > lanes.tail THEN EXCLUDED.blocked_by ELSE lanes.blocked_by END,
        due = CASE WHEN lanes.head > lanes.tail THEN EXCLUDED.due ELSE lanes.due END
      RETURNING lane, target, entity, home, tail, due),
    s AS (INSERT INTO syncs (id, event, target, lane, pos, unit, procedure, type, mode, state, cause)
      SELECT n.id, n.event, n.target, l.lane, l.tail - count(*) OVER w + row_number() OVER (w ORDER BY n.ord), n.unit, n.procedure, n.type, n.mode, n.state, n.cause
      FROM n JOIN l USING (target, entity) WINDOW w AS (PARTITION BY l.lane)),
    u AS (UPDATE entities SET state = substring($30::bytea FROM t.off::int + 1 FOR t.size), key_id = $16, version = version + 1, updated_at = now()
      FROM (SELECT id, size, sum(size) OVER (ORDER BY ord) - size AS off FROM unnest($28::bigint[], $29::int[]) WITH ORDINALITY AS t(id, size, ord)) t
      WHERE entities.id = t.id)
    SELECT target, home FROM l WHERE due IS NOT NULL GROUP BY 1, 2`,
};
/** A statement of its own: nothing is parked as a rule. */
const WRITE_PROBLEMS: Statement = {
  name: 'accept_problems',
  text: `INSERT INTO problems (sync, cause, unit, target, detail, desk_version, recheck_at)
    SELECT id, cause, unit, target, detail::jsonb, desk_version, to_timestamp(recheck_at / 1000.0)
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::float8[]) t(id, cause, unit, target, detail, desk_version, recheck_at)`,
};
/** Rare as well: dossiers of a trial that go on officially. Runs after the syncs are written, in the same transaction. */
const WRITE_FILINGS: Statement = {
  name: 'accept_filings',
  text: `WITH t AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) t(sync, event, body)),
      p AS (INSERT INTO payloads (event, revision, key_id, body)
        SELECT DISTINCT ON (event) event, 2, $4::smallint, decode(body, 'base64') FROM t)
    UPDATE syncs SET revision = 2 FROM t WHERE syncs.id = t.sync`,
};
const WRITE_QUESTIONS: Statement = {
  name: 'accept_questions',
  text: `INSERT INTO questions (id, event, entity, kind, unit, detail)
    SELECT id, event, entity, kind, unit, detail::jsonb FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[]) t(id, event, entity, kind, unit, detail)`,
};

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
  // all go out before anything is awaited: the caller's COMMIT must not overtake the others
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
    plainArray(entities.map(entity => entity.id)),
    plainArray(states.map(state => state.body.length)),
    Buffer.concat(states.map(state => state.body)),
  ]);
  const more: Promise<unknown>[] = [];
  const parked = syncs.filter(sync => sync.state === 'parked');
  if (parked.length > 0) {
    more.push(
      run(client, WRITE_PROBLEMS, [
        plainArray(parked.map(sync => sync.id)),
        textArray(parked.map(sync => sync.cause)),
        textArray(parked.map(sync => sync.unit)),
        textArray(parked.map(sync => sync.target)),
        textArray(parked.map(sync => (sync.detail === null ? null : JSON.stringify(sync.detail)))),
        plainArray(parked.map(sync => sync.factsVersion ?? null)),
        plainArray(parked.map(sync => sync.recheckAt ?? null)),
      ]),
    );
  }
  const filings = syncs.flatMap(({ id, event, filing }) =>
    filing === undefined ? [] : [{ id, event, sealed: seal(filing) }],
  );
  if (filings.length > 0) {
    more.push(
      run(client, WRITE_FILINGS, [
        plainArray(filings.map(({ id }) => id)),
        plainArray(filings.map(({ event }) => event)),
        textArray(filings.map(({ sealed }) => sealed.body.toString('base64'))),
        filings[0]?.sealed.keyId ?? 0,
      ]),
    );
  }
  if (questions.length > 0) {
    more.push(
      run(client, WRITE_QUESTIONS, [
        plainArray(questions.map(question => question.id)),
        plainArray(questions.map(question => question.event)),
        plainArray(questions.map(question => question.entity)),
        textArray(questions.map(question => question.kind)),
        textArray(questions.map(question => question.unit)),
        textArray(questions.map(question => JSON.stringify(question.detail))),
      ]),
    );
  }
  const [rows] = await together([writing, ...more]);
  return rows;
}
