/**
 * The role `scheduler`: what goes on by itself, without a post and without a turn. Polls the systems that cannot tell, frees what waited
 * for a mapping or a fact, sends what waits too long up to people, and looks after the ledger by the clock. Any number of processes may
 * have the role: each piece of work asks the ledger whether it is due.
 */
import type { Logger } from 'pino';
import type { Configuration } from './config/system.ts';
import type { ConnectedSystem } from './connectors.ts';
import { type FreeingOptions, startFreeing } from './delivery/freeing.ts';
import { startJudging } from './delivery/judging.ts';
import { startEscalation } from './escalation/start.ts';
import { type PollerOptions, startPoller } from './intake/poller.ts';
import type { LedgerClock } from './ledger/clock.ts';
import { startSchedule } from './ledger/ticks.ts';

export interface SchedulerOptions
  extends Pick<FreeingOptions, 'database' | 'targets' | 'statusListOf' | 'desk' | 'vocabulary' | 'wake'>,
    Pick<PollerOptions, 'queue' | 'checker' | 'systemOf' | 'onAccepted'> {
  configuration: Configuration;
  connected: readonly ConnectedSystem[];
  clock: LedgerClock;
  logger: Logger;
  onError(error: unknown): void;
}
export interface Scheduler {
  /** Facts about desks have changed: what waits for them is judged at once. */
  factsChanged(): void;
  stop(): Promise<void>;
}

export function startScheduler(options: SchedulerOptions): Scheduler {
  const { configuration, database, targets, statusListOf, desk, wake, clock, logger, onError } = options;
  const schedule = startSchedule(database, clock, onError);
  const freeing = startFreeing({
    database,
    targets,
    statusListOf,
    desk,
    vocabulary: options.vocabulary,
    wake,
    onFault: (sync, error) => logger.error({ err: error, sync }, 'a parked sync cannot be judged'),
    onError,
  });
  const judging = startJudging({ database, systems: configuration.systems, statusListOf, desk, wake, onError });
  const poller = startPoller(options.connected, {
    database,
    queue: options.queue,
    checker: options.checker,
    systemOf: options.systemOf,
    schedule,
    onAccepted: options.onAccepted,
    onError,
  });
  const escalation = startEscalation({
    database,
    config: configuration.escalation,
    systems: configuration.systems,
    desk,
    now: clock.now,
    newId: clock.newId,
    sandbox: configuration.sandbox,
    schedule,
    onOutcome: ({ id, recipient, state, fault }) => {
      if (configuration.sandbox) logger.info({ id }, 'sample data: an escalation message went to a file, to nobody');
      else if (state !== 'sent') logger.warn({ id, target: recipient, state, cause: fault }, 'message not sent');
    },
  });
  schedule.every('payload partitions', '17 2 * * *', () => database.hot.query('SELECT make_payload_partitions(3)'));
  return {
    factsChanged: judging.changed,
    async stop() {
      await schedule.stop();
      await Promise.all([escalation.stop(), poller.stop(), judging.stop(), freeing.stop()]);
    },
  };
}
