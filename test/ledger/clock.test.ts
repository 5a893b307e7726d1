/** The ledger's clock in a process: true whatever the process's own clock says, and ids that only grow. */
import { test } from 'tap';
import { openLedgerClock } from '../../src/ledger/clock.ts';
import type { Database } from '../../src/ledger/database.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig } from '../support/ledger-rig.ts';

const DAY_MS = 86_400_000;
const quiet = (error: unknown): void => {
  throw error;
};

/** A ledger whose clock the test sets. */
function ledgerAt(first: number): { database: Pick<Database, 'hot'>; set(ms: number): void; reads(): number } {
  let [ms, reads] = [first, 0];
  const query = async (): Promise<unknown> => {
    reads += 1;
    return { rows: [{ ms }] };
  };
  return {
    database: { hot: { query } } as unknown as Pick<Database, 'hot'>,
    set: next => {
      ms = next;
    },
    reads: () => reads,
  };
}

test('a process whose clock is a day off keeps the ledger time', async t => {
  const rig = await ledgerRig(t);
  const own = Date.now;
  t.teardown(() => {
    Date.now = own;
  });
  Date.now = () => own() + DAY_MS;
  const clock = await openLedgerClock(rig.database, quiet);
  const { rows } = await rig.database.hot.query<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
  );
  t.ok(Math.abs(clock.now() - (rows[0]?.ms ?? 0)) < DAY_MS / 24, 'it is the ledger’s time');
  const id = clock.newId().replaceAll('-', '');
  t.ok(Math.abs(Number.parseInt(id.slice(0, 12), 16) - (rows[0]?.ms ?? 0)) < DAY_MS / 24, 'also in its ids');
  await clock.stop();
});

test('when the ledger steps back, so does the time, but no id', async t => {
  const start = Date.UTC(2026, 10, 24);
  const ledger = ledgerAt(start);
  const clock = await openLedgerClock(ledger.database, quiet, { readMs: 5, promptMs: 60_000 });
  t.teardown(() => clock.stop());
  const before = Array.from({ length: 50 }, () => clock.newId());
  ledger.set(start - DAY_MS);
  await eventually(() => clock.now() < start - DAY_MS / 2);
  const ids = [...before, ...Array.from({ length: 50 }, () => clock.newId())];
  t.same([...ids].sort(), ids, 'ids go on growing');
  t.equal(new Set(ids).size, ids.length);
});

test('an answer that took long is not believed', async t => {
  const start = Date.UTC(2026, 10, 24);
  const ledger = ledgerAt(start);
  const clock = await openLedgerClock(ledger.database, quiet, { readMs: 5, promptMs: -1 });
  t.teardown(() => clock.stop());
  ledger.set(start + DAY_MS);
  await eventually(() => ledger.reads() > 3);
  t.ok(clock.now() < start + DAY_MS / 2);
});
