/**
 * The gateway's one clock is the ledger's: processes read it now and then and count on from it by their monotonic clock. So neither
 * due times, ages, signatures' windows nor ids follow the clock of the machine a process happens to run on, however wrong that is or
 * becomes, and all processes agree. Ids made here only grow, also when the ledger's own clock steps back.
 */
import { V7Generator } from 'uuidv7';
import type { Database } from './database.ts';

/** How often the ledger is asked; until then the monotonic clock is as good. */
const READ_MS = 10_000;
/** An answer that took longer says too little of the moment. */
const PROMPT_MS = 500;
/** The generator's own limit: no step back is large enough to begin anew. */
const ANY_STEP_BACK = 2 ** 48 - 1;

export interface LedgerClock {
  /** Epoch ms. */
  now(): number;
  date(): Date;
  /** A UUIDv7 above all former ones of this clock. */
  newId(): string;
  stop(): Promise<void>;
}

/** Reads the ledger's clock and keeps to it; rejects when the ledger does not answer. */
export async function openLedgerClock(
  database: Pick<Database, 'hot'>,
  onError: (error: unknown) => void,
  timing = { readMs: READ_MS, promptMs: PROMPT_MS },
): Promise<LedgerClock> {
  /** The ledger's time less our monotonic one. */
  let ahead: number | undefined;
  const read = async (): Promise<void> => {
    const asked = performance.now();
    const { rows } = await database.hot.query<{ ms: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
    );
    const answered = performance.now();
    if (ahead !== undefined && answered - asked > timing.promptMs) return;
    ahead = (rows[0]?.ms ?? 0) - (asked + answered) / 2;
  };
  await read();
  const ids = new V7Generator();
  ids.setRollbackAllowance(ANY_STEP_BACK);
  let reading: Promise<void> | undefined;
  const timer = setInterval(() => {
    reading ??= read()
      .catch(onError)
      .finally(() => {
        reading = undefined;
      });
  }, timing.readMs);
  timer.unref();
  const now = (): number => Math.floor(performance.now() + (ahead as number));
  return {
    now,
    date: () => new Date(now()),
    newId: () => ids.generateOrResetWithTs(now()).toString(),
    stop: async () => {
      clearInterval(timer);
      await reading;
    },
  };
}
