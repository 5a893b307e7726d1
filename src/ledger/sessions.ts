/**
 * Sign-ins to systems, shared by all workers of all processes: two that sign in by turns would throw each other out.
 * One signs in while the others wait for the lock; a generation number tells a new session from the refused one.
 */
import type { Session, SessionStore } from '../../connectors/connector.ts';
import { type Database, inTransaction } from './database.ts';
import { openBytes, sealBytes } from './seal.ts';

/** A sign-in is not used in the last seconds before its end. */
const EARLY_MS = 5_000;

interface Row {
  key_id: number;
  token: Buffer;
  expires_at: Date | null;
}

/** The session store of one system; keeps the current session in memory and asks the ledger only when it is refused or over. */
export function ledgerSessionStore(database: Database, system: string, now: () => number): SessionStore {
  let held: Session | undefined;
  let busy: Promise<Session> | undefined;
  const valid = (session: Session | undefined): session is Session =>
    session !== undefined && (session.expiresAt === undefined || session.expiresAt - EARLY_MS > now());

  const fromLedger = (refused: string | undefined, signIn: () => Promise<Session>): Promise<Session> =>
    inTransaction(database.hot, async client => {
      await client.query('SELECT pg_advisory_xact_lock(7504192, hashtext($1))', [system]);
      const { rows } = await client.query<Row>('SELECT key_id, token, expires_at FROM sessions WHERE system = $1', [
        system,
      ]);
      const row = rows[0];
      if (row) {
        const stored: Session = {
          token: openBytes({ keyId: row.key_id, body: row.token }).toString('utf8'),
          ...(row.expires_at ? { expiresAt: row.expires_at.getTime() } : {}),
        };
        if (stored.token !== refused && valid(stored)) return stored;
      }
      const made = await signIn();
      const sealed = sealBytes(Buffer.from(made.token));
      await client.query(
        `INSERT INTO sessions (system, generation, key_id, token, expires_at) VALUES ($1, 1, $2, $3, to_timestamp($4::float8 / 1000))
         ON CONFLICT (system) DO UPDATE SET generation = sessions.generation + 1, key_id = EXCLUDED.key_id, token = EXCLUDED.token, expires_at = EXCLUDED.expires_at`,
        [system, sealed.keyId, sealed.body, made.expiresAt ?? null],
      );
      return made;
    });

  const once = (refused: string | undefined, signIn: () => Promise<Session>): Promise<Session> => {
    busy ??= fromLedger(refused, signIn)
      .then(session => {
        held = session;
        return session;
      })
      .finally(() => {
        busy = undefined;
      });
    return busy;
  };
  return {
    current: signIn => (busy === undefined && valid(held) ? Promise.resolve(held) : once(undefined, signIn)),
    async renew(refused, signIn) {
      // what is under way may bring the refused session once more from the ledger
      const coming = await busy;
      if (coming !== undefined && coming.token !== refused.token) return coming;
      return busy === undefined && valid(held) && held.token !== refused.token ? held : once(refused.token, signIn);
    },
  };
}
