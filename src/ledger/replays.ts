/**
 * Replays of many syncs, as people ask for them: rehearse, start, pause, resume, stop. The rows are carried out by
 * src/ledger/replay-step.ts; here stands what a person decides, each act with its audit entry in the same transaction.
 */
import type pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { GatewayError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import { type Actor, actPatiently } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';
import { stale } from './replay.ts';
import { type Counts, countSet, firstOfSet, fixSet, type SetFilter, type SetItem, staleIn } from './replay-sets.ts';

export type ReplayVocabulary = 'current' | 'original';
export interface ReplayOrder {
  filter: SetFilter;
  /** No condition but the window. */
  everything: boolean;
  vocabulary: ReplayVocabulary;
  confirmStale: boolean;
  /** How many the person saw. */
  expect?: number;
  rate: number;
}
export interface RehearsedSet {
  rehearsal: string;
  expiresAt: string;
  counted: number;
  /** Matching syncs that are under way and go by themselves. */
  underWay: number;
  counts: Counts & { stale: number };
  younger: string[];
  items: SetItem[];
}
export interface StartedReplay {
  id: string;
  state: 'open' | 'done';
  counted: number;
}

/** How long a rehearsal may be carried out. */
const EXPIRES = "interval '30 minutes'";
/** Syncs of a set that are shown. */
const SHOWN = 100;
/** What a rehearsal was for. */
const ACT = 'replay';

/** Fixes a set without doing anything; `startRehearsed` then does exactly that set. */
export function rehearseSet(database: Database, order: ReplayOrder, who: string): Promise<RehearsedSet> {
  return actPatiently(database, async client => {
    await forgetExpired(client);
    const id = uuidv7();
    const { counted, underWay } = await fixSet(database, client, id, order.filter);
    const { count, younger } = await staleIn(client, id);
    const { rows } = await client.query<{ expires_at: Date }>(
      `INSERT INTO rehearsals (id, act, set, counted, who, expires_at) VALUES ($1, '${ACT}', $2, $3, $4, now() + ${EXPIRES}) RETURNING expires_at`,
      [id, JSON.stringify({ filter: order.filter, vocabulary: order.vocabulary }), counted, who],
    );
    return {
      rehearsal: id,
      expiresAt: (rows[0] as { expires_at: Date }).expires_at.toISOString(),
      counted,
      underWay,
      counts: { ...(await countSet(client, id)), stale: count },
      younger,
      items: await firstOfSet(client, id, SHOWN),
    };
  });
}

/** Fixes a set and starts it. Throws 422 `expect-needed`, 409 `count-differs` or `younger-delivered`. */
export function startReplay(database: Database, order: ReplayOrder, actor: Actor): Promise<StartedReplay> {
  return actPatiently(database, async client => {
    const id = uuidv7();
    const { counted, underWay } = await fixSet(database, client, id, order.filter);
    mustBeSeen(order, counted, underWay);
    return insertReplay(client, { ...order, id, counted, filter: order.filter as unknown as JsonObject }, actor);
  });
}

/**
 * Starts exactly the set that was rehearsed; the rehearsal's id becomes the replay's. `vocabulary` is the rehearsal's unless given.
 * Throws 404; 409 `rehearsal-used`, `rehearsal-expired`, `count-differs` or `younger-delivered`.
 */
export function startRehearsed(
  database: Database,
  rehearsal: string,
  order: { vocabulary?: ReplayVocabulary; confirmStale: boolean; rate: number; expect?: number },
  actor: Actor,
): Promise<StartedReplay> {
  return actPatiently(database, async client => {
    const { rows } = await client.query<{ set: JsonObject; counted: number; used: boolean; over: boolean }>(
      `SELECT set, counted, used, expires_at <= now() AS over FROM rehearsals WHERE id = $1 AND act = '${ACT}' FOR UPDATE`,
      [rehearsal],
    );
    const found = rows[0];
    if (!found) throw noRehearsal();
    if (found.used) throw usedUp(rehearsal);
    if (found.over) throw expired();
    const { counted } = found;
    mustBeSeen({ ...order, everything: false }, counted, 0);
    await client.query('UPDATE rehearsals SET used = true WHERE id = $1', [rehearsal]);
    const vocabulary = order.vocabulary ?? (found.set.vocabulary as ReplayVocabulary);
    const filter = (found.set.filter ?? {}) as JsonObject;
    return insertReplay(client, { ...order, id: rehearsal, vocabulary, filter, counted }, actor);
  });
}

interface NewReplay {
  id: string;
  filter: JsonObject;
  vocabulary: ReplayVocabulary;
  confirmStale: boolean;
  rate: number;
  counted: number;
}

async function insertReplay(client: pg.ClientBase, replay: NewReplay, actor: Actor): Promise<StartedReplay> {
  const { id, filter, vocabulary, confirmStale, rate, counted } = replay;
  if (!confirmStale) {
    const { count, younger } = await staleIn(client, id);
    if (count > 0) throw stale(younger, count);
  }
  const state = counted === 0 ? 'done' : 'open';
  await client.query(
    `INSERT INTO replays (id, filter, vocabulary, confirm_stale, reason, who, rate, state, counted, finished_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text, $9, CASE WHEN $8::text = 'done' THEN now() END)`,
    [id, JSON.stringify(filter), vocabulary, confirmStale, actor.reason, actor.who, rate, state, counted],
  );
  await writeAudit(client, {
    who: actor.who,
    act: 'replay.start',
    subject: `replay:${id}`,
    reason: actor.reason,
    before: null,
    after: { counted, filter, vocabulary, confirmStale, rate },
  });
  return { id, state, counted };
}

/** Rehearsals that nobody carried out, with their rows; those that became replays keep theirs. */
async function forgetExpired(client: pg.ClientBase): Promise<void> {
  await client.query(
    `WITH gone AS (DELETE FROM rehearsals WHERE id IN (
       SELECT id FROM rehearsals WHERE expires_at < now() - interval '1 day' ORDER BY id LIMIT 20 FOR UPDATE SKIP LOCKED) RETURNING id, used)
     DELETE FROM replay_rows WHERE replay IN (SELECT id FROM gone WHERE NOT used)`,
  );
}

/** The number that the person saw is the number that goes; all of everything goes only with that number said. */
function mustBeSeen(
  order: Pick<ReplayOrder, 'everything'> & { expect?: number },
  counted: number,
  underWay: number,
): void {
  if (order.expect === undefined && order.everything) {
    throw new GatewayError(
      'expect-needed',
      422,
      {
        vi: `Không có điều kiện lọc nào: sẽ gửi lại cả ${counted} lượt. Nếu đúng ý, ghi rõ số lượt trong expect.`,
        en: `No filter is given: all ${counted} syncs would go again. If that is meant, say the number in expect.`,
      },
      { extra: { counted, underWay } },
    );
  }
  if (order.expect === undefined || order.expect === counted) return;
  throw new GatewayError(
    'count-differs',
    409,
    {
      vi: `Số lượt hiện nay là ${counted}, không phải ${order.expect}. Xem lại danh sách rồi gửi lại yêu cầu.`,
      en: `There are ${counted} syncs now, not ${order.expect}. Look at the list again, then ask again.`,
    },
    { extra: { counted, expect: order.expect, underWay } },
  );
}

function noRehearsal(): GatewayError {
  return new GatewayError('not-found', 404, {
    vi: 'Không có lần xem trước nào mang mã này.',
    en: 'There is no rehearsal of this id.',
  });
}

function usedUp(id: string): GatewayError {
  return new GatewayError(
    'rehearsal-used',
    409,
    { vi: 'Lần xem trước này đã được thực hiện rồi.', en: 'This rehearsal has been carried out already.' },
    { extra: { replay: id } },
  );
}

function expired(): GatewayError {
  return new GatewayError('rehearsal-expired', 409, {
    vi: 'Lần xem trước đã quá hạn. Hãy xem trước lại.',
    en: 'The rehearsal has expired. Rehearse again.',
  });
}
