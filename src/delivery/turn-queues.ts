/**
 * The queues behind turns, on either backend of BullMQ. In PostgreSQL all queues and workers of a process share one pool: with one
 * each, three targets could hold 27 connections a process.
 */
import { createPostgresBackend, type PostgresConnectionOptions, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import pg from 'pg';
import { QUEUE_SCHEMA } from '../ledger/migrate.ts';
import { dropSilent } from '../ledger/silence.ts';
import { openRedis } from '../wire/redis.ts';

/** Where turns are kept: Redis when there is one, else BullMQ's own tables beside the ledger. */
export type TurnBackend = { kind: 'redis'; url: string } | { kind: 'postgres'; url: string };

/** Turns that one process takes at once per target. */
const TURNS_AT_ONCE = 32;
/** Statements at once of all queues and workers of a process; each worker holds one connection more, to be told of new jobs. */
const STATEMENTS_AT_ONCE = 6;

/**
 * A connection on which an answer is due and nothing has come for so long is taken for lost and made anew: after a network or a
 * machine has failed, nobody may ever say that it is gone. A worker's waiting call to Redis is answered after 5 s at the latest.
 */
const SILENCE_MS = { producer: 5_000, worker: 10_000 };

/** Longest wait for a worker or queue to close: a turn takes two seconds at most, but without Redis closing would never end. */
export const CLOSE_MS = 5_000;

/** Waits for `work`, but not longer than `ms`. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]).finally(() => clearTimeout(timer));
}

/** What turns need of BullMQ's classes, whatever the backend. */
export interface QueueLike {
  add(name: string, data: { homes: string[] }, opts: ReturnType<typeof jobOptions>): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}
export interface WorkerLike {
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  run(): Promise<void>;
  close(): Promise<void>;
}
export interface Connection {
  queue: QueueLike;
  worker(name: string, take: (homes: string[]) => Promise<void>): WorkerLike;
  close(): Promise<void>;
}

/** Options of a job: deduplicated by its home where it names only one. */
export const jobOptions = (onlyHome?: string) => ({
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1,
  ...(onlyHome === undefined ? {} : { deduplication: { id: onlyHome, keepLastIfActive: true } }),
});
/** The homes that a job names. */
const homesOf = (data: { homes?: unknown }): string[] => (Array.isArray(data.homes) ? data.homes.map(String) : []);
const QUEUE_OPTIONS = { streams: { events: { maxLen: 100 } } };
const WORKER_OPTIONS = {
  concurrency: TURNS_AT_ONCE,
  lockDuration: 10_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000_000,
  runRetryDelay: 1_000,
  autorun: false,
};

export interface Queues {
  connections: ReadonlyMap<string, Connection>;
  close(): Promise<void>;
}

/** Opens a queue for each target. */
export function openQueues(backend: TurnBackend, targets: readonly string[], onError: (error: Error) => void): Queues {
  const pool = backend.kind === 'postgres' ? openPool(backend.url, targets.length, onError) : undefined;
  const open = (target: string): Connection =>
    pool === undefined
      ? inRedis(backend.url, `turns-${target}`, onError)
      : inPostgres(pool, `turns-${target}`, onError);
  const connections = new Map(targets.map(target => [target, open(target)]));
  return {
    connections,
    async close() {
      await Promise.allSettled([...connections.values()].map(connection => connection.close()));
      if (pool !== undefined) await atMost(CLOSE_MS, pool.end());
    },
  };
}

function openPool(url: string, workers: number, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: workers + STATEMENTS_AT_ONCE,
    // what is in the queue can be made again from the ledger, so that its commits do not wait for the disk
    options: `-c search_path=${QUEUE_SCHEMA} -c synchronous_commit=off -c jit=off`,
    application_name: 'lienthong turns',
    query_timeout: SILENCE_MS.worker,
    connectionTimeoutMillis: SILENCE_MS.producer,
    keepAlive: true,
    keepAliveInitialDelayMillis: SILENCE_MS.producer,
  });
  // every queue and worker listens too
  pool.setMaxListeners(2 * workers + 4);
  pool.on('error', onError);
  pool.on('connect', client => client.on('error', onError));
  dropSilent(pool);
  return pool;
}

function inPostgres(pool: pg.Pool, name: string, onError: (error: Error) => void): Connection {
  // BullMQ takes any pool of pg; its own description of one is narrower than pg's
  const connection = pool as unknown as PostgresConnectionOptions;
  const queue = new Queue(name, { connection, ...QUEUE_OPTIONS }, createPostgresBackend);
  queue.on('error', onError);
  return {
    queue,
    worker: (workerName, take) =>
      new Worker(workerName, job => take(homesOf(job.data)), { connection, ...WORKER_OPTIONS }, createPostgresBackend),
    close: () => queue.close(),
  };
}

function inRedis(url: string, name: string, onError: (error: Error) => void): Connection {
  const producer = openRedis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: SILENCE_MS.producer,
    socketTimeout: SILENCE_MS.producer,
    lazyConnect: false,
  });
  producer.on('error', onError);
  // BullMQ asks the server for its version at once and keeps a refusal for good: it must wait until the client is ready.
  const queue = new Queue(name, { connection: producer, prefix: 'lienthong', ...QUEUE_OPTIONS });
  queue.on('error', onError);
  const clients: Redis[] = [producer];
  return {
    queue,
    worker: (workerName, take) => {
      const client = openRedis(url, { maxRetriesPerRequest: null, socketTimeout: SILENCE_MS.worker });
      client.on('error', onError);
      clients.push(client);
      return new Worker(workerName, job => take(homesOf(job.data)), {
        connection: client,
        prefix: 'lienthong',
        ...WORKER_OPTIONS,
      });
    },
    close: async () => {
      await atMost(CLOSE_MS, queue.close());
      for (const client of clients) client.disconnect();
    },
  };
}
