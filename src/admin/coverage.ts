/**
 * What each unit and each field of procedures still lacks in the vocabulary, weighed by what really came.
 */
import type { FastifyInstance } from 'fastify';
import { readTraffic } from '../ledger/traffic.ts';
import { coverageOf } from '../translation/coverage.ts';
import type { PeopleContext } from './context.ts';
import { answer, query } from './request.ts';

/** Adds `/v1/vocabulary/coverage`. */
export function registerCoverage(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: { days: number } }>(
    '/v1/vocabulary/coverage',
    {
      schema: {
        summary: 'Danh mục đã đầy đủ đến đâu, nên bổ sung gì trước · What each unit and field still lacks',
        tags: ['vocabulary'],
        querystring: query({
          days: {
            type: 'integer',
            minimum: 1,
            maximum: 366,
            default: 31,
            description: 'Tính theo số sự kiện trong ngần ấy ngày · Weighed by the events of so many days',
          },
        }),
        response: answer(
          'Levels by field and unit (full, plain, official, missing), and the ten entries that would help most',
        ),
      },
    },
    async request => {
      const { days } = request.query;
      const { rows, truncated } = await readTraffic(context.database, days);
      const { vocabulary } = context.vocabulary();
      return { days, truncated, ...coverageOf(vocabulary, new Date().toISOString(), rows) };
    },
  );
}
