/**
 * Turns over BullMQ: a job is a hint that homes may have due lanes. It carries no truth: any turn may be lost, doubled or
 * late (ledger and relay make that good). While all is calm (pacing.ts), a job names one home and is deduplicated, keeping one
 * for after the active one. Under load it names many homes. A rescue is added without deduplication, since the key of a dead
 * worker's turn swallows adds until its lock runs out. What is not deduplicated stops when too much waits already: the
 * relay asks again.
 */
import { createPacer } from './pacing.ts';
import {
  atMost,
  CLOSE_MS,
  jobOptions,
  openQueues,
  type QueueLike,
  type TurnBackend,
  type WorkerLike,
} from './turn-queues.ts';

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

/** Most homes that one job names. */
const HOMES_A_JOB = 64;
/** Jobs waiting for a target above which nothing is added past deduplication. */
const CLOGGED = 100;

/** Connects the queues of all targets. Rejects when the backend's tables are missing or too old: nothing may spin on that. */
export async function createTurns(
  backend: TurnBackend,
  targets: readonly string[],
  onError: (error: unknown) => void,
): Promise<Turns> {
  const queues = openQueues(backend, targets, onError);
  const { connections } = queues;
  if (backend.kind === 'postgres') {
    try {
      await Promise.all([...connections.values()].map(connection => connection.queue.waitUntilReady()));
    } catch (error) {
      await queues.close();
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
      await queues.close();
    },
  };
}
