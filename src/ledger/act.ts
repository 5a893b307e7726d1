/**
 * The frame of every act of a person on the ledger: one transaction, tried again once after a deadlock; with `dryRun` all is
 * done and rolled back, so that a preview can never differ from the act.
 */
import type pg from 'pg';
import { GatewayError } from '../domain/errors.ts';
import { type Database, inTransaction, sqlState } from './database.ts';

/** Who acts, and why. */
export interface Actor {
  who: string;
  reason: string;
}

/** Carries a preview's result past the rollback. */
class Previewed extends Error {
  readonly result: unknown;
  constructor(result: unknown) {
    super('rolled back: preview only');
    this.result = result;
  }
}

/** Runs `work` in one transaction, committed unless `dryRun`. */
export function actOnLedger<T>(
  database: Database,
  dryRun: boolean,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return act(database.people, dryRun, work);
}

/** The same for work on a large set, whose statements may take a minute. */
export function actPatiently<T>(database: Database, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return act(database.patient, false, work);
}

async function act<T>(pool: pg.Pool, dryRun: boolean, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const once = (): Promise<T> =>
    inTransaction(pool, async client => {
      const result = await work(client);
      if (dryRun) throw new Previewed(result);
      return result;
    });
  try {
    return await once().catch(error => {
      const state = sqlState(error);
      if (state === '40P01' || state === '40001') return once();
      throw error;
    });
  } catch (error) {
    if (error instanceof Previewed) return error.result as T;
    throw error;
  }
}

/** A sync with its lane, both locked. */
export interface LockedSync {
  id: string;
  event: string;
  target: string;
  lane: number;
  pos: number;
  unit: string | null;
  procedure: string | null;
  state: string;
  cause: string | null;
  attempts: number;
  series: number;
  send_no: number;
  unknown: boolean;
  revision: number;
  release: number | null;
  updated_at: Date;
  entity: number;
  home: string;
  head: number;
  tail: number;
  /** Some claim, valid or over, still names the lane. */
  leased: boolean;
  /** A claim that still counts holds it: a call may be in the air. */
  in_hand: boolean;
  upto: number;
}

/** Locks a sync's lane, then the sync (the order that delivery uses too). Throws 404. */
export async function lockSync(client: pg.ClientBase, id: string): Promise<LockedSync> {
  const lane = await client.query(
    'SELECT 1 FROM lanes WHERE lane = (SELECT lane FROM syncs WHERE id = $1) FOR UPDATE',
    [id],
  );
  if (lane.rowCount === 0) throw noSync();
  // a statement of its own: only its snapshot is younger than the lock
  const { rows } = await client.query<LockedSync>(
    `SELECT s.id, s.event, s.target, s.lane, s.pos, s.unit, s.procedure, s.state, s.cause, s.attempts, s.series, s.send_no, s.unknown, s.revision, s.release,
       s.updated_at, l.entity, l.home, l.head, l.tail, l.upto, l.lease IS NOT NULL AS leased,
       EXISTS (SELECT FROM claims c WHERE c.token = l.lease AND c.until > now()) AS in_hand
     FROM syncs s JOIN lanes l ON l.lane = s.lane WHERE s.id = $1 FOR UPDATE OF s`,
    [id],
  );
  const sync = rows[0];
  if (!sync) throw noSync();
  return sync;
}

/** Lets a lane go on from `pos` if that is its head: not blocked, due now. */
export async function freeLane(client: pg.ClientBase, lane: number, pos: number): Promise<void> {
  await client.query('UPDATE lanes SET blocked_by = NULL, due = now() WHERE lane = $1 AND head = $2 AND head <= tail', [
    lane,
    pos,
  ]);
}

/** 409: it waits for nothing that a person could say. */
export function notParked(state: string): GatewayError {
  return new GatewayError(
    'not-parked',
    409,
    {
      vi: 'Lượt gửi này không (hoặc không còn) bị giữ lại như khi xem, không có gì để trả lời. Hãy xem lại.',
      en: 'This sync is not parked, or no longer as it was read; there is nothing to answer. Look at it again.',
    },
    { extra: { state } },
  );
}

/** An answer that leaves the sync parked for the same would only look like one. */
export function answerDoesNotHelp(cause: string): GatewayError {
  return new GatewayError(
    'answer-does-not-help',
    422,
    {
      vi: 'Với câu trả lời này lượt gửi vẫn bị giữ lại vì cùng lý do. Chọn câu trả lời khác, hoặc xem hướng xử lý.',
      en: 'With this answer the sync would stay parked for the same reason. Choose another, or see its remedy.',
    },
    { extra: { cause } },
  );
}

function noSync(): GatewayError {
  return new GatewayError('not-found', 404, {
    vi: 'Không có lượt gửi nào mang mã này.',
    en: 'There is no sync of this id.',
  });
}
