/**
 * Connections to the ledger: one pool for the hot statements (prepared once, generic plans), one for people's reads,
 * which may not hold a snapshot for long (a long one stops the pruning of lanes), and a small one for the few works that may.
 *
 * Hot statements touch few rows of large tables, but their generic plans are made while the tables are still small: without
 * `enable_seqscan=off` they scan whole tables until the first ANALYZE (measured: 300 instead of 90 µs an event).
 */
import pg from 'pg';
import { dropSilent, isSilence } from './silence.ts';

export interface Database {
  url: string;
  /** Accept, claim, record, relay. */
  hot: pg.Pool;
  /** Lists and single look-ups for people; statements end after 2 s. */
  people: pg.Pool;
  /** Fixing and counting large sets; statements end after a minute. */
  patient: pg.Pool;
  end(): Promise<void>;
}

/** A statement prepared once a connection under its name. */
export interface Statement {
  name: string;
  text: string;
}

/**
 * Longest wait for an answer of PostgreSQL: a connection lost without an end gives none. Above the lock timeout of the hot
 * pool and the statement timeouts of the others, so that these are told as what they are.
 */
const QUERY_MS = { hot: 10_000, people: 5_000, patient: 65_000 };
/** An idle connection is asked for a sign of life after so long; ten unanswered, a second apart, and it is broken off. */
const KEEP_ALIVE_MS = 5_000;
/** Connections for patient works are made when one comes: few, and not kept. */
const PATIENT = { max: 2, idleTimeoutMillis: 5_000 };

/** Whole numbers of 64 bits as numbers: ours stay far below 2^53. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: never) => unknown {
    if (oid === 20) return Number as (value: never) => unknown;
    return pg.types.getTypeParser(oid, format ?? 'text') as (value: never) => unknown;
  },
};

/** Opens the pools; `onError` hears of idle connections that broke (an unheard error would end the process). */
export function openDatabase(url: string, onError: (error: Error) => void): Database {
  const pool = (application: string, options: string, more: pg.PoolConfig & { pipeline?: boolean }): pg.Pool => {
    const made = new pg.Pool({
      connectionString: url,
      application_name: application,
      options,
      types: types as unknown as pg.CustomTypesConfig,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 0,
      ...more,
    });
    made.on('error', onError);
    made.on('connect', client => client.on('error', onError));
    dropSilent(made);
    return made;
  };
  const hot = pool(
    'lienthong',
    '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c lock_timeout=8s -c idle_in_transaction_session_timeout=30s -c jit=off',
    // statements that need not wait for each other's answer go out together
    { max: 10, query_timeout: QUERY_MS.hot, pipeline: true },
  );
  const people = pool(
    'lienthong people',
    '-c statement_timeout=2s -c idle_in_transaction_session_timeout=10s -c jit=off',
    { max: 6, query_timeout: QUERY_MS.people },
  );
  const patient = pool(
    'lienthong patient',
    '-c statement_timeout=60s -c idle_in_transaction_session_timeout=10s -c jit=off',
    { ...PATIENT, query_timeout: QUERY_MS.patient },
  );
  return {
    url,
    hot,
    people,
    patient,
    end: async () => {
      await Promise.all([hot.end(), people.end(), patient.end()]);
    },
  };
}

/** Runs a prepared statement. */
export async function run<Row extends pg.QueryResultRow>(
  client: pg.Pool | pg.ClientBase,
  statement: Statement,
  values: unknown[],
): Promise<Row[]> {
  const result = await client.query<Row>({ name: statement.name, text: statement.text, values });
  return result.rows;
}

/**
 * The answers of statements that were sent together. When one fails, those behind it only say that the transaction is aborted, and
 * may be heard first: what is thrown is the first one's own fault.
 */
export async function together<T extends readonly unknown[]>(
  sent: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(sent);
  return Promise.all(sent) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}

/** The work of `act` in one transaction; rolled back when it throws. */
export async function inTransaction<T>(pool: pg.Pool, act: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await act(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    await rollBack(client, error);
    throw error;
  }
}

/** A transaction whose `act` begins and commits it itself, together with its statements; rolled back when it throws. */
export async function onConnection<T>(pool: pg.Pool, act: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await act(client);
    client.release();
    return result;
  } catch (error) {
    await rollBack(client, error);
    throw error;
  }
}

async function rollBack(client: pg.PoolClient, error: unknown): Promise<void> {
  // nobody answers on it: a ROLLBACK would wait as long again
  if (isSilence(error)) return client.release(error);
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch (broken) {
    client.release(broken instanceof Error ? broken : true);
  }
}

/** SQLSTATE of a database error; undefined for others. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
