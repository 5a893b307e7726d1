/**
 * The connected systems: how each one's gate stands and what waits before it; pause and resume, and the end of a held start.
 */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { pauseSystem, releaseHeld, resumeSystem } from '../ledger/pause.ts';
import { readGates, type SystemGate } from '../ledger/read-systems.ts';
import { dueHomes } from '../ledger/wake.ts';
import type { PeopleContext } from './context.ts';
import { actorOf, answer, body, page, query, REASON, SYSTEM_PARAMS } from './request.ts';

/** Homes woken at once; the relay wakes the rest within its next rounds. */
const WOKEN = 500;

/** Adds `/v1/systems`, its pause and resume, and `/v1/release`. */
export function registerSystems(app: FastifyInstance, context: PeopleContext): void {
  const { database } = context;
  const wakeDue = async (): Promise<void> => {
    context.turns.wake(await dueHomes(database, WOKEN));
  };
  const operate = async (request: { person: Parameters<typeof requireScope>[0] | null }): Promise<void> => {
    if (request.person) requireScope(request.person, 'operate');
  };

  app.get(
    '/v1/systems',
    {
      schema: {
        summary: 'Các hệ thống và tình trạng gửi · Systems, their gates and what waits',
        tags: ['systems'],
        querystring: query({}),
        response: page('Systems'),
      },
    },
    async () => {
      const gates = await readGates(database);
      const turns = await context.turns.depth().catch((): Record<string, number> => ({}));
      return { items: context.targets.map(target => shown(target, gates, turns)), next: null };
    },
  );

  app.post<{ Params: { id: string }; Body: { until?: string; note: string } }>(
    '/v1/systems/:id/pause',
    {
      schema: {
        summary: 'Tạm dừng gửi đến một hệ thống · Pause deliveries to a system',
        tags: ['systems'],
        params: SYSTEM_PARAMS,
        body: body({ until: { type: 'string', format: 'date-time' }, note: REASON }, ['note']),
        response: answer('The gate, and how many calls are still in the air'),
      },
      preHandler: operate,
    },
    async request => {
      const { until, note } = request.body;
      const at = until === undefined ? null : new Date(until);
      return pauseSystem(database, request.params.id, at, actorOf(request, note));
    },
  );

  app.post<{ Params: { id: string }; Body: { note?: string } }>(
    '/v1/systems/:id/resume',
    {
      schema: {
        summary: 'Gửi tiếp · Resume deliveries to a system',
        tags: ['systems'],
        params: SYSTEM_PARAMS,
        body: body({ note: REASON }, []),
        response: answer('The gate'),
      },
      preValidation: async request => {
        request.body ??= {};
      },
      preHandler: operate,
    },
    async request => {
      const change = await resumeSystem(database, request.params.id, actorOf(request, request.body.note ?? ''));
      await wakeDue();
      return change;
    },
  );

  app.post<{ Body: { reason?: string } }>(
    '/v1/release',
    {
      schema: {
        summary: 'Thả mọi lượt gửi đang giữ từ khi khởi động · End a held start',
        tags: ['systems'],
        body: body({ reason: REASON }, []),
        response: answer('Systems that were held'),
      },
      preValidation: async request => {
        request.body ??= {};
      },
      preHandler: operate,
    },
    async request => {
      const released = await releaseHeld(database, actorOf(request, request.body.reason ?? ''));
      await wakeDue();
      return { released };
    },
  );
}

function shown(
  target: PeopleContext['targets'][number],
  gates: readonly SystemGate[],
  turns: Readonly<Record<string, number>>,
): object {
  const { system, description } = target;
  const { target: _name, ...gate } = gates.find(candidate => candidate.target === system.id) ?? { target: system.id };
  return {
    id: system.id,
    role: system.role,
    connector: system.connector,
    ...(system.profile === undefined ? {} : { profile: system.profile }),
    statusList: system.statusList,
    limits: {
      concurrency: system.concurrency,
      ratePerSecond: system.ratePerSecond ?? null,
      timeoutMs: system.timeoutMs,
      settleMs: system.settleMs,
    },
    retry: system.retry,
    breakerPolicy: system.breaker,
    poll: system.poll ?? null,
    honoursKeys: target.means.honoursKeys,
    looksUp: target.means.looksUp,
    ...gate,
    turns: turns[system.id] ?? null,
    description,
  };
}
