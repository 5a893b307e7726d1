/**
 * Puts one sync aside by a person's word: it and what stands behind it in its lane wait until it is replayed or dropped. For
 * looking before a held start ends, and for anything that must not go out yet.
 */
import { GatewayError } from '../domain/errors.ts';
import { type Actor, actOnLedger, lockSync } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';

export interface SetAside {
  id: string;
  state: 'parked';
  /** Syncs of the lane that wait behind it. */
  behind: number;
}

/** Throws 404; 409 `not-open` where it has ended or is held already, `lane-busy` where a call may be in the air. */
export function parkSync(database: Database, id: string, actor: Actor, dryRun: boolean): Promise<SetAside> {
  return actOnLedger(database, dryRun, async client => {
    const sync = await lockSync(client, id);
    if (sync.state !== 'open') throw notOpen(sync.state);
    // whoever holds the lane has read it as open and would send it although it is put aside
    if (sync.leased && sync.pos <= Math.max(sync.upto, sync.head)) throw inHand();
    await client.query(
      "UPDATE syncs SET state = 'parked', cause = 'set-aside', updated_at = now() WHERE id = $1 AND state = 'open'",
      [id],
    );
    await client.query(
      `INSERT INTO problems (sync, cause, unit, target, detail) VALUES ($1, 'set-aside', $2, $3, $4)
       ON CONFLICT (sync) DO UPDATE SET cause = EXCLUDED.cause, detail = EXCLUDED.detail, facts_version = NULL, desk_version = NULL, recheck_at = NULL, since = now()`,
      [id, sync.unit, sync.target, JSON.stringify({ by: actor.who, reason: actor.reason })],
    );
    await client.query('UPDATE lanes SET blocked_by = $3, due = NULL WHERE lane = $1 AND head = $2 AND lease IS NULL', [
      sync.lane,
      sync.pos,
      id,
    ]);
    const behind = await client.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM syncs WHERE lane = $1 AND pos > $2 AND state = 'open'",
      [sync.lane, sync.pos],
    );
    await writeAudit(client, {
      who: actor.who,
      act: 'sync.park',
      subject: `sync:${id}`,
      reason: actor.reason,
      before: { state: 'open', cause: sync.cause },
      after: { state: 'parked', cause: 'set-aside' },
    });
    return { id, state: 'parked', behind: behind.rows[0]?.n ?? 0 };
  });
}

function notOpen(state: string): GatewayError {
  return new GatewayError(
    'not-open',
    409,
    {
      vi: 'Lượt gửi này đã kết thúc hoặc đang được giữ; không cần giữ lại nữa.',
      en: 'This sync has ended or is held already; there is nothing to put aside.',
    },
    { extra: { state } },
  );
}

function inHand(): GatewayError {
  return new GatewayError(
    'lane-busy',
    409,
    {
      vi: 'Lượt này có thể đang trên đường gửi. Tạm dừng bên nhận rồi thử lại sau vài giây.',
      en: 'This sync may be on its way right now. Pause the target, then try again in a few seconds.',
    },
    { headers: { 'retry-after': '2' } },
  );
}
