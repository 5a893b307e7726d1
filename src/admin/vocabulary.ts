/**
 * The vocabulary in force, how it came there, what one release says differently from another, and the way back.
 */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { wouldGoThrough } from '../delivery/waiting.ts';
import { actOnLedger } from '../ledger/act.ts';
import { countBehind } from '../ledger/count-behind.ts';
import { listReleases } from '../ledger/read-releases.ts';
import { findRelease, listChanges, rollBack } from '../ledger/vocabulary-history.ts';
import { diffVocabularies } from '../translation/diff.ts';
import { diffText } from '../translation/diff-text.ts';
import type { PeopleContext } from './context.ts';
import { actorOf, answer, body, DRY_RUN, query, REASON } from './request.ts';
import { asJson, rehearseFor, takeEffect, vocabularyNamed } from './vocabulary-change.ts';

/** A release that was stored. */
const HASH = {
  type: 'string',
  pattern: '^[0-9a-fA-F]{6,64}$',
  description: 'Ít nhất 6 chữ số đầu của mã băm · At least 6 digits of the hash',
} as const;
/** Any vocabulary: a release, the one in force, or the mapping files as they stand on disk. */
const NAMED = {
  type: 'string',
  pattern: '^(?:current|files|[0-9a-fA-F]{6,64})$',
  description:
    '`current`, `files` (tệp trên đĩa), hoặc ít nhất 6 chữ số đầu của mã băm · or at least 6 digits of the hash',
} as const;

/** Adds `/v1/vocabulary` with its releases and the rollback. */
export function registerVocabulary(app: FastifyInstance, context: PeopleContext): void {
  const { database } = context;
  app.get(
    '/v1/vocabulary',
    {
      schema: {
        summary: 'Phiên bản danh mục đang dùng và lịch sử · The active release and its history',
        tags: ['vocabulary'],
        querystring: query({}),
        response: answer('Active release with counts; every change with who and why, newest first; all releases'),
      },
    },
    async () => {
      const { vocabulary, release } = context.vocabulary();
      const { content } = vocabulary;
      const [history, releases] = await Promise.all([listChanges(database), listReleases(database)]);
      return {
        active: {
          id: release,
          release: vocabulary.release,
          name: vocabulary.name,
          counts: {
            units: content.units.length,
            formerUnits: content.formerUnits.length,
            procedures: content.procedures.length,
            statusLists: content.statusLists.length,
            statuses: content.statuses.length,
            codes: content.codes.length,
            facts: content.facts.length,
          },
        },
        history,
        releases,
      };
    },
  );

  app.get<{ Params: { release: string }; Querystring: { against: string } }>(
    '/v1/vocabulary/releases/:release/diff',
    {
      schema: {
        summary: 'Phiên bản này khác phiên bản kia ở đâu, cho ai · What a release changes, and for whom',
        tags: ['vocabulary'],
        params: { type: 'object', properties: { release: NAMED }, required: ['release'] },
        querystring: query({ against: { ...NAMED, default: 'current' } }),
        response: answer(
          'Changes from `against` to the release, entry by entry and as text; how many parked syncs would go on with it',
        ),
      },
    },
    async request => {
      const before = await vocabularyNamed(context, request.query.against);
      const after = await vocabularyNamed(context, request.params.release);
      const diff = diffVocabularies(before, after);
      const freed = (await wouldGoThrough(after, context)).map(one => one.sync);
      const frees = { freed: freed.length, behind: await countBehind(database, freed) };
      return { ...diff, frees, text: { vi: diffText(diff, frees) } };
    },
  );

  app.get<{ Params: { release: string } }>(
    '/v1/vocabulary/releases/:release/content',
    {
      schema: {
        summary: 'Toàn bộ nội dung một phiên bản · A release, whole',
        tags: ['vocabulary'],
        params: { type: 'object', properties: { release: NAMED }, required: ['release'] },
        response: answer('Hash and content'),
      },
    },
    async request => {
      const vocabulary = await vocabularyNamed(context, request.params.release);
      return { release: vocabulary.release, content: vocabulary.content };
    },
  );

  app.post<{ Params: { release: string }; Body: { limit?: number } }>(
    '/v1/vocabulary/releases/:release/rehearse',
    {
      schema: {
        summary: 'Chạy thử một phiên bản trên sự kiện thật gần đây · Try a release on recent real events',
        tags: ['vocabulary'],
        params: { type: 'object', properties: { release: NAMED }, required: ['release'] },
        body: body({ limit: { type: 'integer', minimum: 1, maximum: 10_000 } }, []),
        response: answer('What would change, be held back or go on; nothing is stored'),
      },
      preValidation: async request => {
        request.body ??= {};
      },
    },
    async request => {
      const vocabulary = await vocabularyNamed(context, request.params.release);
      return asJson(await rehearseFor(context, vocabulary, request.body.limit));
    },
  );

  app.post<{ Body: { to?: string; reason: string; dryRun?: boolean } }>(
    '/v1/vocabulary/rollback',
    {
      schema: {
        summary: 'Quay lại một phiên bản đã từng dùng · Take the vocabulary back to a release that was in force',
        description: 'Without `to`, to the one before the present one.',
        tags: ['vocabulary'],
        body: body({ to: HASH, reason: REASON, dryRun: DRY_RUN }, ['reason']),
        response: answer('The release now in force, and the syncs that go on with it'),
      },
      preHandler: async request => {
        if (request.person) requireScope(request.person, 'operate');
      },
    },
    async request => {
      const { to, reason, dryRun = false } = request.body;
      const actor = actorOf(request, reason);
      const found = to === undefined ? undefined : await findRelease(database, to);
      const from = context.vocabulary().vocabulary;
      const { release } = await actOnLedger(database, dryRun, client => rollBack(client, found?.id, actor));
      const vocabulary = await context.releases.byId(release);
      if (dryRun) {
        return { dryRun, rehearsal: asJson(await rehearseFor(context, vocabulary, undefined)) };
      }
      const { freed } = await takeEffect(context, actor);
      return { dryRun, from: from.release, release: vocabulary.release, name: vocabulary.name, freed };
    },
  );
}
