/**
 * What a second gateway process is to the ledger: pools and an accept queue of its own; and a door in front of the database
 * that a test can shut.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { uuidv7 } from 'uuidv7';
import type { GatewayEvent } from '../../src/domain/words.ts';
import { type Accepted, type AcceptQueue, createAcceptQueue } from '../../src/intake/accept-queue.ts';
import { prepare } from '../../src/intake/decide.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { vocabulary } from '../translation/fixture.ts';
import { eventually } from './eventually.ts';
import { systems } from './ledger-rig.ts';

type Teardown = { teardown(work: () => Promise<void>): unknown };

export interface Process {
  database: Database;
  queue: AcceptQueue;
  accept(...events: GatewayEvent[]): Promise<Accepted[]>;
  /** Homes woken after commits. */
  woken: { target: string; home: string }[];
}

/** Another process on the ledger at `url`, with the vocabulary it knows; ends with the test. */
export function anotherProcess(test: Teardown, url: string, known = vocabulary): Process {
  const database = openDatabase(url, () => {});
  test.teardown(() => database.end());
  const woken: Process['woken'] = [];
  const queue = createAcceptQueue({
    database,
    context: () => ({ vocabulary: known, systems, newId: uuidv7 }),
    wake: homes => woken.push(...homes),
  });
  return { database, queue, woken, accept: (...events) => queue.accept(events.map(prepare)) };
}

/** A way to the database that can be cut: connections break and new ones are refused until it is mended. */
export async function cuttable(test: Teardown, url: string): Promise<{ url: string; cut(): void; mend(): void }> {
  const to = new URL(url);
  const open = new Set<Socket>();
  let shut = false;
  const server = createServer(near => {
    if (shut) {
      near.destroy();
      return;
    }
    const far = connect(Number(to.port || 5432), to.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    shut = true;
    for (const socket of open) socket.destroy();
  };
  test.teardown(async () => {
    cut();
    server.close();
  });
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    cut,
    mend: () => {
      shut = false;
    },
  };
}

/** Waits until `count` connections of the database wait for a lock. */
export async function waitersForLock(database: Database, count = 1): Promise<void> {
  await eventually(async () => {
    const { rows } = await database.people.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return (rows[0]?.n ?? 0) >= count;
  });
}
