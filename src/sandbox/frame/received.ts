/**
 * Every message a sandbox system received, in order, with what it answered: the proof by which loss, doubling and order are
 * counted. Two files take turns, so that the last 20,000 are kept without ever rewriting one.
 */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Journal, openJournal, readLines } from './journal.ts';

/** One call as the system saw it. */
export interface Received {
  /** Grows by one with each, from 1. */
  seq: number;
  at: string;
  method: string;
  /** Path with query. */
  url: string;
  /** Credentials are masked. */
  headers: Record<string, string>;
  /** As text, credentials masked, cut at 256 KiB. */
  body: string;
  /** Length of the whole body in bytes. */
  bytes: number;
  /** Status answered; null while it is in hand, and for ever when the answer was lost. */
  status: number | null;
  /** What was answered, as text, credentials masked, cut at 500 characters: some dialects say no with status 200. */
  answer?: string;
  /** The fault that answered in the system's place, or lost its answer. */
  fault?: string;
}

/** What became of a call. */
export type Answered = Pick<Received, 'status' | 'answer' | 'fault'>;

export interface ReceivedLog {
  add(call: Omit<Received, 'seq' | 'status'>): Received;
  /** Notes what was answered. */
  answered(call: Received, outcome: Answered): void;
  /** At most `limit` calls after number `after`, and whether there are more. */
  page(after: number, limit: number): { items: Received[]; more: boolean };
  flush(): void;
  close(): void;
}

const KEPT = 20_000;
const BODY_KEPT = 256 * 1024;
/** Bytes of an answer that are kept. */
export const ANSWER_KEPT = 500;
const MASK = '***';
const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key']);

/** Headers as they may be shown. */
export function showHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) shown[name] = SECRET_HEADERS.has(name) ? MASK : String(value);
  }
  return shown;
}
/** A body as it may be shown: the dialects carry passwords, client secrets and sessions in it. */
export function showBody(body: Buffer, most = BODY_KEPT): string {
  return body
    .toString('utf8', 0, Math.min(body.length, most))
    .replace(
      /("(?:password|session|secret|client_secret|clientSecret|token|access_token)"\s*:\s*")[^"]*"/g,
      `$1${MASK}"`,
    )
    .replace(/(^|&)(client_secret|password)=[^&]*/g, `$1$2=${MASK}`);
}

/** Opens the log in `dataDir` and goes on after the last number there. */
export function openReceived(dataDir: string): ReceivedLog {
  const path = join(dataDir, 'received.jsonl');
  const older = join(dataDir, 'received.older.jsonl');
  const calls = new Map<number, Received>();
  let inFile = 0;
  const load = (file: string): number => {
    let count = 0;
    for (const line of readLines(file) as unknown as Line[]) {
      if ('method' in line) {
        calls.set(line.seq, line);
        count += 1;
      } else Object.assign(calls.get(line.seq) ?? {}, line);
    }
    return count;
  };
  load(older);
  inFile = load(path);
  let last = [...calls.keys()].at(-1) ?? 0;
  const trim = (): void => {
    for (const seq of calls.keys()) {
      if (calls.size <= KEPT) return;
      calls.delete(seq);
    }
  };
  trim();
  // A torn last line would spoil the next one: the file is written anew from what could be read of it.
  let journal: Journal = openJournal(path);
  journal.rewrite([...calls.values()].slice(Math.max(0, calls.size - inFile)) as unknown as Iterable<string>);
  const turn = (): void => {
    journal.close();
    if (existsSync(path)) renameSync(path, older);
    journal = openJournal(path);
    inFile = 0;
  };

  return {
    add: call => {
      if (inFile >= KEPT) turn();
      last += 1;
      inFile += 1;
      const entry: Received = { seq: last, ...call, status: null };
      calls.set(last, entry);
      trim();
      // A copy: the entry's status changes later, by a line of its own.
      journal.append({ ...entry } as unknown as string);
      return entry;
    },
    answered: (call, outcome) => {
      Object.assign(call, outcome);
      journal.append({ seq: call.seq, ...outcome });
    },
    page: (after, limit) => {
      const items: Received[] = [];
      const first = last - calls.size + 1;
      for (let seq = Math.max(after + 1, first); seq <= last; seq += 1) {
        if (items.length === limit) return { items, more: true };
        const call = calls.get(seq);
        if (call !== undefined) items.push(call);
      }
      return { items, more: false };
    },
    flush: () => journal.flush(),
    close: () => journal.close(),
  };
}

type Line = Received | ({ seq: number } & Answered);
