/**
 * Holding and releasing traffic: a person pauses one system, and a start that was held is let go. The time shut is summed as
 * the gate does (gate.ts), so that retries age only while the target could have been reached.
 */
import type pg from 'pg';
import { GatewayError, InputFault } from '../domain/errors.ts';
import { type Actor, actOnLedger } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';

export interface GateChange {
  system: string;
  paused: boolean;
  pausedUntil: string | null;
  held: boolean;
  /** Calls that were claimed before and may still be on their way. */
  inTheAir: number;
}

export interface Gate {
  paused: boolean;
  paused_until: Date | null;
  paused_note: string | null;
  held: boolean;
}

/** Time shut so far, and shut no more; only where nothing else keeps the gate shut. */
export const openedSql = (others: string): string =>
  `shut_ms = CASE WHEN ${others} OR shut_since IS NULL THEN shut_ms ELSE shut_ms + (extract(epoch FROM now() - shut_since) * 1000)::bigint END,
   shut_since = CASE WHEN ${others} THEN shut_since ELSE NULL END`;

/** Locks a target's gate. Throws 404. */
export async function lockGate(client: pg.ClientBase, system: string): Promise<Gate> {
  const { rows } = await client.query<Gate>(
    'SELECT paused, paused_until, paused_note, held FROM targets WHERE target = $1 FOR UPDATE',
    [system],
  );
  const gate = rows[0];
  if (!gate) {
    throw new GatewayError('not-found', 404, { vi: 'Không có hệ thống này.', en: 'There is no such system.' });
  }
  return gate;
}

async function inTheAir(client: pg.ClientBase, system: string): Promise<number> {
  const { rows } = await client.query<{ calls: number }>(
    'SELECT coalesce(sum(lanes), 0)::int AS calls FROM claims WHERE target = $1 AND until > now()',
    [system],
  );
  return rows[0]?.calls ?? 0;
}

const asJson = (gate: Gate) => ({
  paused: gate.paused,
  pausedUntil: gate.paused_until?.toISOString() ?? null,
  note: gate.paused_note,
  held: gate.held,
});

function pastEnd(): InputFault {
  const detail = { vi: 'until phải ở tương lai.', en: 'until must be in the future.' };
  return new InputFault('invalid-request', 400, detail, { faults: [{ pointer: '/until', code: 'range', detail }] });
}

/** Pauses deliveries to a system, until `until` or until resumed. What is in the air is finished. Throws 404, and 400 for an end that is past. */
export function pauseSystem(database: Database, system: string, until: Date | null, actor: Actor): Promise<GateChange> {
  return actOnLedger(database, false, async client => {
    const gate = await lockGate(client, system);
    const { rowCount } = await client.query(
      `UPDATE targets SET paused = true, paused_until = $2, paused_note = $3, shut_since = coalesce(shut_since, now())
       WHERE target = $1 AND ($2::timestamptz IS NULL OR $2 > now())`,
      [system, until, actor.reason],
    );
    if (rowCount === 0) throw pastEnd();
    const after = { ...gate, paused: true, paused_until: until, paused_note: actor.reason };
    await writeAudit(client, {
      who: actor.who,
      act: 'system.pause',
      subject: `system:${system}`,
      reason: actor.reason,
      before: asJson(gate),
      after: asJson(after),
    });
    return {
      system,
      paused: true,
      pausedUntil: until?.toISOString() ?? null,
      held: gate.held,
      inTheAir: await inTheAir(client, system),
    };
  });
}

/** Ends a pause; a system that was not paused stays as it is. Throws 404. */
export function resumeSystem(database: Database, system: string, actor: Actor): Promise<GateChange> {
  return actOnLedger(database, false, async client => {
    const gate = await lockGate(client, system);
    await client.query(
      `UPDATE targets SET paused = false, paused_until = NULL, paused_note = NULL, ${openedSql("(held OR breaker <> 'closed')")} WHERE target = $1`,
      [system],
    );
    await writeAudit(client, {
      who: actor.who,
      act: 'system.resume',
      subject: `system:${system}`,
      reason: actor.reason,
      before: asJson(gate),
      after: asJson({ ...gate, paused: false, paused_until: null, paused_note: null }),
    });
    return { system, paused: false, pausedUntil: null, held: gate.held, inTheAir: await inTheAir(client, system) };
  });
}

/** Lets all systems go that a held start kept; answers those that were held. */
export function releaseHeld(database: Database, actor: Actor): Promise<string[]> {
  return actOnLedger(database, false, async client => {
    await client.query('SELECT 1 FROM targets ORDER BY target FOR UPDATE');
    const { rows } = await client.query<{ target: string }>(
      `UPDATE targets SET held = false, rate = full_rate, ramp_at = NULL, ${openedSql(
        "((paused AND (paused_until IS NULL OR paused_until > now())) OR breaker <> 'closed')",
      )} WHERE held RETURNING target`,
    );
    const released = rows.map(row => row.target).sort();
    await writeAudit(client, {
      who: actor.who,
      act: 'deliveries.release',
      subject: 'gateway',
      reason: actor.reason,
      before: { held: released },
      after: { held: [] },
    });
    return released;
  });
}
