/**
 * What a sandbox system keeps: records, counters and the messages it still owes the gateway, all in one journal.
 * The journal is shortened to what is live at the start and whenever it has grown far beyond that.
 */
import { join } from 'node:path';
import type { JsonObject } from '../../domain/words.ts';
import type { Store } from '../box.ts';
import { type Journal, openJournal, readLines } from './journal.ts';

/** A message owed to the gateway. */
export interface Owed {
  /** The `webhook-id`, the same through all attempts. */
  id: string;
  contentType: string;
  body: string;
}
/** A message the gateway would not take. */
export interface Refusal extends Owed {
  status: number;
  /** What the gateway answered, shortened. */
  answer: string;
  at: string;
}

export interface State {
  store: Store;
  /** Messages owed, oldest first. */
  owed: ReadonlyMap<string, Owed>;
  /** The last 1,000 that were refused. */
  refused: readonly Refusal[];
  owe(message: Owed): void;
  settle(id: string, refusal?: Refusal): void;
  /** Writes everything said so far to the file. */
  flush(): void;
  close(): void;
}

const REFUSED_KEPT = 1_000;
const GROWTH_BEFORE_SHORTENING = 64 * 1024 * 1024;

/** Reads what is in `dataDir` (made when missing) and goes on from there. Throws when the journal is damaged. */
export function openState(dataDir: string): State {
  const path = join(dataDir, 'journal.jsonl');
  const collections = new Map<string, Map<string, JsonObject>>();
  const counters = new Map<string, number>();
  const owed = new Map<string, Owed>();
  const refused: Refusal[] = [];

  const collection = (name: string): Map<string, JsonObject> => {
    let records = collections.get(name);
    if (records === undefined) {
      records = new Map();
      collections.set(name, records);
    }
    return records;
  };
  const refuse = (refusal: Refusal): void => {
    refused.push(refusal);
    if (refused.length > REFUSED_KEPT) refused.shift();
  };
  for (const line of readLines(path) as unknown as Line[]) {
    if (line[0] === 'put') collection(line[1]).set(line[2], line[3]);
    else if (line[0] === 'delete') collections.get(line[1])?.delete(line[2]);
    else if (line[0] === 'count') counters.set(line[1], line[2]);
    else if (line[0] === 'owe') owed.set(line[1].id, line[1]);
    else {
      owed.delete(line[1]);
      if (line[2] !== null) refuse(line[2]);
    }
  }

  function* live(): Generator<Line> {
    for (const [name, value] of counters) yield ['count', name, value];
    for (const [name, records] of collections) for (const [key, record] of records) yield ['put', name, key, record];
    for (const message of owed.values()) yield ['owe', message];
    for (const refusal of refused) yield ['settle', refusal.id, refusal];
  }
  const journal: Journal = openJournal(path);
  journal.rewrite(live() as unknown as Iterable<JsonObject>);
  const append = (line: Line): void => journal.append(line as unknown as JsonObject);

  return {
    store: {
      put: (name, key, record) => {
        collection(name).set(key, record);
        append(['put', name, key, record]);
      },
      get: (name, key) => collections.get(name)?.get(key),
      delete: (name, key) => {
        if (collections.get(name)?.delete(key) === true) append(['delete', name, key]);
      },
      list: name => [...(collections.get(name)?.values() ?? [])],
      next: counter => {
        const value = (counters.get(counter) ?? 0) + 1;
        counters.set(counter, value);
        append(['count', counter, value]);
        return value;
      },
    },
    owed,
    refused,
    owe: message => {
      owed.set(message.id, message);
      append(['owe', message]);
    },
    settle: (id, refusal) => {
      owed.delete(id);
      if (refusal !== undefined) refuse(refusal);
      append(['settle', id, refusal ?? null]);
    },
    flush: () => {
      journal.flush();
      if (journal.grown() > GROWTH_BEFORE_SHORTENING) journal.rewrite(live() as unknown as Iterable<JsonObject>);
    },
    close: journal.close,
  };
}

/** What the journal's lines say. */
type Line =
  | ['put', string, string, JsonObject]
  | ['delete', string, string]
  | ['count', string, number]
  | ['owe', Owed]
  | ['settle', string, Refusal | null];
