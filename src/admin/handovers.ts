/** Posts that end: which ones soon, and the record that a seat was handed over to somebody, with what waits at it. */
import type { FastifyInstance } from 'fastify';
import { uuidv7 } from 'uuidv7';
import { GatewayError } from '../domain/errors.ts';
import { amend } from '../facts/amend.ts';
import { endingSoon } from '../facts/desks.ts';
import type { Fact } from '../facts/fact.ts';
import { personOf } from '../facts/persons.ts';
import { noFact } from '../ledger/facts.ts';
import { carryOutChange } from '../sets/facts-change.ts';
import type { PeopleContext } from './context.ts';
import { auditOf, shown } from './facts-view.ts';
import { type Called, desksFor, OPERATE, personCalled, SOON, workAt } from './persons-view.ts';
import { actorOf, answer, body, ID_PARAMS, page, query, REASON, WORD } from './request.ts';

/** Adds the routes about posts that end. */
export function registerHandovers(app: FastifyInstance, context: PeopleContext): void {
  const tags = ['facts'];

  app.get<{ Querystring: { soon: number } }>(
    '/v1/holdings/ending',
    {
      schema: {
        summary: 'Vị trí sắp hết thời hạn · Posts that end soon',
        tags,
        querystring: query({ soon: SOON }),
        response: page('Who sits where, the next to end first, and whether it was handed over'),
      },
    },
    async request => {
      const facts = await context.factsKeeper.follow();
      const items = endingSoon(context.desk().now, request.query.soon, facts).map(({ holding, endsInDays }) => ({
        ...shown(holding),
        endsInDays,
        handedOver: holding.body.handover !== undefined,
      }));
      return { items, next: null };
    },
  );

  app.post<Called & { Body: { to: string; note: string; reason: string } }>(
    '/v1/holdings/:id/handover',
    {
      schema: {
        summary: 'Ghi nhận bàn giao một vị trí · Record that a seat was handed over',
        tags,
        params: ID_PARAMS,
        body: body(
          { to: WORD, note: { type: 'string', minLength: 1, maxLength: 2000, pattern: '\\S' }, reason: REASON },
          ['to', 'note', 'reason'],
        ),
        response: answer('The holding with its handover, and the work that waits at the seat'),
      },
      preHandler: OPERATE,
    },
    async request => {
      const { to, note, reason } = request.body;
      const successor = (await personCalled(to, context)).officer.body.id;
      const fact = context.desk().facts.byId(request.params.id) as Fact<'holding'> | undefined;
      if (fact?.kind !== 'holding') throw noFact('Ai giữ vị trí nào', request.params.id);
      if (personOf(successor, context.desk().facts).includes(fact.body.officer)) throw toOneself();
      const actor = actorOf(request, reason);
      const handover = { to: successor, note: note.normalize('NFC').trim() };
      const { fact: handed, change } = amend(
        fact,
        { ...fact.body, handover },
        { now: context.desk().now, newId: uuidv7, ...actor },
      );
      const named = {
        act: 'holding.handover',
        subject: `holding:${fact.key}`,
        before: auditOf(fact),
        after: auditOf(handed),
      };
      const done = await carryOutChange(change, named, actor, context);
      const desks = desksFor([fact.body.officer], SOON.default, context).filter(desk => desk.seat === fact.body.seat);
      return { ...done, id: handed.id, handover, work: await workAt(desks, context) };
    },
  );
}

const toOneself = (): GatewayError =>
  new GatewayError('to-oneself', 422, {
    vi: 'Người nhận bàn giao phải là người khác.',
    en: 'A seat is handed over to somebody else.',
  });
