/**
 * Fills a ledger with delivered syncs, ten events a dossier, so that the cost of the next event can be measured in a ledger
 * that is not empty. By SQL, since only their number matters: rows, indexes and payloads are as large as real ones.
 */
import pg from 'pg';

const EVENTS_A_DOSSIER = 10;

/** Adds `syncs` events with one delivered sync each to the target `commune`, accepted over the last days. */
export async function fillLedger(url: string, syncs: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET synchronous_commit = off');
    await client.query(
      `INSERT INTO entities (kind, key, state)
       SELECT 'dossier', 'dossier:OLD-' || n, convert_to(repeat('x', 1400), 'UTF8') FROM generate_series(1, $1::int) n`,
      [Math.ceil(syncs / EVENTS_A_DOSSIER)],
    );
    await client.query("INSERT INTO aliases (key, entity, learnt_from) SELECT key, id, 'first' FROM entities");
    await client.query(
      `INSERT INTO lanes (target, entity, home, head, tail)
       SELECT 'commune', id, (25990 + id % 95)::text, $1::int + 1, $1 FROM entities`,
      [EVENTS_A_DOSSIER],
    );
    // ids are UUIDv7 of the last days, so payloads lie in the partitions of now
    await client.query('ANALYZE entities, lanes');
    await client.query(
      `CREATE TEMP TABLE made AS
       SELECT n, e.id AS entity, e.key AS subject, l.lane, l.home, (n - 1) / (SELECT count(*) FROM entities) + 1 AS pos,
         (left(uuidv7_floor(now() - ($1::int - n) * interval '100 milliseconds')::text, 14) || '7' || substr(md5('e' || n), 1, 3) || '-8' || substr(md5('e' || n), 4, 3) || '-' || substr(md5('e' || n), 7, 12))::uuid AS event,
         (left(uuidv7_floor(now() - ($1 - n) * interval '100 milliseconds')::text, 14) || '7' || substr(md5('s' || n), 1, 3) || '-8' || substr(md5('s' || n), 4, 3) || '-' || substr(md5('s' || n), 7, 12))::uuid AS sync
       FROM generate_series(1, $1) n
         JOIN entities e ON e.id = (SELECT min(id) FROM entities) + (n - 1) % (SELECT count(*) FROM entities)
         JOIN lanes l ON l.entity = e.id`,
      [syncs],
    );
    await client.query(
      `INSERT INTO events (id, key, hash, source, source_id, type, subject, entity, unit, procedure, happened_at, accepted_at)
       SELECT event, md5('k' || n)::uuid, sha256(n::text::bytea), 'portal', 'old-' || n, 'dossier.submitted', substr(subject, 9), entity, home, '1.013225', now(), now() FROM made`,
    );
    await client.query(
      "INSERT INTO payloads (event, revision, key_id, body) SELECT event, 1, 0, convert_to(repeat('x', 800), 'UTF8') FROM made",
    );
    await client.query(
      `INSERT INTO syncs (id, event, target, lane, pos, unit, procedure, type, mode, state, attempts, sent_hash)
       SELECT sync, event, 'commune', lane, pos, home, '1.013225', 'dossier.submitted', 'official', 'delivered', 1, decode(md5('h' || n), 'hex') FROM made`,
    );
    await client.query('DROP TABLE made');
    // also VACUUM: the autovacuum of what was just filled in would count as cost of the events
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}
