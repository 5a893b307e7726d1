/** A change of facts that was tried out and is kept for a while, so that saying yes does exactly what was shown. */
import type pg from 'pg';
import type { FactChange, FactKind } from '../facts/fact.ts';
import type { Database } from './database.ts';
import type { NamedChange } from './facts.ts';
import { keepRehearsal, takeRehearsal } from './rehearsals.ts';

export interface KeptChange {
  change: FactChange;
  /** How the audit will name it. */
  named: NamedChange;
  /** Syncs that would go on, by id, oldest first. */
  syncs: string[];
  /** Version of the facts that it was judged with. */
  seen: number;
}

/** Keeps it; answers when it expires (RFC 3339). */
export const keepChange = (database: Database, id: string, kept: KeptChange, who: string): Promise<string> =>
  keepRehearsal(database, 'facts', id, kept, kept.syncs.length, who);

/** Takes a kept change of a kind, about a subject where one is named, in the caller's transaction. Throws what `takeRehearsal` throws. */
export const takeChange = (
  client: pg.ClientBase,
  id: string,
  kind: FactKind,
  who: string,
  about?: string,
): Promise<KeptChange> =>
  takeRehearsal<KeptChange>(
    client,
    'facts',
    id,
    who,
    ({ named }) => named.act.startsWith(`${kind}.`) && (about === undefined || named.subject === about),
  );
