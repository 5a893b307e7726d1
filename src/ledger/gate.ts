/**
 * A target's gate: pause, hold, breaker and Retry-After, one row for all processes. Claims read it; nothing here touches lanes.
 * Time spent shut is summed, so that retries age only while the target could have been reached.
 */
import type { SystemConfig } from '../config/system.ts';
import { type BreakerPolicy, type BreakerState, nextBreaker, type Seen } from '../domain/breaker.ts';
import { type Database, onConnection, run, type Statement, together } from './database.ts';

/** Makes or adjusts the row of each configured system. `held` holds all deliveries from the start. */
export async function declareTargets(
  database: Database,
  systems: readonly SystemConfig[],
  held: boolean,
): Promise<void> {
  for (const system of systems) {
    await run(
      database.hot,
      {
        name: 'gate_declare',
        text: `INSERT INTO targets (target, concurrency, rate, full_rate, held, shut_since) VALUES ($1, $2, $3, $3, $4, CASE WHEN $4 THEN now() END)
          ON CONFLICT (target) DO UPDATE SET concurrency = EXCLUDED.concurrency, full_rate = EXCLUDED.full_rate,
            -- a release that is growing goes on from where it is, whichever process starts meanwhile
            rate = CASE WHEN targets.ramp_at IS NULL THEN EXCLUDED.rate ELSE least(targets.rate, EXCLUDED.rate) END,
            held = targets.held OR EXCLUDED.held, shut_since = coalesce(targets.shut_since, EXCLUDED.shut_since)`,
      },
      [system.id, system.concurrency, system.ratePerSecond ?? null, held],
    );
  }
}

/**
 * Time a target has been shut, up to now, as SQL over its row, ms: what is summed, and what goes on. A pause that ran out by
 * itself counts to its end.
 */
export const SHUT_MS_SQL = `targets.shut_ms + CASE WHEN targets.shut_since IS NULL THEN 0 ELSE greatest(0, extract(epoch FROM
  CASE WHEN targets.paused AND targets.paused_until <= now() AND NOT targets.held AND targets.breaker = 'closed' THEN targets.paused_until ELSE now() END
  - targets.shut_since) * 1000)::bigint END`;

export interface GateNews extends Seen {
  target: string;
  /** Why the last failure failed. */
  cause: string | null;
  /** From Retry-After, ms from now. */
  notBeforeMs: number | null;
}

interface BreakerRow extends BreakerState {
  /** By the ledger's clock, ms. */
  now: number;
}

const READ: Statement = {
  name: 'gate_read',
  text: `SELECT breaker, failures, window_calls AS calls, window_failed AS failed, open_ms AS "openMs",
      (extract(epoch FROM window_at) * 1000)::float8 AS "windowAt", (extract(epoch FROM probe_at) * 1000)::float8 AS "probeAt",
      (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now
    FROM targets WHERE target = $1 FOR UPDATE`,
};
/** A pause that has not run out, or a hold: what keeps the gate shut beside the breaker. */
const SHUT_BY_PEOPLE =
  'targets.held OR (targets.paused AND (targets.paused_until IS NULL OR targets.paused_until > now()))';
const NOTE: Statement = {
  name: 'gate_note',
  text: `UPDATE targets SET breaker = $2, failures = $3, window_calls = $4, window_failed = $5, open_ms = $6,
      window_at = to_timestamp($7::float8 / 1000), probe_at = to_timestamp($8::float8 / 1000),
      opened_at = CASE WHEN $2 = 'closed' THEN NULL ELSE coalesce(targets.opened_at, now()) END,
      not_before = CASE WHEN $9::float8 IS NULL THEN targets.not_before ELSE greatest(targets.not_before, now() + $9 * interval '1 millisecond') END,
      shut_ms = CASE WHEN (targets.breaker = 'closed') = ($2 = 'closed') THEN targets.shut_ms ELSE ${SHUT_MS_SQL} END,
      shut_since = CASE WHEN (targets.breaker = 'closed') = ($2 = 'closed') THEN targets.shut_since
        WHEN $2 <> 'closed' OR ${SHUT_BY_PEOPLE} THEN now() END,
      last_success_at = CASE WHEN $10 > 0 THEN now() ELSE targets.last_success_at END,
      last_failure_at = CASE WHEN $11 > 0 THEN now() ELSE targets.last_failure_at END,
      last_cause = CASE WHEN $11 > 0 THEN $12 ELSE targets.last_cause END
    WHERE target = $1`,
};

/**
 * Notes a group of outcomes and what the breaker's rule makes of them, under the lock of the target's row: notes of two
 * processes are both counted. Answers how the breaker stands now.
 */
export function noteOutcomes(
  database: Database,
  news: GateNews,
  policy: BreakerPolicy,
): Promise<Pick<BreakerState, 'breaker' | 'failures'>> {
  return onConnection(database.hot, async client => {
    const [, [row]] = await together([client.query('BEGIN'), run<BreakerRow>(client, READ, [news.target])]);
    if (!row) {
      await client.query('COMMIT');
      return { breaker: 'closed', failures: 0 };
    }
    const next = nextBreaker(row, news, policy, row.now);
    await together([
      run(client, NOTE, [
        news.target,
        next.breaker,
        next.failures,
        next.calls,
        next.failed,
        next.openMs,
        next.windowAt,
        next.probeAt,
        news.notBeforeMs,
        news.successes,
        news.failures,
        news.cause,
      ]),
      client.query('COMMIT'),
    ]);
    return next;
  });
}

/** A probe that was claimed and not made: the next claim may make it at once. */
export async function giveBackProbe(database: Database, target: string): Promise<void> {
  await run(
    database.hot,
    {
      name: 'gate_unprobed',
      text: "UPDATE targets SET breaker = 'open', probe_at = now() WHERE target = $1 AND breaker = 'half-open'",
    },
    [target],
  );
}

/** May a lane that is already claimed go on sending? Read between sends. */
export async function gateIsOpen(database: Database, target: string): Promise<boolean> {
  const rows = await run<{ open: boolean }>(
    database.hot,
    {
      name: 'gate_open',
      text: `SELECT NOT held AND (NOT paused OR paused_until <= now()) AND (not_before IS NULL OR not_before <= now()) AND breaker = 'closed' AS open
        FROM targets WHERE target = $1`,
    },
    [target],
  );
  return rows[0]?.open ?? false;
}
