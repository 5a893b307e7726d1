/**
 * The audit chain: who did what, when and why, and whether the chain is whole.
 */
import type { FastifyInstance } from 'fastify';
import { type AuditEntry, listAudit, verifyAudit } from '../ledger/audit.ts';
import type { PeopleContext } from './context.ts';
import { maskObject } from './mask.ts';
import { answer, mayAct, query, WORD } from './request.ts';

/** Adds `/v1/audit` and `/v1/audit/verify`. */
export function registerAudit(app: FastifyInstance, context: PeopleContext): void {
  app.get<{ Querystring: { subject?: string; who?: string; act?: string; cursor?: number; limit: number } }>(
    '/v1/audit',
    {
      schema: {
        summary: 'Nhật ký, mới nhất trước · Audit, newest first',
        tags: ['audit'],
        querystring: query({
          subject: WORD,
          who: WORD,
          act: WORD,
          cursor: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
          limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
        }),
        response: {
          200: {
            type: 'object',
            properties: {
              items: { type: 'array', items: { type: 'object', additionalProperties: true } },
              next: { type: ['string', 'null'] },
            },
          },
        },
      },
    },
    async request => {
      const { cursor, limit, ...filter } = request.query;
      const found = await listAudit(context.database, {
        ...filter,
        ...(cursor === undefined ? {} : { before: cursor }),
        limit: limit + 1,
      });
      const items = found.slice(0, limit).map(item => (mayAct(request) ? item : masked(item)));
      return { items, next: found.length > limit ? String(items.at(-1)?.seq) : null };
    },
  );

  app.get(
    '/v1/audit/verify',
    {
      schema: {
        summary: 'Kiểm tra chuỗi nhật ký · Verify the chain',
        tags: ['audit'],
        querystring: query({}),
        response: answer('Whether the chain is whole; the first place that does not fit'),
      },
    },
    async () => verifyAudit(context.database),
  );
}

/** An entry for who may only look: what an act changed may hold an officer's address. */
const masked = ({ before, after, ...entry }: AuditEntry): AuditEntry => ({
  ...entry,
  before: before && maskObject(before),
  after: after && maskObject(after),
});
