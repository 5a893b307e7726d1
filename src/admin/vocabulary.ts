/**
 * The vocabulary in force and the releases that were ever used.
 */
import type { FastifyInstance } from 'fastify';
import { listReleases } from '../ledger/read-releases.ts';
import type { PeopleContext } from './context.ts';
import { answer, query } from './request.ts';

/** Adds `/v1/vocabulary`. */
export function registerVocabulary(app: FastifyInstance, context: PeopleContext): void {
  app.get(
    '/v1/vocabulary',
    {
      schema: {
        summary: 'Phiên bản danh mục đang dùng và lịch sử · The active release and its history',
        tags: ['vocabulary'],
        querystring: query({}),
        response: answer('Active release with counts, history newest first'),
      },
    },
    async () => {
      const { vocabulary, release } = context.vocabulary();
      const { content } = vocabulary;
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
        history: await listReleases(context.database),
      };
    },
  );
}
