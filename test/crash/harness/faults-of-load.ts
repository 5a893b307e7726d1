/** Processors and event loops are busy: large batches beside the traffic, other programs, workers that are held again and again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeWebhookSecret, signMessage } from '../../../src/http/signature.ts';
import type { Fault } from './fault.ts';
import { postOnce } from './post.ts';
import type { Chance } from './random.ts';
import { SECRET } from './world.ts';

/** As many events as one post may hold. */
const MOST_EVENTS = 1_000;
const BATCHES_AT_ONCE = 3;

export const OF_LOAD: readonly Fault[] = [
  {
    // all of it is read and checked, and refused whole for its last event: nothing of it may ever be seen again
    name: 'largest-batches',
    protocol: 'F22',
    holds: ['load'],
    lasts: 6_000,
    happen: async (world, chance) => {
      const body = JSON.stringify(Array.from({ length: MOST_EVENTS }, (_, n) => eventOf(n, n < MOST_EVENTS - 1)));
      const end = Date.now() + chance.between(2_000, 6_000);
      const post = async (): Promise<void> => {
        while (Date.now() < end) await postTo(chance.pick(world.apiPorts), body, chance);
      };
      await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, post));
    },
  },
  {
    name: 'starved',
    protocol: 'F22',
    holds: ['load'],
    lasts: 6_000,
    happen: async (_world, chance) => {
      const busy = Array.from({ length: 2 * availableParallelism() }, () => spawnBusy());
      await pause(chance.between(2_000, 6_000));
      await Promise.all(busy.map(endOf));
    },
  },
  {
    // each time shorter than the lease: nobody takes over, and everything is late
    name: 'hold-worker-often',
    protocol: 'F22',
    holds: ['worker'],
    lasts: 8_500,
    happen: async (world, chance) => {
      const worker = chance.pick(world.workers);
      const end = Date.now() + 8_000;
      try {
        while (Date.now() < end) {
          worker.stop();
          await pause(chance.between(200, 2_500));
          worker.continue();
          await pause(chance.between(20, 300));
        }
      } finally {
        worker.continue();
      }
    },
  },
];

/** An event of a dossier that no lane has; a bad one has a type that nobody knows. */
const eventOf = (n: number, good: boolean): object => ({
  specversion: '1.0',
  id: `batch-${n}`,
  source: 'portal',
  type: good ? 'dossier.step-changed' : 'khong.co',
  subject: `batch-${n % 50}`,
  time: '2026-11-24T00:00:00Z',
  datacontenttype: 'application/json',
  data: {
    dossierCode: `batch-${n % 50}`,
    unitCode: '26041',
    step: { no: n, content: 'x'.repeat(300), actor: { name: 'Lê Thị Hoa' }, startedAt: '2026-11-24T00:00:00Z' },
    status: '4',
  },
});

/** Posts and waits for whatever comes of it: the gateway may be down. */
async function postTo(port: number, body: string, chance: Chance): Promise<void> {
  const id = `batch-${chance.between(1, 2 ** 31)}`;
  const signed = signMessage({ id, at: new Date(), body, key: decodeWebhookSecret(SECRET) });
  const { end } = await postOnce(port, '/v1/events', body, {
    ...signed,
    'content-type': 'application/cloudevents-batch+json',
  });
  if (end === 'ok') throw new Error('a batch with a bad event was taken');
  if (end !== 'refused') await pause(100);
}

/** A program that does nothing but take a processor, for half a minute at most. */
const spawnBusy = (): ChildProcess =>
  spawn(process.execPath, ['-e', 'const end = Date.now() + 30_000; while (Date.now() < end);'], { stdio: 'ignore' });

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
