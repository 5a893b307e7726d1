/**
 * `/v1/workflow`: open dossiers that are late or nearly late, soonest first, and how many by unit and step, so that they are seen
 * before they are late.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { JsonObject } from '../domain/words.ts';
import { type Processing, readMayBeLate } from '../ledger/workflow.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { Clocks } from '../workflow/clocks.ts';
import { workflowOf } from '../workflow/mapping.ts';
import { soonestByProcedure } from '../workflow/soonest.ts';
import type { PeopleContext } from './context.ts';
import { PAGING, query, WORD } from './request.ts';
import { clocksNow, hoursOf, STEP_NAMES } from './workflow-view.ts';

/** Most open dossiers that are looked at; the answer says where there were more. */
const MOST = 5_000;
/** Dossiers whose clocks are counted before others get a turn. */
const AT_ONCE = 100;

interface Asked {
  unit?: string;
  step?: 1 | 2 | 3;
  lateness?: 'nearly-late' | 'late';
  cursor?: string;
  limit: number;
}
interface Late {
  dossier: Processing;
  clocks: Clocks;
  /** Orders the list; the cursor of the page that ends with it. */
  place: string;
}

/** Adds `/v1/workflow`. */
export function registerWorkflow(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: Asked }>(
    '/v1/workflow',
    {
      schema: {
        summary: 'Hồ sơ sắp trễ hoặc đã trễ · Open dossiers nearly late or late, soonest first',
        description:
          'Counted as of now with the calendar in force. Dossiers without a known time limit or due date are not in it. ' +
          '`truncated`: more dossiers were under way than are looked at; name a unit.',
        tags: ['workflow'],
        querystring: query({
          ...PAGING,
          cursor: { ...WORD, description: '`next` of the page before' },
          unit: WORD,
          step: { type: 'integer', minimum: 1, maximum: 3 },
          lateness: { type: 'string', enum: ['nearly-late', 'late'] },
        }),
        response: {
          200: {
            description: 'Dossiers, and counts by unit and step',
            type: 'object',
            properties: {
              items: { type: 'array', items: { type: 'object', additionalProperties: true } },
              groups: { type: 'array', items: { type: 'object', additionalProperties: true } },
              next: { type: ['string', 'null'], description: 'Cursor of the next page; null at the end' },
              truncated: { type: 'boolean' },
            },
          },
        },
      },
    },
    async request => {
      const { cursor, limit } = request.query;
      const { vocabulary } = context.vocabulary();
      const { now } = context.desk();
      const { late, truncated } = await lateDossiers(request.query, vocabulary, now, context);
      const rest = late.filter(({ place }) => cursor === undefined || place > cursor);
      const items = rest.slice(0, limit);
      return {
        items: items.map(each => shown(each, vocabulary)),
        groups: groupsOf(late, vocabulary),
        next: rest.length > limit ? (items.at(-1)?.place ?? null) : null,
        truncated,
      };
    },
  );
}

async function lateDossiers(
  { unit, step, lateness }: Asked,
  vocabulary: Vocabulary,
  now: number,
  context: PeopleContext,
): Promise<{ late: Late[]; truncated: boolean }> {
  const { nearlyLate, answerHours } = workflowOf(vocabulary);
  const dossiers = await readMayBeLate(context.database, {
    ...(unit === undefined ? {} : { unit }),
    procedures: soonestByProcedure(vocabulary),
    answerAfterMs: answerHours * nearlyLate * 3_600_000,
    share: nearlyLate,
    now,
    most: MOST,
  });
  const late: Late[] = [];
  for (const [index, dossier] of dossiers.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await breathe();
    const clocks = clocksNow(dossier, vocabulary, now);
    const isNear = clocks.lateness === 'late' || clocks.lateness === 'nearly-late';
    if (!isNear || clocks.next === null || clocks.settledAt !== null) continue;
    if (lateness !== undefined && clocks.lateness !== lateness) continue;
    if (step !== undefined && clocks.step !== step) continue;
    late.push({ dossier, clocks, place: `${new Date(clocks.next.at).toISOString()} ${dossier.code}` });
  }
  late.sort((a, b) => (a.place < b.place ? -1 : 1));
  return { late, truncated: dossiers.length >= MOST };
}

const unitOf = (unit: string | null, vocabulary: Vocabulary): JsonObject | null =>
  unit === null ? null : { code: unit, name: vocabulary.unitName(unit) ?? null };

function shown({ dossier, clocks }: Late, vocabulary: Vocabulary): JsonObject {
  const { code, procedure } = dossier;
  const facts = procedure === null ? undefined : vocabulary.procedureFacts(procedure);
  return {
    code,
    unit: unitOf(dossier.unit, vocabulary),
    procedure: procedure === null ? null : { code: procedure, plainTitle: facts?.plainTitle ?? null },
    step: clocks.step,
    state: clocks.state,
    lateness: clocks.lateness,
    due: clocks.next === null ? null : { at: new Date(clocks.next.at).toISOString(), from: clocks.next.from },
    leftHours: clocks.leftMs === null ? null : hoursOf(clocks.leftMs),
    usedHours: hoursOf(clocks.usedMs),
    certainty: clocks.next?.from === 'limit' ? (clocks.limit?.certainty ?? null) : null,
    estimated: clocks.estimatedYears.length > 0,
  };
}

/** How many are late and nearly late in each unit and step; where the soonest is, first. */
function groupsOf(late: readonly Late[], vocabulary: Vocabulary): JsonObject[] {
  const groups = Map.groupBy(late, ({ dossier, clocks }) => `${dossier.unit ?? ''} ${clocks.step ?? ''}`);
  return [...groups.values()].map(group => {
    const { dossier, clocks } = group[0] as Late;
    const count = (lateness: Clocks['lateness']): number =>
      group.filter(({ clocks: each }) => each.lateness === lateness).length;
    return {
      unit: unitOf(dossier.unit, vocabulary),
      step: clocks.step,
      stepName: clocks.step === null ? null : { ...STEP_NAMES[clocks.step] },
      late: count('late'),
      nearlyLate: count('nearly-late'),
      soonest: clocks.next === null ? null : new Date(clocks.next.at).toISOString(),
    };
  });
}
