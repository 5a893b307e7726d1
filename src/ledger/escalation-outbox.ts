/**
 * Messages about escalations on their way to people: put in the transaction of the step they tell, taken under a lease by one
 * scheduler at a time, each recipient's in their order. What nobody has tried to send yet is taken back when there is more to tell,
 * and told with it: a receiver that was away is not flooded when it comes back. A process that dies between a receiver's answer and
 * the note of it sends that message again under the same id; nothing else is ever sent twice. Times are ms, given by the caller.
 */
import type pg from 'pg';
import type { Database } from './database.ts';
import { RISEN, type Risen } from './escalations.ts';

/** What a recipient gets. */
export interface MessageBody {
  subject: string;
  text: string;
  /** For programs: one entry for each escalation told of. */
  escalations: MessageEntry[];
}
/** One escalation as a message tells of it. */
export interface MessageEntry {
  id: string;
  step: Step;
  level: string;
  cause: string;
  unit: string | null;
  target: string;
  since: string;
  count: number;
  dossiers: number;
}
export type Step = 'opened' | 'raised' | 'closed';
/** What a message tells of one escalation. */
export interface Telling {
  escalation: string;
  step: Step;
  level: number;
}
export interface NewMessage {
  id: string;
  recipient: string;
  body: MessageBody;
  tells: readonly Telling[];
}
export interface TakenMessage {
  id: string;
  recipient: string;
  body: MessageBody;
  /** This attempt, from 1. */
  attempts: number;
}
/** What became of an attempt; `retryAt` = it is tried again then. */
export interface Settled {
  id: string;
  fault?: string;
  retryAt?: number;
}

const AT = (parameter: string): string => `to_timestamp(${parameter}::float8 / 1000.0)`;

/** Puts messages into the outbox, in the transaction of the steps. */
export async function putMessages(client: pg.ClientBase, messages: readonly NewMessage[], now: number): Promise<void> {
  if (messages.length === 0) return;
  await client.query(
    `INSERT INTO escalation_messages (id, recipient, body, made_at, due)
     SELECT id, recipient, body, ${AT('$2')}, ${AT('$2')} FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, recipient text, body jsonb)`,
    [JSON.stringify(messages), now],
  );
  const tells = messages.flatMap(({ id, tells }) => tells.map(telling => ({ ...telling, message: id })));
  await client.query(
    `INSERT INTO escalation_tellings (escalation, message, step, level)
     SELECT escalation, message, step, level FROM jsonb_to_recordset($1::jsonb) AS t(escalation uuid, message uuid, step text, level int)`,
    [JSON.stringify(tells)],
  );
}

/** What was to be told to a recipient and has not been sent. */
export interface Unsent {
  recipient: string;
  step: Step;
  /** As it stands now. */
  risen: Risen;
}

/** Takes back the messages to these recipients that nobody has tried to send yet; answers what they were to tell. */
export async function takeBack(client: pg.ClientBase, recipients: readonly string[]): Promise<Unsent[]> {
  const { rows: messages } = await client.query<{ id: string; recipient: string }>(
    "SELECT id, recipient FROM escalation_messages WHERE state = 'waiting' AND attempts = 0 AND recipient = ANY($1) FOR UPDATE",
    [recipients],
  );
  if (messages.length === 0) return [];
  const ids = messages.map(({ id }) => id);
  const recipientOf = new Map(messages.map(({ id, recipient }) => [id, recipient]));
  const { rows } = await client.query<Risen & { message: string; step: Step }>(
    `DELETE FROM escalation_tellings t USING escalations e WHERE t.message = ANY($1::uuid[]) AND e.id = t.escalation
     RETURNING t.message, t.step, ${RISEN}`,
    [ids],
  );
  await client.query('DELETE FROM escalation_messages WHERE id = ANY($1::uuid[])', [ids]);
  return rows.map(({ message, step, ...risen }) => ({ recipient: recipientOf.get(message) ?? '', step, risen }));
}

/** Who may have heard of these escalations, by escalation. */
export async function toldOf(client: pg.ClientBase, closed: readonly string[]): Promise<Map<string, Set<string>>> {
  const told = new Map<string, Set<string>>();
  if (closed.length === 0) return told;
  const { rows } = await client.query<{ escalation: string; recipient: string }>(
    `SELECT DISTINCT t.escalation, m.recipient FROM escalation_tellings t JOIN escalation_messages m ON m.id = t.message
     WHERE t.escalation = ANY($1::uuid[])`,
    [closed],
  );
  for (const { escalation, recipient } of rows) {
    told.set(escalation, (told.get(escalation) ?? new Set()).add(recipient));
  }
  return told;
}

/** Takes the oldest due message of each recipient, at most `limit`, for `leaseMs`. */
export async function takeMessages(
  database: Database,
  now: number,
  leaseMs: number,
  limit: number,
): Promise<TakenMessage[]> {
  const { rows } = await database.people.query<TakenMessage>(
    `UPDATE escalation_messages SET attempts = attempts + 1, leased_until = ${AT('($1::float8 + $2::float8)')}
     WHERE id IN (SELECT w.id FROM escalation_messages w
       WHERE w.state = 'waiting' AND w.due <= ${AT('$1')} AND (w.leased_until IS NULL OR w.leased_until <= ${AT('$1')})
         AND NOT EXISTS (SELECT FROM escalation_messages o WHERE o.state = 'waiting' AND o.recipient = w.recipient AND o.id < w.id)
       ORDER BY w.id LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, recipient, body, attempts`,
    [now, leaseMs, limit],
  );
  return rows;
}

/** Notes what became of an attempt. */
export async function settleMessage(database: Database, { id, fault, retryAt }: Settled, now: number): Promise<void> {
  await database.people.query(
    `UPDATE escalation_messages SET fault = $2, leased_until = NULL, due = coalesce(${AT('$3')}, due),
       state = CASE WHEN $3::float8 IS NOT NULL THEN 'waiting' WHEN $2::text IS NULL THEN 'sent' ELSE 'failed' END,
       settled_at = CASE WHEN $3::float8 IS NULL THEN ${AT('$4')} END
     WHERE id = $1 AND state = 'waiting'`,
    [id, fault ?? null, retryAt ?? null, now],
  );
}
