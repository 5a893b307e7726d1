/**
 * `/v1/authority`: what people entered beside what the files say (mappings/authority), and who may do what for a procedure on a day;
 * what one person entered is confirmed by another. Entering, ending and withdrawing are those of every fact (facts.ts).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { GatewayError } from '../domain/errors.ts';
import { PROVINCE } from '../domain/province.ts';
import type { JsonObject } from '../domain/words.ts';
import { type AuthorityAnswer, authorityAt } from '../facts/authority.ts';
import { ACTS, type AuthorityEntry, writtenEntries } from '../facts/authority-entries.ts';
import { type Fact, holds } from '../facts/fact.ts';
import { rulesOf } from '../facts/kinds.ts';
import { beginningOf, dayOf } from '../facts/local-time.ts';
import { noFact } from '../ledger/facts.ts';
import { carryOutChange, carryOutRehearsed, rehearseChange } from '../sets/facts-change.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { PeopleContext } from './context.ts';
import { ACT, type Act, enterOne, entryContext } from './entering.ts';
import { auditOf, shown } from './facts-view.ts';
import { actorOf, answer, body, ID_PARAMS, PAGING, page, query, rehearsalOf, WORD } from './request.ts';

const TAGS = ['facts'];
const RULES = rulesOf('authority');

interface Chosen {
  procedure?: string;
  field?: string;
  act?: string;
  level?: string;
  unit?: string;
  at?: string;
  cursor?: string;
  limit: number;
}

/** Adds the list and the confirmation. */
export function registerAuthority(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: Chosen }>(
    '/v1/authority',
    {
      schema: {
        summary: 'Thẩm quyền · Authority',
        description:
          'What people entered first, then what the files say (`origin: mappings`, one entry for each procedure). With `procedure` the answer ' +
          'also says who may do what at `at` (now without it), with the source; an empty list means that nothing is recorded.',
        tags: TAGS,
        querystring: query({
          ...PAGING,
          cursor: { ...WORD, maxLength: 300, description: '`next` of the page before' },
          procedure: { ...WORD, description: 'Entries for this procedure or for its field' },
          field: WORD,
          act: { type: 'string', enum: [...ACTS] },
          level: { type: 'string', enum: ['commune', 'district', 'province'] },
          unit: {
            ...WORD,
            description: 'Only what is limited to this unit (`who` answers for it); `75` = what counts for all',
          },
          at: { type: 'string', format: 'date-or-time', maxLength: 35, description: 'Only what holds then' },
        }),
        response: {
          200: {
            ...(page('Authority') as { 200: object })[200],
            additionalProperties: true,
          },
        },
      },
    },
    async request => {
      const facts = await context.factsKeeper.follow();
      const { vocabulary, now } = context.desk();
      const { procedure, unit, at, cursor, limit } = request.query;
      const rows = [
        ...facts.all('authority').map(fact => ({ key: `0:${fact.id}`, ...rowOf(fact) })),
        ...writtenEntries(vocabulary).map(entry => ({
          key: `1:${entry.id}|${entry.body.procedure ?? ''}`,
          ...entry,
          shown: shownEntry(entry),
        })),
      ]
        .filter(fitting(request.query, vocabulary))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .filter(({ key }) => cursor === undefined || key > cursor);
      const items = rows.slice(0, limit);
      const instant = at === undefined ? now : (beginningOf(at) ?? now);
      const asked = { at: instant, unit: unit === undefined || unit === PROVINCE ? null : unit };
      const who = (code: string): object =>
        Object.fromEntries(
          ACTS.map(act => [act, authorityAt({ procedure: code, act, ...asked }, facts, vocabulary).map(shownAnswer)]),
        );
      return {
        items: items.map(row => row.shown),
        next: rows.length > limit ? items.at(-1)?.key : null,
        ...(procedure === undefined ? {} : { procedure, at: new Date(instant).toISOString(), who: who(procedure) }),
      };
    },
  );

  app.post<{ Params: { id: string }; Body: Act }>(
    '/v1/authority/:id/confirm',
    {
      schema: {
        summary: 'Thẩm quyền: người thứ hai xác nhận · Authority: confirm what another person entered',
        description:
          'Until then it holds nothing back and lifts nothing that is held for a certain contradiction; what else goes because of it goes with a warning.',
        tags: TAGS,
        params: ID_PARAMS,
        body: body(ACT, ['reason']),
        response: answer('What it frees'),
      },
      preHandler: async (request: FastifyRequest) => {
        if (request.person) requireScope(request.person, 'operate');
      },
    },
    async request => {
      const { reason, dryRun = false } = request.body;
      const rehearsal = rehearsalOf(request.body);
      const actor = actorOf(request, reason);
      if (rehearsal !== undefined) return carryOutRehearsed(rehearsal, 'authority', actor, context);
      const fact = (await context.factsKeeper.follow()).byId(request.params.id) as Fact<'authority'> | undefined;
      if (fact?.kind !== 'authority') throw noFact(RULES.title.vi, request.params.id);
      if (fact.body.confirmedBy !== undefined) throw alreadyConfirmed();
      if (fact.madeBy === actor.who) throw samePerson();
      const entering = entryContext(context, actor);
      const period = {
        from: new Date(fact.from).toISOString(),
        ...(fact.to === null ? {} : { to: new Date(fact.to).toISOString() }),
      };
      const { change } = enterOne(
        RULES,
        { ...fact.body, unit: fact.unit, ...period, confirmedBy: actor.who, confirmedOn: dayOf(entering.now) },
        entering,
      );
      // whoever entered it stays named; the confirmation takes the place of what was entered
      const put = change.put.map(one => ({ ...one, madeBy: fact.madeBy }));
      const confirmed = put[0];
      const named = {
        act: 'authority.confirm',
        subject: `authority:${fact.key}`,
        before: auditOf(fact),
        after: confirmed === undefined ? null : auditOf(confirmed),
      };
      const whole = { ...change, put, withdraw: [fact.id] };
      const result = dryRun
        ? await rehearseChange(whole, named, actor.who, context)
        : { ...(await carryOutChange(whole, named, actor, context)), id: confirmed?.id };
      return { ...result, dryRun };
    },
  );
}

const rowOf = (fact: Fact<'authority'>) => ({
  unit: fact.unit,
  body: fact.body,
  from: fact.from as number | null,
  to: fact.to,
  shown: shown(fact),
});

/** Does a row answer what was asked? */
function fitting(
  { procedure, field, act, level, unit, at }: Chosen,
  vocabulary: Vocabulary,
): (row: Pick<AuthorityEntry, 'unit' | 'body' | 'from' | 'to'>) => boolean {
  const itsField = procedure === undefined ? undefined : vocabulary.procedureFacts(procedure)?.record.field;
  const instant = at === undefined ? undefined : beginningOf(at);
  return row =>
    (procedure === undefined ||
      row.body.procedure === procedure ||
      (row.body.field !== undefined && row.body.field === itsField)) &&
    (field === undefined || row.body.field === field || fieldOf(row.body.procedure, vocabulary) === field) &&
    (act === undefined || row.body.act === act) &&
    (level === undefined || row.body.level === level) &&
    (unit === undefined || (row.unit ?? PROVINCE) === unit) &&
    (instant === undefined || holds({ from: row.from ?? Number.NEGATIVE_INFINITY, to: row.to }, instant));
}

const fieldOf = (procedure: string | undefined, vocabulary: Vocabulary): string | undefined =>
  procedure === undefined ? undefined : vocabulary.procedureFacts(procedure)?.record.field;

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const shownEntry = ({ id, origin, unit, body: members, from, to, source }: AuthorityEntry): JsonObject => ({
  kind: 'authority',
  ...(members as unknown as JsonObject),
  id,
  unit,
  from: isoOf(from),
  to: isoOf(to),
  origin,
  source,
});

const shownAnswer = ({ from, to, ended, ...said }: AuthorityAnswer): JsonObject =>
  ({
    ...said,
    from: isoOf(from),
    to: isoOf(to),
    ...(ended === undefined ? {} : { ended: shownEntry(ended) }),
  }) as unknown as JsonObject;

const alreadyConfirmed = (): GatewayError =>
  new GatewayError('already-confirmed', 409, {
    vi: 'Mục này đã được xác nhận.',
    en: 'This one has been confirmed already.',
  });
const samePerson = (): GatewayError =>
  new GatewayError('same-person', 403, {
    vi: 'Người nhập không tự xác nhận được; cần một người khác.',
    en: 'Whoever entered it cannot confirm it; another person must.',
  });
