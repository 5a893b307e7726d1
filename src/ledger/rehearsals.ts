/** What was tried out and is kept for a while, so that saying yes does exactly what was shown: once, and not after its time. */
import type pg from 'pg';
import { GatewayError } from '../domain/errors.ts';
import type { Database } from './database.ts';

const EXPIRES = "interval '30 minutes'";
/** What can be kept; replays have a table of their rows beside. */
export type RehearsedAct = 'facts' | 'resolve';

/** Keeps a set; answers when it expires (RFC 3339). */
export async function keepRehearsal(
  database: Database,
  act: RehearsedAct,
  id: string,
  set: object,
  counted: number,
  who: string,
): Promise<string> {
  const { rows } = await database.people.query<{ expires_at: Date }>(
    `INSERT INTO rehearsals (id, act, set, counted, who, expires_at) VALUES ($1, $2, $3, $4, $5, now() + ${EXPIRES}) RETURNING expires_at`,
    [id, act, JSON.stringify(set), counted, who],
  );
  return (rows[0] as { expires_at: Date }).expires_at.toISOString();
}

/**
 * Takes a kept set for carrying it out, in the caller's transaction: only for who saw it, since what is entered bears that name. Throws
 * 404; 409 `rehearsal-of-another`, `rehearsal-used`, `rehearsal-expired`.
 */
export async function takeRehearsal<T>(
  client: pg.ClientBase,
  act: RehearsedAct,
  id: string,
  who: string,
  isMeant: (set: T) => boolean = () => true,
): Promise<T> {
  const { rows } = await client.query<{ set: T; who: string; used: boolean; over: boolean }>(
    'SELECT set, who, used, expires_at <= now() AS over FROM rehearsals WHERE id = $1 AND act = $2 FOR UPDATE',
    [id, act],
  );
  const found = rows[0];
  if (found === undefined || !isMeant(found.set)) {
    throw new GatewayError('not-found', 404, {
      vi: 'Không có lần xem trước nào mang mã này.',
      en: 'There is no rehearsal of this id.',
    });
  }
  if (found.who !== who) {
    throw new GatewayError('rehearsal-of-another', 409, {
      vi: 'Lần xem trước này là của người khác. Hãy tự xem trước rồi thực hiện.',
      en: 'Somebody else made this rehearsal. Rehearse it yourself, then carry it out.',
    });
  }
  if (found.used) {
    throw new GatewayError('rehearsal-used', 409, {
      vi: 'Lần xem trước này đã được thực hiện rồi.',
      en: 'This rehearsal has been carried out already.',
    });
  }
  if (found.over) {
    throw new GatewayError('rehearsal-expired', 409, {
      vi: 'Lần xem trước đã quá hạn. Hãy xem trước lại.',
      en: 'The rehearsal has expired. Rehearse again.',
    });
  }
  await client.query('UPDATE rehearsals SET used = true WHERE id = $1', [id]);
  return found.set;
}
