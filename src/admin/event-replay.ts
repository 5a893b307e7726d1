/** `POST /v1/events/{id}/replay`: any stored event again, to all its targets or to some. */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { InputFault } from '../domain/errors.ts';
import type { ReplayVocabulary } from '../ledger/replays.ts';
import { replayEvent } from '../sets/replay-event.ts';
import type { PeopleContext } from './context.ts';
import { actorOf, answer, body, DRY_RUN, ID_PARAMS, REASON, WORD } from './request.ts';

interface Asked {
  target?: string;
  targets?: string[];
  vocabulary?: ReplayVocabulary;
  reason: string;
  confirmStale?: boolean;
  dryRun?: boolean;
}

/** Adds the route. */
export function registerEventReplay(app: FastifyInstance, context: PeopleContext): void {
  app.post<{ Params: { id: string }; Body: Asked }>(
    '/v1/events/:id/replay',
    {
      schema: {
        summary: 'Gửi lại một sự kiện · Replay an event, whatever became of it',
        description:
          'Syncs it has are replayed. Where it made none, or none to a named target, it is routed with the vocabulary in force. ' +
          'Over something younger that was delivered only with `confirmStale`.',
        tags: ['events'],
        params: ID_PARAMS,
        body: body(
          {
            target: WORD,
            targets: { type: 'array', items: WORD, minItems: 1, maxItems: 20, uniqueItems: true },
            vocabulary: { type: 'string', enum: ['current', 'original'] },
            reason: REASON,
            confirmStale: { type: 'boolean' },
            dryRun: DRY_RUN,
          },
          ['reason'],
        ),
        response: answer('The syncs that go now'),
      },
      preHandler: async request => {
        if (request.person) requireScope(request.person, 'operate');
      },
    },
    async request => {
      const { target, targets, vocabulary = 'current', reason, confirmStale = false, dryRun = false } = request.body;
      if (target !== undefined && targets !== undefined) throw notBoth();
      const named = target === undefined ? targets : [target];
      const order = { vocabulary, confirmStale, ...(named === undefined ? {} : { targets: named }) };
      const actor = actorOf(request, reason);
      const { homes, ...replayed } = await replayEvent(request.params.id, order, context, actor, dryRun);
      if (!dryRun) context.turns.wake(homes);
      const freed = replayed.syncs
        .filter(sync => sync.made !== 'under-way')
        .map(({ id, target: to }) => ({ id, target: to }));
      return { ...replayed, freed, dryRun };
    },
  );
}

function notBoth(): InputFault {
  const detail = { vi: 'Chỉ dùng một trong target và targets.', en: 'Use one of target and targets.' };
  return new InputFault('invalid-request', 400, detail, {
    faults: [{ pointer: '/targets', code: 'not-both', detail }],
  });
}
