/**
 * Prometheus metrics of one process, in a registry of its own. Labels are systems, types, states and causes; never units or
 * subjects, whose number would grow without end and whose names do not belong in a monitoring system.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CauseCode } from '../domain/causes.ts';
import type { Accepted } from '../intake/store-group.ts';
import type { Database } from '../ledger/database.ts';
import { type ProblemCount, readGates, readProblemCounts, type SystemGate } from '../ledger/read-systems.ts';
import { oldestSnapshot } from '../ledger/snapshots.ts';

export interface Metrics {
  /** Counts what was accepted; `types` in the order of `accepted`, `started` from performance.now(). */
  accepted(accepted: readonly Accepted[], types: readonly string[], started: number): void;
  /** Counts one attempt's outcome. */
  outcome(target: string, state: string, cause: CauseCode | null, mode?: string): void;
  /** Where the number of records refused for a lost lease is read. */
  refusedRecords(read: () => number): void;
  /** Everything as Prometheus text. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** How long a reading of the ledger serves several scrapers. */
const FRESH_MS = 2_000;
const ACCEPT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

interface Reading {
  gates: SystemGate[];
  snapshot: number;
  problems: ProblemCount[];
}

/** Makes the metrics of one process; gauges are read from the ledger when they are asked for. */
export function createMetrics(database: Database): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const accepted = new Counter({
    name: 'lienthong_events_accepted_total',
    help: 'Events stored, by source, type and outcome (new, echo, duplicate).',
    labelNames: ['source', 'type', 'outcome'],
    registers,
  });
  const outcomes = new Counter({
    name: 'lienthong_sync_outcomes_total',
    help: 'Attempts that ended, by target, state (open = will be tried again), cause and mode (trial is apart from official figures).',
    labelNames: ['target', 'state', 'cause', 'mode'],
    registers,
  });
  const acceptSeconds = new Histogram({
    name: 'lienthong_accept_seconds',
    help: 'Time from a request to its commit.',
    buckets: ACCEPT_SECONDS,
    registers,
  });
  let refused = (): number => 0;
  new Counter({
    name: 'lienthong_records_refused_total',
    help: 'Outcomes that came after their lease was lost and changed nothing.',
    registers,
    collect() {
      this.reset();
      this.inc(refused());
    },
  });

  const read = cached(
    async (): Promise<Reading> => ({
      gates: await readGates(database),
      problems: await readProblemCounts(database),
      snapshot: await oldestSnapshot(database),
    }),
  );
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    fill: (set: Gauge<string>, now: Reading) => void,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        this.reset();
        const reading = await read();
        if (reading) fill(this, reading);
      },
    });
  };
  gauge('lienthong_syncs_open', 'Syncs not yet settled, by target.', ['target'], (set, { gates }) => {
    for (const gate of gates) set.set({ target: gate.target }, gate.depth.open);
  });
  gauge('lienthong_problems', 'Parked and failed syncs.', ['target', 'cause', 'state', 'mode'], (set, { problems }) => {
    for (const { target, cause, state, mode, count } of problems) set.set({ target, cause, state, mode }, count);
  });
  gauge('lienthong_oldest_waiting_seconds', 'Longest wait of a due lane.', ['target'], (set, { gates }) => {
    for (const gate of gates) set.set({ target: gate.target }, gate.lagSeconds);
  });
  gauge('lienthong_breaker_open', '1 while the breaker cuts a target off.', ['target'], (set, { gates }) => {
    for (const gate of gates) set.set({ target: gate.target }, gate.breaker === 'closed' ? 0 : 1);
  });
  gauge('lienthong_target_shut', '1 while paused, held, cut off or throttled.', ['target'], (set, { gates }) => {
    for (const gate of gates) set.set({ target: gate.target }, gate.shutBy === null ? 0 : 1);
  });
  gauge('lienthong_calls_in_air', 'Lanes leased now.', ['target'], (set, { gates }) => {
    for (const gate of gates) set.set({ target: gate.target }, gate.inTheAir);
  });
  gauge('lienthong_oldest_snapshot_seconds', 'Longest held snapshot: it slows claims.', [], (set, { snapshot }) => {
    set.set(snapshot);
  });
  new Gauge({
    name: 'lienthong_ledger_up',
    help: '1 when the ledger answered this scrape.',
    registers,
    async collect() {
      this.set((await read()) ? 1 : 0);
    },
  });

  return {
    accepted(events, types, started) {
      acceptSeconds.observe((performance.now() - started) / 1_000);
      events.forEach((event, index) => {
        const outcome = event.duplicate ? 'duplicate' : event.echoOf === undefined ? 'new' : 'echo';
        accepted.inc({ source: event.source, type: types[index] ?? 'unknown', outcome });
      });
    },
    outcome(target, state, cause, mode = 'official') {
      outcomes.inc({ target, state, cause: cause ?? '', mode });
    },
    refusedRecords(from) {
      refused = from;
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** One reading for all gauges of a scrape; undefined while the ledger does not answer (`lienthong_ledger_up` says so). */
function cached(read: () => Promise<Reading>): () => Promise<Reading | undefined> {
  let at = Number.NEGATIVE_INFINITY;
  let held: Promise<Reading | undefined> = Promise.resolve(undefined);
  return () => {
    if (performance.now() - at > FRESH_MS) {
      at = performance.now();
      held = read().catch(() => undefined);
    }
    return held;
  };
}
