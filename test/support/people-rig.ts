/**
 * The people's API over a test ledger, signed in by token; no queue and no network.
 */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import type { PeopleContext } from '../../src/admin/context.ts';
import { registerPeopleApi } from '../../src/admin/register.ts';
import { ensureAdministrator } from '../../src/auth/people.ts';
import { type KnownFacts, NO_FACTS } from '../../src/facts/known-facts.ts';
import { openFactsKeeper } from '../../src/facts-keeper.ts';
import { createMetrics, type Metrics } from '../../src/health/metrics.ts';
import { createServer } from '../../src/http/server.ts';
import type { Vocabulary } from '../../src/translation/vocabulary.ts';
import { openVocabularyKeeper, type VocabularyKeeper } from '../../src/vocabulary-keeper.ts';
import { vocabulary } from '../translation/fixture.ts';
import { ledgerRig, type Rig, systems } from './ledger-rig.ts';

export const ADMIN = { username: 'admin', password: 'mật khẩu dài', apiToken: 'lt_token-of-the-test' };

export interface PeopleRig extends Rig {
  app: FastifyInstance;
  metrics: Metrics;
  /** Homes that were woken. */
  woken: { target: string; home: string }[];
  keeper: VocabularyKeeper;
  /** What acceptance knows of desks: nothing, until a test says so. */
  desk: { facts: KnownFacts };
  /** What the API knows of desks. */
  known(): KnownFacts;
  /** What the mapping files of the API's machine say. */
  files: { vocabulary: Vocabulary };
  get(url: string): Promise<LightMyRequestResponse>;
  post(url: string, body?: object): Promise<LightMyRequestResponse>;
  del(url: string): Promise<LightMyRequestResponse>;
}

/** An API of its own with a migrated ledger; both gone after the test. */
export async function peopleRig(
  test: { teardown(work: () => Promise<void>): unknown },
  more: Partial<PeopleContext> = {},
): Promise<PeopleRig> {
  const desk: { facts: KnownFacts } = { facts: NO_FACTS };
  const rig = await ledgerRig(test, () => ({ facts: desk.facts, now: Date.now() }));
  await ensureAdministrator(rig.database, ADMIN);
  const logger = pino({ level: 'silent' });
  const app = createServer({ logger });
  const woken: { target: string; home: string }[] = [];
  const metrics = createMetrics(rig.database);
  // the test's vocabulary has long been in force, so that the audit begins with what the test does
  await rig.database.people.query(
    "INSERT INTO vocabulary_changes (release, act, files_hash, base_hash, who) VALUES ($1, 'start', $2, $2, 'gateway')",
    [rig.release, vocabulary.release],
  );
  const files = { vocabulary };
  const keeper = await openVocabularyKeeper({
    database: rig.database,
    releases: rig.releases,
    readFiles: async () => files.vocabulary,
    onError: () => {},
  });
  test.teardown(async () => keeper.stop());
  const factsKeeper = await openFactsKeeper({ database: rig.database, onError: () => {} });
  test.teardown(async () => factsKeeper.stop());
  await registerPeopleApi(app, {
    database: rig.database,
    targets: rig.targets,
    turns: {
      wake: homes => {
        woken.push(...homes);
      },
      depth: async () => ({ portal: 0, commune: 2, documents: 0 }),
    },
    vocabulary: keeper.current,
    vocabularyKeeper: keeper,
    factsKeeper,
    desk: () => ({
      facts: factsKeeper.current(),
      vocabulary: keeper.current().vocabulary,
      now: Date.now(),
      enforced: false,
    }),
    releases: rig.releases,
    statusListOf: source => systems.find(system => system.id === source)?.statusList ?? 'national',
    systems,
    logger,
    sandbox: true,
    roles: new Set(['api']),
    startedAt: new Date(),
    metrics,
    retryRefused: async () => [],
    ...more,
  });
  await app.ready();
  test.teardown(() => app.close());
  const headers = { authorization: `Bearer ${ADMIN.apiToken}` };
  return {
    ...rig,
    app,
    metrics,
    woken,
    keeper,
    desk,
    known: factsKeeper.current,
    files,
    get: url => app.inject({ method: 'GET', url, headers }),
    del: url => app.inject({ method: 'DELETE', url, headers }),
    post: (url, body) =>
      body === undefined
        ? app.inject({ method: 'POST', url, headers })
        : app.inject({
            method: 'POST',
            url,
            headers: { ...headers, 'content-type': 'application/json' },
            payload: JSON.stringify(body),
          }),
  };
}
