/**
 * Turns over BullMQ: a job is a hint that homes may have due lanes. It carries no truth: any turn may be lost, doubled or
 * late (ledger and relay make that good). While all is calm (pacing.ts), a job names one home and is deduplicated, keeping one
 * for after the active one. Under load it names many homes. A rescue is added without deduplication, since the key of a dead
 * worker's turn swallows adds until its lock runs out. What is not deduplicated stops when too much waits already: the
 * relay asks again.
 */
import { createPostgresBackend, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { QUEUE_SCHEMA } from '../ledger/migrate.ts';
import { createPacer } from './pacing.ts';

/** Where turns are kept: Redis when there is one, else BullMQ's own tables beside the ledger. */
export type TurnBackend = { kind: 'redis'; url: string } | { kind: 'postgres'; url: string };

export interface Turns {
  /** Soon a turn for each home; failures are reported and left to the relay. */
  wake(homes: readonly { target: string; home: string }[]): void;
  /** The same without deduplication. */
  rescue(homes: readonly { target: string; home: string }[]): void;
  /** Starts taking turns of a target; `take` says whether the home goes to the back of the queue again. */
  work(target: string, take: (home: string) => Promise<boolean>): Promise<void>;
  /** Turns waiting per target, as far as the queue knows. */
  depth(): Promise<Record<string, number>>;
  /** Stops taking turns; waits for those in hand. */
  stopWorking(): Promise<void>;
  close(): Promise<void>;
}

/** Turns that one process takes at once per target. */
const TURNS_AT_ONCE = 32;
/** Most homes that one job names. */
const HOMES_A_JOB = 64;
/** Jobs waiting for a target above which nothing is added past deduplication. */
const CLOGGED = 100;

/**
 * A connection to Redis on which an answer is due and nothing has come for so long is taken for lost and made anew: after a network
 * or a machine has failed, nobody may ever say that it is gone. A worker's waiting call is answered after 5 s at the latest.
 */
const SILENCE_MS = { producer: 5_000, worker: 10_000 };

/** Longest wait for a worker or queue to close: a turn takes two seconds at most, but without Redis closing would never end. */
const CLOSE_MS = 5_000;

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]).finally(() => clearTimeout(timer));
}

/** What turns need of BullMQ's classes, whatever the backend. */
interface QueueLike {
  add(name: string, data: { homes: string[] }, opts: ReturnType<typeof jobOptions>): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}
interface WorkerLike {
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  run(): Promise<void>;
  close(): Promise<void>;
}
interface Connection {
  queue: QueueLike;
  worker(name: string, take: (homes: string[]) => Promise<void>): WorkerLike;
  close(): Promise<void>;
}

const jobOptions = (onlyHome?: string) => ({
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

/** The queue's own transactions are rebuildable, so they do not wait for the disk. */
const QUEUE_PG_OPTIONS = '-c synchronous_commit=off -c jit=off';

function connect(backend: TurnBackend, name: string, onError: (error: Error) => void): Connection {
  if (backend.kind === 'redis') {
    const producer = new Redis(backend.url, {
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
        const client = new Redis(backend.url, { maxRetriesPerRequest: null, socketTimeout: SILENCE_MS.worker });
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
  const connection = {
    connectionString: backend.url,
    schema: QUEUE_SCHEMA,
    max: 4,
    options: QUEUE_PG_OPTIONS,
    application_name: 'lienthong turns',
    query_timeout: 10_000,
    keepAlive: true,
  };
  const queue = new Queue(name, { connection, ...QUEUE_OPTIONS }, createPostgresBackend);
  queue.on('error', onError);
  return {
    queue,
    worker: (workerName, take) =>
      new Worker(workerName, job => take(homesOf(job.data)), { connection, ...WORKER_OPTIONS }, createPostgresBackend),
    close: () => queue.close(),
  };
}

/** Connects the queues of all targets. Rejects when the backend's tables are missing or too old: nothing may spin on that. */
export async function createTurns(
  backend: TurnBackend,
  targets: readonly string[],
  onError: (error: unknown) => void,
): Promise<Turns> {
  const connections = new Map(targets.map(target => [target, connect(backend, `turns-${target}`, onError)]));
  if (backend.kind === 'postgres') {
    try {
      await Promise.all([...connections.values()].map(connection => connection.queue.waitUntilReady()));
    } catch (error) {
      await Promise.allSettled([...connections.values()].map(connection => connection.close()));
      throw error;
    }
  }
  const workers: WorkerLike[] = [];
  /** Homes on their way into the queue, by target: what comes meanwhile goes with the next. */
  const waiting = new Map<string, Set<string>>();
  const adding = new Set<string>();

  const addTogether = async (queue: QueueLike, homes: readonly string[]): Promise<void> => {
    if ((await queue.getWaitingCount()) > CLOGGED) return;
    // one by one: on PostgreSQL a bulk makes and drops two temporary tables each time
    for (let from = 0; from < homes.length; from += HOMES_A_JOB)
      await queue.add('turn', { homes: homes.slice(from, from + HOMES_A_JOB) }, jobOptions());
  };
  const add = async (target: string, woken: readonly string[], calm: boolean): Promise<void> => {
    const queue = connections.get(target)?.queue;
    if (!queue) return;
    const homes = waiting.get(target) ?? new Set();
    waiting.set(target, homes);
    for (const home of woken) homes.add(home);
    if (adding.has(target)) return;
    adding.add(target);
    try {
      while (homes.size > 0) {
        const batch = [...homes];
        homes.clear();
        if (calm) await Promise.all(batch.map(home => queue.add('turn', { homes: [home] }, jobOptions(home))));
        else await addTogether(queue, batch);
      }
    } catch (error) {
      onError(error);
    } finally {
      adding.delete(target);
    }
  };
  const pacer = createPacer((target, homes, calm) => void add(target, homes, calm));

  return {
    wake: pacer.wake,
    rescue(homes) {
      for (const [target, { queue }] of connections) {
        const own = homes.filter(home => home.target === target).map(({ home }) => home);
        if (own.length > 0) addTogether(queue, own).catch(onError);
      }
    },
    async work(target, take) {
      const connection = connections.get(target);
      if (!connection) throw new Error(`no queue for target ${target}`);
      const worker = connection.worker(`turns-${target}`, async homes => {
        const turns = await Promise.allSettled(
          homes.map(async home => {
            if (await take(home)) pacer.again({ target, home });
          }),
        );
        const failed = turns.find(turn => turn.status === 'rejected');
        if (failed) throw failed.reason;
      });
      worker.on('error', onError);
      // Without Redis the process still takes events: its turns begin by themselves when Redis comes.
      if (backend.kind === 'postgres') await worker.waitUntilReady();
      worker.run().catch(onError);
      workers.push(worker);
    },
    async depth() {
      const depths = await Promise.all(
        [...connections].map(
          async ([target, connection]): Promise<[string, number]> => [target, await connection.queue.getWaitingCount()],
        ),
      );
      return Object.fromEntries(depths);
    },
    async stopWorking() {
      await atMost(CLOSE_MS, Promise.all(workers.map(worker => worker.close())));
      workers.length = 0;
    },
    async close() {
      pacer.stop();
      await atMost(CLOSE_MS, Promise.all(workers.map(worker => worker.close())));
      await Promise.all([...connections.values()].map(connection => connection.close()));
    },
  };
}
