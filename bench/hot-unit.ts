/**
 * A hot unit: one unit's flood at a slow target while the other units send one event now and then. How late are theirs?
 * Fair turns keep it short; first come, first served would let them wait behind the whole flood.
 */
import { type Servers, withRig } from './rig.ts';
import { waitsOf } from './scenarios.ts';

export interface HotUnit {
  /** Events of the hot unit that were accepted, and how many of them were still waiting when the others' last one was sent. */
  flood: number;
  waiting: number;
  /** Events of the other units, how many arrived, and their times from the 202 to the arrival, ms. */
  others: number;
  arrived: number;
  p50: number;
  p99: number;
  longest: number;
}

/** 2,500 events of the flood a round: 50,000 with the usual 20. */
export function measureHotUnit(servers: Servers, rounds: number): Promise<HotUnit> {
  const scenario = {
    name: 'hot unit',
    backend: 'postgres' as const,
    roles: ['api,worker,scheduler'],
    targets: 1,
  };
  // the target takes 200 a second at most, so that the flood waits
  const slow = { BENCH_TARGET_DELAY_MS: '40', BENCH_CONCURRENCY: '8' };
  return withRig(
    scenario,
    servers,
    async rig => {
      const flood = rig.generate({ BENCH_RUN: 'hot', BENCH_UNITS: '1', BENCH_ROUNDS: String(Math.ceil(rounds * 2.5)) });
      const others = await rig.generate({
        BENCH_RUN: 'others',
        BENCH_FIRST_UNIT: '1',
        BENCH_UNITS: '94',
        BENCH_FIRST_SUBJECT: '100000',
        BENCH_SUBJECTS: String(Math.min(94, rounds * 10)),
        BENCH_ROUNDS: '1',
        BENCH_RATE: '5',
        BENCH_CONNECTIONS: '1',
      });
      const accepted = (await flood).accepted;
      const [count] = await rig.counts();
      const waiting = accepted + others.accepted - (count?.different ?? 0);
      let waits = await waitsOf(rig, others);
      const end = performance.now() + 60_000;
      while (waits.length < others.accepted && performance.now() < end) {
        await new Promise(resolve => setTimeout(resolve, 250));
        waits = await waitsOf(rig, others);
      }
      const at = (share: number): number => Math.round(waits[Math.floor((waits.length - 1) * share)] ?? Number.NaN);
      return {
        flood: accepted,
        waiting,
        others: others.accepted,
        arrived: waits.length,
        p50: at(0.5),
        p99: at(0.99),
        longest: at(1),
      };
    },
    slow,
  );
}
