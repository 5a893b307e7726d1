/**
 * A target's gate: pause, hold, breaker and Retry-After, one row for all processes. Claims read it; nothing here touches lanes.
 * Time spent shut is summed, so that retries age only while the target could have been reached.
 */
import type { SystemConfig } from '../config/system.ts';
import { type Database, run } from './database.ts';

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

export interface GateNews {
  target: string;
  successes: number;
  /** Failures that say the target is away (unavailable, timeout, protocol, authentication). */
  failures: number;
  cause: string | null;
  /** From Retry-After, ms from now. */
  notBeforeMs: number | null;
  breaker: { failures: number; openMs: number; maxOpenMs: number };
}

export type Breaker = 'closed' | 'open' | 'half-open';

/**
 * Notes a group of outcomes: a success closes the breaker; failures in a row open it, a failed probe for twice as long. What
 * failed late, having been sent before the breaker opened, prolongs nothing. Answers whether the target may be called now.
 */
export async function noteOutcomes(database: Database, news: GateNews): Promise<{ breaker: Breaker }> {
  const rows = await run<{ breaker: Breaker }>(
    database.hot,
    {
      name: 'gate_note',
      text: `WITH n AS (SELECT *, CASE WHEN $2 > 0 THEN 'closed' WHEN breaker = 'half-open' AND $3 = 0 THEN 'half-open'
            WHEN breaker <> 'closed' OR failures + $3 >= $6 THEN 'open' ELSE 'closed' END AS next,
            CASE WHEN breaker = 'closed' THEN $7 WHEN breaker = 'half-open' AND $3 > 0 THEN least(open_ms * 2, $8) END AS period
          FROM targets WHERE target = $1 FOR UPDATE)
        UPDATE targets SET
          failures = CASE WHEN $2 > 0 THEN 0 ELSE targets.failures + $3 END,
          breaker = n.next,
          opened_at = CASE WHEN n.next = 'closed' THEN NULL ELSE coalesce(targets.opened_at, now()) END,
          open_ms = CASE WHEN n.next = 'closed' THEN NULL ELSE coalesce(n.period, targets.open_ms) END,
          probe_at = CASE WHEN n.next = 'closed' THEN NULL WHEN n.period IS NULL THEN targets.probe_at
            ELSE now() + n.period * interval '1 millisecond' END,
          not_before = CASE WHEN $5::float8 IS NULL THEN targets.not_before ELSE greatest(targets.not_before, now() + $5 * interval '1 millisecond') END,
          shut_ms = CASE WHEN n.next = 'closed' AND NOT targets.paused AND NOT targets.held THEN ${SHUT_MS_SQL} ELSE targets.shut_ms END,
          shut_since = CASE WHEN n.next <> 'closed' THEN coalesce(targets.shut_since, now())
            WHEN targets.paused OR targets.held THEN targets.shut_since ELSE NULL END,
          last_success_at = CASE WHEN $2 > 0 THEN now() ELSE targets.last_success_at END,
          last_failure_at = CASE WHEN $3 > 0 THEN now() ELSE targets.last_failure_at END,
          last_cause = CASE WHEN $3 > 0 THEN $4 ELSE targets.last_cause END
        FROM n WHERE targets.target = n.target RETURNING targets.breaker`,
    },
    [
      news.target,
      news.successes,
      news.failures,
      news.cause,
      news.notBeforeMs,
      news.breaker.failures,
      news.breaker.openMs,
      news.breaker.maxOpenMs,
    ],
  );
  return rows[0] ?? { breaker: 'closed' };
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
