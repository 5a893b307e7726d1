/** What a second gateway process is to the ledger: pools and an accept queue of its own. */
import { uuidv7 } from 'uuidv7';
import type { GatewayEvent } from '../../src/domain/words.ts';
import { type AcceptQueue, createAcceptQueue } from '../../src/intake/accept-queue.ts';
import { prepare } from '../../src/intake/decide.ts';
import type { Accepted } from '../../src/intake/store-group.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { vocabulary } from '../translation/fixture.ts';
import { eventually } from './eventually.ts';
import { systems } from './ledger-rig.ts';
import { NO_DESK } from './no-desk.ts';

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
    context: () => ({ ...NO_DESK, vocabulary: known, systems, newId: uuidv7 }),
    wake: homes => woken.push(...homes),
  });
  return { database, queue, woken, accept: (...events) => queue.accept(events.map(prepare)) };
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
