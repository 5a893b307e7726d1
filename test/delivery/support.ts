/**
 * Delivery in one process against targets of the test's own: a ledger, turns on either backend, and a fake target that does
 * what its script says, holds calls open at a gate, and remembers what took effect in which order.
 */
import type { Test } from 'tap';
import { uuidv7 } from 'uuidv7';
import type { Connector, Delivery, Description, FormatInput, LookUp, Outcome } from '../../connectors/connector.ts';
import type { SystemConfig } from '../../src/config/system.ts';
import { type Relay, startRelay } from '../../src/delivery/relay.ts';
import { type DeliveryOptions, type DeliveryService, startDelivery } from '../../src/delivery/service.ts';
import { createTarget } from '../../src/delivery/target.ts';
import type { TurnBackend } from '../../src/delivery/turn-queues.ts';
import { createTurns, type Turns } from '../../src/delivery/turns.ts';
import type { CauseCode } from '../../src/domain/causes.ts';
import type { GatewayEvent } from '../../src/domain/words.ts';
import { createAcceptQueue } from '../../src/intake/accept-queue.ts';
import { prepare } from '../../src/intake/decide.ts';
import type { Accepted } from '../../src/intake/store-group.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { declareTargets } from '../../src/ledger/gate.ts';
import { ledgerReleases } from '../../src/ledger/releases.ts';
import { testDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { systems as ledgerSystems } from '../support/ledger-rig.ts';
import { NO_DESK } from '../support/no-desk.ts';
import { redisMissing, redisServer, startRedis } from '../support/redis-server.ts';
import { vocabulary } from '../translation/fixture.ts';

/** What the target does with a call. */
export type Act =
  | 'deliver'
  /** Takes effect, and the answer is lost. */
  | 'lose-answer'
  /** Is lost before it takes effect; nobody can tell it from the other. */
  | 'lose-call'
  | 'throw'
  | { cause: CauseCode; retryAfterMs?: number; detail?: string };

export class FakeTarget implements Connector {
  /** `summary` or dossier code of what took effect, in order. */
  readonly effects: string[] = [];
  /** Every call with its key, also those without effect. */
  readonly calls: { name: string; key: string; sync: string }[] = [];
  readonly lookUps: string[] = [];
  /** Decides by the name of what is sent; default: deliver. */
  script: (name: string, attempt: number) => Act | Promise<Act> = () => 'deliver';
  /** Makes format throw. */
  broken: (name: string) => boolean = () => false;
  description: Partial<Description> = { looksUp: true };
  /** Keys already honoured, when the target honours keys. */
  honours = false;
  readonly #attempts = new Map<string, number>();
  readonly #keys = new Set<string>();

  describe(): Description {
    return {
      dialect: 'fake',
      profiles: [],
      typesIn: [],
      typesOut: [],
      looksUp: false,
      honoursKeys: false,
      listCalls: {},
      polls: false,
      ...this.description,
    };
  }
  format({ event }: FormatInput) {
    const name = String(event.data.summary ?? event.data.dossierCode);
    if (this.broken(name)) throw new TypeError(`cannot format ${name}`);
    const code = String(event.data.dossierCode);
    return { operation: 'PUT', payload: { name }, ref: { kind: 'dossier' as const, code, expect: {} } };
  }
  async deliver(deliveries: Delivery[]): Promise<Outcome[]> {
    const [delivery] = deliveries as [Delivery];
    const { name } = delivery.message.payload as { name: string };
    const key = delivery.headers['idempotency-key'] as string;
    const { syncId } = delivery;
    const attempt = (this.#attempts.get(name) ?? 0) + 1;
    this.#attempts.set(name, attempt);
    this.calls.push({ name, key, sync: syncId });
    const act = await this.script(name, attempt);
    const takeEffect = (): void => {
      if (this.honours && this.#keys.has(key)) return;
      this.#keys.add(key);
      this.effects.push(name);
    };
    const lost: Outcome = { syncId, result: 'failed', cause: 'target-timeout', detail: 'no answer', unknown: true };
    if (act === 'throw') throw new TypeError('a bug in the connector');
    if (act === 'lose-call') return [lost];
    if (act === 'lose-answer') {
      takeEffect();
      return [lost];
    }
    if (act !== 'deliver') return [{ syncId, result: 'failed', detail: 'no', unknown: false, ...act }];
    takeEffect();
    return [{ syncId, result: 'delivered' }];
  }
  async lookUp(delivery: Delivery): Promise<LookUp> {
    const { name } = delivery.message.payload as { name: string };
    this.lookUps.push(name);
    return { found: this.effects.includes(name) ? 'equal' : 'absent' };
  }
  parse = unused;
  poll = unused;
  acknowledge = unused;
  fetch = unused;
  list = unused;
  signIn = unused;
}
async function unused(): Promise<never> {
  throw new Error('not used in this test');
}

export interface Process {
  database: Database;
  turns: Turns;
  service: DeliveryService;
  relay: Relay | undefined;
  faults: { sync: string; error: unknown }[];
  outcomes: { sync: string; state: string; cause: CauseCode | null }[];
  accept(...events: GatewayEvent[]): Promise<Accepted[]>;
  stop(graceMs?: number): Promise<void>;
}
export interface DeliveryRig {
  url: string;
  database: Database;
  backend: TurnBackend;
  target: FakeTarget;
  system: SystemConfig;
  /** Starts another process on the same ledger, queue and target. */
  start(options?: {
    wakes?: boolean;
    relay?: boolean;
    databaseUrl?: string;
    vocabulary?: DeliveryOptions['vocabulary'];
  }): Promise<Process>;
  states(): Promise<Record<string, number>>;
  /** Waits until every sync is in one of these states. */
  settled(...states: string[]): Promise<void>;
  /** The sync of an accepted event. */
  row(sync: string | undefined): Promise<Record<string, unknown>>;
}

/** Turns on PostgreSQL, and on Redis where there is one. */
export const backends: readonly { kind: 'postgres' | 'redis'; skip: string | false }[] = [
  { kind: 'postgres', skip: false },
  { kind: 'redis', skip: redisServer() ? false : redisMissing },
];

/** A ledger, a fake commune system and no process yet; all ends with the test. */
export async function deliveryRig(
  t: Test,
  kind: TurnBackend['kind'],
  more: Partial<SystemConfig> = {},
  /** Further targets by the id of their system. */
  others: Readonly<Record<string, FakeTarget>> = {},
): Promise<DeliveryRig> {
  const { url, drop } = await testDatabase();
  const redis = kind === 'redis' ? await startRedis() : undefined;
  const database = openDatabase(url, () => {});
  const backend: TurnBackend = redis ? { kind: 'redis', url: redis.url } : { kind: 'postgres', url };
  const target = new FakeTarget();
  const system: SystemConfig = {
    ...(ledgerSystems.find(candidate => candidate.id === 'commune') as SystemConfig),
    honoursKeys: false,
    timeoutMs: 5_000,
    settleMs: 30,
    retry: { baseMs: 10, capMs: 40, maxAgeMs: 60_000 },
    breaker: { failures: 1_000, failureRate: 1, windowMs: 1_000, minimumCalls: 100_000, openMs: 50, maxOpenMs: 100 },
    ...more,
  };
  const systems = ledgerSystems.map(candidate => (candidate.id === 'commune' ? system : candidate));
  const release = await ledgerReleases(database).remember(vocabulary);
  await declareTargets(database, systems, false);
  const processes: Process[] = [];

  const start: DeliveryRig['start'] = async (options = {}) => {
    const own = openDatabase(options.databaseUrl ?? url, () => {});
    const turns = await createTurns(backend, ['commune', ...Object.keys(others)], () => {});
    const faults: Process['faults'] = [];
    const outcomes: Process['outcomes'] = [];
    const service = await startDelivery({
      database: own,
      turns,
      targets: [
        createTarget(system, target),
        ...systems.filter(({ id }) => id in others).map(other => createTarget(other, others[other.id] as FakeTarget)),
      ],
      vocabulary: options.vocabulary ?? (() => ({ vocabulary, release })),
      releaseById: ledgerReleases(own).byId,
      statusListOf: () => 'national',
      onFault: (sync, error) => faults.push({ sync, error }),
      onError: () => {},
      onOutcome: (_, sync, state, cause) => outcomes.push({ sync: sync.id, state, cause }),
    });
    const relay = options.relay === false ? undefined : startRelay(own, turns, () => {}, { tickMs: 50, rescueMs: 500 });
    const queue = createAcceptQueue({
      database: own,
      context: () => ({ ...NO_DESK, vocabulary, systems, newId: uuidv7 }),
      wake: options.wakes === false ? () => {} : turns.wake,
    });
    let stopped: Promise<void> | undefined;
    const process: Process = {
      database: own,
      turns,
      service,
      relay,
      faults,
      outcomes,
      accept: (...events) => queue.accept(events.map(prepare)),
      stop: (graceMs = 2_000) => {
        stopped ??= (async () => {
          // asked to stop at once, whatever the relay is doing
          const served = service.stop(graceMs);
          await relay?.stop();
          await served;
          await turns.close();
          await own.end();
        })();
        return stopped;
      },
    };
    processes.push(process);
    return process;
  };
  t.teardown(async () => {
    await Promise.all(processes.map(process => process.stop(500)));
    await database.end();
    await drop();
    await redis?.stop();
  });
  const states: DeliveryRig['states'] = async () => {
    const { rows } = await database.people.query<{ state: string; n: number }>(
      'SELECT state, count(*)::int AS n FROM syncs GROUP BY 1',
    );
    return Object.fromEntries(rows.map(row => [row.state, row.n]));
  };
  return {
    url,
    database,
    backend,
    target,
    system,
    start,
    states,
    async settled(...wanted) {
      await eventually(async () => Object.keys(await states()).every(state => wanted.includes(state)), 15_000);
    },
    async row(sync) {
      const { rows } = await database.people.query('SELECT * FROM syncs WHERE id = $1', [sync]);
      return rows[0] as Record<string, unknown>;
    },
  };
}

/** As if the leases of whoever holds lanes had run out long ago. */
export async function expireLeases(database: Database): Promise<void> {
  await database.people.query("UPDATE claims SET until = now() - interval '1 second'");
  await database.people.query("UPDATE lanes SET leased_at = now() - interval '1 minute' WHERE lease IS NOT NULL");
}
