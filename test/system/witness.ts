/**
 * What the tests ask: the simulated systems for what took effect (they are the witnesses, not our own tables), and the gateway's
 * public interface for what it says about it.
 */
import type { GatewayEvent, JsonObject, Role } from '../../src/domain/words.ts';
import type { Act, Faults, SandboxRecord } from '../../src/sandbox/box.ts';
import type { Received } from '../../src/sandbox/frame/received.ts';
import { effectsOf as portalEffectsOf } from '../../src/sandbox/morning/outage.ts';
import { type Answer, call, firstRunOf, until, type World } from './support.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const ROLES: readonly Role[] = ['portal', 'commune', 'documents'];

async function good(answer: Promise<Answer>, what: string): Promise<JsonObject> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Lets a system's own user do something. */
export async function act(world: World, role: Role, wish: Partial<Act> & { do: string }): Promise<JsonObject> {
  const url = `${world.systems[role]}/_sandbox/act`;
  return good(call(url, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(wish) }), `${role} ${wish.do}`);
}

/** Sets the faults of a system. */
export async function fault(world: World, role: Role, faults: Partial<Faults>): Promise<void> {
  const url = `${world.systems[role]}/_sandbox/faults`;
  await good(call(url, { method: 'PUT', headers: JSON_TYPE, body: JSON.stringify(faults) }), `faults of ${role}`);
}

/** All pages of a list. */
async function all<T>(url: string, headers: Record<string, string> = {}): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await good(
      call(`${url}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, { headers }),
      url,
    );
    items.push(...(page.items as unknown as T[]));
    cursor = (page.next ?? null) as string | null;
  }
  return items;
}

/** Records that a system holds. */
export function records(
  world: World,
  role: Role,
  entity: SandboxRecord['entity'],
  code?: string,
): Promise<SandboxRecord[]> {
  const query = new URLSearchParams({ entity, limit: '1000', ...(code === undefined ? {} : { code }) });
  return all(`${world.systems[role]}/_sandbox/records?${query}`);
}

/** Every call that a system received, after number `after`. */
export async function received(world: World, role: Role, after = 0): Promise<Received[]> {
  const items: Received[] = [];
  for (let cursor: string | null = String(after); cursor !== null; ) {
    const url = `${world.systems[role]}/_sandbox/received?limit=2000&cursor=${cursor}`;
    const page = (await good(call(url), url)) as unknown as { items: Received[]; next: string | null };
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

/** Waits until a system holds a record that fits. */
export function untilRecord(
  world: World,
  role: Role,
  entity: SandboxRecord['entity'],
  code: string,
  fits: (record: SandboxRecord) => boolean = () => true,
): Promise<SandboxRecord> {
  return until(`${role} holds ${entity} ${code} as expected`, async () =>
    (await records(world, role, entity, code)).find(fits),
  );
}

/** Waits until a system holds a dossier with a status of its own list. */
export function untilStatus(world: World, role: Role, code: string, status: string): Promise<SandboxRecord> {
  return untilRecord(world, role, 'dossier', code, record => record.status === status);
}

/** Did the system say that it took the call, or take it and lose the answer? */
const taken = (entry: Received): boolean =>
  entry.fault === 'answer-lost' ||
  ((entry.fault === undefined || entry.fault === 'delay') &&
    entry.status !== null &&
    entry.status >= 200 &&
    entry.status < 300);

/** Ids of the syncs that took effect at a system, in the order of taking effect; one that did so twice stands twice. */
export async function effects(world: World, role: Role): Promise<string[]> {
  const calls = await received(world, role);
  if (role === 'portal') return calls.flatMap(portalEffectsOf);
  const keys = new Set<string>();
  return calls.flatMap(entry => {
    const sync = entry.headers['x-lienthong-sync'];
    if (sync === undefined || entry.method === 'GET' || !taken(entry)) return [];
    if (role === 'documents') return [sync];
    // The commune system knows the keys: what it answers a second time it does not do a second time.
    const key = entry.headers['idempotency-key'] ?? sync;
    if (keys.has(key)) return [];
    keys.add(key);
    return [sync];
  });
}

/** A sync as the interface shows it. */
export interface Sync {
  id: string;
  eventId: string;
  source: string;
  type: string;
  subject: string | null;
  target: string;
  unit: string | null;
  procedure: string | null;
  series: number;
  state: string;
  cause?: string;
  attempts: number;
  blockedBy?: JsonObject;
}

/** The gateway's interface, signed in with the first run's token. */
export async function api(world: World, path: string, init: RequestInit = {}): Promise<Answer> {
  const { apiToken } = await firstRunOf(world);
  return call(`${world.gatewayUrl}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${apiToken}`, ...init.headers },
  });
}

export const get = async (world: World, path: string): Promise<JsonObject> => good(api(world, path), path);
export const post = (world: World, path: string, body: JsonObject): Promise<Answer> =>
  api(world, path, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });

/** All syncs that a query of `GET /v1/syncs` finds. */
export async function syncs(world: World, query: Record<string, string> = {}): Promise<Sync[]> {
  const { apiToken } = await firstRunOf(world);
  return all(`${world.gatewayUrl}/v1/syncs?${new URLSearchParams({ limit: '200', ...query })}`, {
    authorization: `Bearer ${apiToken}`,
  });
}

/** Canonical events as one post; never rejects for a status. */
export function postEvents(world: World, events: GatewayEvent | GatewayEvent[]): Promise<Answer> {
  const kind = Array.isArray(events) ? 'cloudevents-batch' : 'cloudevents';
  return api(world, '/v1/events', {
    method: 'POST',
    headers: { 'content-type': `application/${kind}+json` },
    body: JSON.stringify(events),
  });
}

/** Calls by which the gateway pulls the document system, of one type of list. */
const isPull = ({ method, url }: Received): boolean =>
  method === 'GET' && url.startsWith('/api/edoc/received?type=edoc');

/** Waits until the gateway has asked the document system twice more: a measure of time that the gateway itself gives. */
export async function pulledTwice(world: World): Promise<void> {
  const cursor = (await received(world, 'documents')).at(-1)?.seq ?? 0;
  await until('the document system is pulled twice', async () => {
    return (await received(world, 'documents', cursor)).filter(isPull).length >= 2;
  });
}

/**
 * Waits until nothing is on its way: no sync is open, no system has something to tell, and since the last change the document
 * system was asked twice more for what it has to say. Answers all syncs. A scheduler must be running.
 */
export async function settled(world: World): Promise<Sync[]> {
  let before = '';
  let pulls = 0;
  let cursor = (await received(world, 'documents')).at(-1)?.seq ?? 0;
  const quiet = async (): Promise<boolean> => {
    const outboxes = await Promise.all(ROLES.map(role => call(`${world.systems[role]}/_sandbox/outbox`)));
    if (outboxes.some(({ body }) => body.waiting !== 0)) return false;
    const [open, last] = await Promise.all([
      get(world, '/v1/syncs?state=open&limit=1'),
      get(world, '/v1/events?limit=1'),
    ]);
    const now = JSON.stringify(last.items);
    const same = now === before;
    before = now;
    return same && (open.items as JsonObject[]).length === 0;
  };
  await until(
    'everything is settled',
    async () => {
      const calm = await quiet();
      const news = await received(world, 'documents', cursor);
      cursor = news.at(-1)?.seq ?? cursor;
      pulls = calm ? pulls + news.filter(isPull).length : 0;
      return pulls >= 2;
    },
    { patienceMs: 60_000, pollMs: 250 },
  );
  return syncs(world);
}

/** Syncs per state. */
export const states = (list: readonly Sync[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(list, sync => sync.state)].map(([state, group]) => [state, group.length]));

/**
 * Holds the delivered syncs of all systems against what took effect there: `lost`, `doubled`, `disordered` (within one dossier,
 * in the order of acceptance: ids are UUIDv7) and `unasked` name syncs and must all be empty.
 */
export async function compare(
  world: World,
  list: readonly Sync[],
): Promise<Record<'lost' | 'doubled' | 'disordered' | 'unasked', string[]>> {
  const found = { lost: [] as string[], doubled: [] as string[], disordered: [] as string[], unasked: [] as string[] };
  for (const role of ROLES) {
    const done = await effects(world, role);
    const delivered = list.filter(sync => sync.target === role && sync.state === 'delivered');
    const names = new Map(delivered.map(sync => [sync.id, `${role} ${sync.type} ${sync.subject} ${sync.id}`]));
    const place = new Map<string, number>();
    for (const [index, id] of done.entries()) {
      if (place.has(id)) found.doubled.push(names.get(id) ?? id);
      else place.set(id, index);
      if (!names.has(id)) found.unasked.push(`${role} ${id}`);
    }
    for (const [id, name] of names) if (!place.has(id)) found.lost.push(name);
    for (const lane of Map.groupBy(delivered, sync => sync.subject ?? sync.id).values()) {
      let last = -1;
      for (const { id } of lane.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
        const at = place.get(id) ?? last;
        if (at < last) found.disordered.push(names.get(id) ?? id);
        last = Math.max(last, at);
      }
    }
  }
  return found;
}

/** What `compare` finds when all is well. */
export const NOTHING = { lost: [], doubled: [], disordered: [], unasked: [] };

/** A request to sign, posted in the gateway's own words (the commune system may be away itself); answers its id. */
export async function requestToSign(world: World, code: string): Promise<string> {
  const requestId = `YC-${code}`;
  await postEvents(world, {
    specversion: '1.0',
    id: requestId,
    source: 'commune',
    type: 'approval.requested',
    subject: code,
    time: new Date().toISOString(),
    data: {
      about: { dossierCode: code },
      unitCode: '26380',
      requestId,
      act: 'sign',
      post: 'chu-tich',
      dueAt: new Date(Date.now() + 86_400_000).toISOString(),
      files: [{ id: 'f1', name: 'du-thao.txt', mediaType: 'text/plain', content: 'VGjhu60=' }],
    },
  });
  return requestId;
}
