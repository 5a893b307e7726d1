/**
 * `POST /v1/units/{code}/lists`: somebody confirms by name and date that a unit's list of rights or authority is complete; from then on
 * what is missing in it holds requests back instead of being warned of. With `dryRun` it shows what would have been held lately.
 */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import type { CauseCode } from '../domain/causes.ts';
import type { GivenFact } from '../facts/entry.ts';
import type { UnitList } from '../facts/fact.ts';
import { rulesOf } from '../facts/kinds.ts';
import { listState } from '../facts/readiness.ts';
import { readWarned } from '../ledger/unit-signs.ts';
import { carryOutChange, carryOutRehearsed, rehearseChange } from '../sets/facts-change.ts';
import type { PeopleContext } from './context.ts';
import { ACT, type Act, enterOne, entryContext, TIME } from './entering.ts';
import { auditOf } from './facts-view.ts';
import { actorOf, answer, body, rehearsalOf } from './request.ts';
import { UNIT_PARAMS, unitByCode } from './units-view.ts';

const RULES = rulesOf('unit-list');
/** Warned events shown of a preview. */
const SHOWN = 200;
/** What each list is asked about. */
const CAUSES_OF: Record<UnitList['what'], readonly CauseCode[]> = {
  rights: ['missing-right'],
  authority: ['no-authority', 'no-legal-basis'],
};

interface Wish extends UnitList, Act {
  from?: string;
}

/** Adds the route. */
export function registerUnitLists(app: FastifyInstance, context: PeopleContext): void {
  app.post<{ Params: { code: string }; Body: Wish }>(
    '/v1/units/:code/lists',
    {
      schema: {
        summary: 'Xác nhận danh sách của đơn vị đã đủ · Confirm that a unit’s list is complete',
        description:
          'Until then what is missing is warned of and delivered; from `from` on it is held back. With `dryRun` the answer shows which ' +
          'requests of the last seven days went with such a warning. Ending the confirmation (`/v1/unit-lists/{id}/end`) observes again.',
        tags: ['units'],
        params: UNIT_PARAMS,
        body: body(
          {
            ...RULES.members,
            from: TIME,
            ...ACT,
          },
          ['what', 'confirmedBy', 'reason'],
        ),
        response: answer('The list as it stands; with `dryRun`, what would have been held'),
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
      const state = () => ({ unit, what: wish.what, list: listState(wish.what, { ...context.desk(), unit }) });
      if (rehearsal !== undefined) {
        const done = await carryOutRehearsed(rehearsal, 'unit-list', actor, context, `unit:${unit}`);
        return { ...done, ...state(), dryRun };
      }
      const given: GivenFact = { ...wish, unit };
      const { entry, change, fact } = enterOne(RULES, given, entryContext(context, actor));
      if (fact === undefined) return { id: entry.fact?.id ?? null, unchanged: true, ...state(), dryRun };
      const named = { act: 'unit-list.confirm', subject: `unit:${unit}`, before: state(), after: auditOf(fact) };
      if (dryRun) {
        const wouldHold = await readWarned(context.database, unit, CAUSES_OF[wish.what], SHOWN);
        return { ...(await rehearseChange(change, named, actor.who, context)), ...state(), wouldHold, dryRun };
      }
      return { ...(await carryOutChange(change, named, actor, context)), id: fact.id, ...state(), dryRun };
    },
  );
}
