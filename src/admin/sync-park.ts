/** `POST /v1/syncs/{id}/park`: puts a sync aside until it is replayed or dropped. */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { parkSync } from '../ledger/park.ts';
import type { PeopleContext } from './context.ts';
import { actorOf, answer, body, DRY_RUN, ID_PARAMS, REASON } from './request.ts';

/** Adds the route. */
export function registerSyncPark(app: FastifyInstance, context: PeopleContext): void {
  app.post<{ Params: { id: string }; Body: { reason: string; dryRun?: boolean } }>(
    '/v1/syncs/:id/park',
    {
      schema: {
        summary: 'Giữ lại, chưa gửi · Put a sync aside until it is replayed or dropped',
        tags: ['syncs'],
        params: ID_PARAMS,
        body: body({ reason: REASON, dryRun: DRY_RUN }, ['reason']),
        response: answer('How many syncs of the lane wait behind it'),
      },
      preHandler: async request => {
        if (request.person) requireScope(request.person, 'operate');
      },
    },
    async request => {
      const { reason, dryRun = false } = request.body;
      const parked = await parkSync(context.database, request.params.id, actorOf(request, reason), dryRun);
      return { ...parked, dryRun };
    },
  );
}
