/**
 * What waits for a fact about desks goes on by itself: whenever facts change, and when a date comes on which one begins, what waits
 * is judged again as it was at acceptance. Any process may do it, two at once do no harm: a sync is freed only as it was read.
 */
import { EVENT_TYPES } from '../domain/event-types.ts';
import type { JsonObject } from '../domain/words.ts';
import { withAnswers } from '../entities/answer.ts';
import { howBegun } from '../entities/begun.ts';
import { answered, decidedOver } from '../entities/payload.ts';
import type { Database } from '../ledger/database.ts';
import { freeableOf, freeParked } from '../ledger/free-parked.ts';
import { dueForJudging, FIRST, type Judgeable, keepHeld, setAside, type Verdict } from '../ledger/judged.ts';
import { type DeskContext, judgeAtTheDesk } from '../routing/at-the-desk.ts';
import { detailOf, type RoutedSystem, unreadOf } from '../routing/route.ts';
import { understand } from '../routing/understand.ts';
import { watchUnderWay } from './under-way.ts';

/** How often it is looked whether something is due although this process has heard of no change. */
const TICK_MS = 500;
/** Syncs judged and freed in one go. */
const BATCH = 200;
const ACTOR = { who: 'gateway', reason: 'Điều đang chờ nay đã có (what it waited for is there now)' };

export interface JudgingOptions {
  database: Database;
  systems: readonly RoutedSystem[];
  statusListOf(source: string): string;
  desk(): DeskContext;
  wake(homes: readonly { target: string; home: string }[]): void;
  onError(error: unknown): void;
  tickMs?: number;
}
export interface Judging {
  /** Facts have changed: what waits is judged at once. */
  changed(): void;
  stop(): Promise<void>;
}
/** Judges a parked sync as acceptance would now. Undefined where its systems are no longer configured. */
export function judgeWaiting(
  sync: Judgeable,
  desk: DeskContext,
  { systems, statusListOf }: Pick<JudgingOptions, 'systems' | 'statusListOf'>,
): Verdict | undefined {
  const { payload } = sync;
  const { asOf, begun, previous } = payload;
  const { event, answers, normal } = understand(
    {
      event: answered(payload.event, payload.answers),
      fields: payload.entity ?? {},
      sourceStatusList: statusListOf(payload.event.source),
      previous,
      asOf,
    },
    desk,
  );
  const type = EVENT_TYPES.get(event.type);
  const source = systems.find(system => system.id === event.source);
  const target = systems.find(system => system.id === sync.target);
  if (type === undefined || source === undefined || target === undefined) return undefined;
  const unit = normal.unit ?? normal.addressee ?? sync.unit;
  const procedure = normal.procedure ?? sync.procedure;
  const decided = decidedOver(payload);
  const asked = { event, type, unit, procedure, source, target, asOf, decided, ...howBegun(begun, target.id) };
  const judged = judgeAtTheDesk(asked, desk);
  const park = unreadOf(normal.parks, unit) ?? judged.held;
  if (park !== undefined) {
    const { id, revision } = sync;
    const detail: JsonObject = detailOf(park);
    return { held: { sync: id, revision, cause: park.cause, detail, recheckAt: judged.recheckAt, unit } };
  }
  const { pointer, value } = sync;
  const [first, ...more] = answers;
  return {
    free: {
      ...freeableOf(
        { ...sync, sync: sync.id, pointer: pointer ?? '', value },
        { ...normal, unit: normal.unit ?? normal.addressee },
      ),
      mode: judged.mode,
      // what a person decided stands among the warnings in that person's words
      warnings: judged.warnings.filter(({ cause }) => !decided.has(cause)),
      ...(first === undefined ? {} : { byRule: { answers: [first, ...more], payload: withAnswers(payload, answers) } }),
      target: sync.target,
    },
  };
}

/** Starts judging; a round follows every tick, and at once when `changed` is called. */
export function startJudging(options: JudgingOptions): Judging {
  const { database, wake } = options;
  let stopped = false;
  let again = false;
  let running: Promise<void> | undefined;

  const underWay = watchUnderWay({
    database,
    systems: options.systems,
    judge: (sync, desk) => judgeWaiting(sync, desk, options),
  });

  const round = async (): Promise<void> => {
    await underWay.look(options.desk()).catch(options.onError);
    for (let after = FIRST; ; ) {
      const desk = options.desk();
      const due = await dueForJudging(database, desk.facts.version, after, BATCH);
      const faulty: string[] = [];
      const verdicts = due.flatMap(sync => {
        try {
          return judgeWaiting(sync, desk, options) ?? [];
        } catch (error) {
          // what cannot be judged stays parked and keeps nobody else
          options.onError(error);
          faulty.push(sync.id);
          return [];
        }
      });
      if (faulty.length > 0) await setAside(database, faulty, desk.facts.version);
      const free = verdicts.flatMap(verdict => ('free' in verdict ? [verdict.free] : []));
      const held = verdicts.flatMap(verdict => ('held' in verdict ? [verdict.held] : []));
      await keepHeld(database, held, desk.facts.version);
      if (free.length > 0) wake(await freeParked(database, free, 'facts', ACTOR, false));
      const last = due.at(-1);
      if (last === undefined || due.length < BATCH || stopped) return;
      // those whose systems are gone stay due; the others behind them have their turn
      after = last.id;
    }
  };
  const run = (): void => {
    again = true;
    running ??= (async () => {
      while (again && !stopped) {
        again = false;
        await round().catch(options.onError);
      }
      running = undefined;
    })();
  };
  const timer = setInterval(run, options.tickMs ?? TICK_MS);
  timer.unref();
  run();
  return {
    changed: run,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
