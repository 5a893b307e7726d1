/**
 * The senders: a source system that posts signed events with known content in many lanes, one at a time, a batch at a time, or in
 * its own dialect, and does what senders do: post again when no answer came or 503, post what was taken once more, now and then
 * give up on one, and sometimes send what is bad. It keeps the history of every post.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { decodeWebhookSecret, signMessage } from '../../../src/http/signature.ts';
import type { History, Post } from './history.ts';
import { postOnce } from './post.ts';
import type { Chance } from './random.ts';
import { type Story, storyOf } from './stories.ts';

/** How long senders go on trying after all faults are over. */
const STUBBORN_MS = 60_000;
/** What the first posts are about is known at once: a lane without its filing says nothing. */
const BATCHES = 0.2;
const MOST_BATCH = 100;
/** Hot lanes post this much more often. */
const HOT = 6;

export interface Sender extends Pick<History, 'posts' | 'units' | 'heldLanes'> {
  /** Events with a status older than the one before, as far as they were posted. */
  stale(): string[];
  /** Events answered 202 so far. */
  accepted(): number;
  /** Ends the traffic: lanes finish what they are at, for a bounded time. Answers how many events were never answered. */
  end(): Promise<number>;
}

export interface SenderOptions {
  /** Ports of the apis, as seen by the sender. */
  ports: readonly number[];
  secret: string;
  chance: Chance;
  run: string;
  lanes: number;
  /** Most events a lane sends; a hot one three times as many. */
  perLane: number;
  /** Mean pause of a lane for each event. */
  paceMs: number;
}

/** Starts the traffic. */
export function startSender(options: SenderOptions): Sender {
  const key = decodeWebhookSecret(options.secret);
  const posts: Post[] = [];
  const stale: string[] = [];
  const begun = Math.floor(Date.now() / 1_000) * 1_000;
  const over = new AbortController();
  let accepted = 0;
  let giveUpAt = Number.POSITIVE_INFINITY;
  let unanswered = 0;
  let messages = 0;

  const stories = Array.from({ length: options.lanes }, (_, index) =>
    storyOf(options.run, index, options.perLane, begun, options.chance.fork(`story ${index}`)),
  );

  const send = async (what: Letter, kind: Post['kind'], port: number): Promise<Post> => {
    messages += 1;
    const at = Date.now();
    const id = what.messageId ?? `${options.run}-m${messages}`;
    const forged = kind === 'bad' && messages % 2 === 0;
    const answer = await postOnce(port, what.path, what.body, {
      'content-type': what.type,
      ...signMessage({ id, at: new Date(at), body: what.body, key }),
      ...(forged ? { 'webhook-signature': `v1,${'A'.repeat(43)}=` } : {}),
    });
    const dialect = what.path !== EVENTS ? { dialect: true as const } : {};
    const post: Post = { at, until: Date.now(), ids: what.ids, kind, ...dialect, ...answer };
    posts.push(post);
    return post;
  };

  /** Posts until it is answered; true when it was stored. */
  const sendOn = async (what: Letter, index: number, chance: Chance): Promise<boolean> => {
    const givesUp = !what.ids.some(id => id.endsWith('-0')) && chance.next() < 0.05;
    for (let tries = 0; ; tries += 1) {
      const { end } = await send(what, 'event', options.ports[(index + tries) % options.ports.length] as number);
      if (end === 'ok') {
        accepted += what.ids.length;
        return true;
      }
      if (Date.now() > giveUpAt) {
        unanswered += what.ids.length;
        return false;
      }
      if (end === 'refused' || end === 'broken' || (givesUp && tries > 0)) return false;
      await pause(Math.min(1_500, 100 * 2 ** tries) * (0.5 + chance.next()));
    }
  };

  const rest = (ms: number): Promise<void> => pause(ms, undefined, { signal: over.signal }).catch(() => undefined);

  const runLane = async (story: Story, index: number): Promise<void> => {
    const chance = options.chance.fork(`lane ${index}`);
    const paceMs = story.hot ? options.paceMs / HOT : options.paceMs;
    await rest(chance.between(0, options.paceMs));
    for (let n = 0; n < story.kinds.length && !over.signal.aborted; ) {
      const what = letter(story, n, countOf(story, n, chance));
      stale.push(...what.ids.filter((_, more) => story.kinds[n + more] === 'stale'));
      const stored = await sendOn(what, index, chance);
      const port = options.ports[index % options.ports.length] as number;
      const luck = chance.next();
      if (stored && luck < 0.05) await send(what, 'again', port);
      else if (stored && luck < 0.07) await send(letter(story, n, 1, true), 'altered', port);
      else if (luck < 0.08) await send(badLetter(story.event(n), chance), 'bad', port);
      n += what.ids.length;
      await rest(chance.next() * 2 * paceMs * what.ids.length);
    }
  };

  const done = Promise.all(stories.map(runLane));
  return {
    posts,
    units: Object.fromEntries(stories.map(({ lane, unit }) => [lane, unit])),
    heldLanes: Object.fromEntries(stories.flatMap(({ lane, held }) => (held === undefined ? [] : [[lane, held]]))),
    stale: () => stale,
    accepted: () => accepted,
    end: async () => {
      over.abort();
      giveUpAt = Date.now() + STUBBORN_MS;
      await done;
      return unanswered;
    },
  };
}

/** What goes out in one post. */
interface Letter {
  ids: string[];
  path: string;
  type: string;
  body: string;
  /** Its own id, where the dialect's event takes that one. */
  messageId?: string;
}
const EVENTS = '/v1/events';

/** How many events go in this post: one, or a batch as far as no message in the dialect comes between. */
function countOf(story: Story, n: number, chance: Chance): number {
  if (n === 0 || story.kinds[n] === 'dialect' || chance.next() >= BATCHES) return 1;
  const wanted = chance.next() < 0.9 ? chance.between(1, 12) : chance.between(13, MOST_BATCH);
  const apart = story.kinds.indexOf('dialect', n);
  return Math.min(wanted, (apart < 0 ? story.kinds.length : apart) - n);
}

function letter(story: Story, n: number, count: number, altered = false): Letter {
  const ids = Array.from({ length: count }, (_, more) => `${story.lane}-${n + more}`);
  if (story.kinds[n] === 'dialect') {
    const body = JSON.stringify(story.message(n, altered));
    return { ids, path: '/v1/inbound/portal', type: 'application/json', body, messageId: ids[0] as string };
  }
  const events = ids.map((_, more) => story.event(n + more, altered));
  const batch = count > 1;
  return {
    ids,
    path: EVENTS,
    type: `application/cloudevents${batch ? '-batch' : ''}+json`,
    body: JSON.stringify(batch ? events : events[0]),
  };
}

function badLetter(event: object, chance: Chance): Letter {
  const text = JSON.stringify(event);
  const body = chance.pick([
    '{"specversion":"1.0"',
    '[]',
    '{}',
    JSON.stringify({ ...event, type: 'khong.co' }),
    text.replace('"specversion"', '"source":"portal","specversion"'),
    `${'['.repeat(70)}${']'.repeat(70)}`,
    text.slice(0, text.length / 2),
  ]);
  if (chance.next() < 0.3) {
    const inbound = chance.pick([
      '{"service":"CapNhatTienDoHoSoMC","data":[]}',
      '{"service":"Khac","data":[{}]}',
      '<xml/>',
    ]);
    return { ids: [], path: '/v1/inbound/portal', type: 'application/json', body: inbound };
  }
  return { ids: [], path: EVENTS, type: 'application/cloudevents+json', body };
}
