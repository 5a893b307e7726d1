/** A person as people see one: who is meant by an id, the desks with unit and period, and the work that waits at them. */
import type { FastifyRequest } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { GatewayError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import { type Desk, desksOf } from '../facts/desks.ts';
import type { Fact } from '../facts/fact.ts';
import { officersCalled, personOf } from '../facts/persons.ts';
import { rightAsked } from '../facts/right-rule.ts';
import { noFact } from '../ledger/facts.ts';
import { type Asked, askedOf } from '../ledger/read-work.ts';
import type { PeopleContext } from './context.ts';
import { maskAt } from './mask.ts';
import { WORD } from './request.ts';

export const SOON = {
  type: 'integer',
  minimum: 0,
  maximum: 366,
  default: 30,
  description: 'Báo trước khi hết nhiệm vụ, số ngày · A post that ends within so many days is marked',
} as const;
export const CALLED = {
  type: 'object',
  properties: {
    id: { ...WORD, description: 'Mã cán bộ, hoặc mã của mục · An officer, or the id of a fact about one' },
  },
  required: ['id'],
} as const;
export const OPERATE = async (request: FastifyRequest): Promise<void> => {
  if (request.person) requireScope(request.person, 'operate');
};

export type Called = { Params: { id: string } };

/** The person that an id means. Throws 404, or 409 where two systems call different people by it. */
export async function personCalled(
  id: string,
  context: PeopleContext,
): Promise<{ officer: Fact<'officer'>; ids: string[] }> {
  const facts = await context.factsKeeper.follow();
  const known = facts.byId(id);
  const found = known?.kind === 'officer' ? [known as Fact<'officer'>] : officersCalled(id, facts);
  const [officer, ...others] = found;
  if (officer === undefined) throw noFact('Cán bộ, công chức', id);
  const ids = personOf(officer.body.id, facts);
  const strangers = others.filter(other => !ids.includes(other.body.id));
  if (strangers.length > 0) {
    const candidates = found.map(({ body: { id: one, name } }) => ({ id: one, name }));
    throw new GatewayError(
      'ambiguous-officer',
      409,
      {
        vi: `Mã ${id} chỉ nhiều người ở các hệ thống khác nhau; hãy dùng mã đầy đủ: ${candidates.map(one => one.id).join(', ')}.`,
        en: `Several people of different systems are called ${id}; use the whole id: ${candidates.map(one => one.id).join(', ')}.`,
      },
      { extra: { candidates } },
    );
  }
  return { officer, ids };
}

/** Ids of the systems of a role. */
export const systemsOf = (role: string, { systems }: PeopleContext): string[] =>
  systems.filter(system => system.role === role).map(({ id }) => id);

/** Desks of these officers, with a mark where a post ends within so many days. */
export function desksFor(ids: readonly string[], soonDays: number, context: PeopleContext): Desk[] {
  const { facts, vocabulary, now } = context.desk();
  const systems = [...systemsOf('documents', context), ...systemsOf('commune', context)];
  return desksOf(ids, now, { systems, soonDays }, facts, vocabulary);
}

/** What each system calls the person; `acts` = for somebody who may act. */
export function accountsOf(ids: readonly string[], context: PeopleContext, acts: boolean): JsonObject[] {
  const { facts } = context.desk();
  return ids
    .flatMap(id => facts.under('officer', id).at(-1) ?? [])
    .map(({ body: { id, name, email = null } }) => ({ id, name, email: acts ? email : maskAt('/email', email) }));
}

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** A desk as people see it. */
export function shownDesk(desk: Desk, { desk: known }: PeopleContext): JsonObject {
  const { holding, seat, post, department, when, endsInDays, rights } = desk;
  const { vocabulary } = known();
  const label = (kind: string, id: string | undefined): string | null =>
    id === undefined ? null : String(vocabulary.fact(kind, id)?.data.label ?? id);
  return {
    ...placeOf(desk, vocabulary),
    holding: holding.id,
    seat,
    post: post ?? null,
    postName: label('post', post),
    department: department ?? null,
    when,
    ...(endsInDays === undefined ? {} : { endsInDays, warning: endsText(endsInDays, holding) }),
    handover: holding.body.handover === undefined ? null : { ...holding.body.handover },
    document: holding.body.document === undefined ? null : { ...holding.body.document },
    rights: rights.map(right => ({ ...right, name: label('right', right.right) })) as unknown as JsonObject[],
  };
}

/** Unit and period of a desk. */
const placeOf = ({ holding }: Desk, vocabulary: ReturnType<PeopleContext['desk']>['vocabulary']): JsonObject => ({
  unit: holding.unit,
  unitName: holding.unit === null ? null : (vocabulary.unitName(holding.unit) ?? null),
  from: isoOf(holding.from),
  to: isoOf(holding.to),
});

const endsText = (days: number, { body: { handover } }: Fact<'holding'>): JsonObject => ({
  vi: `Còn ${days} ngày là hết nhiệm vụ ở vị trí này${handover === undefined ? '; chưa ghi nhận bàn giao' : ''}.`,
  en: `This post ends in ${days} days${handover === undefined ? '; no handover is recorded' : ''}.`,
});

/** What waits at desks that are held now: asked of their post, or of nobody in particular where the desk could do it. */
export async function workAt(desks: readonly Desk[], context: PeopleContext): Promise<JsonObject[]> {
  const { vocabulary, now } = context.desk();
  const present = desks.filter(({ when }) => when === 'now');
  const units = [...new Set(present.flatMap(({ holding }) => holding.unit ?? []))];
  const asked = await askedOf(context.database, units, now);
  return asked.flatMap(one => {
    const desk = present.find(each => each.holding.unit === one.unit && isFor(one, each));
    if (desk === undefined) return [];
    const { event } = one;
    return [
      {
        ...placeOf(desk, vocabulary),
        seat: desk.seat,
        ...(desk.endsInDays === undefined ? {} : { endsInDays: desk.endsInDays }),
        sync: one.sync,
        type: event.type,
        subject: one.subject,
        requestId: event.data.requestId ?? null,
        act: rightAsked(event) ?? null,
        procedure: one.procedure,
        askedAt: one.askedAt.toISOString(),
        dueAt: event.data.dueAt ?? null,
        state: one.state,
        cause: one.cause,
        missing: one.cause === 'missing-right' ? (one.detail?.missing ?? null) : null,
      },
    ];
  });
}

function isFor({ event }: Asked, { post, rights }: Desk): boolean {
  if (typeof event.data.post === 'string') return event.data.post === post;
  return rights.some(({ right }) => right === rightAsked(event));
}
