/**
 * What a person does with one sync that is stuck: drop it, answer what it waits for. Each answers what it freed, can be
 * previewed with `dryRun`, and stands in the audit with who and why.
 */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { GatewayError, InputFault } from '../domain/errors.ts';
import { answersOf, type Choice, withAnswers } from '../entities/answer.ts';
import type { Payload } from '../entities/payload.ts';
import { cancelSync } from '../ledger/cancel.ts';
import { resolveSync } from '../ledger/resolve.ts';
import type { PeopleContext } from './context.ts';
import { maskAt } from './mask.ts';
import { rememberForAll } from './remember-for-all.ts';
import { actorOf, answer, body, DRY_RUN, ID_PARAMS, REASON, WORD } from './request.ts';
import { translateAgain } from './translation.ts';

interface Act<Body> {
  Params: { id: string };
  Body: Body & { reason: string; dryRun?: boolean };
}
type Remember = 'no' | 'dossier' | 'place' | 'all';

/** Adds cancel and resolve. */
export function registerSyncActs(app: FastifyInstance, context: PeopleContext): void {
  app.addHook('preHandler', async request => {
    if (request.person) requireScope(request.person, 'operate');
  });
  const { database } = context;
  const wake = (dryRun: boolean, homes: readonly { target: string; home: string }[]): void => {
    if (!dryRun) context.turns.wake(homes);
  };

  app.post<Act<object>>(
    '/v1/syncs/:id/cancel',
    {
      schema: {
        summary: 'Bỏ lượt gửi này (hồ sơ không bị ảnh hưởng) · Drop a sync; its lane goes on',
        tags: ['syncs'],
        params: ID_PARAMS,
        body: body({ reason: REASON, dryRun: DRY_RUN }, ['reason']),
        response: answer('Whether a call was in the air, and what goes on now'),
      },
    },
    async request => {
      const { reason, dryRun = false } = request.body;
      const { home, freed, ...cancelled } = await cancelSync(
        database,
        request.params.id,
        actorOf(request, reason),
        dryRun,
      );
      wake(dryRun, [home]);
      return { ...cancelled, freed: freed === null ? [] : [{ id: freed, target: home.target }], dryRun };
    },
  );

  app.post<Act<Choice & { remember: Remember }>>(
    '/v1/syncs/:id/resolve',
    {
      schema: {
        summary: 'Trả lời điều lượt gửi đang chờ · Answer what a sync is parked for',
        tags: ['syncs'],
        params: ID_PARAMS,
        body: body(
          {
            unitCode: WORD,
            procedureCode: WORD,
            statusCode: WORD,
            remember: {
              type: 'string',
              enum: ['no', 'dossier', 'place', 'all'],
              description:
                '`no` = this sync only, `dossier` = also later events of the dossier, `all` = for everyone, as a proposal until it is reviewed',
            },
            reason: REASON,
            dryRun: DRY_RUN,
          },
          ['remember', 'reason'],
        ),
        response: answer('The answers and every sync that goes on now'),
      },
    },
    async request => {
      const { remember, reason, dryRun = false, ...choice } = request.body;
      oneAnswer(choice);
      if (remember === 'place') throw notYet(remember);
      const actor = actorOf(request, reason);
      if (remember === 'all') return rememberForAll(context, request.params.id, choice, actor, dryRun);
      const { homes, ...resolved } = await resolveSync(
        database,
        request.params.id,
        {
          remember,
          settles: {
            ...(choice.unitCode === undefined ? {} : { unit: choice.unitCode }),
            ...(choice.procedureCode === undefined ? {} : { procedure: choice.procedureCode }),
          },
          answer: (question, payload, target) => {
            const { vocabulary } = context.vocabulary();
            const sourceStatusList = context.statusListOf(payload.event.source);
            const answers = answersOf(question, choice, payload.event, {
              vocabulary,
              sourceStatusList,
              now: new Date().toISOString(),
              by: actor.who,
              reason: actor.reason,
            });
            mustHelp(withAnswers(payload, answers), question.pointer, target, context);
            return answers;
          },
        },
        actor,
        dryRun,
      );
      wake(dryRun, homes);
      const answers = resolved.answers.map(({ pointer, from, to }) => ({
        pointer,
        from: maskAt(pointer, from),
        to: maskAt(pointer, to),
      }));
      return { ...resolved, answers, state: 'queued', dryRun };
    },
  );
}

function oneAnswer(choice: Choice): void {
  if (Object.values(choice).filter(value => value !== undefined).length === 1) return;
  const detail = {
    vi: 'Cần đúng một trong unitCode, procedureCode, statusCode.',
    en: 'Exactly one of unitCode, procedureCode and statusCode is needed.',
  };
  throw new InputFault('invalid-request', 400, detail, { faults: [{ pointer: '', code: 'one-answer', detail }] });
}

function notYet(remember: string): GatewayError {
  return new GatewayError('not-supported-yet', 422, {
    vi: `Chưa hỗ trợ ghi nhớ theo “${remember}”; dùng “dossier” cho hồ sơ này, hoặc “all” cho mọi nơi.`,
    en: `Remembering by "${remember}" is not supported yet; use "dossier" for this one, or "all" for everyone.`,
  });
}

/** An answer that leaves the sync parked at the same place would only look like one. */
function mustHelp(payload: Payload, pointer: string | undefined, target: string, context: PeopleContext): void {
  const prepared = translateAgain(payload, target, context.vocabulary().vocabulary, context);
  if (prepared.ok || prepared.blocked.pointer !== pointer) return;
  throw new GatewayError(
    'answer-does-not-help',
    422,
    {
      vi: 'Với câu trả lời này lượt gửi vẫn bị giữ lại ở cùng chỗ (ví dụ: đơn vị chưa có vào ngày của sự kiện).',
      en: "With this answer the sync would stay parked at the same place (for example: no such unit on the event's day).",
    },
    { extra: { cause: prepared.blocked.cause, pointer: prepared.blocked.pointer } },
  );
}
