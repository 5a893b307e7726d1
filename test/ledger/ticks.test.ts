/** A schedule's ticks: each once, whatever schedulers run and whatever their machines' clocks say. */
import { type Test, test } from 'tap';
import { openDatabase } from '../../src/ledger/database.ts';
import { type Schedule, startSchedule } from '../../src/ledger/ticks.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerRig } from '../support/ledger-rig.ts';

/** 23:59:50 in Việt Nam. */
const BEFORE_MIDNIGHT = Date.UTC(2026, 10, 24, 16, 59, 50);

/** A clock that the test moves. */
function clockAt(ms: number): { now(): number; to(ms: number): void; looks: () => number } {
  let [time, looks] = [ms, 0];
  return {
    now: () => {
      looks += 1;
      return time;
    },
    to: next => {
      time = next;
    },
    looks: () => looks,
  };
}

/** So many schedulers of one ledger, each a process of its own by its connections. */
function schedulers(t: Test, url: string, count: number, clock: ReturnType<typeof clockAt>): Schedule[] {
  return Array.from({ length: count }, () => {
    const database = openDatabase(url, () => undefined);
    const schedule = startSchedule(database, clock, error => t.fail(String(error)), 5);
    t.teardown(async () => {
      await schedule.stop();
      await database.end();
    });
    return schedule;
  });
}

/** Every scheduler has looked since now. */
async function looked(clock: ReturnType<typeof clockAt>, count: number): Promise<void> {
  const from = clock.looks();
  await eventually(() => clock.looks() > from + 4 * count);
}

test('three schedulers do each tick once', async t => {
  const { url } = await ledgerRig(t);
  const clock = clockAt(BEFORE_MIDNIGHT);
  const done: string[] = [];
  for (const schedule of schedulers(t, url, 3, clock)) {
    schedule.every('often', '*/10 * * * * *', async () => done.push('often'));
    schedule.every('at midnight', '0 0 * * *', async () => done.push('midnight'));
  }
  await looked(clock, 3);
  t.same(done, [], 'nothing at the start');
  clock.to(BEFORE_MIDNIGHT + 10_000);
  await eventually(() => done.length >= 2);
  await looked(clock, 3);
  t.same(done.sort(), ['midnight', 'often']);
  clock.to(BEFORE_MIDNIGHT + 25_000);
  await eventually(() => done.length >= 3);
  await looked(clock, 3);
  t.same(done.sort(), ['midnight', 'often', 'often']);
});

test('when the time goes back over midnight, midnight comes once', async t => {
  const { url } = await ledgerRig(t);
  const clock = clockAt(BEFORE_MIDNIGHT);
  let done = 0;
  for (const schedule of schedulers(t, url, 2, clock)) {
    schedule.every('at midnight', '0 0 * * *', async () => {
      done += 1;
    });
  }
  for (const ms of [11_000, 3_000, 12_000]) {
    clock.to(BEFORE_MIDNIGHT + ms);
    await looked(clock, 2);
    await eventually(() => done > 0);
  }
  t.equal(done, 1);
  clock.to(BEFORE_MIDNIGHT + 86_400_000);
  await looked(clock, 2);
  clock.to(BEFORE_MIDNIGHT + 86_410_000);
  await eventually(() => done === 2);
  await looked(clock, 2);
  t.equal(done, 2, 'the next day it comes again');
});

test('what nobody could take in time is taken once, up to a minute late', async t => {
  const { url } = await ledgerRig(t);
  const clock = clockAt(BEFORE_MIDNIGHT);
  const done: string[] = [];
  const [schedule] = schedulers(t, url, 1, clock) as [Schedule];
  schedule.every('often', '*/10 * * * * *', async () => done.push('often'));
  schedule.every('at midnight', '0 0 * * *', async () => done.push('midnight'));
  await looked(clock, 1);
  clock.to(BEFORE_MIDNIGHT + 10_000 + 45_000);
  await eventually(() => done.length >= 2);
  await looked(clock, 1);
  t.same(done.sort(), ['midnight', 'often']);
});
