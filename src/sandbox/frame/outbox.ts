/**
 * How a sandbox system tells the gateway: one message after the other, in the order in which things happened, signed as
 * Standard Webhooks do, again and again until the gateway has answered. What is owed stands in the journal.
 */
import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { State } from './state.ts';

export interface Outbox {
  /** Takes a message over; it is sent by itself from now on, also after a kill. */
  tell(message: { contentType: string; body: string }): void;
  /** Starts (or goes on) sending. */
  start(): void;
  /** Stops sending; what is owed stays in the journal. */
  stop(): Promise<void>;
}
export interface OutboxOptions {
  state: State;
  /** Where the gateway takes this system's messages, `http://127.0.0.1:8080/v1/inbound/portal`. */
  url: string;
  /** Standard Webhooks secret, `whsec_` and base64. */
  secret: string;
  now(): Date;
  /** Told of every refusal. */
  onRefused(id: string, status: number): void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
const ATTEMPT_MS = 30_000;
const ANSWER_KEPT = 500;

/** `webhook-signature` of a body (Standard Webhooks, HMAC-SHA256): `v1,` and base64. `at` in seconds since 1970. */
export function signWebhook(secret: string, id: string, at: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
}

/** The sender of what `state` owes. */
export function createOutbox({ state, url, secret, now, onRefused }: OutboxOptions): Outbox {
  const target = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let started = false;

  const post = (message: {
    id: string;
    contentType: string;
    body: string;
  }): Promise<{ status: number; answer: string }> =>
    new Promise((resolve, reject) => {
      const at = Math.floor(now().getTime() / 1000);
      const call = request(
        target,
        {
          method: 'POST',
          agent,
          signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(ATTEMPT_MS)]),
          headers: {
            'content-type': message.contentType,
            'content-length': Buffer.byteLength(message.body),
            'webhook-id': message.id,
            'webhook-timestamp': String(at),
            'webhook-signature': signWebhook(secret, message.id, at, message.body),
          },
        },
        answer => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (part: string) => {
            if (text.length < ANSWER_KEPT) text += part;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, answer: text.slice(0, ANSWER_KEPT) }));
          answer.on('error', reject);
        },
      );
      call.on('error', reject);
      call.end(message.body);
    });

  const sendAll = async (): Promise<void> => {
    let wait = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const message = state.owed.values().next().value;
      if (message === undefined) return;
      // An unreachable gateway is the ordinary case here (it is killed on purpose): status 0 means "again".
      const { status, answer } = await post(message).catch(() => ({ status: 0, answer: '' }));
      if (status >= 200 && status < 300) {
        state.settle(message.id);
        wait = FIRST_PAUSE_MS;
      } else if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
        state.settle(message.id, { ...message, status, answer, at: now().toISOString() });
        onRefused(message.id, status);
        wait = FIRST_PAUSE_MS;
      } else {
        await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
        wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
      }
    }
  };
  const wake = (): void => {
    if (!started || running !== undefined || stopping.signal.aborted || state.owed.size === 0) return;
    running = sendAll().finally(() => {
      running = undefined;
      wake();
    });
  };
  return {
    tell: message => {
      state.owe({ id: `msg_${uuidv7()}`, contentType: message.contentType, body: message.body });
      // Not at once: the journal is written first, and the act that tells is answered by its own stretch of work.
      setImmediate(wake);
    },
    start: () => {
      started = true;
      wake();
    },
    stop: async () => {
      stopping.abort();
      await running;
      agent.destroy();
    },
  };
}
