/**
 * `/v1/escalations`: what waited too long and went up, how far, whom it was told and when, and whether anybody has looked at it.
 */
import type { FastifyInstance } from 'fastify';
import { requireScope } from '../auth/people.ts';
import { CAUSES } from '../domain/causes.ts';
import { LEVEL_NAMES, LEVELS, type Level, levelOf, rungOf } from '../domain/levels.ts';
import { aboutOf, SAMPLES } from '../escalation/about.ts';
import { maskPersonal } from '../http/log.ts';
import { readSamples } from '../ledger/escalations.ts';
import {
  acknowledgeEscalation,
  type EscalationRow,
  listEscalations,
  seeEscalation,
} from '../ledger/read-escalations.ts';
import type { PeopleContext } from './context.ts';
import { actorOf, answer, body, ID_PARAMS, PAGING, page, query, REASON, WORD } from './request.ts';

interface Listed {
  state: 'open' | 'closed';
  level?: Level;
  unit?: string;
  cause?: string;
  cursor?: string;
  limit: number;
}

/** Adds the routes. */
export function registerEscalations(app: FastifyInstance, context: PeopleContext): void {
  const { database } = context;
  const tags = ['escalations'];
  app.get<{ Querystring: Listed }>(
    '/v1/escalations',
    {
      schema: {
        summary: 'Báo cáo cấp trên · What waited too long and went up',
        description:
          'Youngest first. `told` is empty where nobody is configured to hear of it. `silent`: it was told or stands, and nobody has opened or acknowledged it since it reached its level.',
        tags,
        querystring: query({
          state: { type: 'string', enum: ['open', 'closed'], default: 'open' },
          level: { type: 'string', enum: [...LEVELS] },
          unit: WORD,
          cause: WORD,
          ...PAGING,
        }),
        response: page('Escalations with level, count, since, next limit, told whom when'),
      },
    },
    async request => {
      const { level, ...filter } = request.query;
      const { items, next } = await listEscalations(database, {
        ...filter,
        ...(level === undefined ? {} : { level: rungOf(level) }),
      });
      return { items: items.map(row => shown(row, context)), next };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/v1/escalations/:id',
    {
      schema: {
        summary: 'Một báo cáo cấp trên: điều cần biết để quyết định · One escalation with everything needed to decide',
        description: 'That it was opened is noted, with the name: silence on the way back must be visible.',
        tags,
        params: ID_PARAMS,
        response: answer('The escalation, what waits, which dossiers are due soonest, whom to call'),
      },
    },
    async request => {
      const row = await seeEscalation(database, request.params.id, request.person?.username ?? '');
      const { facts, vocabulary, now } = context.desk();
      const client = await database.people.connect();
      try {
        const samples = row.closed_at === null ? await readSamples(client, row, SAMPLES) : [];
        const { systems, sandbox } = context;
        return {
          ...shown(row, context),
          ...aboutOf(row, samples, { facts, vocabulary, systems, now, samples: sandbox }),
        };
      } finally {
        client.release();
      }
    },
  );

  app.post<{ Params: { id: string }; Body: { reason: string } }>(
    '/v1/escalations/:id/acknowledge',
    {
      schema: {
        summary: 'Báo đã nhận · Acknowledge',
        description: 'It goes on climbing while the cause stands: only mending it ends it.',
        tags,
        params: ID_PARAMS,
        body: body({ reason: REASON }, ['reason']),
        response: answer('The escalation'),
      },
      preHandler: async request => {
        if (request.person) requireScope(request.person, 'operate');
      },
    },
    async request => {
      const actor = actorOf(request, request.body.reason);
      await acknowledgeEscalation(database, request.params.id, actor);
      return shown(await seeEscalation(database, request.params.id, actor.who), context);
    },
  );
}

function shown(row: EscalationRow, context: PeopleContext): Record<string, unknown> {
  const { cause, unit, seen_at, acknowledged_at, raised_at, closed_at } = row;
  const { title, remedy } = CAUSES[cause] ?? CAUSES['gateway-fault'];
  const level = levelOf(row.level) ?? 'province';
  const looked = [seen_at, acknowledged_at].some(at => at !== null && at >= raised_at);
  const filter = new URLSearchParams({ cause, ...(unit === null ? {} : { unit }), target: row.target });
  return {
    id: row.id,
    state: closed_at === null ? 'open' : 'closed',
    cause,
    title,
    remedy,
    unit,
    unitName: unit === null ? null : (context.vocabulary().vocabulary.unitName(unit) ?? unit),
    target: row.target,
    key: maskPersonal(row.key),
    level,
    levelName: LEVEL_NAMES[level],
    count: row.count,
    dossiers: row.dossiers,
    trial: row.trial,
    since: row.since.toISOString(),
    openedAt: row.opened_at.toISOString(),
    raisedAt: raised_at.toISOString(),
    nextAt: row.next_at?.toISOString() ?? null,
    closedAt: closed_at?.toISOString() ?? null,
    told: row.told.map(told => ({ ...told, level: levelOf(told.level) })),
    seen: seen_at === null ? null : { at: seen_at.toISOString(), by: row.seen_by },
    acknowledged:
      acknowledged_at === null
        ? null
        : { at: acknowledged_at.toISOString(), by: row.acknowledged_by, reason: row.acknowledged_reason },
    silent: closed_at === null && !looked,
    syncs: `/v1/syncs?${filter}`,
  };
}
