/**
 * What the people's API needs of the process; the composition in src/main.ts gives it.
 */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { People } from '../auth/people.ts';
import type { SystemConfig } from '../config/system.ts';
import type { Target } from '../delivery/target.ts';
import type { Turns } from '../delivery/turns.ts';
import type { FactsKeeper } from '../facts-keeper.ts';
import type { Metrics } from '../health/metrics.ts';
import type { EventChecker } from '../http/event-checks.ts';
import type { Accepted } from '../intake/store-group.ts';
import type { Database } from '../ledger/database.ts';
import type { Room } from '../ledger/room.ts';
import type { DeskContext } from '../routing/at-the-desk.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { VocabularyKeeper } from '../vocabulary-keeper.ts';

export interface PeopleContext {
  database: Database;
  targets: readonly Target[];
  turns: Pick<Turns, 'wake' | 'depth'>;
  /** The release in force and its row id. */
  vocabulary(): { vocabulary: Vocabulary; release: number };
  /** Puts another release into force, in all processes. */
  vocabularyKeeper: VocabularyKeeper;
  releases: { byId(id: number): Promise<Vocabulary> };
  /** What is known about desks now. */
  desk(): DeskContext;
  factsKeeper: FactsKeeper;
  /** Status list of a source's messages that name none. */
  statusListOf(source: string): string;
  systems: readonly SystemConfig[];
  logger: Logger;
  roles: ReadonlySet<string>;
  /** True with the built-in simulators: what is shown is sample data. */
  sandbox: boolean;
  startedAt: Date;
  /** Whether the ledger has room for more. */
  room?: Room;
  metrics: Metrics;
  /** Takes a refused message again; throws the faults that still stand. */
  retryRefused(id: string): Promise<Accepted[]>;
  /** Adds the systems' routes in a scope without people's sign-in, so that they stand in the same OpenAPI. */
  registerIntake?(app: FastifyInstance): void | Promise<void>;
  /** The intake's checker of events; one is made when it is first needed where none is given. */
  checker?: EventChecker;
  /** Sign-in; made from `database` where none is given. */
  people?: People;
}
