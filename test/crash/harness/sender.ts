/**
 * The senders: a source system that posts signed events with known content in many lanes, one event or a batch at a time, and does
 * what senders do: post again when no answer came or 503, post what was taken once more, now and then give up on one, and sometimes
 * send what is bad. It keeps the history of every post.
 */
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeWebhookSecret, signMessage } from '../../../src/http/signature.ts';
import type { Answered, Post } from './history.ts';
import type { Chance } from './random.ts';

const UNITS = ['26041', '26485', '26380', '26413', '26248', '26017', '26068', '26116'] as const;
const PATIENCE_MS = 12_000;
/** How long senders go on trying after all faults are over. */
const STUBBORN_MS = 60_000;
const MOST_BATCH = 12;

export interface Sender {
  posts: Post[];
  units: Record<string, string>;
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
  /** Most events a lane sends (the dialect's look-up reads 100 steps). */
  perLane: number;
  /** Mean pause of a lane between two posts. */
  paceMs: number;
}

/** A citizen's number of this traffic: 12 digits that no other text holds by chance. */
export const CANARY = '075099314';

/** Starts the traffic. */
export function startSender(options: SenderOptions): Sender {
  const key = decodeWebhookSecret(options.secret);
  const posts: Post[] = [];
  const units: Record<string, string> = {};
  const begun = new Date().toISOString();
  let accepted = 0;
  let over = false;
  let giveUpAt = Number.POSITIVE_INFINITY;
  let unanswered = 0;
  let message = 0;

  const eventOf = (lane: string, n: number, altered = false): object => ({
    specversion: '1.0',
    id: `${lane}-${n}`,
    source: 'portal',
    type: n === 0 ? 'dossier.submitted' : 'dossier.step-changed',
    subject: lane,
    time: begun,
    datacontenttype: 'application/json',
    data: {
      dossierCode: lane,
      unitCode: units[lane],
      ...(n === 0
        ? {
            procedureCode: '1.012783',
            status: '1',
            applicant: {
              kind: 'citizen',
              name: altered ? 'Trần Thị Khác' : 'Nguyễn Văn Mẫu',
              identityNumber: `${CANARY}${String(message % 1_000).padStart(3, '0')}`,
            },
            channel: 'counter',
            submittedAt: begun,
            receivedAt: begun,
            filedAt: 'national',
          }
        : {
            step: {
              no: n,
              content: `${lane}-${n}`,
              actor: { name: altered ? 'Ai đó khác' : 'Lê Thị Hoa' },
              startedAt: begun,
            },
            status: '4',
          }),
    },
  });

  const send = async (ids: string[], body: string, batch: boolean, kind: Post['kind'], port: number): Promise<Post> => {
    message += 1;
    const at = Date.now();
    const signed = signMessage({ id: `${options.run}-${message}`, at: new Date(at), body, key });
    const answer = await call(port, body, {
      'content-type': `application/cloudevents${batch ? '-batch' : ''}+json`,
      ...signed,
      ...(kind === 'bad' && message % 2 === 0 ? { 'webhook-signature': `v1,${'A'.repeat(43)}=` } : {}),
    });
    const post: Post = { at, until: Date.now(), ids, kind, ...answer };
    posts.push(post);
    return post;
  };

  const runLane = async (index: number): Promise<void> => {
    const chance = options.chance.fork(`lane ${index}`);
    const lane = `${options.run}-${index}`;
    units[lane] = UNITS[index % UNITS.length] as string;
    const texts = new Map<string, object>();
    const text = (n: number): object => {
      const id = `${lane}-${n}`;
      const event = texts.get(id) ?? eventOf(lane, n);
      texts.set(id, event);
      return event;
    };
    await pause(chance.between(0, options.paceMs));
    for (let n = 0; n < options.perLane && !over; ) {
      const batch = n > 0 && chance.next() < 0.25;
      const count = batch ? Math.min(chance.between(2, MOST_BATCH), options.perLane - n) : 1;
      const numbers = Array.from({ length: count }, (_, more) => n + more);
      const ids = numbers.map(one => `${lane}-${one}`);
      const body = JSON.stringify(batch ? numbers.map(text) : text(n));
      const givesUp = n > 0 && chance.next() < 0.05;
      let stored = false;
      for (let tries = 0; ; tries += 1) {
        const port = options.ports[(index + tries) % options.ports.length] as number;
        const { end } = await send(ids, body, batch, 'event', port);
        if (end === 'ok') {
          accepted += count;
          stored = true;
          break;
        }
        if (Date.now() > giveUpAt) {
          unanswered += count;
          break;
        }
        if (end === 'refused' || end === 'broken' || (givesUp && tries > 0)) break;
        await pause(Math.min(1_500, 100 * 2 ** tries) * (0.5 + chance.next()));
      }
      n += count;
      const port = options.ports[index % options.ports.length] as number;
      const luck = chance.next();
      if (stored && luck < 0.05) await send(ids, body, batch, 'again', port);
      else if (stored && luck < 0.07)
        await send(
          [ids[0] as string],
          JSON.stringify(eventOf(lane, numbers[0] as number, true)),
          false,
          'altered',
          port,
        );
      else if (luck < 0.08)
        await send(
          [],
          chance.pick(['{"specversion":"1.0"', '[]', '{}', JSON.stringify({ ...text(n - 1), type: 'khong.co' })]),
          false,
          'bad',
          port,
        );
      await pause(chance.next() * 2 * options.paceMs);
    }
  };

  const done = Promise.all(Array.from({ length: options.lanes }, (_, index) => runLane(index)));
  return {
    posts,
    units,
    accepted: () => accepted,
    end: async () => {
      over = true;
      giveUpAt = Date.now() + STUBBORN_MS;
      await done;
      return unanswered;
    },
  };
}

type Answer = Pick<Post, 'end' | 'status' | 'retryAfter' | 'events'>;
const UNKNOWN: Answer = { end: 'unknown', status: null, retryAfter: false, events: [] };

/** One post on a connection of its own; never rejects. */
function call(port: number, body: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise(resolve => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      path: '/v1/events',
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    const timer = setTimeout(() => outgoing.destroy(new Error('no answer')), PATIENCE_MS);
    const finish = (answer: Answer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    outgoing.on('error', () => finish(UNKNOWN));
    outgoing.on('response', response => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => finish(UNKNOWN));
      response.on('close', () => finish(UNKNOWN));
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const retryAfter = response.headers['retry-after'] !== undefined;
        const end =
          status === 202
            ? 'ok'
            : status === 503 || status === 507
              ? 'away'
              : status >= 400 && status < 500
                ? 'refused'
                : 'broken';
        try {
          const text = Buffer.concat(parts).toString('utf8');
          finish({
            end,
            status,
            retryAfter,
            events: end === 'ok' ? (JSON.parse(text) as { events: Answered[] }).events : [],
          });
        } catch {
          finish(UNKNOWN);
        }
      });
    });
    outgoing.end(body);
  });
}
