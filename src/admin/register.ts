/**
 * The people's API as a whole: everything here but health asks for a sign-in; the systems' routes stand beside it under
 * their own authentication. Each resource has its file.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createPeople, requireScope } from '../auth/people.ts';
import { GatewayError } from '../domain/errors.ts';
import { registerHealth } from '../health/health.ts';
import { isAway } from '../ledger/away.ts';
import { sqlState } from '../ledger/database.ts';
import { registerAgencies } from './agencies.ts';
import { registerAudit } from './audit.ts';
import { registerAuthority } from './authority.ts';
import { registerCauses } from './causes.ts';
import { registerConsole } from './console.ts';
import type { PeopleContext } from './context.ts';
import { registerCoverage } from './coverage.ts';
import { collectOpenApi, registerDocs } from './docs.ts';
import { registerDossiers } from './dossiers.ts';
import { registerEscalations } from './escalations.ts';
import { registerEventReplay } from './event-replay.ts';
import { registerEvents } from './events.ts';
import { registerFacts } from './facts.ts';
import { registerFactsSheet } from './facts-sheet.ts';
import { registerHandovers } from './handovers.ts';
import { registerOfficers } from './officers.ts';
import { registerRefused } from './refused.ts';
import { registerReplays } from './replays.ts';
import { registerResolveMany } from './resolve-many.ts';
import { registerSyncActs } from './sync-acts.ts';
import { registerSyncPark } from './sync-park.ts';
import { registerSyncReplay } from './sync-replay.ts';
import { registerSyncs } from './syncs.ts';
import { registerSystemRelease } from './system-release.ts';
import { registerSystems } from './systems.ts';
import { registerTermDesk } from './term-desk.ts';
import { registerTranslation } from './translation.ts';
import { registerUnitLists } from './unit-lists.ts';
import { registerUnitMode } from './unit-mode.ts';
import { registerUnits } from './units.ts';
import { registerVocabulary } from './vocabulary.ts';
import { registerVocabularyProposals } from './vocabulary-proposals.ts';
import { registerWorkflow } from './workflow.ts';
import { registerWorkflowReport } from './workflow-report.ts';

const RESOURCES: readonly ((app: FastifyInstance, context: PeopleContext) => void)[] = [
  registerSyncs,
  registerSyncPark,
  registerSyncReplay,
  registerTranslation,
  registerEvents,
  registerEventReplay,
  registerCauses,
  registerResolveMany,
  registerEscalations,
  registerRefused,
  registerReplays,
  registerSystems,
  registerSystemRelease,
  registerVocabulary,
  registerCoverage,
  registerTermDesk,
  registerVocabularyProposals,
  registerDossiers,
  registerWorkflow,
  registerWorkflowReport,
  registerFacts,
  registerOfficers,
  registerHandovers,
  registerFactsSheet,
  registerAuthority,
  registerUnits,
  registerUnitMode,
  registerUnitLists,
  registerAgencies,
  registerAudit,
  registerConsole,
];

/** Adds all routes of people, health, metrics, OpenAPI and (through `context.registerIntake`) those of systems. */
export async function registerPeopleApi(app: FastifyInstance, context: PeopleContext): Promise<void> {
  const people = context.people ?? createPeople(context.database);
  await collectOpenApi(app);
  await registerHealth(app, context);
  const { registerIntake } = context;
  if (registerIntake !== undefined) {
    await app.register(async scope => {
      // the sign-in of a client that posts events asks the ledger too
      scope.setErrorHandler(error => {
        throw plainer(error);
      });
      await registerIntake(scope);
    });
  }
  await app.register(async scope => {
    scope.decorateRequest('person', null);
    scope.addHook('onRequest', async request => {
      refuseForeignPages(request);
      request.person = await people.authenticate(request);
      requireScope(request.person, 'read');
    });
    scope.setErrorHandler(error => {
      throw plainer(error);
    });
    for (const register of RESOURCES) register(scope, context);
    await scope.register(async acts => registerSyncActs(acts, context));
    scope.get(
      '/metrics',
      { schema: { summary: 'Số đo cho Prometheus · Prometheus metrics', tags: ['health'] } },
      async (_request, reply) => reply.type(context.metrics.contentType).send(await context.metrics.text()),
    );
    await registerDocs(scope);
  });
}

/** A browser sends a remembered Basic sign-in along with what another site's page posts: such a post is refused. */
function refuseForeignPages(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new GatewayError('foreign-page', 403, {
    vi: 'Yêu cầu đến từ một trang khác.',
    en: 'The request comes from another site.',
  });
}

/** A ledger that is away or a list that takes too long is no bug: 503 with the next step. */
function plainer(error: unknown): unknown {
  const state = sqlState(error);
  if (state === '57014') {
    return new GatewayError('too-slow', 503, {
      vi: 'Việc này mất quá lâu. Thử lại; với danh sách, thu hẹp khoảng thời gian hoặc thêm điều kiện lọc.',
      en: 'This took too long. Try again; for a list, narrow the window or add a filter.',
    });
  }
  if (!isAway(error)) return error;
  return new GatewayError(
    'ledger-unavailable',
    503,
    { vi: 'Sổ cái tạm thời không truy cập được. Hãy thử lại.', en: 'The ledger cannot be reached. Try again.' },
    { cause: error, headers: { 'retry-after': '2' } },
  );
}
