/**
 * Requests that were let go and for which something has changed since: those not sent yet can be held back again, those that arrived
 * and were not answered become questions. What may be in a call is left alone.
 */
import type { JsonObject } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import type { FactKind } from '../facts/fact.ts';
import { actOnLedger, lockSync } from './act.ts';
import type { Database } from './database.ts';
import type { Judgeable, StillHeld } from './judged.ts';
import { open } from './seal.ts';

/** Kind of the question about a request that arrived where nobody may act any more. */
const QUESTION = 'right-ended-under-way';

/** Homes (units; `75` = the province) in which facts of these kinds are younger than `version`. */
export async function homesChangedSince(
  database: Database,
  kinds: readonly FactKind[],
  version: number,
): Promise<string[]> {
  const { rows } = await database.people.query<{ home: string }>(
    "SELECT DISTINCT coalesce(unit, '75') AS home FROM facts WHERE version > $1 AND kind = ANY($2::text[])",
    [version, kinds],
  );
  return rows.map(({ home }) => home);
}

type Row = Omit<Judgeable, 'payload' | 'pointer' | 'value'> & { key_id: number; body: Buffer };

/** Syncs of these types on their way to these homes, that no call was made for yet: those after the sync `after`, oldest first. */
export async function notSentYet(
  database: Database,
  homes: readonly string[],
  types: readonly string[],
  after: string,
  limit: number,
): Promise<Judgeable[]> {
  const { rows } = await database.people.query<Row>(
    `WITH l AS (
       SELECT lane, entity, head FROM lanes WHERE home = ANY($1::text[]) AND due IS NOT NULL
       UNION SELECT n.lane, n.entity, n.head FROM problems b JOIN lanes n ON n.blocked_by = b.sync WHERE n.home = ANY($1::text[]))
     SELECT s.id, s.target, s.unit, s.procedure, s.type, s.revision, l.entity, s.lane, p.key_id, p.body
     FROM l JOIN syncs s ON s.lane = l.lane AND s.pos >= l.head AND s.state = 'open' AND NOT s.unknown AND s.type = ANY($2::text[]) AND s.id > $3::uuid
       JOIN payloads p ON p.event = s.event AND p.revision = s.revision ORDER BY s.id LIMIT $4`,
    [homes, types, after, limit],
  );
  return rows.map(({ key_id: keyId, body, ...sync }) => ({
    ...sync,
    pointer: null,
    value: null,
    payload: open({ keyId, body }) as unknown as Payload,
  }));
}

/** Holds a sync back that is still open, unless it may be on its way; answers whether it did. */
export function holdBack(database: Database, held: StillHeld, target: string, version: number): Promise<boolean> {
  return actOnLedger(database, false, async client => {
    const sync = await lockSync(client, held.sync);
    if (sync.state !== 'open' || sync.revision !== held.revision || sync.unknown) return false;
    if (sync.leased && sync.pos <= Math.max(sync.upto, sync.head)) return false;
    await client.query(
      "UPDATE syncs SET state = 'parked', cause = $2, retry_since = NULL, retry_mark = NULL, updated_at = now() WHERE id = $1",
      [held.sync, held.cause],
    );
    await client.query(
      `INSERT INTO problems (sync, cause, unit, target, detail, desk_version, recheck_at) VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000.0))
       ON CONFLICT (sync) DO UPDATE SET cause = EXCLUDED.cause, detail = EXCLUDED.detail, facts_version = NULL, desk_version = EXCLUDED.desk_version, recheck_at = EXCLUDED.recheck_at, since = now()`,
      [held.sync, held.cause, held.unit, target, JSON.stringify(held.detail), version, held.recheckAt ?? null],
    );
    await client.query('UPDATE lanes SET blocked_by = $3, due = NULL WHERE lane = $1 AND head = $2 AND lease IS NULL', [
      sync.lane,
      sync.pos,
      held.sync,
    ]);
    return true;
  });
}

/** A request that arrived and on which nobody may act any more. */
export interface Stranded {
  id: string;
  sync: string;
  unit: string | null;
  detail: JsonObject;
}

/** Asks about these, each once, and closes what was asked about others of these units: somebody may act again, or it was answered. */
export async function askAboutStranded(
  database: Database,
  units: readonly string[],
  stranded: readonly Stranded[],
): Promise<void> {
  await database.people.query(
    `WITH s AS (SELECT t.id, t.sync, t.unit, t.detail, y.event, e.entity FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, sync uuid, unit text, detail jsonb)
         JOIN syncs y ON y.id = t.sync JOIN events e ON e.id = y.event),
       c AS (UPDATE questions SET closed_at = now() WHERE kind = $2 AND closed_at IS NULL AND unit = ANY($3::text[]) AND event NOT IN (SELECT event FROM s))
     INSERT INTO questions (id, event, entity, kind, unit, detail)
     SELECT id, event, entity, $2, unit, detail FROM s
     WHERE NOT EXISTS (SELECT FROM questions q WHERE q.event = s.event AND q.kind = $2 AND q.closed_at IS NULL)`,
    [JSON.stringify(stranded), QUESTION, units],
  );
}
