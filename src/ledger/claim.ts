/**
 * Claiming: due lanes of some homes, within their target's gate, tokens and free slots, in one statement that is
 * durable before the first byte leaves. The lane is leased, never the sync: with a token per claim, so that whoever sleeps
 * through its lease can neither record nor be confused with the one that took over.
 *
 * Traps, each with a test: a statement that waits for the target's row goes on with the snapshot it began with, in which
 * the claims of whom it waited for are not; so the row is locked by a statement of its own, and the claim's snapshot is
 * younger than the lock. Where the gate is shut, LIMIT must be 0: the NULL of an empty sub-select would mean "all".
 */
import type { CauseCode } from '../domain/causes.ts';
import { plainArray, textArray } from './arrays.ts';
import { type Database, onConnection, run, type Statement, together } from './database.ts';
import { SHUT_MS_SQL } from './gate.ts';
import type { Sealed } from './seal.ts';

/** Most syncs of one lane that one claim takes. */
export const SYNCS_A_LANE = 10;
/** No lease is shorter than this. */
export const LEASE_FLOOR_MS = 15_000;
/** Most payload bytes of one claim beyond the heads of its lanes. */
const CLAIM_BYTES = 8 * 1024 * 1024;

export interface ClaimedSync {
  lane: number;
  home: string;
  entity: number;
  /** The lane's head position. */
  head: number;
  /** Leases of the lane lost in a row, with nothing recorded in between. */
  lost: number;
  id: string;
  event: string;
  pos: number;
  type: string;
  mode: string;
  unit: string | null;
  state: string;
  attempts: number;
  series: number;
  /** Which idempotency key: 1 = the id, n = `<id>.n`. */
  send_no: number;
  unknown: boolean;
  /** How long ago the outcome became unknown, ms; null when it is known. */
  unknown_ms: number | null;
  /** Why the last attempt of this series failed. */
  cause: CauseCode | null;
  /** Translated with this release whatever is in force: a replay of what was sent before. */
  fixed_release: number | null;
  /** An earlier holder of the lane may have sent it without recording. */
  maybe_sent: boolean;
  /** Ms since the first failed attempt of this series, by the ledger's clock, and the target's shut time then. */
  retry_age: number | null;
  retry_mark: number | null;
  /** Sealed payload, base64 (the driver would bring bytes as hex). */
  body: string | null;
  key_id: number | null;
  foreign_id: string | null;
  shut_ms: number;
  /** The target's failures or breaker must be told of a success. */
  gate_dirty: boolean;
  /** The target is cut off, and this is the one sync that may try it. */
  probe: boolean;
}

/** A lane claimed of which nothing was visible yet. */
export interface EmptyClaim {
  lane: number;
  home: string;
  entity: number;
  head: number;
  id: null;
}

const LOCK_TARGET: Statement = {
  name: 'claim_lock',
  text: 'SELECT 1 FROM targets WHERE target = $1 FOR UPDATE',
};
const CLAIM: Statement = {
  name: 'claim',
  text: `WITH t AS MATERIALIZED (
      SELECT target, rate, breaker, failures, ${SHUT_MS_SQL} AS shut_ms,
        CASE WHEN rate IS NULL THEN 1000000 ELSE least(greatest(rate, 1), tokens + rate * extract(epoch FROM clock_timestamp() - refilled_at)) END AS avail,
        concurrency - coalesce((SELECT sum(lanes) FROM claims WHERE claims.target = $1 AND until > now()), 0) AS free
      FROM targets WHERE target = $1 AND NOT held AND (NOT paused OR paused_until <= now())
        AND (not_before IS NULL OR not_before <= now()) AND (breaker = 'closed' OR probe_at <= now())),
    k AS MATERIALIZED (SELECT greatest(0, least(CASE WHEN breaker = 'closed' THEN $3 ELSE 1 END, floor(avail), free))::int AS n,
        CASE WHEN breaker = 'closed' AND rate IS NULL THEN ${SYNCS_A_LANE} ELSE 1 END AS per FROM t),
    l AS MATERIALIZED (
      SELECT x.* FROM unnest($2::text[]) WITH ORDINALITY h(home, ord) CROSS JOIN LATERAL (
        SELECT lane, head, lease, upto FROM lanes
        WHERE target = $1 AND lanes.home = h.home AND due <= now()
          AND (lease IS NULL OR (leased_at < now() - interval '${LEASE_FLOOR_MS} milliseconds'
            AND NOT EXISTS (SELECT FROM claims WHERE token = lanes.lease AND until > now())))
        ORDER BY due LIMIT coalesce((SELECT least(n, $7) FROM k), 0) FOR UPDATE SKIP LOCKED) x
      LIMIT coalesce((SELECT n FROM k), 0)),
    c AS (INSERT INTO claims (token, target, worker, until, lanes)
      SELECT $4, $1, $5, now() + $6 * interval '1 millisecond', count(*) FROM l HAVING count(*) > 0),
    u AS (UPDATE lanes SET lease = $4, leased_at = now(), lost = CASE WHEN l.lease IS NULL THEN lanes.lost ELSE lanes.lost + 1 END,
        upto = greatest(CASE WHEN l.lease IS NULL THEN 0 ELSE l.upto END, lanes.head + (SELECT per FROM k) - 1)
      FROM l WHERE lanes.lane = l.lane
      RETURNING lanes.lane, lanes.home, lanes.entity, lanes.head, lanes.lost, CASE WHEN l.lease IS NULL THEN 0 ELSE l.upto END AS sent_upto),
    g AS (UPDATE targets SET tokens = greatest(0, t.avail - (SELECT count(*) FROM l)), refilled_at = clock_timestamp(),
        breaker = CASE WHEN t.breaker = 'closed' THEN t.breaker ELSE 'half-open' END,
        probe_at = CASE WHEN t.breaker = 'closed' THEN targets.probe_at ELSE now() + $6 * interval '1 millisecond' END
      FROM t WHERE targets.target = t.target AND (t.rate IS NOT NULL OR t.breaker <> 'closed') AND EXISTS (SELECT FROM l))
    SELECT * FROM (
      SELECT u.lane, u.home, u.entity, u.head, u.lost, s.id, s.event, s.pos, s.type, s.mode, s.unit, s.state, s.attempts, s.series, s.send_no, s.unknown, s.cause, s.fixed_release,
        (extract(epoch FROM now() - s.unknown_since) * 1000)::float8 AS unknown_ms,
        s.pos <= u.sent_upto AS maybe_sent,
        (extract(epoch FROM now() - s.retry_since) * 1000)::bigint AS retry_age, s.retry_mark,
        encode(p.body, 'base64') AS body, p.key_id, f.id AS foreign_id, (SELECT shut_ms FROM t) AS shut_ms,
        (SELECT failures > 0 OR breaker <> 'closed' FROM t) AS gate_dirty, (SELECT breaker <> 'closed' FROM t) AS probe,
        sum(octet_length(p.body)) OVER (ORDER BY s.pos - u.head, u.lane) AS bytes
      FROM u LEFT JOIN syncs s ON s.lane = u.lane AND s.pos BETWEEN u.head AND greatest(u.head + (SELECT per FROM k) - 1, u.sent_upto)
        LEFT JOIN payloads p ON p.event = s.event AND p.revision = s.revision
        LEFT JOIN foreign_ids f ON f.entity = u.entity AND f.system = CASE WHEN $8::boolean AND s.mode = 'trial' THEN $1 || '#trial' ELSE $1 END) q
    WHERE bytes <= ${CLAIM_BYTES} OR pos = head OR pos IS NULL OR bytes IS NULL ORDER BY lane, pos`,
};

/**
 * Claims up to `slots` lanes of some homes, at most `perHome` of each, for `leaseMs`. Rows come by lane and position;
 * a lane whose head is younger than the statement's snapshot comes as one row with `id` null: hand it back.
 */
export function claimLanes(
  database: Database,
  claim: {
    target: string;
    homes: readonly string[];
    slots: number;
    perHome: number;
    token: string;
    worker: string;
    leaseMs: number;
    /** Trial traffic goes to an address of its own, which has its own ids. */
    trialApart?: boolean;
  },
): Promise<(ClaimedSync | EmptyClaim)[]> {
  return onConnection(database.hot, async client => {
    // sent together: one round trip
    const [, , rows] = await together([
      client.query('BEGIN'),
      run(client, LOCK_TARGET, [claim.target]),
      run<(ClaimedSync | EmptyClaim) & { bytes: number | null }>(client, CLAIM, [
        claim.target,
        textArray(claim.homes),
        claim.slots,
        claim.token,
        claim.worker,
        claim.leaseMs,
        claim.perHome,
        claim.trialApart === true,
      ]),
      client.query('COMMIT'),
    ]);
    return rows;
  });
}

/** The sealed payload of a claimed sync. */
export function sealedOf(sync: ClaimedSync): Sealed {
  if (sync.body === null || sync.key_id === null) throw new Error(`the payload of event ${sync.event} is gone`);
  return { keyId: sync.key_id, body: Buffer.from(sync.body, 'base64') };
}

/**
 * Extends leases that still count: one statement per process every few seconds, naming only claims with lanes in hand here,
 * so that a lane whose record or whose claim's answer was lost comes free. Answers the tokens that were extended.
 */
export async function extendClaims(database: Database, tokens: readonly string[], leaseMs: number): Promise<string[]> {
  const rows = await run<{ token: string }>(
    database.hot,
    {
      name: 'claims_extend',
      text: "UPDATE claims SET until = now() + $2 * interval '1 millisecond' WHERE token = ANY($1::uuid[]) AND until > now() AND lanes > 0 RETURNING token",
    },
    [plainArray(tokens), leaseMs],
  );
  return rows.map(row => row.token);
}

/** Forgets claims that are done or long over. */
export async function sweepClaims(database: Database): Promise<void> {
  await run(
    database.hot,
    { name: 'claims_sweep', text: "DELETE FROM claims WHERE lanes <= 0 OR until < now() - interval '10 minutes'" },
    [],
  );
}
