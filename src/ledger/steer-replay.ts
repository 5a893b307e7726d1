/**
 * Pausing, going on with and stopping a replay. The replay's row is locked by whoever carries out one of its syncs, so each of
 * these takes effect between two syncs, never in the middle of one.
 */
import type pg from 'pg';
import { GatewayError } from '../domain/errors.ts';
import { type Actor, actOnLedger } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';

export interface Steered {
  id: string;
  state: string;
  counted: number;
  done: number;
  changed: number;
  failed: number;
  /** Not carried out (yet). */
  left: number;
}

interface Row extends Omit<Steered, 'left'> {}

/** What a person may do with a replay that has not ended. */
const STEPS = {
  pause: { to: 'paused', from: ['open', 'running'], sql: "state = 'paused'" },
  resume: {
    to: 'running',
    from: ['paused'],
    sql: "state = CASE WHEN done + changed + failed = 0 THEN 'open' ELSE 'running' END, next_at = now()",
  },
  cancel: { to: 'cancelled', from: ['open', 'running', 'paused'], sql: "state = 'cancelled', finished_at = now()" },
} as const;

/** Pauses, resumes or stops; doing it twice changes nothing. Throws 404, or 409 `replay-ended`. */
export function steerReplay(database: Database, id: string, step: keyof typeof STEPS, actor: Actor): Promise<Steered> {
  const { from, sql } = STEPS[step];
  return actOnLedger(database, false, async client => {
    const before = await lockReplay(client, id);
    if (!(from as readonly string[]).includes(before.state)) {
      const nothingToDo =
        before.state === STEPS[step].to ||
        (step === 'resume' && (before.state === 'open' || before.state === 'running'));
      if (nothingToDo) return counted(before);
      throw ended(before.state);
    }
    const { rows } = await client.query<Row>(
      `UPDATE replays SET ${sql} WHERE id = $1 RETURNING id, state, counted, done, changed, failed`,
      [id],
    );
    const after = counted(rows[0] as Row);
    await writeAudit(client, {
      who: actor.who,
      act: `replay.${step}`,
      subject: `replay:${id}`,
      reason: actor.reason,
      before: { ...counted(before) },
      after: { ...after },
    });
    return after;
  });
}

async function lockReplay(client: pg.ClientBase, id: string): Promise<Row> {
  const { rows } = await client.query<Row>(
    'SELECT id, state, counted, done, changed, failed FROM replays WHERE id = $1 FOR UPDATE',
    [id],
  );
  const row = rows[0];
  if (!row) throw noReplay();
  return row;
}

const counted = (row: Row): Steered => ({ ...row, left: row.counted - row.done - row.changed - row.failed });

/** 404 in the words of replays. */
export function noReplay(): GatewayError {
  return new GatewayError('not-found', 404, {
    vi: 'Không có đợt gửi lại nào mang mã này.',
    en: 'There is no replay of this id.',
  });
}

function ended(state: string): GatewayError {
  return new GatewayError(
    'replay-ended',
    409,
    { vi: 'Đợt gửi lại này đã kết thúc.', en: 'This replay has ended.' },
    { extra: { state } },
  );
}
