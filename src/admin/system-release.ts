/** `POST /v1/systems/{id}/release`: ends a held start for one system, at a growing rate if wished. */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { releaseSystem } from '../ledger/ramp.ts';
import { dueHomes } from '../ledger/wake.ts';
import type { PeopleContext } from './context.ts';
import { actorOf, answer, body, REASON, SYSTEM_PARAMS } from './request.ts';

/** Homes woken at once; the relay wakes the rest within its next rounds. */
const WOKEN = 500;

/** Adds the route. */
export function registerSystemRelease(app: FastifyInstance, context: PeopleContext): void {
  const { database } = context;
  app.post<{ Params: { id: string }; Body: { ratePerSecond?: number; reason: string } }>(
    '/v1/systems/:id/release',
    {
      schema: {
        summary: 'Thả dần lượt gửi của một hệ thống · Let one held system go',
        description:
          'With `ratePerSecond` it begins there and doubles every ten seconds while the target keeps up, until its own limit. ' +
          'A system that is not held stays as it is (`released: false`).',
        tags: ['systems'],
        params: SYSTEM_PARAMS,
        body: body({ ratePerSecond: { type: 'number', minimum: 0.1, maximum: 10_000 }, reason: REASON }, ['reason']),
        response: answer('Whether it was held, and the rate it begins with'),
      },
      preHandler: async request => {
        if (request.person) requireScope(request.person, 'operate');
      },
    },
    async request => {
      const { ratePerSecond = null, reason } = request.body;
      const released = await releaseSystem(database, request.params.id, ratePerSecond, actorOf(request, reason));
      if (released.released) context.turns.wake(await dueHomes(database, WOKEN));
      return released;
    },
  );
}
