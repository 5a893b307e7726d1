/**
 * `GET /v1/agencies`: who is who. Agency codes with the unit that a source gives them, the province's bodies, and what the work of former
 * bodies became. A code that leads nowhere says why; nothing is worked out from its form.
 */
import type { FastifyInstance } from 'fastify';
import type { JsonObject } from '../domain/words.ts';
import type { FactRecord } from '../translation/content.ts';
import { fold } from '../translation/likeness.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { PeopleContext } from './context.ts';
import { page, query, WORD } from './request.ts';

const KINDS = { code: 'agency', body: 'provincial-body', 'former-body': 'former-body' } as const;
type Kind = keyof typeof KINDS;
interface Asked {
  kind?: Kind;
  code?: string;
  q?: string;
  at?: string;
}

/** Adds the route. */
export function registerAgencies(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: Asked }>(
    '/v1/agencies',
    {
      schema: {
        summary: 'Cơ quan: mã định danh, cơ quan cũ và nơi kế thừa · Agencies: codes, former bodies, successors',
        tags: ['units'],
        querystring: query({
          kind: { type: 'string', enum: Object.keys(KINDS) },
          code: { ...WORD, description: 'Only this agency code; one that is not recorded is answered with the reason' },
          q: { ...WORD, description: 'In codes and names; tones do not matter' },
          at: { type: 'string', format: 'date', description: 'The day for which a code is read; today without it' },
        }),
        response: page('Codes with the unit that they lead to, bodies, former bodies with those that took over'),
      },
    },
    async request => ({ items: agenciesFor(request.query, context), next: null }),
  );
}

function agenciesFor({ kind, code, q, at }: Asked, context: PeopleContext): JsonObject[] {
  const { vocabulary } = context.vocabulary();
  const day = at ?? new Date(context.desk().now).toISOString();
  if (code !== undefined) {
    const known = vocabulary.facts('agency').filter(fact => fact.id === code);
    return known.length > 0 ? known.map(fact => codeOf(fact, day, vocabulary)) : [unknown(code, day, vocabulary)];
  }
  const wanted = kind === undefined ? (Object.keys(KINDS) as Kind[]) : [kind];
  const all = wanted.flatMap(each =>
    vocabulary
      .facts(KINDS[each])
      .map(fact => (each === 'code' ? codeOf(fact, day, vocabulary) : { kind: each, ...plain(fact) })),
  );
  const needle = q === undefined ? '' : fold(q);
  return all.filter(item => needle === '' || fold(Object.values(item).join(' ')).includes(needle));
}

const plain = ({ id, data, source, certainty }: FactRecord): JsonObject => ({
  id,
  ...data,
  source: source.join('; '),
  certainty,
});

/** A recorded code, with the unit that it leads to on the day, or why to none. */
function codeOf(fact: FactRecord, day: string, vocabulary: Vocabulary): JsonObject {
  return { kind: 'code', ...plain(fact), ...leadsTo(fact.id, day, vocabulary) };
}

function unknown(code: string, day: string, vocabulary: Vocabulary): JsonObject {
  return { kind: 'code', id: code, code, recorded: false, ...leadsTo(code, day, vocabulary) };
}

function leadsTo(code: string, day: string, vocabulary: Vocabulary): JsonObject {
  const answer = vocabulary.resolveUnit(code, day);
  if (answer.ok) return { unit: { code: answer.code, name: answer.name } };
  const why = vocabulary.whyNoUnit(code) ?? {
    vi: `${code} không phải là mã định danh cơ quan, và không có đơn vị nào mang mã này.`,
    en: `${code} has not the form of an agency code, and no unit bears it.`,
  };
  return { unit: null, why: { ...why } };
}
