/**
 * A person's word on a sync that is held at the desk: it is to go all the same, or another post is named. Stored as a revision of its
 * payload, so that whoever judges it again (at once, or the background after a crash) reads the same. What was decided against the
 * tables stands among the event's warnings. Locks: entity, lane, sync, then the audit head.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { JsonObject } from '../domain/words.ts';
import type { Payload } from '../entities/payload.ts';
import type { Warning } from '../facts/judge.ts';
import { type Actor, actOnLedger, lockSync } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';
import { addRevision } from './revisions.ts';

/** What is stored of the word. */
export interface Word {
  /** The payload with it. */
  payload: Payload;
  /** What the audit says beside the state. */
  said: JsonObject;
  /** Where it goes against the tables. */
  warning?: Warning;
}

/** Stores it for a sync that still waits as it was read; answers the new revision, undefined where it has moved meanwhile. */
export function storeWord(
  database: Database,
  read: { id: string; revision: number; cause: CauseCode },
  { payload, said, warning }: Word,
  actor: Actor,
): Promise<number | undefined> {
  return actOnLedger(database, false, async client => {
    await client.query(
      'SELECT 1 FROM entities WHERE id = (SELECT l.entity FROM syncs s JOIN lanes l ON l.lane = s.lane WHERE s.id = $1) FOR UPDATE',
      [read.id],
    );
    const sync = await lockSync(client, read.id);
    if (sync.state !== 'parked' || sync.revision !== read.revision || sync.cause !== read.cause) return undefined;
    const revision = await addRevision(
      client,
      { event: sync.event, basedOn: read.revision, sync: read.id, kind: 'answer', payload },
      actor,
    );
    await client.query('UPDATE syncs SET revision = $2, updated_at = now() WHERE id = $1', [read.id, revision]);
    // due at once: where this process dies here, another judges it
    await client.query(
      'UPDATE problems SET recheck_at = now(), desk_version = coalesce(desk_version, 0) WHERE sync = $1',
      [read.id],
    );
    if (warning !== undefined) {
      await client.query(
        `UPDATE events SET note = jsonb_set(coalesce(note, '{}'), '{warnings}', coalesce(note->'warnings', '[]') || $2::jsonb) WHERE id = $1`,
        [sync.event, JSON.stringify([warning])],
      );
    }
    await writeAudit(client, {
      who: actor.who,
      act: 'sync.resolve',
      subject: `sync:${read.id}`,
      reason: actor.reason,
      before: { state: 'parked', cause: read.cause },
      after: { ...said, revision },
    });
    return revision;
  });
}
