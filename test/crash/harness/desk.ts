/** A person's place at the interface: reads and acts by turns at each api, and keeps the history of every act. */
import type { PersonsAct } from './history.ts';
import type { World } from './world.ts';

const CALL_MS = 8_000;

export interface Desk {
  acts: PersonsAct[];
  /** Acts once; `body` gets the note that is this act's own. */
  act(act: string, subject: string, path: string, body: (note: string) => object): Promise<PersonsAct['end']>;
  /** Undefined where nobody answered. */
  get<T>(path: string): Promise<T | undefined>;
  /** Up to 200 syncs, newest first; none where nobody answered. */
  list<T>(query: string): Promise<T[]>;
}

/** A desk in the world, signed in as its first administrator. */
export function createDesk(world: World): Desk {
  const acts: PersonsAct[] = [];
  let turn = 0;
  const call = (path: string, more: RequestInit): Promise<Response> => {
    turn += 1;
    return fetch(`http://127.0.0.1:${world.apiPorts[turn % world.apiPorts.length]}${path}`, {
      ...more,
      headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(CALL_MS),
    });
  };
  const get = async <T>(path: string): Promise<T | undefined> => {
    try {
      const answer = await call(path, {});
      return answer.ok ? ((await answer.json()) as T) : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    acts,
    get,
    list: async <T>(query: string): Promise<T[]> =>
      (await get<{ items: T[] }>(`/v1/syncs?limit=200&${query}`))?.items ?? [],
    act: async (act, subject, path, body) => {
      const mine: PersonsAct = {
        act,
        subject,
        note: `act ${acts.length + 1}`,
        at: Date.now(),
        end: 'unknown',
        status: null,
      };
      acts.push(mine);
      try {
        const answer = await call(path, { method: 'POST', body: JSON.stringify(body(mine.note)) });
        await answer.text();
        mine.status = answer.status;
        // a server's fault may hide a commit whose answer was lost
        if (answer.status < 500) mine.end = answer.ok ? 'ok' : 'refused';
      } catch {
        mine.end = 'unknown';
      }
      return mine.end;
    },
  };
}
