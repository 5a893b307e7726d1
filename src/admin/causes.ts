/**
 * What stands still and why, and the questions that wait for a person but hold no lane.
 */
import type { FastifyInstance } from 'fastify';
import { CAUSES } from '../domain/causes.ts';
import { listCauses, listQuestions } from '../ledger/read-problems.ts';
import { countWarnings } from '../ledger/read-warnings.ts';
import type { PeopleContext } from './context.ts';
import { maskObject } from './mask.ts';
import { answer, PAGING, page, query, WORD } from './request.ts';

/** Adds `/v1/causes` and `/v1/questions`. */
export function registerCauses(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: { unit?: string; target?: string; mode?: string } }>(
    '/v1/causes',
    {
      schema: {
        summary: 'Lượt chưa gửi được, theo nguyên nhân · Failed and parked syncs by cause',
        tags: ['syncs'],
        querystring: query({ unit: WORD, target: WORD, mode: { type: 'string', enum: ['trial', 'official'] } }),
        description:
          '`warned` counts apart what was delivered in the last day although something spoke against it: nothing waits for it.',
        response: answer('Causes with count, oldest, units and remedy; what went with a warning'),
      },
    },
    async request => {
      const { database } = context;
      const [items, warned] = await Promise.all([
        listCauses(database, request.query),
        countWarnings(database, request.query, context.desk().now),
      ]);
      return {
        items,
        next: null,
        warned: warned.causes.map(one => ({
          ...one,
          title: CAUSES[one.cause]?.title,
          remedy: CAUSES[one.cause]?.remedy,
        })),
        warnedSince: warned.since,
        warnedMore: warned.more,
      };
    },
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
