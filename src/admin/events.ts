/**
 * Stored events, and the catalogue of their types.
 */
import type { FastifyInstance } from 'fastify';
import { InputFault } from '../domain/errors.ts';
import type { JsonObject } from '../domain/words.ts';
import type { Warning } from '../facts/judge.ts';
import { type CatalogueEntry, eventTypeCatalogue } from '../http/event-schemas.ts';
import { type EventDetail, listEvents, readEvent } from '../ledger/read-events.ts';
import type { PeopleContext } from './context.ts';
import { maskObject } from './mask.ts';
import { answer, notFound, PAGING, page, query, WINDOW, WORD, windowOf } from './request.ts';
import { shownWarning } from './warnings.ts';

interface Query {
  source?: string;
  type?: string;
  unit?: string;
  subject?: string;
  from?: string;
  to?: string;
  cursor?: string;
  limit: number;
}
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Adds `/v1/events`, `/v1/events/:id` and `/v1/event-types` (reading only). */
export function registerEvents(app: FastifyInstance, context: PeopleContext): void {
  let catalogue: CatalogueEntry[] | undefined;

  app.get<{ Querystring: Query }>(
    '/v1/events',
    {
      schema: {
        summary: 'Các sự kiện đã lưu, mới nhất trước · Stored events, newest first',
        tags: ['events'],
        querystring: query({ source: WORD, type: WORD, unit: WORD, subject: WORD, ...WINDOW, ...PAGING }),
        response: page('Events, also those that made no sync'),
      },
    },
    async request => {
      const { from, to, ...rest } = request.query;
      const window = windowOf({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
      return listEvents(context.database, { ...rest, ...window });
    },
  );

  app.get<{ Params: { id: string }; Querystring: { source?: string } }>(
    '/v1/events/:id',
    {
      schema: {
        summary: 'Một sự kiện · One event',
        description: "By the gateway's id, or by the source's own id together with `source`.",
        tags: ['events'],
        params: { type: 'object', properties: { id: { ...WORD, maxLength: 256 } }, required: ['id'] },
        querystring: query({ source: WORD }),
        response: answer('The event with its syncs; personal data masked'),
      },
    },
    async request => {
      const { id } = request.params;
      const { source } = request.query;
      if (source === undefined && !UUID.test(id)) throw needsSource();
      const ref = source === undefined ? { id: id.toLowerCase() } : { source, sourceId: id };
      const detail = await readEvent(context.database, ref);
      if (!detail) throw notFound('Không có sự kiện nào mang mã này.', 'There is no event of this id.');
      return shown(detail);
    },
  );

  app.get(
    '/v1/event-types',
    {
      schema: {
        summary: 'Danh mục loại sự kiện · Catalogue of event types',
        tags: ['events'],
        querystring: query({}),
        response: page('Types with schema, version, who may send them, since when'),
      },
    },
    async () => {
      catalogue ??= eventTypeCatalogue();
      return { items: catalogue, next: null };
    },
  );
}

function shown(detail: EventDetail): JsonObject {
  const { event, payload, hash, syncs } = detail;
  return {
    ...(event as unknown as JsonObject),
    event: payload === undefined ? null : maskObject(payload.event as JsonObject),
    hash,
    syncs: syncs.map(sync => ({ ...sync })),
    warnings: ((event.note?.warnings ?? []) as unknown as Warning[]).map(shownWarning),
  };
}

function needsSource(): InputFault {
  const detail = {
    vi: 'Mã này không phải mã của cổng liên thông; thêm ?source= để tìm theo mã của hệ thống nguồn.',
    en: "This is no id of the gateway; add ?source= to look it up by the source's own id.",
  };
  return new InputFault('invalid-request', 400, detail, {
    faults: [{ pointer: '/query/source', code: 'required', detail }],
  });
}
