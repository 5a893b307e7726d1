/**
 * Syncs with their payloads, page by page, for translating many of them again: the recent ones, and those that are parked.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { Json } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import type { Database } from './database.ts';
import { open } from './seal.ts';

/** A sync as it can be translated again. */
export interface StoredSync {
  id: string;
  target: string;
  unit: string | null;
  procedure: string | null;
  type: string;
  revision: number;
  payload: Payload;
}
/** A parked one, with its place and what it waits for. */
export interface ParkedSync extends StoredSync {
  entity: number;
  lane: number;
  pointer: string | null;
  value: Json;
  /** When it was parked, as PostgreSQL says it: a mark made later is for this time of parking only. */
  since: string;
}

/** Rows read and translated between two breaths of the process. */
const PAGE = 100;
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const COLUMNS = 's.id, s.target, s.unit, s.procedure, s.type, s.revision, p.key_id, p.body';

type Row<Sync extends StoredSync> = Omit<Sync, 'payload'> & { key_id: number; body: Buffer };

/** The youngest syncs whose translation counted, newest first: at most `limit`, and no more than about `bytes` of payload. */
export async function* recentSyncs(
  database: Database,
  bounds: { limit: number; bytes: number },
): AsyncGenerator<StoredSync[]> {
  let { limit, bytes } = bounds;
  let before = LAST_ID;
  while (limit > 0 && bytes > 0) {
    const { rows } = await database.people.query<Row<StoredSync>>(
      `SELECT ${COLUMNS} FROM syncs s JOIN payloads p ON p.event = s.event AND p.revision = s.revision
       WHERE s.id < $1 AND s.state IN ('open', 'delivered', 'failed') ORDER BY s.id DESC LIMIT $2`,
      [before, Math.min(PAGE, limit)],
    );
    if (rows.length === 0) return;
    before = rows.at(-1)?.id ?? before;
    limit -= rows.length;
    for (const row of rows) bytes -= row.body.length;
    yield rows.map(row => opened(row));
  }
}

/** Parked syncs of some causes, oldest first, at most `limit`; with `release` only those that were not judged with it yet. */
export async function* parkedSyncs(
  database: Database,
  causes: readonly CauseCode[],
  limit: number,
  release?: number,
): AsyncGenerator<ParkedSync[]> {
  const unjudged =
    release === undefined ? '' : 'AND (b.facts_version IS NULL OR b.facts_version < $4 OR b.facts_version > $4)';
  let after = '00000000-0000-0000-0000-000000000000';
  for (let left = limit; left > 0; left -= PAGE) {
    const { rows } = await database.people.query<Row<ParkedSync>>(
      `SELECT ${COLUMNS}, l.entity, s.lane, b.detail->>'pointer' AS pointer, b.detail->'value' AS value, b.since::text AS since
       FROM problems b JOIN syncs s ON s.id = b.sync JOIN lanes l ON l.lane = s.lane JOIN payloads p ON p.event = s.event AND p.revision = s.revision
       WHERE b.cause = ANY($1) AND b.sync > $2 AND s.state = 'parked' ${unjudged} ORDER BY b.sync LIMIT $3`,
      [causes, after, Math.min(PAGE, left), ...(release === undefined ? [] : [release])],
    );
    if (rows.length === 0) return;
    after = rows.at(-1)?.id ?? after;
    yield rows.map(row => opened(row));
  }
}

/** Notes with which release parked syncs were judged; one that was parked anew meanwhile is still to be judged. */
export async function markJudged(database: Database, judged: readonly ParkedSync[], release: number): Promise<void> {
  await database.people.query(
    `UPDATE problems p SET facts_version = $3 FROM unnest($1::uuid[], $2::timestamptz[]) t(sync, since)
     WHERE p.sync = t.sync AND p.since = t.since`,
    [judged.map(one => one.id), judged.map(one => one.since), release],
  );
}

function opened<Sync extends StoredSync>({ key_id, body, ...sync }: Row<Sync>): Sync {
  return { ...sync, payload: open({ keyId: key_id, body }) as unknown as Payload } as unknown as Sync;
}
