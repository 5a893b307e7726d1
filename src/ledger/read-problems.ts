/**
 * Failed and parked syncs grouped by cause with the remedy beside, and the questions that hold no lane. Read from `problems`,
 * which holds nothing else, so the summary stays quick however large the ledger grows.
 */
import { CAUSES, type CauseCode } from '../domain/causes.ts';
import type { Bilingual, JsonObject } from '../domain/words.ts';
import type { Database } from './database.ts';

export interface CauseSummary {
  cause: CauseCode;
  title: Bilingual;
  remedy: Bilingual;
  kind: 'retry' | 'fail' | 'park';
  count: number;
  parked: number;
  failed: number;
  /** When the longest-standing of them stopped. */
  oldest: string;
  units: { unit: string | null; count: number }[];
  targets: { target: string; count: number }[];
}

interface GroupRow {
  cause: CauseCode;
  unit: string | null;
  target: string;
  count: number;
  parked: number;
  oldest: Date;
}

/** Most units that one cause lists. */
const UNITS = 100;

/** All causes that something stands for now, most first. */
export async function listCauses(
  database: Database,
  filter: { unit?: string; target?: string; mode?: string },
): Promise<CauseSummary[]> {
  const { rows } = await database.people.query<GroupRow>(
    `SELECT p.cause, p.unit, p.target, count(*)::int AS count, (count(*) FILTER (WHERE s.state = 'parked'))::int AS parked, min(p.since) AS oldest
     FROM problems p JOIN syncs s ON s.id = p.sync
     WHERE ($1::text IS NULL OR p.unit = $1) AND ($2::text IS NULL OR p.target = $2)
       AND ($3::text IS NULL OR s.mode = $3) GROUP BY 1, 2, 3`,
    [filter.unit ?? null, filter.target ?? null, filter.mode ?? null],
  );
  const byCause = Map.groupBy(rows, row => row.cause);
  return [...byCause].map(([cause, groups]) => summary(cause, groups)).sort((one, other) => other.count - one.count);
}

function summary(cause: CauseCode, groups: readonly GroupRow[]): CauseSummary {
  const facts = CAUSES[cause] ?? CAUSES['gateway-fault'];
  const sum = (rows: readonly GroupRow[]): number => rows.reduce((total, row) => total + row.count, 0);
  const count = sum(groups);
  const parked = groups.reduce((total, row) => total + row.parked, 0);
  const oldest = Math.min(...groups.map(row => row.oldest.getTime()));
  const units = [...Map.groupBy(groups, row => row.unit)].map(([unit, rows]) => ({ unit, count: sum(rows) }));
  const targets = [...Map.groupBy(groups, row => row.target)].map(([target, rows]) => ({ target, count: sum(rows) }));
  const most = (one: { count: number }, other: { count: number }): number => other.count - one.count;
  return {
    cause,
    title: facts.title,
    remedy: facts.remedy,
    kind: facts.kind,
    count,
    parked,
    failed: count - parked,
    oldest: new Date(oldest).toISOString(),
    units: units.sort(most).slice(0, UNITS),
    targets: targets.sort(most),
  };
}

export interface QuestionView {
  id: string;
  eventId: string;
  kind: string;
  source: string;
  type: string;
  subject: string | null;
  unit: string | null;
  detail: JsonObject;
  askedAt: string;
}
interface QuestionRow {
  id: string;
  event: string;
  kind: string;
  source: string;
  type: string;
  subject: string | null;
  unit: string | null;
  detail: JsonObject;
  asked_at: Date;
}

/** Open questions, newest first. */
export async function listQuestions(
  database: Database,
  filter: { unit?: string; kind?: string; cursor?: string; limit: number },
): Promise<{ items: QuestionView[]; next: string | null }> {
  const { rows } = await database.people.query<QuestionRow>(
    `SELECT q.id, q.event, q.kind, e.source, e.type, e.subject, q.unit, q.detail, q.asked_at FROM questions q JOIN events e ON e.id = q.event
     WHERE q.closed_at IS NULL AND ($1::text IS NULL OR q.unit = $1) AND ($2::text IS NULL OR q.kind = $2) AND ($3::uuid IS NULL OR q.id < $3)
     ORDER BY q.id DESC LIMIT $4`,
    [filter.unit ?? null, filter.kind ?? null, filter.cursor ?? null, filter.limit + 1],
  );
  const items = rows.slice(0, filter.limit).map(
    (row): QuestionView => ({
      id: row.id,
      eventId: row.event,
      kind: row.kind,
      source: row.source,
      type: row.type,
      subject: row.subject,
      unit: row.unit,
      detail: row.detail,
      askedAt: row.asked_at.toISOString(),
    }),
  );
  return { items, next: rows.length > filter.limit ? (items.at(-1)?.id ?? null) : null };
}
