/** What the routes of units share: a unit by its code, and its modes as people see them. */

import { PROVINCE } from '../domain/province.ts';
import type { JsonObject } from '../domain/words.ts';
import type { Fact } from '../facts/fact.ts';
import { modeAt, modeKey, plannedAfter } from '../facts/modes.ts';
import type { DeskContext } from '../routing/at-the-desk.ts';
import type { PeopleContext } from './context.ts';
import { notFound } from './request.ts';

export const UNIT_PARAMS = {
  type: 'object',
  properties: {
    code: { type: 'string', pattern: '^[0-9A-Za-z.]{1,20}$', description: 'Mã xã, phường · code of a unit' },
  },
  required: ['code'],
} as const;

/** The unit's present code; throws 404 where there is none. */
export function unitByCode(code: string, context: Pick<PeopleContext, 'vocabulary' | 'desk'>): string {
  const { vocabulary } = context.vocabulary();
  const now = new Date(context.desk().now).toISOString();
  const answer = vocabulary.resolveUnit(code, now);
  if (answer.ok && answer.code !== PROVINCE) return answer.code;
  throw notFound(
    `Tỉnh không có xã, phường nào mang mã ${code}, hoặc mã ấy nay ứng với nhiều nơi.`,
    `The province has no unit ${code}, or the code leads to several.`,
  );
}

const isoOf = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : new Date(at).toISOString();

const shownMode = ({ id, body, from, to, reason, madeBy }: Fact<'unit-mode'>): JsonObject => ({
  id,
  mode: body.mode,
  from: isoOf(from),
  to: isoOf(to),
  openDossiers: body.openDossiers,
  ...(body.systems === undefined ? {} : { systems: [...body.systems] }),
  ...(body.fields === undefined ? {} : { fields: [...body.fields] }),
  ...(body.plan === undefined ? {} : { plan: body.plan }),
  by: madeBy,
  reason,
});

/** The unit's mode now, the next one, and all that is said otherwise for single systems or fields. */
export function modesOf(unit: string, { facts, now }: Pick<DeskContext, 'facts' | 'now'>): JsonObject {
  const { mode, fact } = modeAt(facts, { unit }, now);
  const next = plannedAfter(facts, modeKey(unit, { mode: 'off', openDossiers: 'stay' }), now)[0];
  const narrower = facts
    .of('unit-mode', unit)
    .filter(({ body, to }) => (body.systems ?? body.fields) !== undefined && (to === null || to > now));
  return {
    unit,
    mode,
    since: isoOf(fact?.from),
    openDossiers: fact?.body.openDossiers ?? null,
    next: next === undefined ? null : shownMode(next),
    narrower: narrower.map(shownMode),
  };
}

/** Everything that was ever said of the unit's mode, oldest first. */
export const modeHistory = (unit: string, { facts }: Pick<DeskContext, 'facts'>): JsonObject[] =>
  facts.of('unit-mode', unit).map(shownMode);
