/**
 * A release from a held start at a growing rate: claims obey `targets.rate` as always; here it grows, twice as fast every few
 * seconds while the target keeps up, until what the systems file says (or no limit) is reached. One row for all processes.
 */
import type pg from 'pg';
import { type Actor, actOnLedger } from './act.ts';
import { writeAudit } from './audit.ts';
import { type Database, run } from './database.ts';
import { lockGate, openedSql } from './pause.ts';

/** How long each rate lasts, seconds. */
const STEP = 10;
/** Where a target has no limit of its own: from this rate on it is let go. */
const FAST = 1_000;

export interface Released {
  system: string;
  /** False where it was not held: nothing was done. */
  released: boolean;
  /** Syncs a second it begins with; null = at once without a limit of its own. */
  ratePerSecond: number | null;
}

/** Lets one held system go, from `ratePerSecond` on and growing; null = at once. Throws 404. */
export function releaseSystem(
  database: Database,
  system: string,
  ratePerSecond: number | null,
  actor: Actor,
): Promise<Released> {
  return actOnLedger(database, false, async client => {
    const gate = await lockGate(client, system);
    if (!gate.held) return { system, released: false, ratePerSecond: null };
    await openGate(client, system, ratePerSecond);
    await writeAudit(client, {
      who: actor.who,
      act: 'system.release',
      subject: `system:${system}`,
      reason: actor.reason,
      before: { held: true },
      after: { held: false, ratePerSecond },
    });
    return { system, released: true, ratePerSecond };
  });
}

async function openGate(client: pg.ClientBase, system: string, ratePerSecond: number | null): Promise<void> {
  await client.query(
    `UPDATE targets SET held = false, ${openedSql("((paused AND (paused_until IS NULL OR paused_until > now())) OR breaker <> 'closed')")},
       rate = CASE WHEN $2::float8 IS NULL THEN full_rate ELSE least($2::float8, full_rate) END,
       ramp_at = CASE WHEN $2::float8 IS NOT NULL AND $2::float8 < coalesce(full_rate, ${FAST}) THEN now() + interval '${STEP} seconds' END,
       tokens = 0, refilled_at = now()
     WHERE target = $1`,
    [system, ratePerSecond],
  );
}

/** Lets every release that is due for it grow. While a target fails or is shut its rate stays; what is held again is not let go. */
export async function growReleases(database: Database): Promise<void> {
  await run(
    database.hot,
    {
      name: 'ramp_grow',
      text: `UPDATE targets SET
          rate = CASE WHEN NOT w.well THEN targets.rate WHEN targets.rate * 2 >= coalesce(full_rate, ${FAST}) THEN full_rate ELSE targets.rate * 2 END,
          ramp_at = CASE WHEN w.well AND targets.rate * 2 >= coalesce(full_rate, ${FAST}) THEN NULL ELSE now() + interval '${STEP} seconds' END
        FROM (SELECT target, breaker = 'closed' AND failures = 0 AND NOT held AND (NOT paused OR paused_until <= now()) AS well
          FROM targets WHERE ramp_at <= now() FOR UPDATE SKIP LOCKED) w
        WHERE targets.target = w.target`,
    },
    [],
  );
}
