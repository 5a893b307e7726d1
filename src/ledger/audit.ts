/**
 * Who did what: every act of a person, hash-chained, written in the transaction of the change itself. Each row's hash covers
 * the one before, so a row that is altered or taken out shows; the head row is locked last, so that the chain has one order.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { canonical } from '../domain/canonical.ts';
import type { Json, JsonObject } from '../domain/words.ts';
import type { Database } from './database.ts';

/** One act as it is to be written. */
export interface AuditAct {
  /** Who did it: the username. */
  who: string;
  /** What was done: `sync.cancel`, `system.pause`. */
  act: string;
  /** To what: `sync:<id>`, `system:commune`. */
  subject: string;
  reason: string | null;
  before: JsonObject | null;
  after: JsonObject | null;
}
/** One act as it stands in the chain. */
export interface AuditEntry extends AuditAct {
  /** From 1, without gaps. */
  seq: number;
  /** RFC 3339, to the millisecond. */
  at: string;
  /** SHA-256 of the row before and of this one, hex. */
  previous: string;
  hash: string;
}
export interface AuditVerdict {
  ok: boolean;
  checked: number;
  /** Where the chain ends: what an anchor outside keeps. */
  head: { seq: number; hash: string };
  /** The first place that does not fit. */
  broken?: { seq: number; what: 'missing' | 'altered' | 'unlinked' | 'cut' };
}

interface Row {
  seq: number;
  at: Date;
  who: string;
  act: string;
  subject: string;
  reason: string | null;
  before: JsonObject | null;
  after: JsonObject | null;
  previous: Buffer;
  hash: Buffer;
}

/** Rows read at once while the chain is verified. */
const STEP = 1_000;

/** SHA-256 over the hash before and the canonical row (RFC 8785). */
function hashOf(previous: Buffer, row: Omit<AuditEntry, 'previous' | 'hash'>): Buffer {
  const { seq, at, who, act, subject, reason, before, after } = row;
  const text = canonical({ seq, at, who, act, subject, reason, before, after } as Json);
  return createHash('sha256').update(previous).update(text).digest();
}

/** Writes one act in the caller's transaction; call it after all other locks are held. Answers its number. */
export async function writeAudit(client: pg.ClientBase, entry: AuditAct): Promise<number> {
  const { rows } = await client.query<{ seq: number; hash: Buffer; at: Date }>(
    "SELECT seq, hash, date_trunc('milliseconds', clock_timestamp()) AS at FROM audit_head FOR UPDATE",
  );
  const head = rows[0];
  if (!head) throw new Error('the audit chain has no head');
  const seq = head.seq + 1;
  const at = head.at.toISOString();
  const hash = hashOf(head.hash, { seq, at, ...entry });
  await client.query(
    `WITH a AS (INSERT INTO audit (seq, at, who, act, subject, reason, before, after, previous, hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))
     UPDATE audit_head SET seq = $1, hash = $10`,
    [
      seq,
      at,
      entry.who,
      entry.act,
      entry.subject,
      entry.reason,
      entry.before === null ? null : JSON.stringify(entry.before),
      entry.after === null ? null : JSON.stringify(entry.after),
      head.hash,
      hash,
    ],
  );
  return seq;
}

/** Acts, newest first; `before` is the number to go on below. */
export async function listAudit(
  database: Database,
  filter: { subject?: string; who?: string; act?: string; before?: number; limit: number },
): Promise<AuditEntry[]> {
  const { rows } = await database.people.query<Row>(
    `SELECT * FROM audit WHERE seq < coalesce($1::bigint, 9223372036854775807) AND ($2::text IS NULL OR subject = $2)
       AND ($3::text IS NULL OR who = $3) AND ($4::text IS NULL OR act = $4) ORDER BY seq DESC LIMIT $5`,
    [filter.before ?? null, filter.subject ?? null, filter.who ?? null, filter.act ?? null, filter.limit],
  );
  return rows.map(entryOf);
}

/** Reads the whole chain again. A tail that was cut shows against the head row, and against an anchor kept outside. */
export async function verifyAudit(database: Database): Promise<AuditVerdict> {
  const head = await database.people.query<{ seq: number; hash: Buffer }>('SELECT seq, hash FROM audit_head');
  const end = head.rows[0] ?? { seq: 0, hash: Buffer.alloc(32) };
  let previous: Buffer = Buffer.alloc(32);
  let seq = 0;
  const verdict = (broken?: AuditVerdict['broken']): AuditVerdict => ({
    ok: broken === undefined,
    checked: seq,
    head: { seq: end.seq, hash: end.hash.toString('hex') },
    ...(broken === undefined ? {} : { broken }),
  });
  while (seq < end.seq) {
    const { rows } = await database.people.query<Row>(
      'SELECT * FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3',
      [seq, end.seq, STEP],
    );
    if (rows.length === 0) return verdict({ seq: seq + 1, what: 'cut' });
    for (const row of rows) {
      if (row.seq !== seq + 1) return verdict({ seq: seq + 1, what: 'missing' });
      if (!row.previous.equals(previous)) return verdict({ seq: row.seq, what: 'unlinked' });
      const hash = hashOf(previous, { ...entryOf(row) });
      if (!row.hash.equals(hash)) return verdict({ seq: row.seq, what: 'altered' });
      previous = hash;
      seq = row.seq;
    }
  }
  return verdict(previous.equals(end.hash) ? undefined : { seq: end.seq, what: 'unlinked' });
}

function entryOf(row: Row): AuditEntry {
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    who: row.who,
    act: row.act,
    subject: row.subject,
    reason: row.reason,
    before: row.before,
    after: row.after,
    previous: row.previous.toString('hex'),
    hash: row.hash.toString('hex'),
  };
}
