/**
 * What a person does with one sync that is stuck: drop it, answer what it waits for. Each answers what it freed, can be
 * previewed with `dryRun`, and stands in the audit with who and why.
 */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { judgeWaiting } from '../delivery/judging.ts';
import { GatewayError, InputFault } from '../domain/errors.ts';
import { answersOf, type Choice, withAnswers } from '../entities/answer.ts';
import type { Payload } from '../entities/payload.ts';
import { cancelSync } from '../ledger/cancel.ts';
import { resolveSync } from '../ledger/resolve.ts';
import type { PeopleContext } from './context.ts';
import { maskAt } from './mask.ts';
import { rememberForAll } from './remember-for-all.ts';
import { rememberForPlace } from './remember-place.ts';
import { actorOf, answer, body, DRY_RUN, ID_PARAMS, REASON, WORD } from './request.ts';
import { DECISIONS, type DeskChoice, decideSync } from './sync-decisions.ts';
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

  app.post<Act<Choice & DeskChoice & { remember: Remember }>>(
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
            seat: {
              ...WORD,
              description: 'Another seat of the unit, where the right of the one that was asked is missing',
            },
            officerId: { ...WORD, description: 'An officer of the unit, by whose seat it may go' },
            decision: {
              type: 'string',
              enum: DECISIONS,
              description:
                'For `unit-off`, `no-authority`, `no-legal-basis`, `missing-right`: `deliver` all the same (from a unit that is off as a trial’s; shown as a warning), `refuse`, or `return` it to the sender (both drop the sync)',
            },
            remember: {
              type: 'string',
              enum: ['no', 'dossier', 'place', 'all'],
              description:
                '`no` = this sync only, `dossier` = also later events of the dossier, `place` = everyone of the hamlet that the address names (a split unit), `all` = for everyone, as a proposal until it is reviewed',
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
      const { remember, reason, dryRun = false, seat, officerId, decision, ...choice } = request.body;
      oneAnswer({ ...choice, seat, officerId, decision });
      if ((seat ?? officerId ?? decision) !== undefined) {
        if (remember !== 'no') throw onlyOnce(remember);
        const word = { seat, officerId, decision };
        return { ...(await decideSync(context, request.params.id, word, actorOf(request, reason), dryRun)), dryRun };
      }
      const actor = actorOf(request, reason);
      if (remember === 'place') return rememberForPlace(context, request.params.id, choice, actor, dryRun);
      if (remember === 'all') return rememberForAll(context, request.params.id, choice, actor, dryRun);
      await context.factsKeeper.follow();
      const now = context.desk();
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
          judge: sync => judgeWaiting(sync, now, context),
          factsVersion: now.facts.version,
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
      const goesOn = resolved.freed.some(one => one.id === resolved.id);
      return { ...resolved, answers, state: goesOn ? 'queued' : 'parked', dryRun };
    },
  );
}

function oneAnswer(choice: { [member: string]: string | undefined }): void {
  if (Object.values(choice).filter(value => value !== undefined).length === 1) return;
  const detail = {
    vi: 'Cần đúng một trong unitCode, procedureCode, statusCode, seat, officerId, decision.',
    en: 'Exactly one of unitCode, procedureCode, statusCode, seat, officerId and decision is needed.',
  };
  throw new InputFault('invalid-request', 400, detail, { faults: [{ pointer: '', code: 'one-answer', detail }] });
}

/** What is decided about a desk holds for one sync: what is to hold for more is a fact, entered by whoever answers for it. */
function onlyOnce(remember: string): GatewayError {
  return new GatewayError(
    'not-learnable',
    422,
    {
      vi: 'Quyết định, vị trí chỉ áp dụng cho lượt gửi này (remember: no). Để áp dụng về sau, hãy nhập quyền, thẩm quyền hoặc chế độ của đơn vị.',
      en: 'A decision or a seat holds for this sync only (remember: no). For later ones enter the right, the authority or the mode of the unit.',
    },
    { extra: { remember } },
  );
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
