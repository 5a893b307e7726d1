/**
 * `PUT /v1/units/{code}/mode`: a unit's part in the exchange from a date on. What is planned for that very minute is replaced, what is
 * planned later stays; what is in force already cannot be rewritten. With `dryRun` it shows what would go on.
 */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import type { EntryContext, GivenFact } from '../facts/entry.ts';
import type { Mode, OpenDossiers } from '../facts/fact.ts';
import { rulesOf } from '../facts/kinds.ts';
import { beginningOf } from '../facts/local-time.ts';
import { modeKey, plannedAfter } from '../facts/modes.ts';
import { carryOutChange, carryOutRehearsed, rehearseChange } from '../sets/facts-change.ts';
import type { PeopleContext } from './context.ts';
import { ACT, type Act, enterOne, entryContext, TIME } from './entering.ts';
import { auditOf } from './facts-view.ts';
import { actorOf, answer, body, rehearsalOf } from './request.ts';
import { modesOf, UNIT_PARAMS, unitByCode } from './units-view.ts';

const RULES = rulesOf('unit-mode');

interface Wish extends Act {
  mode: Mode;
  from?: string;
  systems?: string[];
  fields?: string[];
  openDossiers?: OpenDossiers;
  plan?: string;
}

/** Adds the route. */
export function registerUnitMode(app: FastifyInstance, context: PeopleContext): void {
  app.put<{ Params: { code: string }; Body: Wish }>(
    '/v1/units/:code/mode',
    {
      schema: {
        summary: 'Đặt chế độ của xã, phường từ một ngày · Set a unit’s mode from a date on',
        description:
          '`from` is a day (from midnight, UTC+7) or a time; without it, now. `openDossiers` says what becomes of dossiers of the trial ' +
          'once the unit is official: they stay on trial, are closed (nothing more is sent), or are carried over (told officially, whole). ' +
          'Limited to some `systems` or `fields` it counts before what is said for all. With `dryRun` the answer gives a `rehearsal`.',
        tags: ['units'],
        params: UNIT_PARAMS,
        body: body(
          {
            ...RULES.members,
            from: TIME,
            ...ACT,
          },
          ['mode', 'reason'],
        ),
        response: answer('What goes on with it, and the unit’s modes as they stand then'),
      },
      preHandler: async request => {
        if (request.person) requireScope(request.person, 'operate');
      },
    },
    async request => {
      const { reason, dryRun = false, rehearsal: _rehearsal, ...wish } = request.body;
      const rehearsal = rehearsalOf(request.body);
      const actor = actorOf(request, reason);
      await context.factsKeeper.follow();
      const unit = unitByCode(request.params.code, context);
      const modes = () => modesOf(unit, context.desk());
      if (rehearsal !== undefined) {
        const done = await carryOutRehearsed(rehearsal, 'unit-mode', actor, context, `unit:${unit}`);
        return { ...done, ...modes(), dryRun };
      }
      const desk = entryContext(context, actor);
      const replaced = plannedThen(unit, wish, desk);
      const facts = replaced === undefined ? desk.facts : desk.facts.with([], [replaced]);
      const to = endsAt(unit, wish, { ...desk, facts });
      const given: GivenFact = { openDossiers: 'stay', ...wish, unit, ...(to === undefined ? {} : { to }) };
      const { entry, change, fact } = enterOne(RULES, given, { ...desk, facts });
      // it stands like this already: asking twice changes nothing
      if (fact === undefined) return { id: entry.fact?.id ?? null, unchanged: true, freed: [], ...modes(), dryRun };
      const whole = { ...change, ...(replaced === undefined ? {} : { withdraw: [replaced] }) };
      const named = { act: 'unit-mode.set', subject: `unit:${unit}`, before: modes(), after: auditOf(fact) };
      const warnings = entry.warnings.length === 0 ? {} : { warnings: entry.warnings };
      if (dryRun) return { ...(await rehearseChange(whole, named, actor.who, context)), ...warnings, dryRun };
      const done = await carryOutChange(whole, named, actor, context);
      return { ...done, id: fact.id, ...warnings, ...modes(), dryRun };
    },
  );
}

/** It lasts until what is planned next for the same begins; RFC 3339. */
function endsAt(
  unit: string,
  { from, ...wish }: Omit<Wish, keyof Act>,
  { facts, now }: Pick<EntryContext, 'facts' | 'now'>,
): string | undefined {
  const at = from === undefined ? now : beginningOf(from);
  const key = modeKey(unit, { openDossiers: 'stay', ...wish });
  const next = at === undefined ? undefined : plannedAfter(facts, key, Math.max(at, now))[0];
  return next === undefined ? undefined : new Date(next.from).toISOString();
}

/** What is planned, and not yet in force, for that very minute: the new word takes its place. */
function plannedThen(
  unit: string,
  { from, ...wish }: Omit<Wish, keyof Act>,
  { facts, now }: Pick<EntryContext, 'facts' | 'now'>,
): string | undefined {
  const at = from === undefined ? now : beginningOf(from);
  if (at === undefined || at <= now) return undefined;
  const key = modeKey(unit, { openDossiers: 'stay', ...wish });
  const planned = facts.under('unit-mode', key).find(fact => fact.from === at);
  const { mode, openDossiers = 'stay', plan } = wish;
  const same = planned?.body.mode === mode && planned.body.openDossiers === openDossiers && planned.body.plan === plan;
  return same ? undefined : planned?.id;
}
