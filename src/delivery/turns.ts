/**
 * Turns over BullMQ: a job is a hint that a home may have due lanes. It carries no truth: any turn may be lost, doubled or
 * late (ledger and relay make that good). Adds are immediate and deduplicated per home, keeping one for after the active one;
 * a rescue is added without deduplication, since the key of a dead worker's turn swallows adds until its lock runs out.
 */
import { createPostgresBackend, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { QUEUE_SCHEMA } from '../ledger/migrate.ts';

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
/** Wakes a second of one process above which homes are woken less often. */
const CALM_WAKES = 50;
/** How long a busy home waits between two wakes. */
const BUSY_MS = 800;
/** Homes of one bulk add. */
const BULK = 200;

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
  addBulk(jobs: { name: string; data: { home: string }; opts: ReturnType<typeof jobOptions> }[]): Promise<unknown>;
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
  worker(name: string, take: (home: string) => Promise<void>): WorkerLike;
  close(): Promise<void>;
}

const jobOptions = (home: string, dedupe: boolean) => ({
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1,
  ...(dedupe ? { deduplication: { id: home, keepLastIfActive: true } } : {}),
});
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
      commandTimeout: 5_000,
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
        const client = new Redis(backend.url, { maxRetriesPerRequest: null });
        client.on('error', onError);
        clients.push(client);
        return new Worker(workerName, job => take(String(job.data.home)), {
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
    keepAlive: true,
  };
  const queue = new Queue(name, { connection, ...QUEUE_OPTIONS }, createPostgresBackend);
  queue.on('error', onError);
  return {
    queue,
    worker: (workerName, take) =>
      new Worker(
        workerName,
        job => take(String(job.data.home)),
        { connection, ...WORKER_OPTIONS },
        createPostgresBackend,
      ),
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
  const waiting = new Map<string, Set<string>>();
  const adding = new Set<string>();

  const add = async (target: string): Promise<void> => {
    const homes = waiting.get(target);
    if (!homes || homes.size === 0 || adding.has(target)) return;
    adding.add(target);
    try {
      while (homes.size > 0) {
        const batch = [...homes].slice(0, BULK);
        for (const home of batch) homes.delete(home);
        await connections
          .get(target)
          ?.queue.addBulk(batch.map(home => ({ name: 'turn', data: { home }, opts: jobOptions(home, true) })));
      }
    } catch (error) {
      onError(error);
    } finally {
      adding.delete(target);
    }
  };

  // Under load a home is woken at most every BUSY_MS, so that a turn finds more to do; an idle process wakes at once.
  const wokenAt = new Map<string, number>();
  const later = new Map<string, NodeJS.Timeout>();
  let recentWakes = 0;
  const calm = setInterval(() => {
    recentWakes = 0;
    if (wokenAt.size > 10_000) wokenAt.clear();
  }, 1_000);
  calm.unref();

  const enqueue = (target: string, home: string, now: number): void => {
    wokenAt.set(`${target}/${home}`, now);
    recentWakes += 1;
    let set = waiting.get(target);
    if (!set) {
      set = new Set();
      waiting.set(target, set);
    }
    set.add(home);
  };
  const wake = (homes: readonly { target: string; home: string }[]): void => {
    const touched = new Set<string>();
    const now = performance.now();
    for (const { target, home } of homes) {
      if (!connections.has(target)) continue;
      const key = `${target}/${home}`;
      if (later.has(key)) continue;
      const wait = recentWakes < CALM_WAKES ? 0 : (wokenAt.get(key) ?? -BUSY_MS) + BUSY_MS - now;
      if (wait <= 0) {
        enqueue(target, home, now);
        touched.add(target);
        continue;
      }
      later.set(
        key,
        setTimeout(() => {
          later.delete(key);
          enqueue(target, home, performance.now());
          void add(target);
        }, wait),
      );
    }
    for (const target of touched) void add(target);
  };

  return {
    wake,
    rescue(homes) {
      for (const [target, connection] of connections) {
        const own = homes.filter(home => home.target === target);
        if (own.length === 0) continue;
        connection.queue
          .addBulk(own.map(({ home }) => ({ name: 'turn', data: { home }, opts: jobOptions(home, false) })))
          .catch(onError);
      }
    },
    async work(target, take) {
      const connection = connections.get(target);
      if (!connection) throw new Error(`no queue for target ${target}`);
      const worker = connection.worker(`turns-${target}`, async home => {
        if (await take(home)) wake([{ target, home }]);
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
      clearInterval(calm);
      for (const timer of later.values()) clearTimeout(timer);
      later.clear();
      await atMost(CLOSE_MS, Promise.all(workers.map(worker => worker.close())));
      await Promise.all([...connections.values()].map(connection => connection.close()));
    },
  };
}
