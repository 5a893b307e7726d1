/**
 * Recording: the outcomes of many lanes in one statement. The fence is the join on the lease token: what a claim says
 * after it lost the lane changes nothing and is counted as refused.
 *
 * Traps: the locked lane row is the newest version while syncs are read in the statement's snapshot, so `head` moves only
 * by the positions that were sent and "empty" is decided by head > tail of the lane row alone; a lane is blocked only if its
 * head sync, read again under lock before it is written, is or becomes parked or failed (a person may have freed or dropped
 * it meanwhile). What "s" returns cannot be asked: a lane that changed meanwhile makes "u" read its sources again, and that
 * must not write.
 */
import type { CauseCode } from '../domain/causes.ts';
import { plainArray, textArray } from './arrays.ts';
import { type Database, run, type Statement } from './database.ts';
import { SHUT_MS_SQL } from './gate.ts';

/** What became of one sync. */
export interface SyncOutcome {
  id: string;
  lane: number;
  state: 'open' | 'delivered' | 'parked' | 'failed' | 'superseded';
  cause: CauseCode | null;
  /** 1 when a call was made or may have been made, else 0. */
  attempted: 0 | 1;
  unknown: boolean;
  /** Bytes of it may have left in this attempt: an unknown outcome settles from now on, not from before. */
  sent: boolean;
  release: number | null;
  /** First 16 bytes of SHA-256 of what was sent, hex; null when nothing was. */
  sentHash: string | null;
  /** Keep the time of the first failure (true) or begin it now if none (false = clear). */
  retrying: boolean;
  detail: string | null;
  /** How long the attempt took, ms; null when none was made. */
  tookMs: number | null;
  /** Set when the attempt is worth a row of its own: it failed, or was not the first. */
  attempt: {
    series: number;
    no: number;
    /** Monotonic ms (performance.now): a clock that is put right in between makes no attempt longer or shorter. */
    startedAt: number;
    endedAt: number;
    outcome: string;
    status: number | null;
    detail: string | null;
  } | null;
  /** What a parked or failed sync waits for. */
  problem: { unit: string | null; target: string; detail: string | null } | null;
}
/** How a lane goes on. */
export interface LaneStep {
  lane: number;
  token: string;
  /** First position not yet done. */
  head: number;
  /** When its head may be tried again, ms from now; null = as before. */
  retryMs: number | null;
  /** The sync at `head` that blocks it. */
  blocked: string | null;
  /** Give the lease back. */
  release: boolean;
}

const RECORD: Statement = {
  name: 'record',
  text: `WITH h AS MATERIALIZED (
      SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::float8[], $5::uuid[], $6::bool[]) t(lane, token, head, retry_ms, blocked, release)),
    l AS MATERIALIZED (SELECT lanes.lane FROM lanes JOIN h ON h.lane = lanes.lane AND h.token = lanes.lease ORDER BY lanes.lane FOR UPDATE OF lanes),
    o AS MATERIALIZED (
      SELECT t.* FROM unnest($7::uuid[], $8::bigint[], $9::text[], $10::text[], $11::int[], $12::bool[], $13::smallint[], $14::text[], $15::bool[], $30::bool[], $31::int[])
        t(id, lane, state, cause, attempted, unknown, release, sent_hash, retrying, sent, took_ms) JOIN l USING (lane)),
    z AS MATERIALIZED (SELECT syncs.id FROM syncs JOIN h ON h.blocked = syncs.id LEFT JOIN o ON o.id = syncs.id
      WHERE syncs.state IN ('parked', 'failed') OR (syncs.state = 'open' AND o.state IN ('parked', 'failed')) FOR UPDATE OF syncs),
    s AS (UPDATE syncs SET state = o.state, cause = o.cause, attempts = attempts + o.attempted, unknown = o.unknown,
        unknown_since = CASE WHEN NOT o.unknown THEN NULL WHEN o.sent THEN now() ELSE coalesce(syncs.unknown_since, now()) END,
        took_ms = coalesce(o.took_ms, syncs.took_ms),
        release = coalesce(o.release, syncs.release), sent_hash = coalesce(decode(o.sent_hash, 'hex'), syncs.sent_hash),
        retry_since = CASE WHEN o.retrying THEN coalesce(syncs.retry_since, now()) ELSE NULL END,
        retry_mark = CASE WHEN o.retrying THEN coalesce(syncs.retry_mark, (SELECT ${SHUT_MS_SQL} FROM targets WHERE targets.target = syncs.target)) ELSE NULL END,
        updated_at = now()
      FROM o WHERE syncs.id = o.id AND syncs.state = 'open' AND (SELECT count(*) FROM z) >= 0 RETURNING syncs.id),
    a AS (INSERT INTO attempts (sync, series, no, started_at, ended_at, outcome, cause, status, detail)
      SELECT t.sync, t.series, t.no, clock_timestamp() - t.started_ago * interval '1 millisecond', clock_timestamp() - t.ended_ago * interval '1 millisecond',
        t.outcome, t.cause, t.status, t.detail
      FROM unnest($16::uuid[], $17::int[], $18::int[], $19::float8[], $29::float8[], $20::text[], $21::text[], $22::int[], $23::text[])
        t(sync, series, no, started_ago, ended_ago, outcome, cause, status, detail)
        JOIN s ON s.id = t.sync ON CONFLICT DO NOTHING),
    p AS (INSERT INTO problems (sync, cause, unit, target, detail)
      SELECT t.sync, t.cause, t.unit, t.target, t.detail::jsonb FROM unnest($24::uuid[], $25::text[], $26::text[], $27::text[], $28::text[]) t(sync, cause, unit, target, detail)
        JOIN s ON s.id = t.sync ON CONFLICT (sync) DO UPDATE SET cause = EXCLUDED.cause, detail = EXCLUDED.detail, facts_version = NULL, desk_version = NULL, recheck_at = NULL, since = now()),
    u AS (UPDATE lanes SET head = h.head,
        blocked_by = CASE WHEN h.blocked IS NULL OR h.blocked NOT IN (SELECT id FROM z) THEN NULL ELSE h.blocked END,
        due = CASE WHEN h.head > lanes.tail THEN NULL
          WHEN h.blocked IN (SELECT id FROM z) THEN NULL
          WHEN h.retry_ms IS NOT NULL THEN now() + h.retry_ms * interval '1 millisecond' ELSE coalesce(lanes.due, now()) END,
        lost = CASE WHEN h.head > lanes.head OR h.blocked IS NOT NULL OR h.lane IN (SELECT lane FROM o WHERE attempted > 0) THEN 0 ELSE lanes.lost END,
        lease = CASE WHEN h.release THEN NULL ELSE lanes.lease END
      FROM h JOIN l USING (lane) WHERE lanes.lane = h.lane
      RETURNING lanes.lane, h.token, lanes.lease IS NULL AND lanes.due <= now() AS more),
    c AS (UPDATE claims SET lanes = claims.lanes - r.n
      FROM (SELECT h.token, count(*)::int AS n FROM h JOIN l USING (lane) WHERE h.release GROUP BY 1) r WHERE claims.token = r.token)
    SELECT lane, token, more FROM u`,
};

/** Records; answers the lanes whose claim still counted, and whether each has more to do now. What is missing was refused. */
export function recordOutcomes(
  database: Database,
  steps: readonly LaneStep[],
  outcomes: readonly SyncOutcome[],
): Promise<{ lane: number; token: string; more: boolean }[]> {
  const attempts = outcomes.filter(outcome => outcome.attempt !== null);
  const problems = outcomes.filter(outcome => outcome.problem !== null);
  const now = performance.now();
  return run(database.hot, RECORD, [
    plainArray(steps.map(step => step.lane)),
    plainArray(steps.map(step => step.token)),
    plainArray(steps.map(step => step.head)),
    plainArray(steps.map(step => step.retryMs)),
    plainArray(steps.map(step => step.blocked)),
    plainArray(steps.map(step => String(step.release))),
    plainArray(outcomes.map(outcome => outcome.id)),
    plainArray(outcomes.map(outcome => outcome.lane)),
    plainArray(outcomes.map(outcome => outcome.state)),
    plainArray(outcomes.map(outcome => outcome.cause)),
    plainArray(outcomes.map(outcome => outcome.attempted)),
    plainArray(outcomes.map(outcome => String(outcome.unknown))),
    plainArray(outcomes.map(outcome => outcome.release)),
    plainArray(outcomes.map(outcome => outcome.sentHash)),
    plainArray(outcomes.map(outcome => String(outcome.retrying))),
    plainArray(attempts.map(outcome => outcome.id)),
    plainArray(attempts.map(outcome => outcome.attempt?.series)),
    plainArray(attempts.map(outcome => outcome.attempt?.no)),
    plainArray(attempts.map(outcome => now - (outcome.attempt?.startedAt ?? now))),
    textArray(attempts.map(outcome => outcome.attempt?.outcome)),
    textArray(attempts.map(outcome => outcome.cause)),
    plainArray(attempts.map(outcome => outcome.attempt?.status)),
    textArray(attempts.map(outcome => outcome.attempt?.detail)),
    plainArray(problems.map(outcome => outcome.id)),
    textArray(problems.map(outcome => outcome.cause)),
    textArray(problems.map(outcome => outcome.problem?.unit)),
    textArray(problems.map(outcome => outcome.problem?.target)),
    textArray(problems.map(outcome => outcome.problem?.detail)),
    plainArray(attempts.map(outcome => now - (outcome.attempt?.endedAt ?? now))),
    plainArray(outcomes.map(outcome => String(outcome.sent))),
    plainArray(outcomes.map(outcome => outcome.tookMs)),
  ]);
}

/** A target's own id of an entity, and numbers it gave. */
export interface Learnt {
  entity: number;
  system: string;
  foreignId?: string | undefined;
  keys: string[];
}

/** Keeps what was learnt from targets' answers: one statement for many. */
export async function learnFromTargets(database: Database, learnt: readonly Learnt[]): Promise<void> {
  const ids = new Map(
    learnt.filter(item => item.foreignId !== undefined).map(item => [`${item.entity}/${item.system}`, item]),
  );
  if (ids.size > 0) {
    const items = [...ids.values()];
    await run(
      database.hot,
      {
        name: 'learn_foreign',
        text: `INSERT INTO foreign_ids SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) t(entity, system, id) ORDER BY 1, 2
          ON CONFLICT (entity, system) DO UPDATE SET id = EXCLUDED.id WHERE foreign_ids.id <> EXCLUDED.id`,
      },
      [
        plainArray(items.map(item => item.entity)),
        textArray(items.map(item => item.system)),
        textArray(items.map(item => item.foreignId)),
      ],
    );
  }
  const keys = new Map(learnt.flatMap(item => item.keys.map(key => [key, item] as const)));
  if (keys.size > 0) {
    await run(
      database.hot,
      {
        name: 'learn_keys',
        text: `INSERT INTO aliases (key, entity, learnt_from) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[]) t(key, entity, learnt_from) ORDER BY 1
          ON CONFLICT (key) DO NOTHING`,
      },
      [
        textArray([...keys.keys()]),
        plainArray([...keys.values()].map(item => item.entity)),
        textArray([...keys.values()].map(item => item.system)),
      ],
    );
  }
}
