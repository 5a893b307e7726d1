/** Waits until all is quiet in the ledger, then reads its end state for the checker: tables straight, counts from the interface. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { verifyAudit } from '../../../src/ledger/audit.ts';
import { openDatabase } from '../../../src/ledger/database.ts';
import type { Ledger } from './history.ts';
import type { World } from './world.ts';

/** Nothing open but what waits behind a held head, nothing leased, no claim that counts. */
const RESTLESS = `SELECT
  (SELECT count(*) FROM syncs JOIN lanes USING (lane) WHERE syncs.state = 'open' AND lanes.blocked_by IS NULL)
  + (SELECT count(*) FROM lanes WHERE lease IS NOT NULL)
  + (SELECT count(*) FROM claims WHERE until > now() AND lanes > 0) AS n`;

/** Longest wait for an answer of the interface, and how often it is asked. */
const ANSWER_MS = 20_000;
const MOST_ASKED = 4;

/** True when it settled within `patienceMs`. */
export async function untilSettled(world: World, patienceMs: number): Promise<boolean> {
  const end = Date.now() + patienceMs;
  const client = new pg.Pool({ connectionString: world.databaseUrl, max: 1 });
  client.on('error', () => undefined);
  let quiet = 0;
  try {
    while (Date.now() < end) {
      const rows = await client.query<{ n: string }>(RESTLESS).catch(() => undefined);
      quiet = rows?.rows[0]?.n === '0' ? quiet + 1 : 0;
      if (quiet >= 3) return true;
      await pause(200);
    }
    return false;
  } finally {
    await client.end();
  }
}

/** The ledger's end state. */
export async function readLedger(world: World, settled: boolean): Promise<Ledger> {
  const database = openDatabase(world.databaseUrl, () => undefined);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  const rows = async <T extends pg.QueryResultRow>(text: string): Promise<T[]> => (await client.query<T>(text)).rows;
  try {
    return {
      settled,
      events: await rows('SELECT id AS "eventId", source_id AS id FROM events ORDER BY id'),
      syncs: await rows(
        `SELECT s.id, s.event AS "eventId", s.target, s.lane::int, s.pos::int, s.state, s.cause, s.attempts, s.series, p.sync IS NOT NULL AS problem
         FROM syncs s LEFT JOIN problems p ON p.sync = s.id ORDER BY s.id`,
      ),
      lanes: await rows(
        'SELECT lane::int, target, head::int, tail::int, due IS NOT NULL AS due, lease IS NOT NULL AS leased, blocked_by AS "blockedBy" FROM lanes',
      ),
      attempts: await rows(
        "SELECT sync, series, no, outcome, ended_at < started_at - interval '1 second' AS backwards FROM attempts",
      ),
      claims:
        (await rows<{ n: number }>('SELECT count(*)::int AS n FROM claims WHERE until > now() AND lanes > 0'))[0]?.n ??
        0,
      told: await toldBy(world),
      // that a release came into force with the first start is the gateway's own entry, nobody's act
      audit: {
        ok: (await verifyAudit(database)).ok,
        entries: await rows(
          "SELECT act, subject, reason AS note FROM audit WHERE act <> 'vocabulary.start' ORDER BY seq",
        ),
      },
    };
  } finally {
    await client.end();
    await database.end();
  }
}

interface System {
  id: string;
  inTheAir: number;
  depth: { open: number; waiting: number; parked: number; failed: number };
}

/** As people ask: connections that were lost without an end may cost the first of them a 503, then they ask again. */
async function toldBy(world: World): Promise<Ledger['told']> {
  const ask = (): Promise<Response> =>
    fetch(`http://127.0.0.1:${world.apiPorts[0]}/v1/systems`, {
      headers: { authorization: `Bearer ${world.token}` },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  let answer = await ask();
  for (let tries = 1; answer.status === 503 && tries < MOST_ASKED; tries += 1) {
    await pause(Number(answer.headers.get('retry-after')) * 1_000);
    answer = await ask();
  }
  if (!answer.ok) throw new Error(`/v1/systems answered ${answer.status}`);
  const { items } = (await answer.json()) as { items: System[] };
  return items.map(({ id, inTheAir, depth }) => ({
    target: id,
    inTheAir,
    open: depth.open,
    parked: depth.parked,
    failed: depth.failed,
  }));
}
