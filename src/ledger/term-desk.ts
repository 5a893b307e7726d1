/**
 * What has no mapping now, read from `problems`: grouped by the value that nobody knows, and the syncs behind each value with
 * their payloads, so that the desk can say what a choice would free. Judging is the caller's (src/admin/term-desk.ts).
 */
import type { CauseCode } from '../domain/causes.ts';
import type { Json } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import type { Database } from './database.ts';
import { open } from './seal.ts';

/** Causes that a mapping heals. */
export const MAPPING_CAUSES = [
  'unknown-procedure',
  'unknown-unit',
  'ambiguous-unit',
  'unmapped-status',
  'unmapped-term',
] as const satisfies readonly CauseCode[];
export type MappingCause = (typeof MAPPING_CAUSES)[number];

/** A value without a mapping, and how much waits for it. */
export interface Unmapped {
  cause: MappingCause;
  value: Json;
  /** List of a status; null where the problem did not name one. */
  list: string | null;
  source: string;
  count: number;
  oldest: Date;
  /** The earliest event: what it means must be known from that day on. */
  earliest: Date;
  units: string[];
}

/** Every value without a mapping that a parked sync waits for, most waiting first. */
export async function listUnmapped(database: Database): Promise<Unmapped[]> {
  const { rows } = await database.people.query<Unmapped>(
    `SELECT p.cause, p.detail->'value' AS value, p.detail->>'list' AS list, e.source, count(*)::int AS count,
       min(p.since) AS oldest, min(e.happened_at) AS earliest, coalesce(array_agg(DISTINCT p.unit) FILTER (WHERE p.unit IS NOT NULL), '{}') AS units
     FROM problems p JOIN syncs s ON s.id = p.sync JOIN events e ON e.id = s.event
     WHERE p.cause = ANY($1::text[]) AND s.state = 'parked' GROUP BY 1, 2, 3, 4 ORDER BY count(*) DESC, min(p.since)`,
    [MAPPING_CAUSES],
  );
  return rows;
}

/** A parked sync with all that judging it takes. */
export interface Waiting {
  sync: string;
  event: string;
  entity: number;
  target: string;
  home: string;
  lane: number;
  revision: number;
  source: string;
  unit: string | null;
  procedure: string | null;
  pointer: string;
  /** The value that nobody knows. */
  value: Json;
  list: string | null;
  payload: Payload;
}
interface WaitingRow extends Omit<Waiting, 'payload'> {
  key_id: number | null;
  body: Buffer | null;
}

/** Most payload bytes read at once beyond the first. */
const READ_BYTES = 16 * 1024 * 1024;

/** Syncs parked for `value`, oldest first, after the sync `after`; those whose payload is past its retention are left out. */
export async function listWaiting(
  database: Database,
  wanted: { cause: MappingCause; value: Json },
  limit: number,
  after?: string,
): Promise<{ items: Waiting[]; next: string | undefined }> {
  const { rows } = await database.people.query<WaitingRow>(
    `SELECT * FROM (
       SELECT p.sync, s.event, l.entity, s.target, s.unit, s.procedure, l.home, s.lane, s.revision, e.source, p.detail->>'pointer' AS pointer,
         p.detail->'value' AS value, p.detail->>'list' AS list, b.key_id, b.body, sum(octet_length(b.body)) OVER (ORDER BY p.sync) AS bytes, row_number() OVER (ORDER BY p.sync) AS place
       FROM (SELECT * FROM problems WHERE cause = $1 AND detail->'value' = $2::jsonb AND ($3::uuid IS NULL OR sync > $3) ORDER BY sync LIMIT $4) p
         JOIN syncs s ON s.id = p.sync AND s.state = 'parked' JOIN lanes l ON l.lane = s.lane JOIN events e ON e.id = s.event
         LEFT JOIN payloads b ON b.event = s.event AND b.revision = s.revision) q
     WHERE place = 1 OR bytes <= $5 OR bytes IS NULL ORDER BY sync`,
    [wanted.cause, JSON.stringify(wanted.value), after ?? null, limit, READ_BYTES],
  );
  const items = rows.flatMap(({ key_id, body, ...row }): Waiting[] =>
    body === null || key_id === null ? [] : [{ ...row, payload: open({ keyId: key_id, body }) as unknown as Payload }],
  );
  return { items, next: rows.at(-1)?.sync };
}
