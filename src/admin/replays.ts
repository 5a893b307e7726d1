/**
 * `/v1/replays`: many syncs sent again as one job. Rehearse a set, then do exactly that set; or name a filter and the count.
 * The rows are carried out by src/sets/replay-runner.ts, in whichever process comes first.
 */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { InputFault } from '../domain/errors.ts';
import { listReplays, type ReplayRow, readReplay } from '../ledger/read-replays.ts';
import { type ReplayVocabulary, rehearseSet, startRehearsed, startReplay } from '../ledger/replays.ts';
import { noReplay, steerReplay } from '../ledger/steer-replay.ts';
import { rehearseTranslation } from '../sets/rehearse-replay.ts';
import type { PeopleContext } from './context.ts';
import { actorOf, answer, body, DRY_RUN, ID_PARAMS, PAGING, page, query, REASON } from './request.ts';
import { type GivenFilter, SYNC_FILTER, syncFilter } from './syncs.ts';

/** Syncs a second unless said otherwise: beside live traffic, never in front of it. */
const RATE = 20;
const FASTEST = 500;

interface Asked {
  filter?: GivenFilter;
  rehearsal?: string;
  vocabulary?: ReplayVocabulary;
  reason?: string;
  rate?: number;
  expect?: number;
  confirmStale?: boolean;
  dryRun?: boolean;
}

/** Adds the routes. */
export function registerReplays(app: FastifyInstance, context: PeopleContext): void {
  const { database } = context;
  const operate = async (request: { person: Parameters<typeof requireScope>[0] | null }): Promise<void> => {
    if (request.person) requireScope(request.person, 'operate');
  };

  app.post<{ Body: Asked }>(
    '/v1/replays',
    {
      schema: {
        summary: 'Gửi lại nhiều lượt · Replay many syncs',
        description:
          'By `filter` (as GET /v1/syncs) or by `rehearsal` (what a `dryRun` answered: exactly that set). The set is fixed when asked. ' +
          'Without `state` it takes delivered, failed and parked syncs; those under way are left out, they go by themselves. ' +
          'Without any condition `expect` is needed: the count that you saw. What changed since is reported `changed`, not done; ' +
          'done + changed + failed = counted.',
        tags: ['replays'],
        body: body(
          {
            filter: { type: 'object', additionalProperties: false, properties: SYNC_FILTER },
            rehearsal: { type: 'string', format: 'uuid' },
            vocabulary: { type: 'string', enum: ['current', 'original'] },
            reason: REASON,
            rate: { type: 'number', minimum: 0.1, maximum: FASTEST, description: `Syncs a second; default ${RATE}` },
            expect: { type: 'integer', minimum: 0, description: 'How many syncs you saw' },
            confirmStale: { type: 'boolean', description: 'Also over something younger that was delivered' },
            dryRun: DRY_RUN,
          },
          [],
        ),
        response: {
          ...answer('With `dryRun`: the rehearsal, its counts and first items'),
          202: { description: 'The replay', type: 'object', additionalProperties: true },
        },
      },
      preHandler: operate,
    },
    async (request, reply) => {
      const { vocabulary, reason, rate = RATE, expect, confirmStale = false, dryRun = false } = request.body;
      const chosen = chosenBy(request.body);
      const more = { confirmStale, rate, ...(expect === undefined ? {} : { expect }) };
      if (chosen.by === 'filter' && dryRun) {
        const order = { ...chosen.order, ...more, vocabulary: vocabulary ?? 'current' };
        const rehearsed = await rehearseSet(database, order, actorOf(request, '').who);
        const translation = await rehearseTranslation(
          rehearsed.rehearsal,
          rehearsed.counted,
          order.vocabulary,
          context,
        );
        return { ...rehearsed, counts: { ...rehearsed.counts, ...translation }, dryRun };
      }
      if (dryRun) throw wrong('/dryRun', 'Lần xem trước này đã có rồi.', 'A rehearsal is a preview already.');
      if (reason === undefined) throw wrong('/reason', 'Cần lý do.', 'A reason is needed.', 'required');
      const actor = actorOf(request, reason);
      const started =
        chosen.by === 'filter'
          ? await startReplay(database, { ...chosen.order, ...more, vocabulary: vocabulary ?? 'current' }, actor)
          : await startRehearsed(
              database,
              chosen.rehearsal,
              { ...more, ...(vocabulary === undefined ? {} : { vocabulary }) },
              actor,
            );
      reply.code(202).header('location', `/v1/replays/${started.id}`);
      return started;
    },
  );

  app.get<{ Querystring: { cursor?: string; limit: number } }>(
    '/v1/replays',
    {
      schema: {
        summary: 'Các đợt gửi lại, mới nhất trước · Replays, newest first',
        tags: ['replays'],
        querystring: query(PAGING),
        response: page('Replays with their counts'),
      },
    },
    async request => listReplays(database, request.query),
  );

  app.get<{ Params: { id: string }; Querystring: { cursor?: number; limit: number; result?: ReplayRow['result'] } }>(
    '/v1/replays/:id',
    {
      schema: {
        summary: 'Một đợt gửi lại: số liệu, tiến độ, từng lượt · One replay: counts, progress, each row',
        tags: ['replays'],
        params: ID_PARAMS,
        querystring: query({
          cursor: { type: 'integer', minimum: 0, description: '`next` of the page of rows before' },
          limit: PAGING.limit,
          result: { type: 'string', enum: ['done', 'changed', 'failed', 'left'] },
        }),
        response: answer('Counts; `outcome` = what became of the syncs that went again; rows under `items`'),
      },
    },
    async request => {
      const { cursor = 0, limit, result } = request.query;
      const rows = { after: cursor, limit, ...(result === undefined ? {} : { result }) };
      const found = await readReplay(database, request.params.id, rows);
      if (!found) throw noReplay();
      return found;
    },
  );

  const steps = [
    ['POST', '/v1/replays/:id/pause', 'pause', 'Tạm dừng · Pause a replay'],
    ['POST', '/v1/replays/:id/resume', 'resume', 'Làm tiếp · Go on with a replay'],
    [
      'DELETE',
      '/v1/replays/:id',
      'cancel',
      'Dừng hẳn; lượt chưa gửi lại thì để nguyên · Stop a replay; what is left stays',
    ],
  ] as const;
  for (const [method, url, step, summary] of steps) {
    app.route<{ Params: { id: string }; Body: { reason?: string } }>({
      method,
      url,
      schema: {
        summary,
        tags: ['replays'],
        params: ID_PARAMS,
        body: body({ reason: REASON }, []),
        response: answer('State and counts'),
      },
      preValidation: async request => {
        request.body ??= {};
      },
      preHandler: operate,
      handler: async request =>
        steerReplay(database, request.params.id, step, actorOf(request, request.body.reason ?? '')),
    });
  }
}

type Chosen =
  | { by: 'rehearsal'; rehearsal: string }
  | { by: 'filter'; order: { filter: ReturnType<typeof syncFilter>; everything: boolean } };

function chosenBy({ filter, rehearsal }: Asked): Chosen {
  if ((filter === undefined) === (rehearsal === undefined)) {
    throw wrong(
      '',
      'Cần đúng một trong filter và rehearsal.',
      'Exactly one of filter and rehearsal is needed.',
      'one-of',
    );
  }
  if (rehearsal !== undefined) return { by: 'rehearsal', rehearsal };
  const { from: _from, to: _to, ...conditions } = filter ?? {};
  return {
    by: 'filter',
    order: { filter: syncFilter(filter ?? {}, '/filter'), everything: Object.keys(conditions).length === 0 },
  };
}

function wrong(pointer: string, vi: string, en: string, code = 'not-both'): InputFault {
  const detail = { vi, en };
  return new InputFault('invalid-request', 400, detail, { faults: [{ pointer, code, detail }] });
}
