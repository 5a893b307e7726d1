/**
 * `POST /v1/syncs/{id}/replay`: sends one sync again, as it is or with its data edited. An edit answers what it changes and
 * what goes out; personal data is masked there as everywhere.
 */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import type { Difference } from '../delivery/json-differences.ts';
import { InputFault } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import { createEventChecker, type EventChecker } from '../http/event-checks.ts';
import { replaySync } from '../ledger/replay.ts';
import type { ReplayVocabulary } from '../ledger/replays.ts';
import { judgeEdit, replayEdited } from '../sets/replay-edited.ts';
import { replayPlan } from '../sets/replay-plan.ts';
import type { PeopleContext } from './context.ts';
import { maskAt, maskDifferences } from './mask.ts';
import { actorOf, answer, body, DRY_RUN, ID_PARAMS, REASON } from './request.ts';
import { shown } from './translation.ts';

interface Asked {
  vocabulary?: ReplayVocabulary;
  data?: JsonObject;
  reason: string;
  confirmStale?: boolean;
  dryRun?: boolean;
}

/** Adds the route. */
export function registerSyncReplay(app: FastifyInstance, context: PeopleContext): void {
  let checker: EventChecker | undefined = context.checker;
  const { database } = context;

  app.post<{ Params: { id: string }; Body: Asked }>(
    '/v1/syncs/:id/replay',
    {
      schema: {
        summary: 'Gửi lại, có thể sửa dữ liệu · Replay a sync, with edited data if wished',
        description:
          'A failed or parked sync goes from its place; a delivered or dropped one goes to the tail of its lane under a new idempotency key. ' +
          'When a younger sync of the lane was delivered, `confirmStale` is needed (409 lists `younger`). ' +
          'With `data` the event goes out edited: a merge patch (RFC 7396) over the stored data, so that only what is named changes. ' +
          'It is checked like the event itself and stored as a new revision that this sync alone uses; `dryRun` shows differences, routing and translation and keeps nothing.',
        tags: ['syncs'],
        params: ID_PARAMS,
        body: body(
          {
            vocabulary: { type: 'string', enum: ['current', 'original'] },
            data: {
              type: 'object',
              minProperties: 1,
              description:
                'Chỉ những trường cần sửa; null để bỏ trường · Only the members to change; null takes one out',
            },
            reason: REASON,
            confirmStale: { type: 'boolean' },
            dryRun: DRY_RUN,
          },
          ['reason'],
        ),
        response: answer('What was freed; with `data` also the revision, its differences and the translation'),
      },
      preHandler: async request => {
        if (request.person) requireScope(request.person, 'operate');
      },
    },
    async request => {
      const { id } = request.params;
      const { vocabulary = 'current', data, reason, confirmStale = false, dryRun = false } = request.body;
      const actor = actorOf(request, reason);
      const wake = (home: { target: string; home: string }): void => {
        if (!dryRun) context.turns.wake([home]);
      };
      if (data === undefined) {
        const plan = await replayPlan(id, vocabulary, context);
        const { home, ...replayed } = await replaySync(database, id, { confirmStale, ...plan }, actor, dryRun);
        wake(home);
        return { ...replayed, vocabulary, freed: [{ id, target: home.target }], dryRun };
      }
      checker ??= createEventChecker();
      const editing = { ...context, checker };
      const edit = await judgeEdit(id, data, vocabulary, editing);
      refuseMasked(edit.differences);
      const { home, ...replayed } = await replayEdited(edit, confirmStale, editing, actor, dryRun);
      wake(home);
      return {
        ...replayed,
        differences: maskDifferences(edit.differences),
        translation: shown(edit.translated, edit.payload.event, edit.vocabulary, home.target),
        vocabulary,
        freed: [{ id, target: home.target }],
        dryRun,
      };
    },
  );
}

/** Who sends back what they were shown would put the mask in the place of the number. */
function refuseMasked(changed: readonly Difference[]): void {
  const masked = changed.filter(({ pointer, from, to }) => typeof to === 'string' && maskAt(pointer, from) === to);
  if (masked.length === 0) return;
  const detail = {
    vi: 'Đây là giá trị đã che của bản đang lưu. Bỏ trường này ra để giữ nguyên, hoặc ghi giá trị thật.',
    en: 'This is the masked form of what is stored. Leave the member out to keep it, or give the real value.',
  };
  throw new InputFault('masked-value', 422, detail, {
    faults: masked.map(({ pointer }) => ({ pointer, code: 'masked-value', detail })),
  });
}
