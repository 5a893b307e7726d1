/**
 * `GET /v1/syncs` and `/v1/syncs/{id}`: what is under way, what is stuck, and why.
 */
import type { FastifyInstance } from 'fastify';
import { differences } from '../delivery/json-differences.ts';
import { CAUSES, type CauseCode } from '../domain/causes.ts';
import { InputFault } from '../domain/errors.ts';
import type { JsonObject, SyncState } from '../domain/words.ts';
import { answered, type Payload } from '../entities/payload.ts';
import { maskPersonal } from '../http/log.ts';
import { readSync, type SyncDetail, timelineOf } from '../ledger/read-sync.ts';
import { listSyncs, type SyncFilter } from '../ledger/read-syncs.ts';
import { readWarnings } from '../ledger/read-warnings.ts';
import { type Revision, revisionsOf } from '../ledger/revisions.ts';
import type { PeopleContext } from './context.ts';
import { maskAt, maskDifferences, maskObject } from './mask.ts';
import { answer, ID_PARAMS, notFound, PAGING, page, query, WINDOW, WORD, windowOf } from './request.ts';
import { shownWarning } from './warnings.ts';

const STATES: readonly (SyncState | 'open')[] = [
  'open',
  'waiting',
  'queued',
  'delivering',
  'retrying',
  'delivered',
  'parked',
  'failed',
  'cancelled',
  'superseded',
];

/** What a list of syncs is chosen by, as it is given; other resources choose sets by the same words. */
export interface GivenFilter {
  state?: string;
  cause?: CauseCode;
  target?: string;
  source?: string;
  type?: string;
  unit?: string;
  procedure?: string;
  subject?: string;
  mode?: string;
  q?: string;
  from?: string;
  to?: string;
}
interface Query extends GivenFilter {
  cursor?: string;
  limit: number;
}

/** Schemas of the filter's members. */
export const SYNC_FILTER = {
  state: {
    type: 'string',
    pattern: `^(?:${STATES.join('|')})(?:,(?:${STATES.join('|')}))*$`,
    description: `One or several with commas: ${STATES.join(', ')}. \`open\` = waiting, queued, delivering or retrying`,
  },
  cause: { type: 'string', enum: Object.keys(CAUSES) },
  target: WORD,
  source: WORD,
  type: WORD,
  unit: WORD,
  procedure: WORD,
  subject: { ...WORD, description: 'Any code of the dossier or document' },
  mode: { type: 'string', enum: ['trial', 'official'] },
  q: { ...WORD, description: 'A code, or the id of a sync or event' },
  ...WINDOW,
} as const;

/** Adds the two routes. */
export function registerSyncs(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: Query }>(
    '/v1/syncs',
    {
      schema: {
        summary: 'Các lượt gửi, mới nhất trước · Syncs, newest first',
        description:
          'Without `from` the last 31 days. Where a filter matches almost nothing a page may be short, even empty, and still have a `next`: go on until `next` is null.',
        tags: ['syncs'],
        querystring: query({ ...SYNC_FILTER, ...PAGING }),
        response: page('Syncs'),
      },
    },
    async request => {
      const { cursor, limit, ...given } = request.query;
      return listSyncs(context.database, {
        ...syncFilter(given, '/query'),
        ...(cursor === undefined ? {} : { cursor }),
        limit,
      });
    },
  );

  app.get<{ Params: { id: string } }>(
    '/v1/syncs/:id',
    {
      schema: {
        summary: 'Một lượt gửi, đủ ngọn ngành · One sync with all that explains it',
        tags: ['syncs'],
        params: ID_PARAMS,
        response: answer('The sync with event, attempts, park reason, lane neighbours, timeline'),
      },
    },
    async request => {
      const detail = await readSync(context.database, request.params.id);
      if (!detail) throw notFound('Không có lượt gửi nào mang mã này.', 'There is no sync of this id.');
      return {
        ...detail.sync,
        event: detail.payload === undefined ? null : maskObject(detail.payload.event as JsonObject),
        answers: (detail.payload?.answers ?? []).map(given => ({
          ...given,
          from: maskAt(given.pointer, given.from),
          to: maskAt(given.pointer, given.to),
        })),
        attemptList: detail.attempts.map(attempt =>
          attempt.detail === undefined ? attempt : { ...attempt, detail: maskPersonal(attempt.detail) },
        ),
        ...(detail.problem === undefined ? {} : { reason: reasonOf(detail.problem) }),
        warnings: (await readWarnings(context.database, detail.sync.eventId, detail.sync.target)).map(shownWarning),
        lane: detail.lane,
        revision: detail.stored.revision,
        revisions: (await revisionsOf(context.database, detail.sync.id, detail.sync.eventId)).map(revisionText),
        timeline: await timelineOf(context.database, detail),
      };
    },
  );
}

/** A later revision of the event's content, with what it changed. */
function revisionText({ who, at, before, after, ...revision }: Revision): JsonObject {
  const understood = (payload: Payload): JsonObject => answered(payload.event, payload.answers).data;
  return {
    ...revision,
    by: who,
    at: at.toISOString(),
    differences:
      before === undefined || after === undefined
        ? null
        : maskDifferences(differences(understood(before), understood(after), '/data')),
  };
}

/** What a parked or failed sync stands for, as people see it. */
function reasonOf(problem: NonNullable<SyncDetail['problem']>): JsonObject {
  const { pointer, value, detail, ...rest } = problem.detail ?? {};
  return {
    since: problem.since,
    ...(typeof pointer === 'string' ? { pointer, value: maskAt(pointer, value ?? null) } : {}),
    ...(typeof detail === 'string' ? { detail: maskPersonal(detail) } : {}),
    ...rest,
  };
}

/** The filter as the ledger takes it; `place` = where in the request it stood. Throws 400. */
export function syncFilter(given: GivenFilter, place: string): Omit<SyncFilter, 'cursor' | 'limit'> {
  const { state, from, to, ...rest } = given;
  const states = state?.split(',') as (SyncState | 'open')[] | undefined;
  if (states !== undefined && new Set(states).size < states.length) {
    const detail = { vi: 'Trạng thái bị lặp lại.', en: 'A state is named twice.' };
    throw new InputFault('invalid-request', 400, detail, {
      faults: [{ pointer: `${place}/state`, code: 'doubled', detail }],
    });
  }
  return {
    ...rest,
    ...windowOf({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }),
    ...(states === undefined ? {} : { states }),
  };
}
