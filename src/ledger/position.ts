/**
 * The ledger's position, and what is done with a ledger that was restored from an older copy: everything is held, what it
 * believes undelivered counts as possibly sent, and replays under way stop until a person has looked.
 */
import type pg from 'pg';
import type { Doubt, Position } from '../domain/position.ts';
import { actPatiently } from './act.ts';
import { writeAudit } from './audit.ts';
import { type Database, run } from './database.ts';

/** The position, and how long ago the ledger was last told of, by its own clock. */
export async function readPosition(database: Database): Promise<Position & { idleMs: number }> {
  const rows = await run<Position & { idleMs: number }>(
    database.hot,
    {
      name: 'position_read',
      text: `SELECT epoch, tick, (extract(epoch FROM now() - at) * 1000)::float8 AS "idleMs" FROM ledger_position`,
    },
    [],
  );
  return rows[0] as Position & { idleMs: number };
}

/** Moves the position on by one tick; answers the new one. */
export async function tickPosition(database: Database): Promise<Position> {
  const rows = await run<Position>(
    database.hot,
    { name: 'position_tick', text: 'UPDATE ledger_position SET tick = tick + 1, at = now() RETURNING epoch, tick' },
    [],
  );
  return rows[0] as Position;
}

export interface Restored {
  position: Position;
  /** Syncs that will be looked up, or asked of a person, before they are sent. */
  doubtful: number;
  /** Replays of many syncs that were stopped in the middle. */
  replaysPaused: number;
}

/**
 * Takes note of a restore, once: in one transaction all systems are held, every sync that is not done is marked as possibly
 * sent (its target is looked up first; where that is impossible a person decides), replays pause, and the position goes
 * beyond `known`. Undefined when another process has done it meanwhile. What a person was asked already stays their decision.
 */
export function noteRestore(
  database: Database,
  found: { ledger: Position; known: Position; doubt: Doubt; from?: string | undefined },
): Promise<Restored | undefined> {
  return actPatiently(database, async client => {
    const { rows } = await client.query<Position>('SELECT epoch, tick FROM ledger_position FOR UPDATE');
    const now = rows[0] as Position;
    if (now.epoch > Math.max(found.ledger.epoch, found.known.epoch)) return undefined;
    const epoch = Math.max(now.epoch, found.known.epoch) + 1;
    await client.query('UPDATE ledger_position SET epoch = $1, tick = tick + 1, at = now(), restored_at = now()', [
      epoch,
    ]);
    const doubtful = await doubtOpenSyncs(client);
    const paused = await client.query("UPDATE replays SET state = 'paused' WHERE state IN ('open', 'running')");
    const held = await client.query(
      `UPDATE targets SET held = true, shut_since = coalesce(shut_since, now()), rate = full_rate, ramp_at = NULL`,
    );
    const restored = { position: { epoch, tick: now.tick + 1 }, doubtful, replaysPaused: paused.rowCount ?? 0 };
    await writeAudit(client, {
      who: 'gateway',
      act: 'ledger.restored',
      subject: 'ledger',
      reason: found.doubt,
      before: { epoch: now.epoch, tick: now.tick },
      after: {
        epoch,
        known: { epoch: found.known.epoch, tick: found.known.tick },
        ...(found.from === undefined ? {} : { from: found.from }),
        held: held.rowCount ?? 0,
        doubtful,
        replaysPaused: restored.replaysPaused,
      },
    });
    return restored;
  });
}

/** Only lanes that have something left are read; parked and failed heads count too: they may have been freed and sent. */
async function doubtOpenSyncs(client: pg.ClientBase): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE syncs s SET unknown = true, unknown_since = now() FROM lanes l
     WHERE l.head <= l.tail AND s.lane = l.lane AND s.pos >= l.head AND s.state IN ('open', 'parked', 'failed')
       AND s.cause IS DISTINCT FROM 'outcome-unknown'`,
  );
  return rowCount ?? 0;
}
