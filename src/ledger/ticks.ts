/**
 * What runs on a schedule, by the ledger's clock: any number of schedulers look, and the one that moves the job's last tick on in the
 * ledger does it. A tick is thus done once, whoever else runs and whatever the clocks of their machines say; one that nobody could
 * take while the ledger was away is taken up to a minute late.
 */
import { createTask, type ScheduledTask } from 'node-cron';
import type { LedgerClock } from './clock.ts';
import { type Database, run } from './database.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const LOOK_MS = 250;
/** How far back a look goes. */
const LATE_S = 60;

export interface Schedule {
  /** Does `act` at each tick of a cron expression (in Vietnamese time); `job` names it over all processes. */
  every(job: string, expression: string, act: () => Promise<unknown>): void;
  /** Takes no more ticks; what was begun is its owner's to end. */
  stop(): Promise<void>;
}

interface Job {
  name: string;
  task: ScheduledTask;
  act(): Promise<unknown>;
  /** The last second that was looked at. */
  seen: number;
}

/** Starts looking. */
export function startSchedule(
  database: Pick<Database, 'hot'>,
  clock: Pick<LedgerClock, 'now'>,
  onError: (error: unknown) => void,
  lookMs = LOOK_MS,
): Schedule {
  const jobs: Job[] = [];
  let stopped = false;
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const second = Math.floor(clock.now() / 1_000);
    for (const job of jobs) {
      let tick = second;
      const last = Math.max(job.seen, second - LATE_S);
      while (tick > last && !job.task.match(new Date(tick * 1_000))) tick -= 1;
      if (stopped) return;
      if (tick > last && (await takeTick(database, job.name, tick))) job.act().catch(onError);
      job.seen = Math.max(job.seen, second);
    }
  };
  const timer = setInterval(() => {
    looking ??= look()
      .catch(onError)
      .finally(() => {
        looking = undefined;
      });
  }, lookMs);
  return {
    every: (name, expression, act) => {
      const task = createTask(expression, () => undefined, { timezone: ZONE });
      jobs.push({ name, task, act, seen: Math.floor(clock.now() / 1_000) });
    },
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await looking;
      await Promise.all(jobs.map(job => job.task.destroy()));
    },
  };
}

/** Is this tick ours? At most one caller is told so. */
async function takeTick(database: Pick<Database, 'hot'>, job: string, second: number): Promise<boolean> {
  const rows = await run(
    database.hot,
    {
      name: 'tick_take',
      text: `INSERT INTO ticks (job, at) VALUES ($1, to_timestamp($2)) ON CONFLICT (job) DO UPDATE SET at = EXCLUDED.at
        WHERE ticks.at < EXCLUDED.at RETURNING job`,
    },
    [job, second],
  );
  return rows.length > 0;
}
