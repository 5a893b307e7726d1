/**
 * One gateway process: configuration → ledger → the roles asked for → a stop that finishes what is in hand and leaves the
 * rest in the ledger. Nothing is kept here that another process could need.
 */

import type { Logger } from 'pino';
import { registerPeopleApi } from './admin/register.ts';
import { authenticateClient, ensureAdministrator } from './auth/people.ts';
import type { FirstRun } from './cli/first-run.ts';
import type { Configuration } from './config/system.ts';
import { type ConnectedSystem, connectSystems } from './connectors.ts';
import { startRelay } from './delivery/relay.ts';
import { startDelivery } from './delivery/service.ts';
import { createTarget, type Target } from './delivery/target.ts';
import { createTurns } from './delivery/turns.ts';
import { openFactsKeeper } from './facts-keeper.ts';
import { quietly } from './health/failures.ts';
import { createMetrics } from './health/metrics.ts';
import { createEventChecker } from './http/event-checks.ts';
import { createServer } from './http/server.ts';
import { createAcceptQueue } from './intake/accept-queue.ts';
import { retryRefused } from './intake/retry-refused.ts';
import { registerIntake } from './intake/routes.ts';
import { createSystemAuth } from './intake/system-auth.ts';
import { openLedgerClock } from './ledger/clock.ts';
import { openDatabase } from './ledger/database.ts';
import { demandDurability } from './ledger/durability.ts';
import { declareTargets } from './ledger/gate.ts';
import { ledgerReleases } from './ledger/releases.ts';
import { watchRoom } from './ledger/room.ts';
import { ledgerSessionStore } from './ledger/sessions.ts';
import { watchRecovery } from './recovery/watch.ts';
import type { DeskContext } from './routing/at-the-desk.ts';
import { type Scheduler, startScheduler } from './scheduler.ts';
import { startSets } from './sets/start.ts';
import { loadVocabulary } from './translation/load.ts';
import { openVocabularyKeeper } from './vocabulary-keeper.ts';

/** How long a stop waits for calls in the air. */
const GRACE_MS = 20_000;
/** Longest wait for one part to stop: connections that were lost without an end must not keep the process for ever. */
const STOP_MS = GRACE_MS + 5_000;

export interface GatewayOptions {
  /** Start with deliveries held. */
  hold: boolean;
  /** The first administrator; undefined where people sign in by other means. */
  firstRun?: FirstRun | undefined;
  /** Folders of embedded PostgreSQL, whose disk is watched; none where another server is used. */
  ledgerFolders?: readonly string[];
  logger: Logger;
  /** Called just before the process listens: shuts what has listened there so far. */
  beforeListening?: (() => Promise<void>) | undefined;
}
export interface Gateway {
  url: string;
  /** Deliveries are held: it was asked for, or the ledger may be an older copy. */
  held: boolean;
  stop(): Promise<void>;
}

/** Starts the roles of `configuration`; rejects without leaving anything running. The database must be migrated. */
export async function runGateway(configuration: Configuration, options: GatewayOptions): Promise<Gateway> {
  const { logger } = options;
  const { roles } = configuration;
  const stops: (() => Promise<unknown> | unknown)[] = [];
  let ended = false;
  const stop = async (): Promise<void> => {
    for (const act of stops.splice(0).reverse()) await bounded(act, logger);
    ended = true;
  };
  try {
    return await start();
  } catch (error) {
    await stop();
    throw error;
  }

  async function start(): Promise<Gateway> {
    const onError = quietly(logger, () => ended);
    const database = openDatabase(configuration.databaseUrl, onError);
    stops.push(() => database.end());
    if (!configuration.sandbox) await demandDurability(database.hot);
    const room = await watchRoom({
      folders: options.ledgerFolders ?? [],
      reserveBytes: configuration.diskReserveBytes,
      onError,
    });
    stops.push(() => room.stop());
    const clock = await openLedgerClock(database, onError);
    stops.push(() => clock.stop());
    const connected = await connectSystems(
      configuration.systems,
      name => ledgerSessionStore(database, name, clock.now),
      clock.date,
    );
    stops.push(() => {
      for (const system of connected) system.close();
    });
    const cacheDir = `${configuration.dataDir}/cache`;
    const releases = ledgerReleases(database);
    const keeper = await openVocabularyKeeper({
      database,
      releases,
      readFiles: async () => (await loadVocabulary(configuration.mappingsDir, { cacheDir })).vocabulary,
      onError,
      onChange: ({ vocabulary }) => {
        logger.info({ release: vocabulary.release }, 'another vocabulary came into force');
      },
      onHeldBack: files => logger.warn({ files }, 'mapping files wait for a second person and are not in force'),
    });
    stops.push(() => keeper.stop());
    let scheduler: Scheduler | undefined;
    const factsKeeper = await openFactsKeeper({ database, onError, onChange: () => scheduler?.factsChanged() });
    stops.push(() => factsKeeper.stop());
    const desk = (): DeskContext => ({
      facts: factsKeeper.current(),
      vocabulary: keeper.current().vocabulary,
      now: clock.now(),
      enforced: configuration.sandbox,
    });
    const recovery = await watchRecovery({
      database,
      anchorFile: configuration.anchorFile,
      onRestored: (doubt, restored) =>
        logger.error(
          { doubt, doubtful: restored?.doubtful, replaysPaused: restored?.replaysPaused },
          'this ledger may be an older copy: all deliveries are held until `release`',
        ),
      onError,
    });
    stops.push(() => recovery.stop());
    const held = options.hold || recovery.doubt !== undefined;
    await declareTargets(database, configuration.systems, held);
    if (options.firstRun)
      await ensureAdministrator(database, { ...options.firstRun.admin, apiToken: options.firstRun.apiToken });

    const turns = await createTurns(
      configuration.redisUrl
        ? { kind: 'redis', url: configuration.redisUrl }
        : { kind: 'postgres', url: configuration.databaseUrl },
      configuration.systems.map(system => system.id),
      onError,
    );
    stops.push(() => turns.close());
    const systemOf = (id: string) => configuration.systems.find(system => system.id === id);
    const statusListOf = (source: string): string => systemOf(source)?.statusList ?? 'national';
    const metrics = createMetrics(database);
    const checker = createEventChecker();
    const queue = createAcceptQueue({
      database,
      context: () => ({ ...desk(), systems: configuration.systems, newId: clock.newId }),
      room,
      wake: turns.wake,
    });
    stops.push(() => queue.idle());
    const targets: Target[] = connected.map(({ system, connector, trial }) => createTarget(system, connector, trial));

    if (roles.has('worker')) {
      const delivery = await startDelivery({
        database,
        turns,
        targets,
        vocabulary: keeper.current,
        releaseById: releases.byId,
        statusListOf,
        onFault: (sync, error) => logger.error({ err: error, sync }, 'a sync met a fault of the gateway'),
        onError,
        onOutcome: (target, sync, state, cause) => {
          metrics.outcome(target, state, cause, sync.mode);
          if (state !== 'delivered') logger.info({ sync: sync.id, target, state, cause }, 'sync not delivered');
        },
      });
      metrics.refusedRecords(() => delivery.refused());
      stops.push(() => delivery.stop(GRACE_MS));
    }
    if (roles.has('worker') || roles.has('scheduler')) {
      const relay = startRelay(database, turns, onError);
      stops.push(() => relay.stop());
      const sets = startSets({
        database,
        targets,
        vocabulary: keeper.current,
        releases,
        statusListOf,
        wake: turns.wake,
        onError,
      });
      stops.push(() => sets.stop());
    }
    if (roles.has('scheduler')) {
      scheduler = startScheduler({
        configuration,
        database,
        connected,
        targets,
        queue,
        checker,
        vocabulary: keeper.current,
        desk,
        statusListOf,
        systemOf,
        wake: turns.wake,
        clock,
        onAccepted: metrics.accepted,
        logger,
        onError,
      });
      stops.push(() => scheduler?.stop());
    }
    if (roles.has('api')) {
      const connectorOf = (id: string) => connected.find((entry: ConnectedSystem) => entry.system.id === id)?.connector;
      const app = createServer({ logger });
      stops.push(() => app.close());
      await registerPeopleApi(app, {
        database,
        targets,
        turns,
        vocabulary: keeper.current,
        vocabularyKeeper: keeper,
        desk,
        factsKeeper,
        releases,
        statusListOf,
        systems: configuration.systems,
        logger,
        roles,
        sandbox: configuration.sandbox,
        checker,
        startedAt: clock.date(),
        room,
        metrics,
        retryRefused: id => retryRefused(id, { database, queue, checker, connectorOf, systemOf, now: clock.date }),
        registerIntake: scope =>
          registerIntake(scope, {
            queue,
            auth: createSystemAuth(configuration.systems),
            checker,
            connectorOf,
            authenticateClient: request => authenticateClient(database, request),
            onAccepted: metrics.accepted,
            now: clock.date,
          }),
      });
      await app.ready();
      await options.beforeListening?.();
      await app.listen({ host: configuration.host, port: configuration.port });
    }
    return {
      url: `http://${configuration.host.includes(':') ? `[${configuration.host}]` : configuration.host}:${configuration.port}`,
      held,
      stop,
    };
  }
}

async function bounded(act: () => Promise<unknown> | unknown, logger: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>(resolve => {
    timer = setTimeout(() => resolve('late'), STOP_MS);
  });
  const outcome = await Promise.race([Promise.resolve(act()), late]).finally(() => clearTimeout(timer));
  if (outcome === 'late') logger.error({ afterMs: STOP_MS }, 'a part of the gateway did not stop in time');
}
