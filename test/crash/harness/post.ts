/** One post of a sender, on a connection of its own, and which of its five ends it came to. */
import { request } from 'node:http';
import type { Answered, Post } from './history.ts';

const PATIENCE_MS = 12_000;

export type Answer = Pick<Post, 'end' | 'status' | 'retryAfter' | 'events'>;
const UNKNOWN: Answer = { end: 'unknown', status: null, retryAfter: false, events: [] };

/** Posts once; never rejects. */
export function postOnce(port: number, path: string, body: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise(resolve => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      path,
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
        const end = endOf(status);
        const retryAfter = response.headers['retry-after'] !== undefined;
        try {
          const text = Buffer.concat(parts).toString('utf8');
          const events = end === 'ok' ? ((JSON.parse(text) as { events?: Answered[] }).events ?? []) : [];
          finish({ end, status, retryAfter, events });
        } catch {
          finish(UNKNOWN);
        }
      });
    });
    outgoing.end(body);
  });
}

function endOf(status: number): Post['end'] {
  if (status === 202) return 'ok';
  if (status === 503 || status === 507) return 'away';
  return status >= 400 && status < 500 ? 'refused' : 'broken';
}
