/**
 * Releases that wait for a second person: proposed from the mapping files as they stand on disk, rehearsed over real events,
 * approved or declined. Faulty files are refused whole.
 */
import type { FastifyInstance } from 'fastify';
import { uuidv7 } from 'uuidv7';
import { requireScope } from '../auth/people.ts';
import { GatewayError } from '../domain/errors.ts';
import { actOnLedger } from '../ledger/act.ts';
import { approve, decline, listProposals, propose } from '../ledger/vocabulary-proposals.ts';
import { diffVocabularies } from '../translation/diff.ts';
import { diffText } from '../translation/diff-text.ts';
import type { PeopleContext } from './context.ts';
import { actorOf, answer, body, DRY_RUN, ID_PARAMS, page, query, REASON } from './request.ts';
import { asJson, filesOnDisk, rehearseFor, takeEffect } from './vocabulary-change.ts';

interface Proposing {
  source: 'files';
  reason: string;
  limit?: number;
  dryRun?: boolean;
}

/** Adds `/v1/vocabulary/proposals` with approve and decline. */
export function registerVocabularyProposals(app: FastifyInstance, context: PeopleContext): void {
  const { database, vocabularyKeeper: keeper } = context;
  const operate = async (request: Parameters<typeof actorOf>[0]): Promise<void> => {
    if (request.person) requireScope(request.person, 'operate');
  };

  app.get<{ Querystring: { state?: string } }>(
    '/v1/vocabulary/proposals',
    {
      schema: {
        summary: 'Các đề xuất đổi danh mục · Proposed releases',
        tags: ['vocabulary'],
        querystring: query({
          state: { type: 'string', enum: ['open', 'approved', 'declined', 'withdrawn'] },
        }),
        response: page('Newest first, each with its rehearsal'),
      },
    },
    async request => ({ items: await listProposals(database, request.query.state), next: null }),
  );

  app.post<{ Body: Proposing }>(
    '/v1/vocabulary/proposals',
    {
      schema: {
        summary: 'Đề xuất đưa danh mục trên đĩa vào dùng · Propose the mapping files as they stand on disk',
        description:
          'The files are checked whole (422 `faulty-vocabulary` names every fault as file:line) and tried on recent real events. ' +
          'A second person approves. With `dryRun` nothing is stored.',
        tags: ['vocabulary'],
        body: body(
          {
            source: { type: 'string', enum: ['files'] },
            reason: REASON,
            limit: { type: 'integer', minimum: 1, maximum: 10_000, description: 'Sync thử · syncs to try' },
            dryRun: DRY_RUN,
          },
          ['source', 'reason'],
        ),
        response: answer('The proposal with its differences and its rehearsal'),
      },
      preHandler: operate,
    },
    async request => {
      const { reason, limit, dryRun = false } = request.body;
      const actor = actorOf(request, reason);
      const against = context.vocabulary();
      const read = await filesOnDisk(context);
      if (read.vocabulary.release === against.vocabulary.release) throw nothingNew();
      const rehearsal = asJson(await rehearseFor(context, read.vocabulary, limit));
      const diff = diffVocabularies(against.vocabulary, read.vocabulary);
      const shown = {
        release: read.vocabulary.release,
        name: read.vocabulary.name,
        rehearsal,
        diff: { added: diff.added, removed: diff.removed, changed: diff.changed, text: { vi: diffText(diff) } },
        dryRun,
      };
      if (dryRun) return shown;
      const { release, filesHash } = await keeper.store(read);
      const id = uuidv7();
      const hash = read.vocabulary.release;
      await actOnLedger(database, false, client =>
        propose(client, { id, release, hash, filesHash, against: against.release, rehearsal }, actor),
      );
      return { id, state: 'open', ...shown };
    },
  );

  app.post<{ Params: { id: string }; Body: { reason: string } }>(
    '/v1/vocabulary/proposals/:id/approve',
    {
      schema: {
        summary: 'Duyệt một đề xuất của người khác · Approve the proposal of another person',
        tags: ['vocabulary'],
        params: ID_PARAMS,
        body: body({ reason: REASON }, ['reason']),
        response: answer('The release now in force, and the syncs that go on with it'),
      },
      preHandler: operate,
    },
    async request => {
      const actor = actorOf(request, request.body.reason);
      const { id } = request.params;
      const { release } = await actOnLedger(database, false, client => approve(client, id, actor));
      const { freed } = await takeEffect(context, actor);
      const vocabulary = await context.releases.byId(release);
      return { id, state: 'approved', release: vocabulary.release, name: vocabulary.name, freed };
    },
  );

  app.post<{ Params: { id: string }; Body: { reason: string } }>(
    '/v1/vocabulary/proposals/:id/decline',
    {
      schema: {
        summary: 'Không duyệt một đề xuất, hoặc rút đề xuất của mình · Decline a proposal, or withdraw your own',
        tags: ['vocabulary'],
        params: ID_PARAMS,
        body: body({ reason: REASON }, ['reason']),
        response: answer('The proposal'),
      },
      preHandler: operate,
    },
    async request => {
      const actor = actorOf(request, request.body.reason);
      const { id } = request.params;
      const state = await actOnLedger(database, false, client => decline(client, id, actor));
      return { id, state };
    },
  );
}

function nothingNew(): GatewayError {
  return new GatewayError('already-in-force', 409, {
    vi: 'Danh mục trên đĩa giống hệt danh mục đang dùng, không có gì để đề xuất.',
    en: 'The files on disk say what the vocabulary in force says; there is nothing to propose.',
  });
}
