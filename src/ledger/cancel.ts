/**
 * Drops one sync with a reason; its lane goes on. The dossier itself is not touched. What is already in the air cannot be
 * called back: the answer says so, and the sync is marked so that a later replay looks it up before sending.
 */
import { GatewayError } from '../domain/errors.ts';
import { type Actor, actOnLedger, lockSync } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';

export interface Cancelled {
  id: string;
  state: 'cancelled';
  /** True when a call for it may be on its way: the target may still take it. */
  inTheAir: boolean;
  /** The sync that now stands first in the lane and waits for nothing but its turn; null if there is none. */
  freed: string | null;
  home: { target: string; home: string };
}

/** Throws 404, or 409 `not-cancellable` when the sync is done already. `decision` = it is dropped as the answer to what it was held for. */
export function cancelSync(
  database: Database,
  id: string,
  actor: Actor,
  dryRun: boolean,
  decision?: 'refuse' | 'return',
): Promise<Cancelled> {
  return actOnLedger(database, dryRun, async client => {
    const sync = await lockSync(client, id);
    if (!['open', 'parked', 'failed'].includes(sync.state)) {
      throw new GatewayError(
        'not-cancellable',
        409,
        {
          vi: `Lượt gửi này đã kết thúc (${sync.state}), không còn gì để bỏ.`,
          en: `This sync is done already (${sync.state}); there is nothing to cancel.`,
        },
        { extra: { state: sync.state } },
      );
    }
    const inTheAir = sync.state === 'open' && sync.in_hand && sync.pos <= Math.max(sync.upto, sync.head);
    await client.query(
      `UPDATE syncs SET state = 'cancelled', cause = NULL, unknown = unknown OR $2,
         unknown_since = CASE WHEN $2 THEN now() ELSE unknown_since END, updated_at = now() WHERE id = $1 AND state IN ('open', 'parked', 'failed')`,
      [id, inTheAir],
    );
    await client.query('DELETE FROM problems WHERE sync = $1', [id]);
    // a leased lane is moved by its holder, who passes a closed sync as done
    await client.query(
      sync.leased
        ? 'UPDATE lanes SET blocked_by = NULL, due = coalesce(due, now()) WHERE lane = $1 AND head = $2'
        : 'UPDATE lanes SET blocked_by = NULL, head = head + 1, due = CASE WHEN head + 1 > tail THEN NULL ELSE now() END WHERE lane = $1 AND head = $2',
      [sync.lane, sync.pos],
    );
    const next =
      sync.pos === sync.head
        ? await client.query<{ id: string }>(
            "SELECT id FROM syncs WHERE lane = $1 AND pos > $2 AND state <> 'cancelled' ORDER BY pos LIMIT 1",
            [sync.lane, sync.pos],
          )
        : { rows: [] };
    const freed = next.rows[0]?.id ?? null;
    await writeAudit(client, {
      who: actor.who,
      act: decision === undefined ? 'sync.cancel' : 'sync.resolve',
      subject: `sync:${id}`,
      reason: actor.reason,
      before: { state: sync.state, cause: sync.cause },
      after: { state: 'cancelled', inTheAir, freed, ...(decision === undefined ? {} : { decision }) },
    });
    return { id, state: 'cancelled', inTheAir, freed, home: { target: sync.target, home: sync.home } };
  });
}
