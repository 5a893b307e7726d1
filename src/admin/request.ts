/**
 * What the routes of people share: the signed-in person, cursors and windows, and parts of JSON Schemas.
 */
import type { FastifyRequest } from 'fastify';
import type { Person } from '../auth/people.ts';
import { GatewayError, InputFault } from '../domain/errors.ts';
import type { Actor } from '../ledger/act.ts';

declare module 'fastify' {
  interface FastifyRequest {
    person: Person | null;
  }
}

/** Without `from`, lists look back this far. */
const WINDOW_MS = 31 * 24 * 3_600_000;

/** Who acts, and why. */
export function actorOf(request: FastifyRequest, reason: string): Actor {
  if (request.person === null) throw new Error('a route of people was reached without a sign-in');
  return { who: request.person.username, reason: reason.normalize('NFC').trim() };
}

/** The window of a list; throws 400 where it ends before it begins. */
export function windowOf(query: { from?: string; to?: string }, now = new Date()): { from: Date; to?: Date } {
  const to = query.to === undefined ? undefined : new Date(query.to);
  const from = query.from === undefined ? new Date((to ?? now).getTime() - WINDOW_MS) : new Date(query.from);
  if (to !== undefined && to <= from) {
    const detail = { vi: 'to phải sau from.', en: 'to must be after from.' };
    throw new InputFault('invalid-request', 400, detail, {
      faults: [{ pointer: '/query/to', code: 'range', detail }],
    });
  }
  return to === undefined ? { from } : { from, to };
}

export const REASON = {
  type: 'string',
  minLength: 3,
  maxLength: 2000,
  pattern: '\\S',
  description: 'Lý do, ghi vào nhật ký · Why; goes into the audit',
} as const;
export const DRY_RUN = {
  type: 'boolean',
  description: 'Chỉ xem trước, không làm gì · Preview only, nothing is done',
} as const;
/** The rehearsal that is to be carried out; undefined where none is. Throws 400 where a preview is asked for with it: it was seen already. */
export function rehearsalOf({ rehearsal, dryRun }: { rehearsal?: string; dryRun?: boolean }): string | undefined {
  if (rehearsal === undefined || dryRun !== true) return rehearsal;
  const detail = { vi: 'dryRun và rehearsal không đi cùng nhau.', en: 'dryRun and rehearsal do not go together.' };
  throw new InputFault('invalid-request', 400, detail, { faults: [{ pointer: '/dryRun', code: 'one-of', detail }] });
}

/** Who may act sees what only who acts needs, officers' addresses for one; who may only look sees that there is one. */
export const mayAct = (request: FastifyRequest): boolean => request.person?.scopes.includes('operate') === true;

export const ID_PARAMS = {
  type: 'object',
  properties: { id: { type: 'string', format: 'uuid' } },
  required: ['id'],
} as const;
export const SYSTEM_PARAMS = {
  type: 'object',
  properties: { id: { type: 'string', maxLength: 64, pattern: '^[a-z0-9][a-z0-9._-]*$' } },
  required: ['id'],
} as const;
const CODE = { type: 'string', minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f]+$' } as const;
/** A query parameter that holds a code or word. */
export const WORD = CODE;
export const PAGING = {
  cursor: { type: 'string', format: 'uuid', description: '`next` of the page before' },
  limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
} as const;
export const WINDOW = {
  from: { type: 'string', format: 'date-time', description: 'Default: 31 days back' },
  to: { type: 'string', format: 'date-time' },
} as const;

/** A querystring of exactly these parameters. */
export function query(properties: Record<string, object>): object {
  return { type: 'object', additionalProperties: false, properties };
}

/** A JSON body of exactly these members. */
export function body(properties: Record<string, object>, required: string[]): object {
  return { type: 'object', additionalProperties: false, properties, required };
}

/** What a page of a list looks like. */
export function page(description: string): object {
  return {
    200: {
      description,
      type: 'object',
      properties: {
        items: { type: 'array', items: { type: 'object', additionalProperties: true } },
        next: { type: ['string', 'null'], description: 'Cursor of the next page; null at the end' },
      },
    },
  };
}

/** An answer of free shape. */
export function answer(description: string): object {
  return { 200: { description, type: 'object', additionalProperties: true } };
}

/** 404 in one shape. */
export function notFound(vi: string, en: string): GatewayError {
  return new GatewayError('not-found', 404, { vi, en });
}
