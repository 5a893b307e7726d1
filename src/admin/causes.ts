/**
 * What stands still and why, and the questions that wait for a person but hold no lane.
 */
import type { FastifyInstance } from 'fastify';
import { listCauses, listQuestions } from '../ledger/read-problems.ts';
import type { PeopleContext } from './context.ts';
import { maskObject } from './mask.ts';
import { PAGING, page, query, WORD } from './request.ts';

/** Adds `/v1/causes` and `/v1/questions`. */
export function registerCauses(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: { unit?: string; target?: string } }>(
    '/v1/causes',
    {
      schema: {
        summary: 'Lượt chưa gửi được, theo nguyên nhân · Failed and parked syncs by cause',
        tags: ['syncs'],
        querystring: query({ unit: WORD, target: WORD }),
        response: page('Causes with count, oldest, units and remedy'),
      },
    },
    async request => ({ items: await listCauses(context.database, request.query), next: null }),
  );

  app.get<{ Querystring: { unit?: string; kind?: string; cursor?: string; limit: number } }>(
    '/v1/questions',
    {
      schema: {
        summary: 'Điều cần người xem, không giữ hồ sơ nào lại · Differences for a person',
        tags: ['syncs'],
        querystring: query({ unit: WORD, kind: WORD, ...PAGING }),
        response: page('Open questions, newest first'),
      },
    },
    async request => {
      const { items, next } = await listQuestions(context.database, request.query);
      return { items: items.map(item => ({ ...item, detail: maskObject(item.detail) })), next };
    },
  );
}
