/**
 * The facts about desks in the ledger: read as a picture that is brought up to date by its version, changed only under the lock of
 * their head, so that versions become visible in their order. Acts of people stand in the audit chain; what an event brought has
 * the event for its record.
 */
import type pg from 'pg';
import { GatewayError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import type { Fact, FactChange, FactKind } from '../facts/fact.ts';
import { type KnownFacts, NO_FACTS } from '../facts/known-facts.ts';
import type { Actor } from './act.ts';
import { writeAudit } from './audit.ts';

interface Row {
  id: string;
  kind: FactKind;
  key: string;
  unit: string | null;
  body: Fact['body'];
  from: string;
  to: string | null;
  origin: Fact['origin'];
  event: string | null;
  made_by: string;
  reason: string | null;
  made_at: string;
  withdrawn: boolean;
  version: number;
}

const COLUMNS = `id, kind, key, unit, body, (extract(epoch FROM holds_from) * 1000)::bigint AS "from", (extract(epoch FROM holds_to) * 1000)::bigint AS "to",
  origin, event, made_by, reason, (extract(epoch FROM made_at) * 1000)::bigint AS made_at, withdrawn, version`;

const factOf = (row: Row): Fact => ({
  id: row.id,
  kind: row.kind,
  key: row.key,
  unit: row.unit,
  body: row.body,
  from: Number(row.from),
  to: row.to === null ? null : Number(row.to),
  origin: row.origin,
  event: row.event,
  madeBy: row.made_by,
  reason: row.reason,
  madeAt: Number(row.made_at),
  version: row.version,
});

/** `known` brought up to what the ledger holds now; the same object where nothing has changed. */
export async function readFacts(client: pg.Pool | pg.ClientBase, known: KnownFacts = NO_FACTS): Promise<KnownFacts> {
  const { rows } = await client.query<Row>(`SELECT ${COLUMNS} FROM facts WHERE version > $1 ORDER BY version, id`, [
    known.version,
  ]);
  const last = rows.at(-1);
  if (last === undefined) return known;
  return known.with(
    rows.filter(row => !row.withdrawn).map(factOf),
    rows.filter(row => row.withdrawn).map(row => row.id),
    last.version,
  );
}

/** `known` brought up to the ledger, to the commit: no other change comes between. */
export async function lockFacts(client: pg.ClientBase, known: KnownFacts): Promise<KnownFacts> {
  await client.query('SELECT version FROM facts_head FOR UPDATE');
  return readFacts(client, known);
}

/** Locks the head and raises it; the number is the version of this change. */
async function nextVersion(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    'UPDATE facts_head SET version = version + 1 RETURNING version',
  );
  const version = rows[0]?.version;
  if (version === undefined) throw new Error('the facts have no head');
  return version;
}

/** Carries a change out in the caller's transaction; answers its version. Locks the head of the facts to the commit. */
export async function changeFacts(client: pg.ClientBase, change: FactChange): Promise<number> {
  const version = await nextVersion(client);
  const { put, end = [], withdraw = [] } = change;
  if (put.length > 0) {
    await client.query(
      `INSERT INTO facts (id, kind, key, unit, body, holds_from, holds_to, origin, event, made_by, reason, version)
       SELECT id, kind, key, unit, body, to_timestamp("from" / 1000.0), to_timestamp("to" / 1000.0), origin, event, "madeBy", reason, $2
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, kind text, key text, unit text, body jsonb, "from" float8, "to" float8, origin text, event uuid, "madeBy" text, reason text)`,
      [JSON.stringify(put), version],
    );
  }
  if (end.length > 0) {
    await client.query(
      `UPDATE facts SET holds_to = to_timestamp(t.at / 1000.0), version = $2
       FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, at float8) WHERE facts.id = t.id`,
      [JSON.stringify(end), version],
    );
  }
  if (withdraw.length > 0) {
    await client.query('UPDATE facts SET withdrawn = true, version = $2 WHERE id = ANY($1::uuid[])', [
      withdraw,
      version,
    ]);
  }
  return version;
}

/** How the audit names a change. */
export interface NamedChange {
  act: string;
  subject: string;
  before: JsonObject | null;
  after: JsonObject | null;
}

/**
 * A person's change with its entry in the audit chain, in the caller's transaction; answers its version. It was judged with facts of
 * version `seen`: throws 409 `changed-meanwhile` where one of those that it touches is younger.
 */
export async function enterFacts(
  client: pg.ClientBase,
  change: FactChange,
  named: NamedChange,
  { who, reason }: Actor,
  seen: number,
): Promise<number> {
  await mustBeAsSeen(client, change, seen);
  const version = await changeFacts(client, change);
  await writeAudit(client, { who, reason, ...named });
  return version;
}

/** Locks the head: to the commit nothing younger comes. Delegations are judged against all of their unit, the rest against their key. */
async function mustBeAsSeen(
  client: pg.ClientBase,
  { put, end = [], withdraw = [] }: FactChange,
  seen: number,
): Promise<void> {
  await client.query('SELECT version FROM facts_head FOR UPDATE');
  const places = put.map(({ kind, key, unit }) => ({ kind, key, unit }));
  const ids = [...end.map(({ id }) => id), ...withdraw];
  const { rows } = await client.query<{ key: string }>(
    `SELECT f.key FROM facts f WHERE f.version > $1 AND (f.id = ANY($2::uuid[]) OR EXISTS (
       SELECT FROM jsonb_to_recordset($3::jsonb) AS t(kind text, key text, unit text)
       WHERE t.kind = f.kind AND (t.key = f.key OR (t.kind = 'delegation' AND t.unit IS NOT DISTINCT FROM f.unit)))) LIMIT 1`,
    [seen, ids, JSON.stringify(places)],
  );
  const other = rows[0];
  if (other === undefined) return;
  throw new GatewayError(
    'changed-meanwhile',
    409,
    {
      vi: 'Người khác vừa thay đổi mục này. Hãy xem lại rồi làm lại.',
      en: 'Somebody else has just changed this. Look at it again, then try again.',
    },
    { extra: { key: other.key } },
  );
}

/** No fact of this kind and id. */
export function noFact(kind: string, id: string): GatewayError {
  return new GatewayError('not-found', 404, {
    vi: `Không có mục ${kind} nào mang mã ${id}.`,
    en: `There is no ${kind} of the id ${id}.`,
  });
}
