/**
 * Stored events, also those that made no sync (echoes, questions, facts about the gateway's own knowledge).
 */

import type { JsonObject } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import type { Database } from './database.ts';
import { eventKey } from './event-key.ts';
import { entityKeys } from './read-syncs.ts';
import { open } from './seal.ts';
import { idFloor } from './sync-view.ts';

export interface EventView {
  id: string;
  source: string;
  /** The id that the source gave it. */
  sourceId: string;
  type: string;
  subject: string | null;
  unit: string | null;
  procedure: string | null;
  time: string;
  acceptedAt: string;
  echoOf?: string;
  note?: JsonObject;
}
export interface EventFilter {
  source?: string;
  type?: string;
  unit?: string;
  subject?: string;
  from: Date;
  to?: Date;
  cursor?: string;
  limit: number;
}
export interface EventDetail {
  event: EventView;
  /** First revision, as it came; undefined once past its retention. */
  payload: Payload | undefined;
  hash: string;
  syncs: { id: string; target: string; state: string; cause?: string }[];
}

interface Row {
  id: string;
  source: string;
  source_id: string;
  type: string;
  subject: string | null;
  unit: string | null;
  procedure: string | null;
  happened_at: Date;
  accepted_at: Date;
  echo_of: string | null;
  note: JsonObject | null;
}
const COLUMNS =
  'e.id, e.source, e.source_id, e.type, e.subject, e.unit, e.procedure, e.happened_at, e.accepted_at, e.echo_of, e.note';

const viewOf = (row: Row): EventView => ({
  id: row.id,
  source: row.source,
  sourceId: row.source_id,
  type: row.type,
  subject: row.subject,
  unit: row.unit,
  procedure: row.procedure,
  time: row.happened_at.toISOString(),
  acceptedAt: row.accepted_at.toISOString(),
  ...(row.echo_of === null ? {} : { echoOf: row.echo_of }),
  ...(row.note === null ? {} : { note: row.note }),
});

/** One page, newest first. */
export async function listEvents(
  database: Database,
  filter: EventFilter,
): Promise<{ items: EventView[]; next: string | null }> {
  const values: unknown[] = [idFloor(filter.from)];
  const where = ['e.id >= $1::uuid'];
  const add = (sql: (place: string) => string, value: unknown): void => {
    values.push(value);
    where.push(sql(`$${values.length}`));
  };
  if (filter.to !== undefined) add(place => `e.id < ${place}::uuid`, idFloor(filter.to));
  if (filter.cursor !== undefined) add(place => `e.id < ${place}::uuid`, filter.cursor);
  for (const column of ['source', 'type', 'unit'] as const) {
    if (filter[column] !== undefined) add(place => `e.${column} = ${place}`, filter[column]);
  }
  if (filter.subject !== undefined) {
    add(
      place => `e.entity IN (SELECT entity FROM aliases WHERE key = ANY(${place}::text[]))`,
      entityKeys(filter.subject),
    );
  }
  values.push(filter.limit + 1);
  const { rows } = await database.people.query<Row>(
    `SELECT ${COLUMNS} FROM events e WHERE ${where.join(' AND ')} ORDER BY e.id DESC LIMIT $${values.length}`,
    values,
  );
  const items = rows.slice(0, filter.limit).map(viewOf);
  return { items, next: rows.length > filter.limit ? (items.at(-1)?.id ?? null) : null };
}

/** One event by the ledger's id, or by the id its source gave it. */
export async function readEvent(
  database: Database,
  ref: { id: string } | { source: string; sourceId: string },
): Promise<EventDetail | undefined> {
  const [column, value] = 'id' in ref ? ['id', ref.id] : ['key', eventKey(ref.source, ref.sourceId)];
  const { rows } = await database.people.query<Row & { hash: Buffer; key_id: number | null; body: Buffer | null }>(
    `SELECT ${COLUMNS}, e.hash, p.key_id, p.body FROM events e LEFT JOIN payloads p ON p.event = e.id AND p.revision = 1
     WHERE e.${column} = $1::uuid`,
    [value],
  );
  const row = rows[0];
  if (!row) return undefined;
  const syncs = await database.people.query<{ id: string; target: string; state: string; cause: string | null }>(
    'SELECT id, target, state, cause FROM syncs WHERE event = $1 ORDER BY id',
    [row.id],
  );
  return {
    event: viewOf(row),
    payload:
      row.body === null || row.key_id === null
        ? undefined
        : (open({ keyId: row.key_id, body: row.body }) as unknown as Payload),
    hash: row.hash.toString('hex'),
    syncs: syncs.rows.map(({ id, target, state, cause }) => ({
      id,
      target,
      state,
      ...(cause === null ? {} : { cause }),
    })),
  };
}
