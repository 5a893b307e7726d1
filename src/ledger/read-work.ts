/**
 * Requests for a signature or an opinion that wait in some units: those on their way, held or failed, and those that arrived and were
 * not answered yet.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { GatewayEvent, JsonObject } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import { requestId } from '../entities/state.ts';
import type { Database } from './database.ts';
import { open } from './seal.ts';
import { idFloor } from './sync-view.ts';

/** Asked of a unit, not answered. */
export interface Asked {
  sync: string;
  unit: string;
  procedure: string | null;
  target: string;
  state: string;
  cause: CauseCode | null;
  subject: string | null;
  /** When it was asked for, and how it was put. */
  askedAt: Date;
  event: GatewayEvent;
  /** What a held one waits for. */
  detail: JsonObject | null;
}

/** How far back one looks for what was not answered. */
const LOOK_BACK_MS = 90 * 86_400_000;
/** Requests looked at. */
const MOST = 500;

interface Row {
  sync: string;
  unit: string;
  procedure: string | null;
  target: string;
  state: string;
  cause: CauseCode | null;
  subject: string | null;
  happened_at: Date;
  entity: string;
  detail: JsonObject | null;
  key_id: number;
  body: Buffer;
}

/** What waits in these units, oldest first. */
export async function askedOf(database: Database, units: readonly string[], now: number): Promise<Asked[]> {
  if (units.length === 0) return [];
  const { rows } = await database.people.query<Row>(
    `SELECT s.id AS sync, s.unit, s.procedure, s.target, s.state, s.cause, e.subject, e.happened_at, e.entity, b.detail, p.key_id, p.body
     FROM syncs s JOIN events e ON e.id = s.event JOIN payloads p ON p.event = s.event AND p.revision = s.revision
       LEFT JOIN problems b ON b.sync = s.id
     WHERE s.unit = ANY($1::text[]) AND s.id >= $2::uuid AND s.type IN ('approval.requested', 'opinion.requested')
       AND s.state IN ('open', 'parked', 'failed', 'delivered')
     ORDER BY s.id DESC LIMIT $3`,
    [units, idFloor(new Date(now - LOOK_BACK_MS)), MOST],
  );
  const asked = rows.map(({ key_id: keyId, body, happened_at: askedAt, ...row }) => ({
    ...row,
    askedAt,
    event: (open({ keyId, body }) as unknown as Payload).event,
  }));
  const arrived = asked.filter(({ state }) => state === 'delivered');
  const answered = await answeredIn(database, [...new Set(arrived.map(({ entity }) => entity))]);
  return asked
    .filter(({ state, event }) => state !== 'delivered' || !answered.has(requestId(event) ?? ''))
    .map(({ entity: _entity, ...one }) => one)
    .reverse();
}

/** Ids of the requests that were answered about these dossiers and documents. */
async function answeredIn(database: Database, entities: readonly string[]): Promise<Set<string>> {
  if (entities.length === 0) return new Set();
  const { rows } = await database.people.query<{ key_id: number; body: Buffer }>(
    `SELECT p.key_id, p.body FROM events e JOIN payloads p ON p.event = e.id AND p.revision = 1
     WHERE e.entity = ANY($1::bigint[]) AND e.type IN ('approval.given', 'opinion.given')`,
    [entities],
  );
  return new Set(
    rows.flatMap(({ key_id: keyId, body }) => requestId((open({ keyId, body }) as unknown as Payload).event) ?? []),
  );
}
