/**
 * Sends one sync again. A failed or parked one goes from where it stands, with its key kept where the bytes are the same;
 * a delivered or dropped one goes to its lane's tail under a key of its own (a target that honours keys would answer the
 * old one from memory and do nothing). An older state over a younger one needs a person's word (`confirmStale`).
 */
import type pg from 'pg';
import { GatewayError } from '../domain/errors.ts';
import { type Actor, actOnLedger, freeLane, type LockedSync, lockSync } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';

export interface ReplayOptions {
  confirmStale: boolean;
  /** What would go out now differs from what was sent before. */
  otherBytes: boolean;
  /** Translate with this release whatever is in force then; without it, with the release in force. */
  fixedRelease?: number;
  /** The set it belongs to: other syncs of it do not count as younger, since all of them go again in their old order. */
  set?: string;
  /** What it was when the set was fixed. */
  expected?: { state: string; series: number; cause: string | null };
}
export interface Replayed {
  id: string;
  state: 'queued' | 'waiting';
  series: number;
  /** In its old place, or at the lane's tail. */
  place: 'kept' | 'tail';
  /** The idempotency key that goes out. */
  idempotencyKey: string;
  /** Younger syncs of the lane that were delivered before (only with `confirmStale`). */
  younger: string[];
  home: { target: string; home: string };
}

/** Most younger syncs that a refusal lists. */
const YOUNGER = 50;

/** Throws 404; 409 `still-under-way`, `younger-delivered` (lists them as `younger`), or `lane-busy` (try again at once). */
export function replaySync(
  database: Database,
  id: string,
  options: ReplayOptions,
  actor: Actor,
  dryRun: boolean,
): Promise<Replayed> {
  return actOnLedger(database, dryRun, client => replayWithin(client, id, options, actor));
}

/** `replaySync` in the caller's transaction. Whatever it refuses, it has written nothing; 409 also `changed-since`. */
export async function replayWithin(
  client: pg.ClientBase,
  id: string,
  options: ReplayOptions,
  actor: Actor,
): Promise<Replayed> {
  const sync = await lockSync(client, id);
  if (options.expected !== undefined && !isAs(sync, options.expected)) throw changedSince(sync.state);
  if (sync.state === 'open') throw underWay();
  const blocked = sync.state === 'failed' || sync.state === 'parked';
  const place = sync.pos >= sync.head ? 'kept' : 'tail';
  // whoever holds the lane has read the closed sync already and will step over it: reopened now it would be forgotten
  if (place === 'kept' && !blocked && sync.leased) throw busy();
  const younger = place === 'tail' ? await youngerDelivered(client, sync, options.set) : [];
  if (younger.length > 0 && !options.confirmStale) throw stale(younger);
  const series = sync.series + 1;
  const keepsKey = blocked && !options.otherBytes;
  const sendNo = keepsKey ? sync.send_no : series;
  await keepFirstAttempt(client, sync);
  const { rows } = await client.query<{ pos: number }>(
    `UPDATE syncs SET state = 'open', cause = NULL, attempts = 0, series = $2, send_no = $3, pos = $4, fixed_release = $6,
         unknown = CASE WHEN state = 'delivered' THEN false ELSE unknown END, retry_since = NULL, retry_mark = NULL, updated_at = now()
       WHERE id = $1 AND state = $5 RETURNING pos`,
    [id, series, sendNo, place === 'kept' ? sync.pos : sync.tail + 1, sync.state, options.fixedRelease ?? null],
  );
  const { pos } = rows[0] as { pos: number };
  await client.query('DELETE FROM problems WHERE sync = $1', [id]);
  if (place === 'kept') await freeLane(client, sync.lane, pos);
  else {
    await client.query(
      'UPDATE lanes SET tail = $2, due = CASE WHEN head > tail THEN now() ELSE due END WHERE lane = $1 AND tail = $2 - 1',
      [sync.lane, pos],
    );
  }
  const first = place === 'kept' ? pos === sync.head : sync.head > sync.tail;
  const replayed: Replayed = {
    id,
    state: first ? 'queued' : 'waiting',
    series,
    place,
    idempotencyKey: sendNo === 1 ? id : `${id}.${sendNo}`,
    younger,
    home: { target: sync.target, home: sync.home },
  };
  await writeAudit(client, {
    who: actor.who,
    act: 'sync.replay',
    subject: `sync:${id}`,
    reason: actor.reason,
    before: { state: sync.state, cause: sync.cause, series: sync.series },
    after: {
      state: replayed.state,
      series,
      place,
      key: replayed.idempotencyKey,
      younger,
      ...vocabularyOf(options),
      ...(options.set === undefined ? {} : { replay: options.set }),
    },
  });
  return replayed;
}

function isAs(sync: LockedSync, expected: NonNullable<ReplayOptions['expected']>): boolean {
  return sync.state === expected.state && sync.series === expected.series && sync.cause === expected.cause;
}

const vocabularyOf = ({ fixedRelease }: ReplayOptions) =>
  fixedRelease === undefined ? {} : { vocabulary: 'original', release: fixedRelease };

async function youngerDelivered(client: pg.ClientBase, sync: LockedSync, set: string | undefined): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM syncs WHERE lane = $1 AND pos > $2 AND state = 'delivered'
       AND NOT EXISTS (SELECT FROM replay_rows r WHERE r.replay = $4 AND r.sync = syncs.id) ORDER BY pos DESC LIMIT $3`,
    [sync.lane, sync.pos, YOUNGER, set ?? null],
  );
  return rows.map(row => row.id);
}

/** A success at the first try has no row of its own; before its series ends it gets one, or history would forget it. */
async function keepFirstAttempt(client: pg.ClientBase, sync: LockedSync): Promise<void> {
  if (sync.state !== 'delivered') return;
  await client.query(
    `INSERT INTO attempts (sync, series, no, started_at, ended_at, outcome)
     SELECT id, series, greatest(1, attempts), updated_at - coalesce(took_ms, 0) * interval '1 millisecond', updated_at, 'delivered'
       FROM syncs WHERE id = $1 ON CONFLICT DO NOTHING`,
    [sync.id],
  );
}

/** It is no longer what it was when it was looked at. */
export function changedSince(state: string): GatewayError {
  return new GatewayError(
    'changed-since',
    409,
    {
      vi: 'Lượt gửi này đã thay đổi sau khi xem trước; không làm gì.',
      en: 'This sync has changed since the set was fixed; nothing was done.',
    },
    { extra: { state } },
  );
}

function underWay(): GatewayError {
  return new GatewayError('still-under-way', 409, {
    vi: 'Lượt gửi này chưa kết thúc, sẽ tự gửi; không cần gửi lại.',
    en: 'This sync is still under way and goes by itself; there is nothing to replay.',
  });
}

function busy(): GatewayError {
  return new GatewayError(
    'lane-busy',
    409,
    {
      vi: 'Hồ sơ này đang được gửi. Hãy thử lại sau vài giây.',
      en: 'This dossier is being delivered right now. Try again in a few seconds.',
    },
    { headers: { 'retry-after': '2' } },
  );
}

/** Over something younger only with a person's word. */
export function stale(younger: readonly string[], count = 1): GatewayError {
  return new GatewayError(
    'younger-delivered',
    409,
    {
      vi: 'Bên nhận đã có nội dung mới hơn của hồ sơ này. Gửi lại sẽ đưa nội dung cũ đè lên; nếu vẫn muốn, xác nhận bằng confirmStale.',
      en: 'The target already has something younger of this dossier. Replaying puts the older state over it; confirm with confirmStale.',
    },
    { extra: { stale: count, younger } },
  );
}
