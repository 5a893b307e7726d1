/**
 * Takes a refused message again, after a mend of the connector or the vocabulary: parsed and checked as if it came now.
 */
import type { Connector } from '../../connectors/connector.ts';
import type { SystemConfig } from '../config/system.ts';
import { GatewayError } from '../domain/errors.ts';
import type { EventChecker } from '../http/event-checks.ts';
import { parseJson } from '../http/json.ts';
import type { Database } from '../ledger/database.ts';
import { openRefused, settleRefused } from '../ledger/refused.ts';
import type { AcceptQueue } from './accept-queue.ts';
import { checkEvents } from './checked.ts';
import type { Accepted } from './store-group.ts';

/** Throws 404 when there is no such open refusal, or the faults that still stand. */
export async function retryRefused(
  id: string,
  context: {
    database: Database;
    queue: AcceptQueue;
    checker: EventChecker;
    connectorOf(system: string): Connector | undefined;
    systemOf(system: string): SystemConfig | undefined;
    now(): Date;
  },
): Promise<Accepted[]> {
  const refused = await openRefused(context.database, id);
  const connector = refused && context.connectorOf(refused.system);
  if (!refused || !connector) {
    throw new GatewayError('not-found', 404, {
      vi: 'Không có bản tin bị từ chối nào đang chờ với mã này.',
      en: 'There is no refused message of this id that waits.',
    });
  }
  const json = refused.contentType.endsWith('json') ? { json: parseJson(refused.raw) } : {};
  const parsed = await connector.parse({
    headers: {},
    contentType: refused.contentType,
    body: refused.raw,
    ...json,
    receivedAt: refused.receivedAt,
  });
  const prepared = checkEvents(parsed.events, context.checker, context.systemOf, parsed.events.length === 1);
  const accepted = await context.queue.accept(prepared);
  await settleRefused(
    context.database,
    id,
    accepted.map(event => event.eventId),
  );
  return accepted;
}
