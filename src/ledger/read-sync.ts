/**
 * One sync with all that explains it: its event and payload, every attempt, why it is parked, its neighbours in the lane.
 */
import type { Json, JsonObject } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import type { Database } from './database.ts';
import { type LaneView, readLane } from './read-lane.ts';
import { open } from './seal.ts';
import { COLUMNS_SQL, JOINS_SQL, PAGE_JOINS_SQL, PAGE_SQL, type SyncRow, type SyncView, viewOf } from './sync-view.ts';

export interface Attempt {
  series: number;
  no: number;
  startedAt: string;
  endedAt: string;
  outcome: string;
  cause?: string;
  /** HTTP status of the target's answer. */
  status?: number;
  detail?: string;
}
export interface SyncDetail {
  sync: SyncView;
  /** As stored; personal data not yet masked. */
  payload: Payload | undefined;
  attempts: Attempt[];
  problem?: { since: string; detail: JsonObject | null };
  lane: LaneView;
  /** For translating it again. */
  stored: { release: number | null; sentHash: string | null; target: string; revision: number };
}

/** Stored states of what still has to go, or to be decided. */
const UNSETTLED = ['open', 'parked', 'failed'];

interface DetailRow extends SyncRow {
  stored: string;
  revision: number;
  release: number | null;
  sent_hash: Buffer | null;
  took_ms: number | null;
  lane: number;
  pos: number;
  head: number;
  tail: number;
  key_id: number | null;
  body: Buffer | null;
  since: Date | null;
  detail: JsonObject | null;
}

/** Everything of one sync; undefined when there is none. */
export async function readSync(database: Database, id: string): Promise<SyncDetail | undefined> {
  const { rows } = await database.people.query<DetailRow>(
    `SELECT ${PAGE_SQL}, p.key_id, p.body, b.since, b.detail FROM (
       SELECT ${COLUMNS_SQL}, s.state AS stored, s.revision, s.sent_hash, s.took_ms, l.tail FROM syncs s ${JOINS_SQL} WHERE s.id = $1) q
     ${PAGE_JOINS_SQL} LEFT JOIN payloads p ON p.event = q.event AND p.revision = q.revision LEFT JOIN problems b ON b.sync = q.id`,
    [id],
  );
  const row = rows[0];
  if (!row) return undefined;
  const attempts = await attemptsOf(database, row);
  return {
    sync: viewOf(row),
    payload:
      row.body === null || row.key_id === null
        ? undefined
        : (open({ keyId: row.key_id, body: row.body }) as unknown as Payload),
    attempts,
    ...(row.since === null ? {} : { problem: { since: row.since.toISOString(), detail: row.detail } }),
    lane: await readLane(database, { ...row, waits: UNSETTLED.includes(row.stored) }),
    stored: {
      release: row.release,
      sentHash: row.sent_hash?.toString('hex') ?? null,
      target: row.target,
      revision: row.revision,
    },
  };
}

interface AttemptRow {
  series: number;
  no: number;
  started_at: Date;
  ended_at: Date;
  outcome: string;
  cause: string | null;
  status: number | null;
  detail: string | null;
}

async function attemptsOf(database: Database, row: DetailRow): Promise<Attempt[]> {
  const { rows } = await database.people.query<AttemptRow>(
    'SELECT series, no, started_at, ended_at, outcome, cause, status, detail FROM attempts WHERE sync = $1 ORDER BY series, no',
    [row.id],
  );
  const attempts = rows.map(
    (attempt): Attempt => ({
      series: attempt.series,
      no: attempt.no,
      startedAt: attempt.started_at.toISOString(),
      endedAt: attempt.ended_at.toISOString(),
      outcome: attempt.outcome,
      ...(attempt.cause === null ? {} : { cause: attempt.cause }),
      ...(attempt.status === null ? {} : { status: attempt.status }),
      ...(attempt.detail === null ? {} : { detail: attempt.detail }),
    }),
  );
  // a success at the first try has no row of its own: it stands in the sync's row
  const known = attempts.some(attempt => attempt.series === row.series && attempt.outcome !== 'failed');
  if (row.stored === 'delivered' && row.attempts > 0 && !known) {
    const ended = row.updated_at.getTime();
    attempts.push({
      series: row.series,
      no: row.attempts,
      startedAt: new Date(ended - (row.took_ms ?? 0)).toISOString(),
      endedAt: row.updated_at.toISOString(),
      outcome: 'delivered',
    });
  }
  return attempts;
}

export interface TimelineEntry {
  at: string;
  what: string;
  by?: string;
  detail?: Json;
}

/** What happened to a sync, oldest first: the event, its attempts, the acts of people. */
export async function timelineOf(database: Database, detail: SyncDetail): Promise<TimelineEntry[]> {
  const { rows } = await database.people.query<{
    at: Date;
    who: string;
    act: string;
    reason: string | null;
    revision: number | null;
  }>("SELECT at, who, act, reason, (after->>'revision')::int AS revision FROM audit WHERE subject = $1 ORDER BY seq", [
    `sync:${detail.sync.id}`,
  ]);
  const entries: TimelineEntry[] = [
    { at: detail.sync.createdAt, what: 'accepted', by: detail.sync.source },
    ...detail.attempts.map(attempt => ({
      at: attempt.endedAt,
      what: `attempt.${attempt.outcome}`,
      detail: { series: attempt.series, no: attempt.no, ...(attempt.cause ? { cause: attempt.cause } : {}) },
    })),
    ...(detail.problem === undefined
      ? []
      : [{ at: detail.problem.since, what: detail.sync.state, detail: { cause: detail.sync.cause ?? null } }]),
    ...rows.map(act => ({
      at: act.at.toISOString(),
      what: act.act,
      by: act.who,
      detail: { reason: act.reason, ...(act.revision === null ? {} : { revision: act.revision }) },
    })),
  ];
  return entries.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}
