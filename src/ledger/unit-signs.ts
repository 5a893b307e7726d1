/**
 * What the ledger shows of units for the readiness board: four grouped statements for all of them, each along an index and bounded,
 * so that the board costs the same however large the ledger grows.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { Database } from './database.ts';

/** Newest syncs of a unit that are looked at for its connections. */
const NEWEST = 60;
/** Newest failed attempts and warned events that the board counts. */
const COUNTED = 5_000;
/** Newest warned events among which a unit's are looked for. */
const LOOKED_AT = 20_000;

/** A connection as it was last seen; null = not among the unit's newest syncs. */
export interface SeenSystem {
  unit: string;
  system: string;
  lastFrom: string | null;
  lastTo: string | null;
}
export interface UnitSigns {
  systems: SeenSystem[];
  /** Parked and failed syncs that stand now. */
  standing: { unit: string; cause: CauseCode; count: number }[];
  /** Attempts of syncs of the last day that failed. */
  failedToday: { unit: string; count: number }[];
  /** Warnings of the last seven days. */
  warned: { unit: string; cause: CauseCode; count: number }[];
}

/** Reads the signs of these units. */
export async function readUnitSigns(database: Database, units: readonly string[]): Promise<UnitSigns> {
  const { people } = database;
  const [pairs, standing, failed, warned] = await Promise.all([
    people.query<{ unit: string; source: string; target: string; from: Date; to: Date | null }>(
      `SELECT u.unit, e.source, s.target, max(e.accepted_at) AS "from", max(s.updated_at) FILTER (WHERE s.state = 'delivered') AS "to"
       FROM unnest($1::text[]) u(unit) CROSS JOIN LATERAL
         (SELECT event, target, state, updated_at FROM syncs WHERE syncs.unit = u.unit ORDER BY id DESC LIMIT ${NEWEST}) s
         JOIN events e ON e.id = s.event GROUP BY 1, 2, 3`,
      [units],
    ),
    people.query<UnitSigns['standing'][number]>(
      'SELECT unit, cause, count(*)::int AS count FROM problems WHERE unit = ANY($1::text[]) GROUP BY 1, 2',
      [units],
    ),
    people.query<UnitSigns['failedToday'][number]>(
      `SELECT s.unit, count(*)::int AS count FROM (SELECT sync FROM attempts
         WHERE sync >= uuidv7_floor(now() - interval '1 day') AND outcome = 'failed' ORDER BY sync DESC LIMIT ${COUNTED}) a
       JOIN syncs s ON s.id = a.sync WHERE s.unit = ANY($1::text[]) GROUP BY 1`,
      [units],
    ),
    people.query<UnitSigns['warned'][number]>(
      `SELECT e.unit, w->>'cause' AS cause, count(*)::int AS count FROM (SELECT unit, note FROM events
         WHERE note ? 'warnings' AND id >= uuidv7_floor(now() - interval '7 days') ORDER BY id DESC LIMIT ${COUNTED}) e
       CROSS JOIN LATERAL jsonb_array_elements(e.note->'warnings') w WHERE e.unit = ANY($1::text[]) GROUP BY 1, 2`,
      [units],
    ),
  ]);
  return { systems: seenOf(pairs.rows), standing: standing.rows, failedToday: failed.rows, warned: warned.rows };
}

function seenOf(
  pairs: readonly { unit: string; source: string; target: string; from: Date; to: Date | null }[],
): SeenSystem[] {
  const seen = new Map<string, SeenSystem>();
  const at = (unit: string, system: string): SeenSystem => {
    const key = `${unit}\n${system}`;
    const known = seen.get(key) ?? { unit, system, lastFrom: null, lastTo: null };
    seen.set(key, known);
    return known;
  };
  const later = (one: string | null, other: Date | null): string | null => {
    const iso = other?.toISOString() ?? null;
    return one === null || (iso !== null && iso > one) ? iso : one;
  };
  for (const { unit, source, target, from, to } of pairs) {
    const speaker = at(unit, source);
    speaker.lastFrom = later(speaker.lastFrom, from);
    const hearer = at(unit, target);
    hearer.lastTo = later(hearer.lastTo, to);
  }
  return [...seen.values()];
}

/** A warned event of the last seven days: what a confirmed list would have held back. */
export interface WarnedEvent {
  id: string;
  type: string;
  subject: string | null;
  at: string;
  cause: CauseCode;
  target: string;
}

/** Warnings of these causes for a unit (null: for the province) in the last seven days, newest first; `truncated` where there are more. */
export async function readWarned(
  database: Database,
  unit: string | null,
  causes: readonly CauseCode[],
  limit: number,
): Promise<{ items: WarnedEvent[]; truncated: boolean }> {
  const { rows } = await database.people.query<Omit<WarnedEvent, 'at'> & { at: Date }>(
    `SELECT e.id, e.type, e.subject, e.accepted_at AS at, w->>'cause' AS cause, w->>'target' AS target FROM (SELECT * FROM events
       WHERE note ? 'warnings' AND id >= uuidv7_floor(now() - interval '7 days') ORDER BY id DESC LIMIT ${LOOKED_AT}) e
     CROSS JOIN LATERAL jsonb_array_elements(e.note->'warnings') w
     WHERE e.unit IS NOT DISTINCT FROM $1 AND w->>'cause' = ANY($2::text[]) ORDER BY e.id DESC LIMIT $3`,
    [unit, causes, limit + 1],
  );
  const items = rows.slice(0, limit).map(row => ({ ...row, at: row.at.toISOString() }));
  return { items, truncated: rows.length > limit };
}
