/**
 * One round over what waits in the document system: both lists, oldest first, from a cursor on. Nothing is acknowledged here;
 * that happens after the commit, so a second poller or a restart only sees the same messages, with the same event ids, again.
 */
import { GatewayError } from '../../src/domain/errors.ts';
import type { PollResult, Pulled } from '../connector.ts';
import type { Client, ListItem } from './client.ts';
import { isDialectTime, isSecret, toIsoTime } from './dialect.ts';
import type { Around } from './event-parts.ts';
import { readMessage } from './message-read.ts';
import { eventsOf, secretOf } from './parse.ts';

/** Most pages looked at in one round: a list that repeats itself must not hold the poller for ever. */
const PAGES = 200;

const KINDS = ['edoc', 'status'] as const;
type Waiting = ListItem & { kind: (typeof KINDS)[number] };

/** Position in the order (createdAt, id); ids of equal length compare as they were given. */
const key = (item: Pick<ListItem, 'createdAt' | 'id'>): string => `${item.createdAt}|${item.id}`;

/** Up to `limit` messages of one kind after the cursor. */
async function waiting(client: Client, kind: (typeof KINDS)[number], cursor: string | null, limit: number) {
  const from = cursor === null ? undefined : cursor.slice(0, cursor.indexOf('|'));
  const found: Waiting[] = [];
  for (let page = 0; page < PAGES; page += 1) {
    const items = await client.received(kind, from, page);
    found.push(...items.map(item => ({ ...item, kind })).filter(item => cursor === null || key(item) > cursor));
    if (items.length === 0 || found.length > limit) break;
  }
  return found;
}

/** Raw bytes of a document that could not be read may still say that it is secret. */
function looksSecret(raw: Buffer): boolean {
  return [...raw.toString('utf8').matchAll(/>([^<>]{1,40})</g)].some(match => isSecret(match[1] ?? ''));
}

/** One message: its events, or why there are none. */
async function pull(client: Client, item: Waiting, around: Omit<Around, 'pulled'>): Promise<Pulled | undefined> {
  const withhold = (sender: string, documentId: string): Pulled => ({
    ref: item.id,
    raw: Buffer.alloc(0),
    events: [],
    withhold: { code: 'secret-document', sender, documentId },
  });
  if (item.secrecy !== undefined && isSecret(item.secrecy)) return withhold(item.from, item.id);
  const raw = await client.get(item.id);
  if (raw === undefined) return undefined;
  const pulled = isDialectTime(item.createdAt)
    ? { id: item.id, createdAt: toIsoTime(item.createdAt) }
    : { id: item.id };
  try {
    const message = readMessage(raw);
    const secret = secretOf(message);
    if (secret) return withhold(secret.sender || item.from, secret.documentId);
    return { ref: item.id, raw, events: eventsOf(message, { ...around, pulled }) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (looksSecret(raw)) return withhold(item.from, item.id);
    const [first] = error.faults;
    const message = first ? `${first.pointer} ${first.code}: ${first.detail.vi}` : error.text.vi;
    return { ref: item.id, raw, events: [], fault: { code: error.code, message } };
  }
}

/**
 * What waits after `cursor`, at most `limit` messages.
 * The cursor is a place inside one round; the round ends with null, so the next one begins again at the oldest message that
 * nobody has acknowledged.
 */
export async function pollOnce(
  client: Client,
  around: Omit<Around, 'pulled'>,
  cursor: string | null,
  limit: number,
): Promise<PollResult> {
  const place = cursor?.includes('|') ? cursor : null;
  const lists = await Promise.all(KINDS.map(kind => waiting(client, kind, place, limit)));
  const unique = new Map(lists.flat().map(item => [key(item), item]));
  const ordered = [...unique].sort(([a], [b]) => (a < b ? -1 : 1));
  const taken = ordered.slice(0, limit);
  const items: Pulled[] = [];
  for (const [, item] of taken) {
    const pulled = await pull(client, item, around);
    if (pulled) items.push(pulled);
  }
  const more = ordered.length > taken.length;
  return { items, cursor: more ? (taken.at(-1)?.[0] ?? null) : null, more };
}
