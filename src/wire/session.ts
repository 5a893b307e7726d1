/**
 * Sign-ins kept in one process: for tests, tools and connectors that run alone. Many calls that find the sign-in expired at once
 * lead to one new one; the store that all processes share stands in the ledger and keeps the same promise.
 */
import type { Session, SessionStore } from '../../connectors/connector.ts';

/** A sign-in is renewed this long before its end, so that a call under way still counts. */
const EARLY_MS = 5_000;

/** A session store in memory; `now` in epoch milliseconds. */
export function memorySessionStore(now: () => number = Date.now): SessionStore {
  let held: Session | undefined;
  let signingIn: Promise<Session> | undefined;

  const signInOnce = (signIn: () => Promise<Session>): Promise<Session> => {
    signingIn ??= signIn()
      .then(session => {
        held = session;
        return session;
      })
      .finally(() => {
        signingIn = undefined;
      });
    return signingIn;
  };
  const valid = (session: Session | undefined): session is Session =>
    session !== undefined && (session.expiresAt === undefined || session.expiresAt - EARLY_MS > now());
  return {
    current: signIn => (signingIn === undefined && valid(held) ? Promise.resolve(held) : signInOnce(signIn)),
    renew: (refused, signIn) =>
      // Somebody else has renewed it since: what was refused is not what is held.
      held !== undefined && held.token !== refused.token && valid(held) ? Promise.resolve(held) : signInOnce(signIn),
  };
}
