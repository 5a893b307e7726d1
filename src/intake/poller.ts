/**
 * Pulling from systems that hold messages for us. Stored first, acknowledged after the commit: a kill in between makes the
 * system give it again, and it is answered as the duplicate it is. What cannot be parsed goes to the refused inbox first.
 * One process polls a system at a time (advisory lock); two would be harmless.
 */
import type { Connector, Pulled } from '../../connectors/connector.ts';
import type { SystemConfig } from '../config/system.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Json, JsonObject } from '../domain/words.ts';
import type { EventChecker } from '../http/event-checks.ts';
import type { Database } from '../ledger/database.ts';
import { storeRefused } from '../ledger/refused.ts';
import type { Schedule } from '../ledger/ticks.ts';
import type { AcceptQueue } from './accept-queue.ts';
import { checkEvents } from './checked.ts';
import type { Accepted } from './store-group.ts';

export interface PollerOptions {
  database: Database;
  queue: AcceptQueue;
  checker: EventChecker;
  systemOf(id: string): SystemConfig | undefined;
  /** When systems are polled; a tick comes to one process only. */
  schedule: Pick<Schedule, 'every'>;
  onAccepted(accepted: readonly Accepted[], types: readonly string[], started: number): void;
  onError(error: unknown): void;
}
export interface Poller {
  /** Polls a system now; resolves with the number of messages taken. */
  pollNow(system: string): Promise<number>;
  stop(): Promise<void>;
}

const PAGE = 50;
/** Most pages of one tick, so that one system cannot hold the scheduler for ever. */
const PAGES = 40;

/** Schedules the polls of all systems that have one. */
export function startPoller(
  systems: readonly { system: SystemConfig; connector: Connector }[],
  options: PollerOptions,
): Poller {
  const busy = new Map<string, Promise<number>>();
  let stopped = false;

  const poll = (system: SystemConfig, connector: Connector): Promise<number> => {
    const running = busy.get(system.id);
    if (running) return running;
    const started = pollSystem(system, connector, options, () => stopped).finally(() => busy.delete(system.id));
    busy.set(system.id, started);
    return started;
  };
  for (const { system, connector } of systems) {
    if (system.poll === undefined || !connector.describe().polls) continue;
    options.schedule.every(`poll ${system.id}`, system.poll, () => poll(system, connector));
  }
  return {
    async pollNow(id) {
      const entry = systems.find(candidate => candidate.system.id === id);
      return entry ? poll(entry.system, entry.connector) : 0;
    },
    async stop() {
      stopped = true;
      await Promise.allSettled(busy.values());
    },
  };
}

async function pollSystem(
  system: SystemConfig,
  connector: Connector,
  options: PollerOptions,
  stopped: () => boolean,
): Promise<number> {
  const client = await options.database.hot.connect();
  let taken = 0;
  try {
    const { rows } = await client.query<{ ours: boolean }>(
      'SELECT pg_try_advisory_lock(7504193, hashtext($1)) AS ours',
      [system.id],
    );
    if (rows[0]?.ours !== true) {
      client.release();
      return 0;
    }
    try {
      const stored = await client.query<{ cursor: string | null }>('SELECT cursor FROM cursors WHERE system = $1', [
        system.id,
      ]);
      let cursor = stored.rows[0]?.cursor ?? null;
      for (let page = 0; page < PAGES && !stopped(); page++) {
        const result = await connector.poll(cursor, PAGE);
        for (const item of result.items) {
          await takePulled(item, system, connector, options);
          taken += 1;
        }
        cursor = result.cursor;
        await client.query(
          'INSERT INTO cursors (system, cursor) VALUES ($1, $2) ON CONFLICT (system) DO UPDATE SET cursor = EXCLUDED.cursor, polled_at = now()',
          [system.id, cursor],
        );
        if (!result.more) break;
      }
    } finally {
      await client.query('SELECT pg_advisory_unlock(7504193, hashtext($1))', [system.id]);
    }
    client.release();
    return taken;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Stores one pulled message or refuses it, then acknowledges. */
async function takePulled(
  item: Pulled,
  system: SystemConfig,
  connector: Connector,
  options: PollerOptions,
): Promise<void> {
  const started = performance.now();
  const refuse = async (fault: JsonObject, raw: Buffer | null): Promise<void> => {
    await storeRefused(options.database, {
      system: system.id,
      ref: item.ref,
      fault,
      raw,
      contentType: 'application/xml',
    });
    await connector.acknowledge(item.ref, 'fail', String(fault.message ?? fault.code));
  };
  if (item.withhold) {
    await refuse({ ...item.withhold, message: 'secret documents are not carried' }, null);
    return;
  }
  if (item.fault) {
    await refuse({ ...item.fault }, item.raw);
    return;
  }
  try {
    const prepared = checkEvents(item.events, options.checker, options.systemOf, item.events.length === 1);
    // an echo of our own message may say nothing at all: it is simply acknowledged
    const accepted = prepared.length === 0 ? [] : await options.queue.accept(prepared);
    options.onAccepted(
      accepted,
      prepared.map(event => event.event.type),
      started,
    );
  } catch (error) {
    if (!(error instanceof GatewayError) || error.status >= 500) throw error;
    const faults = error.faults.map(fault => ({
      pointer: fault.pointer,
      code: fault.code,
      vi: fault.detail.vi,
      en: fault.detail.en,
    }));
    await refuse({ code: error.code, message: error.text.en, faults: faults as unknown as Json }, item.raw);
    return;
  }
  await connector.acknowledge(item.ref, 'done');
}
