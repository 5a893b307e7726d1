/**
 * The refused inbox: what was pulled and could not be taken. It is taken again after a mend of connector or vocabulary.
 */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { type AuditAct, writeAudit } from '../ledger/audit.ts';
import { inTransaction } from '../ledger/database.ts';
import { listRefused } from '../ledger/read-refused.ts';
import type { PeopleContext } from './context.ts';
import { maskObject } from './mask.ts';
import { actorOf, answer, body, ID_PARAMS, PAGING, page, query, REASON, WORD } from './request.ts';

/** Adds `/v1/refused` and `/v1/refused/:id/retry`. */
export function registerRefused(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: { system?: string; state?: string; cursor?: string; limit: number } }>(
    '/v1/refused',
    {
      schema: {
        summary: 'Bản tin không nhận được · What was pulled and could not be taken',
        tags: ['events'],
        querystring: query({
          system: WORD,
          state: { type: 'string', enum: ['open', 'taken', 'withheld'] },
          ...PAGING,
        }),
        response: page('Refusals with their fault, newest first'),
      },
    },
    async request => {
      const { items, next } = await listRefused(context.database, request.query);
      return { items: items.map(item => ({ ...item, fault: maskObject(item.fault) })), next };
    },
  );

  app.post<{ Params: { id: string }; Body: { reason?: string } }>(
    '/v1/refused/:id/retry',
    {
      schema: {
        summary: 'Nhận lại sau khi đã sửa · Take a refused message again',
        tags: ['events'],
        params: ID_PARAMS,
        body: body({ reason: REASON }, []),
        response: answer('The events made of it'),
      },
      preValidation: async request => {
        request.body ??= {};
      },
    },
    async request => {
      if (request.person) requireScope(request.person, 'operate');
      const { id } = request.params;
      const actor = actorOf(request, request.body.reason ?? '');
      const events = await context.retryRefused(id);
      const act: AuditAct = {
        who: actor.who,
        act: 'refused.retry',
        subject: `refused:${id}`,
        reason: actor.reason === '' ? null : actor.reason,
        before: { state: 'open' },
        after: { state: 'taken', events: events.map(event => event.eventId) },
      };
      await inTransaction(context.database.people, client => writeAudit(client, act));
      return { id, events };
    },
  );
}
