/**
 * Records outcomes in rolling groups: what ends while a record is being written goes into the next one.
 * A slow call thus keeps nobody else's outcome unrecorded.
 */
import type { Database } from '../ledger/database.ts';
import { sqlState } from '../ledger/database.ts';
import { type LaneStep, type Learnt, learnFromTargets, recordOutcomes, type SyncOutcome } from '../ledger/record.ts';

export interface Recorded {
  /** False when the lane's lease was lost: nothing was recorded. */
  accepted: boolean;
  /** The lane was given back and has more to do now. */
  more: boolean;
}
interface Entry {
  step: LaneStep;
  outcomes: SyncOutcome[];
  settle: ((recorded: Recorded) => void)[];
}

export interface Recorder {
  record(step: LaneStep, outcomes: readonly SyncOutcome[]): Promise<Recorded>;
  /** What a target's answer taught; kept before the outcome that follows is recorded. */
  learn(learnt: Learnt): void;
  /** Waits until everything given is recorded. */
  idle(): Promise<void>;
  /** Records refused because the lease was lost, since start. */
  refused(): number;
}

const GROUP = 400;
/** Together shorter than a lease: a restarted database costs no outcome. */
const PAUSES_MS = [50, 200, 1_000, 2_000, 3_000, 4_000];

/** The value is the fault, not the database. */
const isBadValue = (error: unknown): boolean => /^2[23]/.test(sqlState(error) ?? '');
const isPlain = (outcome: SyncOutcome): boolean =>
  outcome.detail === null && (outcome.attempt?.detail ?? null) === null && (outcome.problem?.detail ?? null) === null;
/** The outcome without the texts that a target chose. */
const withoutText = (outcome: SyncOutcome): SyncOutcome => ({
  ...outcome,
  detail: null,
  attempt: outcome.attempt && { ...outcome.attempt, detail: null },
  problem: outcome.problem && { ...outcome.problem, detail: null },
});

/** Makes the recorder of one process. `onError` hears of a failed write; the leases lapse and others take over. */
export function createRecorder(database: Database, onError: (error: unknown) => void): Recorder {
  const waiting = new Map<string, Entry>();
  let running: Promise<void> | undefined;
  let refused = 0;
  let learnt: Learnt[] = [];

  /** Keeps what was learnt; a lesson that cannot be stored is dropped, so that it stops no record. */
  const keepLessons = async (): Promise<void> => {
    const lessons = learnt;
    learnt = [];
    if (lessons.length === 0) return;
    try {
      await learnFromTargets(database, lessons);
    } catch (error) {
      if (!isBadValue(error)) {
        learnt = [...lessons, ...learnt];
        throw error;
      }
      for (const lesson of lessons) {
        await learnFromTargets(database, [lesson]).catch(fault => {
          onError(fault);
          if (!isBadValue(fault)) learnt.push(lesson);
        });
      }
    }
  };

  const write = async (entries: Entry[]): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      try {
        await keepLessons();
        const rows = await recordOutcomes(
          database,
          entries.map(entry => entry.step),
          entries.flatMap(entry => entry.outcomes),
        );
        const accepted = new Map(rows.map(row => [`${row.lane}/${row.token}`, row.more]));
        for (const entry of entries) {
          const more = accepted.get(`${entry.step.lane}/${entry.step.token}`);
          if (more === undefined) refused += 1;
          for (const settle of entry.settle) settle({ accepted: more !== undefined, more: more ?? false });
        }
        return;
      } catch (error) {
        onError(error);
        const pause = PAUSES_MS[attempt];
        if (isBadValue(error) && entries.length > 1) {
          // what a target answered cannot be stored: strangers do not pay for it
          for (const entry of entries) await write([entry]);
          return;
        }
        const plain = isBadValue(error) && (entries[0] as Entry).outcomes.some(outcome => !isPlain(outcome));
        if (plain) for (const entry of entries) entry.outcomes = entry.outcomes.map(withoutText);
        else if (pause === undefined || isBadValue(error)) {
          for (const entry of entries) for (const settle of entry.settle) settle({ accepted: false, more: false });
          return;
        } else await new Promise(resolve => setTimeout(resolve, pause));
      }
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.size > 0) {
      // one step a lane: two claims of one lane, an old one and its successor, are told apart by statement only
      const lanes = new Map<number, Entry>();
      for (const entry of waiting.values()) {
        if (lanes.size >= GROUP) break;
        if (!lanes.has(entry.step.lane)) lanes.set(entry.step.lane, entry);
      }
      const entries = [...lanes.values()];
      for (const entry of entries) waiting.delete(`${entry.step.lane}/${entry.step.token}`);
      await write(entries);
    }
    running = undefined;
  };

  return {
    record: (step, outcomes) =>
      new Promise(resolve => {
        const key = `${step.lane}/${step.token}`;
        const entry = waiting.get(key);
        if (entry) {
          entry.step = step;
          entry.outcomes.push(...outcomes);
          entry.settle.push(resolve);
        } else waiting.set(key, { step, outcomes: [...outcomes], settle: [resolve] });
        running ??= Promise.resolve().then(drain);
      }),
    learn: item => {
      learnt.push(item);
    },
    idle: async () => {
      await running;
    },
    refused: () => refused,
  };
}
