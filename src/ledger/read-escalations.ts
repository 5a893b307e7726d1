/** Escalations as people read them: what went up, how far, whom it was told and when, and whether anybody has looked. */
import type { CauseCode } from '../domain/causes.ts';
import { GatewayError } from '../domain/errors.ts';
import { type Actor, actOnLedger } from './act.ts';
import { writeAudit } from './audit.ts';
import type { Database } from './database.ts';

/** One message about it to one recipient. */
export interface ToldView {
  recipient: string;
  step: string;
  level: number;
  /** `waiting`, `sent`, `failed`. */
  state: string;
  madeAt: string;
  settledAt: string | null;
  attempts: number;
  fault: string | null;
}
export interface EscalationRow {
  id: string;
  cause: CauseCode;
  unit: string | null;
  target: string;
  key: string;
  level: number;
  since: Date;
  next_at: Date | null;
  count: number;
  dossiers: number;
  trial: number;
  opened_at: Date;
  raised_at: Date;
  closed_at: Date | null;
  seen_at: Date | null;
  seen_by: string | null;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  acknowledged_reason: string | null;
  told: ToldView[];
}
export interface EscalationFilter {
  state: 'open' | 'closed';
  level?: number;
  unit?: string;
  cause?: string;
  cursor?: string;
  limit: number;
}

const COLUMNS = `e.id, e.cause, e.unit, e.target, e.key, e.level, e.since, e.next_at, e.count, e.dossiers, e.trial, e.opened_at, e.raised_at, e.closed_at,
  e.seen_at, e.seen_by, e.acknowledged_at, e.acknowledged_by, e.acknowledged_reason,
  coalesce((SELECT json_agg(json_build_object('recipient', m.recipient, 'step', t.step, 'level', t.level, 'state', m.state, 'madeAt', m.made_at,
      'settledAt', m.settled_at, 'attempts', m.attempts, 'fault', m.fault) ORDER BY m.id)
    FROM escalation_tellings t JOIN escalation_messages m ON m.id = t.message WHERE t.escalation = e.id), '[]') AS told`;

/** A page of escalations, youngest first. */
export async function listEscalations(
  database: Database,
  { state, level, unit, cause, cursor, limit }: EscalationFilter,
): Promise<{ items: EscalationRow[]; next: string | null }> {
  const { rows } = await database.people.query<EscalationRow>(
    `SELECT ${COLUMNS} FROM escalations e WHERE (e.closed_at IS NULL) = $1 AND ($2::int IS NULL OR e.level = $2)
       AND ($3::text IS NULL OR e.unit = $3) AND ($4::text IS NULL OR e.cause = $4) AND ($5::uuid IS NULL OR e.id < $5)
     ORDER BY e.id DESC LIMIT $6`,
    [state === 'open', level ?? null, unit ?? null, cause ?? null, cursor ?? null, limit + 1],
  );
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** One escalation; that `who` has opened it is noted, the first time after each rise. Throws 404. */
export async function seeEscalation(database: Database, id: string, who: string): Promise<EscalationRow> {
  await database.people.query(
    'UPDATE escalations SET seen_at = now(), seen_by = $2 WHERE id = $1 AND closed_at IS NULL AND (seen_at IS NULL OR seen_at < raised_at)',
    [id, who],
  );
  const { rows } = await database.people.query<EscalationRow>(`SELECT ${COLUMNS} FROM escalations e WHERE id = $1`, [
    id,
  ]);
  const row = rows[0];
  if (row === undefined) throw noEscalation(id);
  return row;
}

/** Somebody takes note of it. Throws 404, and 409 where it is closed. */
export async function acknowledgeEscalation(database: Database, id: string, { who, reason }: Actor): Promise<void> {
  await actOnLedger(database, false, async client => {
    const { rows } = await client.query<{ closed_at: Date | null; level: number; by: string | null }>(
      'SELECT closed_at, level, acknowledged_by AS by FROM escalations WHERE id = $1 FOR UPDATE',
      [id],
    );
    const row = rows[0];
    if (row === undefined) throw noEscalation(id);
    if (row.closed_at !== null) {
      throw new GatewayError('escalation-closed', 409, {
        vi: 'Việc này đã kết thúc, không cần báo đã nhận.',
        en: 'This escalation is closed: there is nothing to acknowledge.',
      });
    }
    await client.query(
      'UPDATE escalations SET acknowledged_at = now(), acknowledged_by = $2, acknowledged_reason = $3 WHERE id = $1',
      [id, who, reason],
    );
    const before = row.by === null ? null : { by: row.by };
    const after = { by: who, level: row.level };
    await writeAudit(client, {
      who,
      reason,
      act: 'escalation.acknowledge',
      subject: `escalation:${id}`,
      before,
      after,
    });
  });
}

function noEscalation(id: string): GatewayError {
  return new GatewayError('not-found', 404, {
    vi: `Không có báo cáo cấp trên nào mang mã ${id}.`,
    en: `There is no escalation of the id ${id}.`,
  });
}
