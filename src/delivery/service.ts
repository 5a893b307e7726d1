/**
 * Delivery in one process: targets, turns, recorder, leases, and the graceful stop that leaves the rest in the ledger.
 */
import { randomUUID } from 'node:crypto';
import type { CauseCode } from '../domain/causes.ts';
import { type ClaimedSync, extendClaims, LEASE_FLOOR_MS } from '../ledger/claim.ts';
import type { Database } from '../ledger/database.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { createClaimer } from './claimer.ts';
import { GateWatch } from './gate-watch.ts';
import { createRecorder } from './recorder.ts';
import type { Target } from './target.ts';
import { type TurnContext, takeTurn } from './turn.ts';
import type { Turns } from './turns.ts';

const EXTEND_MS = 2_000;

export interface DeliveryOptions {
  database: Database;
  turns: Turns;
  targets: readonly Target[];
  vocabulary(): { vocabulary: Vocabulary; release: number };
  releaseById(id: number): Promise<Vocabulary>;
  statusListOf(source: string): string;
  /** A bug met on the way of a sync: logged whole. */
  onFault(sync: string, error: unknown): void;
  onError(error: unknown): void;
  /** Every settled attempt, for metrics and logs. */
  onOutcome(target: string, sync: ClaimedSync, state: string, cause: CauseCode | null): void;
}
export interface DeliveryService {
  /** Records refused because a lease was lost. */
  refused(): number;
  /** Stops taking work, waits up to `graceMs` for what is in the air, and gives back the rest. */
  stop(graceMs: number): Promise<void>;
}

/** Starts working on all targets. */
export async function startDelivery(options: DeliveryOptions): Promise<DeliveryService> {
  const { database, turns, targets } = options;
  const worker = randomUUID();
  const recorder = createRecorder(database, options.onError);
  const gates = new Map(
    targets.map(target => [target.system.id, new GateWatch(database, target.system, options.onError)]),
  );
  const air = new Set<Promise<unknown>>();
  let stopping = false;
  /** Claims with lanes in the air here; what is no longer among them lapses. */
  const held = new Map<string, { lanes: number; extendedAt: number }>();
  const leaseMs = (target: Target): number => Math.max(LEASE_FLOOR_MS, target.system.timeoutMs + 5_000);
  const longest = Math.max(LEASE_FLOOR_MS, ...targets.map(leaseMs));

  const extend = async (): Promise<void> => {
    const asked = performance.now();
    try {
      for (const token of await extendClaims(database, [...held.keys()], longest)) {
        const claim = held.get(token);
        if (claim) claim.extendedAt = asked;
      }
    } catch (error) {
      options.onError(error);
    }
  };
  const heart = setInterval(() => {
    if (held.size > 0) void extend();
  }, EXTEND_MS);

  for (const target of targets) {
    const claimer = createClaimer({ database, target, worker, leaseMs: leaseMs(target), recorder });
    const context: TurnContext = {
      recorder,
      claim: home => claimer.claim(home),
      leaseMs: leaseMs(target),
      extendedAt: token => held.get(token)?.extendedAt ?? 0,
      gateOf: of => gates.get(of.system.id) as GateWatch,
      vocabulary: options.vocabulary,
      releaseById: options.releaseById,
      statusListOf: options.statusListOf,
      stopping: () => stopping,
      random: Math.random,
      onFault: options.onFault,
      onOutcome: (sync, state, cause) => options.onOutcome(target.system.id, sync, state, cause),
      wake: (to, home) => turns.wake([{ target: to, home }]),
      track(token, lane) {
        const claim = held.get(token) ?? { lanes: 0, extendedAt: 0 };
        claim.lanes += 1;
        held.set(token, claim);
        const running = lane.catch(options.onError).finally(() => {
          air.delete(running);
          claim.lanes -= 1;
          if (claim.lanes === 0) held.delete(token);
        });
        air.add(running);
      },
    };
    await turns.work(target.system.id, home => takeTurn(target, home, context));
  }

  return {
    refused: () => recorder.refused(),
    async stop(graceMs) {
      stopping = true;
      const done = (async () => {
        await turns.stopWorking();
        await Promise.all([...air]);
        await recorder.idle();
        await Promise.all([...gates.values()].map(gate => gate.idle()));
      })();
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        done,
        new Promise<void>(resolve => {
          timer = setTimeout(resolve, graceMs);
        }),
      ]);
      clearTimeout(timer);
      clearInterval(heart);
    },
  };
}
