/**
 * `/v1/officers/{id}`: one person with all desks, what may be done at each, and one list of the work that waits at them; joining two
 * ids of one person; and who may do what in a unit, tick by tick.
 */
import type { FastifyInstance } from 'fastify';
import { uuidv7 } from 'uuidv7';
import { GatewayError } from '../domain/errors.ts';
import { PROVINCE } from '../domain/province.ts';
import { amend } from '../facts/amend.ts';
import { beginningOf } from '../facts/local-time.ts';
import { personOf } from '../facts/persons.ts';
import { couldHold } from '../facts/post-rights.ts';
import { missingIn, shownTicks, ticksOf } from '../facts/rights.ts';
import { carryOutChange } from '../sets/facts-change.ts';
import type { PeopleContext } from './context.ts';
import { auditOf, shownTo } from './facts-view.ts';
import {
  accountsOf,
  CALLED,
  type Called,
  desksFor,
  OPERATE,
  personCalled,
  SOON,
  shownDesk,
  systemsOf,
  workAt,
} from './persons-view.ts';
import { actorOf, answer, body, mayAct, notFound, page, query, REASON, WORD } from './request.ts';
import { unitByCode } from './units-view.ts';

const TIME = { type: 'string', format: 'date-or-time', maxLength: 35 } as const;

/** Adds the routes about persons. */
export function registerOfficers(app: FastifyInstance, context: PeopleContext): void {
  const tags = ['facts'];

  app.get<Called & { Querystring: { soon: number } }>(
    '/v1/officers/:id',
    {
      schema: {
        summary: 'Một người, mọi vị trí công tác · One person, all desks',
        tags,
        params: CALLED,
        querystring: query({ soon: SOON }),
        response: answer('The person, the ids joined, desks with period, rights tick by tick with their source'),
      },
    },
    async request => {
      const { officer, ids } = await personCalled(request.params.id, context);
      const desks = desksFor(ids, request.query.soon, context);
      return {
        ...shownTo(officer, mayAct(request)),
        ids,
        accounts: accountsOf(ids, context, mayAct(request)),
        desks: desks.map(desk => shownDesk(desk, context)),
      };
    },
  );

  app.get<Called & { Querystring: { soon: number } }>(
    '/v1/officers/:id/work',
    {
      schema: {
        summary: 'Việc đang chờ ở mọi vị trí của một người · The work that waits at all desks of a person',
        tags,
        params: CALLED,
        querystring: query({ soon: SOON }),
        response: page('Requests not answered yet, oldest first, each marked with unit, seat and period'),
      },
    },
    async request => {
      const { ids } = await personCalled(request.params.id, context);
      return { items: await workAt(desksFor(ids, request.query.soon, context), context), next: null };
    },
  );

  app.post<Called & { Body: { with: string; reason: string } }>(
    '/v1/officers/:id/join',
    {
      schema: {
        summary: 'Gộp hai mã của cùng một người · Join two ids of one person',
        tags,
        params: CALLED,
        body: body({ with: WORD, reason: REASON }, ['with', 'reason']),
        response: answer('The ids that are one person now'),
      },
      preHandler: OPERATE,
    },
    async request => {
      const { officer, ids } = await personCalled(request.params.id, context);
      const other = (await personCalled(request.body.with, context)).officer;
      if (ids.includes(other.body.id)) throw joinedAlready(officer.body.id, other.body.id);
      const actor = actorOf(request, request.body.reason);
      const known = { ...officer.body, sameAs: [...(officer.body.sameAs ?? []), other.body.id] };
      const { fact: joined, change } = amend(officer, known, {
        now: context.desk().now,
        newId: uuidv7,
        ...actor,
      });
      const named = {
        act: 'officer.join',
        subject: `officer:${officer.key}`,
        before: auditOf(officer),
        after: auditOf(joined),
      };
      const done = await carryOutChange(change, named, actor, context);
      return { ...done, id: joined.id, ids: personOf(officer.body.id, context.desk().facts) };
    },
  );

  app.get<{ Querystring: { unit: string; right: string; system?: string; procedure?: string; at?: string } }>(
    '/v1/rights/ticks',
    {
      schema: {
        summary: 'Ai làm được việc gì ở một đơn vị · Who may do what in a unit, tick by tick',
        tags,
        querystring: {
          ...query({ unit: WORD, right: WORD, system: WORD, procedure: WORD, at: TIME }),
          required: ['unit', 'right'],
        },
        response: answer('Seats with at least one tick, best first; and posts that could have the right'),
      },
    },
    async request => {
      const { unit: code, right, procedure, at } = request.query;
      const facts = await context.factsKeeper.follow();
      const { vocabulary, now } = context.desk();
      const instant = (at === undefined ? undefined : beginningOf(at)) ?? now;
      const unit = code === PROVINCE ? null : unitByCode(code, context);
      if (vocabulary.fact('right', right) === undefined) {
        throw notFound(`Danh mục không có quyền ${right}.`, `There is no right ${right}.`);
      }
      const field = procedure === undefined ? undefined : vocabulary.procedureFacts(procedure)?.record.field;
      const system = request.query.system ?? systemsOf('documents', context)[0] ?? 'documents';
      const ticks = ticksOf({ unit, right, system, field, procedure, at: instant }, facts, vocabulary);
      return {
        items: ticks.map(one => ({ ...shownTicks(one, vocabulary), missing: missingIn(one) })),
        next: null,
        couldHold: couldHold(right, unit, vocabulary),
      };
    },
  );
}

const joinedAlready = (one: string, other: string): GatewayError =>
  new GatewayError('joined-already', 409, {
    vi: `${one} và ${other} đã được ghi là một người; không cần gộp nữa.`,
    en: `${one} and ${other} are one person already; there is nothing to join.`,
  });
