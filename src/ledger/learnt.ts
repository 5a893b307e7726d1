/**
 * Entries that people's choices gave, in the ledger: made by one person, reviewed by a second, withdrawn by either. Each act
 * is one transaction with its audit entry; what counts is read by the vocabulary keeper (src/vocabulary-keeper.ts).
 */
import { isDeepStrictEqual } from 'node:util';
import { uuidv7 } from 'uuidv7';
import { GatewayError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import type { LearntEntry, LearntFact, LearntKind } from '../translation/learnt.ts';
import { type Actor, actOnLedger } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';

/** An entry with the sync it began with. */
export interface StoredEntry extends LearntEntry {
  sync: string | null;
}

interface Row {
  id: string;
  kind: LearntKind;
  entry: LearntFact;
  state: LearntEntry['state'];
  made_by: string;
  made_at: Date;
  reason: string;
  reviewed_by: string | null;
  reviewed_at: Date | null;
  sync: string | null;
}

const storedEntry = (row: Row): StoredEntry => ({
  id: row.id,
  kind: row.kind,
  entry: row.entry,
  state: row.state,
  madeBy: row.made_by,
  madeAt: row.made_at.toISOString(),
  reason: row.reason,
  reviewedBy: row.reviewed_by,
  reviewedAt: row.reviewed_at?.toISOString() ?? null,
  sync: row.sync,
});

/** Entries, oldest first: those of one state, or (`counting`) all that were not withdrawn. */
export async function listLearnt(
  database: Database,
  state?: LearntEntry['state'] | 'counting',
): Promise<StoredEntry[]> {
  const { rows } = await database.people.query<Row>(
    `SELECT * FROM learnt_entries WHERE $1::text IS NULL OR state = $1 OR ($1 = 'counting' AND state <> 'withdrawn')
     ORDER BY made_at, id`,
    [state ?? null],
  );
  return rows.map(storedEntry);
}

/** What is to be learnt. */
export interface NewEntry {
  kind: LearntKind;
  entry: LearntFact;
  sync?: string;
}

/**
 * Writes a proposed entry. One that says the same from a later day on is replaced; throws 409 `already-learnt` where another
 * counts for the same code. `check` hears of what would count then and throws what refuses it.
 */
export function addLearnt(
  database: Database,
  entry: NewEntry,
  actor: Actor,
  check: (counting: readonly LearntEntry[]) => void,
  dryRun: boolean,
): Promise<StoredEntry> {
  return actOnLedger(database, dryRun, async client => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('lienthong-learnt'))");
    const { rows: before } = await client.query<Row>(
      "SELECT * FROM learnt_entries WHERE state <> 'withdrawn' ORDER BY made_at, id",
    );
    const same = before.find(
      row => row.kind === entry.kind && row.entry.from === entry.entry.from && row.entry.list === entry.entry.list,
    );
    if (same !== undefined) mustBeWidened(storedEntry(same), entry.entry);
    const { rows } = await client.query<Row>(
      `INSERT INTO learnt_entries (id, kind, entry, made_by, reason, sync) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
      [uuidv7(), entry.kind, JSON.stringify(entry.entry), actor.who, actor.reason, entry.sync ?? null],
    );
    const stored = storedEntry(rows[0] as Row);
    check([...before.filter(row => row !== same).map(storedEntry), stored]);
    if (same !== undefined) {
      await client.query("UPDATE learnt_entries SET state = 'withdrawn' WHERE id = $1", [same.id]);
    }
    await writeAudit(client, {
      who: actor.who,
      act: 'vocabulary.learn',
      subject: `learnt:${stored.id}`,
      reason: actor.reason,
      before: same === undefined ? null : { replaces: same.id },
      after: { kind: stored.kind, entry: stored.entry as unknown as JsonObject, state: stored.state },
    });
    return stored;
  });
}

/** The same choice for an earlier day replaces the entry; anything else is for people to settle first. */
function mustBeWidened(known: StoredEntry, wanted: LearntFact): void {
  const { validFrom: from = '', ...rest } = known.entry;
  const { validFrom: day = '', ...asked } = wanted;
  const samePlace = isDeepStrictEqual({ ...rest, source: null }, { ...asked, source: null });
  if (samePlace && day < from) return;
  throw new GatewayError(
    'already-learnt',
    409,
    {
      vi: `Mã ${known.entry.from} đã có người chọn là ${known.entry.to} (${known.madeBy}). Nếu sai, hãy bỏ mục đó trước.`,
      en: `${known.entry.from} was chosen to be ${known.entry.to} already (${known.madeBy}). If that is wrong, withdraw it first.`,
    },
    { extra: { entry: known.id } },
  );
}

/** A second person stands for a proposed entry. Throws 404; 409 `second-person-needed`, `not-proposed`. */
export function reviewLearnt(database: Database, id: string, actor: Actor, dryRun: boolean): Promise<StoredEntry> {
  return change(database, id, actor, dryRun, 'review', entry => {
    if (entry.state !== 'proposed') throw notThere(entry.state);
    if (entry.madeBy === actor.who) throw secondPerson();
    return 'reviewed';
  });
}

/** Takes an entry back: from the next release on its code is as unknown as before. Throws 404; 409 where that was done already. */
export function withdrawLearnt(database: Database, id: string, actor: Actor, dryRun: boolean): Promise<StoredEntry> {
  return change(database, id, actor, dryRun, 'withdraw', entry => {
    if (entry.state === 'withdrawn') throw notThere(entry.state);
    return 'withdrawn';
  });
}

function change(
  database: Database,
  id: string,
  actor: Actor,
  dryRun: boolean,
  act: 'review' | 'withdraw',
  next: (entry: StoredEntry) => LearntEntry['state'],
): Promise<StoredEntry> {
  return actOnLedger(database, dryRun, async client => {
    const { rows } = await client.query<Row>('SELECT * FROM learnt_entries WHERE id = $1 FOR UPDATE', [id]);
    const before = rows[0];
    if (before === undefined) {
      throw new GatewayError('not-found', 404, {
        vi: 'Không có mục nào mang mã này.',
        en: 'There is no learnt entry of this id.',
      });
    }
    const state = next(storedEntry(before));
    const reviewed = state === 'reviewed';
    const { rows: after } = await client.query<Row>(
      `UPDATE learnt_entries SET state = $2, reviewed_by = CASE WHEN $3 THEN $4 ELSE reviewed_by END,
         reviewed_at = CASE WHEN $3 THEN now() ELSE reviewed_at END WHERE id = $1 RETURNING *`,
      [id, state, reviewed, actor.who],
    );
    await writeAudit(client, {
      who: actor.who,
      act: `vocabulary.${act}`,
      subject: `learnt:${id}`,
      reason: actor.reason,
      before: { state: before.state },
      after: { state },
    });
    return storedEntry(after[0] as Row);
  });
}

/** An entry that never came into force, because the release was refused after all, leaves no trace but the audit's. */
export async function undoLearnt(database: Database, id: string): Promise<void> {
  await database.people.query("UPDATE learnt_entries SET state = 'withdrawn' WHERE id = $1", [id]);
}

function secondPerson(): GatewayError {
  return new GatewayError('second-person-needed', 409, {
    vi: 'Người đã chọn không tự duyệt được; cần một người khác.',
    en: 'Whoever made the choice may not review it; a second person is needed.',
  });
}

function notThere(state: LearntEntry['state']): GatewayError {
  const vi = state === 'reviewed' ? 'Mục này đã được duyệt.' : 'Mục này đã bị bỏ.';
  const en = state === 'reviewed' ? 'This entry was reviewed already.' : 'This entry was withdrawn.';
  return new GatewayError('not-proposed', 409, { vi, en }, { extra: { state } });
}
