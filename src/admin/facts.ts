/**
 * `/v1/seats`, `/v1/rights`, `/v1/delegations` and so on: the facts about desks, one set of routes for every kind. A fact is listed as
 * of a day, entered (tried out first with `dryRun`), ended, or withdrawn where it was entered in error; it is never changed.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { InputFault } from '../domain/errors.ts';
import { BACKWARDS, type GivenFact } from '../facts/entry.ts';
import type { Fact, FactChange } from '../facts/fact.ts';
import { ALL_KINDS, type KindRules } from '../facts/kinds.ts';
import { endOf } from '../facts/local-time.ts';
import { type NamedChange, noFact } from '../ledger/facts.ts';
import { carryOutChange, carryOutRehearsed, rehearseChange } from '../sets/facts-change.ts';
import type { PeopleContext } from './context.ts';
import { ACT, type Act, ALREADY, enterOne, entryContext, TIME, unsound } from './entering.ts';
import { auditOf, type Listed, listed, shown } from './facts-view.ts';
import { actorOf, answer, body, ID_PARAMS, mayAct, PAGING, page, query, rehearsalOf, WORD } from './request.ts';

/** A unit by its code; null = the province. */
export const UNIT = {
  type: ['string', 'null'],
  minLength: 1,
  maxLength: 20,
  description: 'Unit by its code; null = the province',
} as const;
type OnFact<More = unknown> = { Params: { id: string }; Body: Act & More };

/** Adds the routes of every kind. */
export function registerFacts(app: FastifyInstance, context: PeopleContext): void {
  for (const rules of ALL_KINDS) {
    // authority is listed together with what the files say of it (authority.ts)
    if (rules.kind !== 'authority') registerList(app, context, rules);
    registerKind(app, context, rules);
  }
}

function registerList(app: FastifyInstance, context: PeopleContext, rules: KindRules): void {
  const { collection, title } = rules;
  app.get<{ Querystring: Listed }>(
    `/v1/${collection}`,
    {
      schema: {
        summary: `${title.vi} · ${title.en}`,
        tags: ['facts'],
        querystring: query({
          ...PAGING,
          unit: { ...WORD, description: 'Only of this unit, by its present code; `75` = the province' },
          key: { ...WORD, maxLength: 500, description: 'Only what is about this: an officer, a seat, …' },
          at: { ...TIME, description: 'Only what holds then; without it also what has ended or has yet to begin' },
        }),
        response: page(title.en),
      },
    },
    async request => listed(rules, request.query, await context.factsKeeper.follow(), mayAct(request)),
  );
}

function registerKind(app: FastifyInstance, context: PeopleContext, rules: KindRules): void {
  const { collection, kind, title } = rules;
  const url = `/v1/${collection}`;
  const tags = ['facts'];
  const summary = `${title.vi} · ${title.en}`;
  const preHandler = async (request: FastifyRequest): Promise<void> => {
    if (request.person) requireScope(request.person, 'operate');
  };
  const found = async (id: string): Promise<Fact> => {
    const fact = (await context.factsKeeper.follow()).byId(id);
    if (fact === undefined || fact.kind !== kind) throw noFact(title.vi, id);
    return fact;
  };
  /** Rehearses, carries out what was rehearsed, or does it at once. */
  const act = async (
    request: FastifyRequest<{ Body: Act }>,
    make: () => Promise<{ change: FactChange; named: NamedChange; more?: object }>,
  ): Promise<object> => {
    const { reason, dryRun = false } = request.body;
    const rehearsal = rehearsalOf(request.body);
    const actor = actorOf(request, reason);
    if (rehearsal !== undefined) {
      return { ...(await carryOutRehearsed(rehearsal, kind, actor, context)), dryRun };
    }
    const { change, named, more = {} } = await make();
    const result = dryRun
      ? await rehearseChange(change, named, actor.who, context)
      : await carryOutChange(change, named, actor, context);
    return { ...result, ...more, dryRun };
  };

  // an officer is shown as a person with all desks (officers.ts)
  if (kind !== 'officer') {
    app.get<{ Params: { id: string } }>(
      `${url}/:id`,
      { schema: { summary, tags, params: ID_PARAMS, response: answer(title.en) } },
      async request => shown(await found(request.params.id)),
    );
  }

  app.post<{ Body: GivenFact & Act }>(
    url,
    {
      schema: {
        summary: `${title.vi}: thêm · ${title.en}: enter one`,
        description:
          'With `dryRun` the answer shows which waiting syncs would go on, and gives a `rehearsal`; sent again with it, exactly those go on. ' +
          'Days are whole days in UTC+7, `to` is the last one. What held before under the same key ends where this one begins.',
        tags,
        body: body(
          {
            unit: UNIT,
            from: TIME,
            to: TIME,
            ...rules.members,
            ...ACT,
          },
          ['reason'],
        ),
        response: answer('What it frees'),
      },
      preHandler,
    },
    async request =>
      act(request, async () => {
        const { reason, dryRun, rehearsal: _rehearsal, ...given } = request.body;
        await context.factsKeeper.follow();
        const { entry, change, fact } = enterOne(rules, given, entryContext(context, actorOf(request, reason)));
        if (fact === undefined) throw unsound([ALREADY]);
        const named = { act: `${kind}.enter`, subject: `${kind}:${fact.key}`, before: null, after: auditOf(fact) };
        const { warnings } = entry;
        const more = {
          ...(dryRun === true ? {} : { id: fact.id }),
          ...(warnings.length === 0 ? {} : { warnings }),
        };
        return { change, named, more };
      }),
  );

  app.post<OnFact<{ at?: string }>>(
    `${url}/:id/end`,
    {
      schema: {
        summary: `${title.vi}: kết thúc · ${title.en}: end one`,
        description: 'Without `at` it ends now; a day is counted whole.',
        tags,
        params: ID_PARAMS,
        body: body({ at: TIME, ...ACT }, ['reason']),
        response: answer('What it frees'),
      },
      preHandler,
    },
    async request =>
      act(request, async () => {
        const fact = await found(request.params.id);
        const at = request.body.at === undefined ? context.desk().now : endOf(request.body.at);
        if (at === undefined || at <= fact.from) throw refuse('/at', 'backwards-period', BACKWARDS);
        const subject = `${kind}:${fact.key}`;
        const after = { to: new Date(at).toISOString() };
        return {
          change: { put: [], end: [{ id: fact.id, at }] },
          named: { act: `${kind}.end`, subject, before: auditOf(fact), after },
        };
      }),
  );

  app.delete<OnFact>(
    `${url}/:id`,
    {
      schema: {
        summary: `${title.vi}: rút lại mục nhập sai · ${title.en}: withdraw one that was entered in error`,
        tags,
        params: ID_PARAMS,
        body: body(ACT, ['reason']),
        response: answer('What it frees'),
      },
      preHandler,
    },
    async request =>
      act(request, async () => {
        const fact = await found(request.params.id);
        return {
          change: { put: [], withdraw: [fact.id] },
          named: { act: `${kind}.withdraw`, subject: `${kind}:${fact.key}`, before: auditOf(fact), after: null },
        };
      }),
  );
}

function refuse(pointer: string, code: string, detail: { vi: string; en: string }): InputFault {
  return new InputFault('invalid-request', 400, detail, { faults: [{ pointer, code, detail }] });
}
