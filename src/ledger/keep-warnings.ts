/**
 * What speaks against delivering and does not hold it back stands among the event's warnings, as of when its sync was last judged: once
 * a sync that was held goes on, what was found then takes the place of what was found before. What a person decided stays.
 */
import type pg from 'pg';
import type { Warning } from '../facts/judge.ts';

/** A sync that goes on, with what it was judged with. */
export interface Going {
  event: string;
  target: string;
  warnings: readonly Warning[];
}

/** Keeps the warnings of syncs that go on, in the caller's transaction, which holds their entities locked. */
export async function keepWarnings(client: pg.ClientBase, going: readonly Going[]): Promise<void> {
  if (going.length === 0) return;
  await client.query(
    `WITH g AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS g(event uuid, target text, warnings jsonb)),
       n AS (SELECT e.id,
           (SELECT coalesce(jsonb_agg(w), '[]') FROM jsonb_array_elements(coalesce(e.note->'warnings', '[]')) w
             WHERE w->'detail' ? 'decidedBy' OR w->>'target' NOT IN (SELECT g.target FROM g WHERE g.event = e.id))
           || (SELECT coalesce(jsonb_agg(w), '[]') FROM g, jsonb_array_elements(g.warnings) w WHERE g.event = e.id) AS warnings
         FROM events e WHERE e.id IN (SELECT g.event FROM g)
           AND (e.note ? 'warnings' OR EXISTS (SELECT FROM g WHERE g.event = e.id AND g.warnings <> '[]')))
     UPDATE events SET note = CASE WHEN n.warnings = '[]' THEN nullif(note - 'warnings', '{}')
         ELSE jsonb_set(coalesce(note, '{}'), '{warnings}', n.warnings) END
     FROM n WHERE events.id = n.id`,
    [JSON.stringify(going)],
  );
}
