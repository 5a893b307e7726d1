/** What a row of runs showed, added up: for the table at its end and for the file that keeps it. Pure. */
import type { RunResult } from './one-run.ts';

interface Report {
  runs: number;
  failed: number;
  /** How often each fault happened. */
  faults: Record<string, number>;
  /** Processes killed, asked to end, put to sleep, by role. */
  suffered: RunResult['suffered'];
  accepted: number;
  calls: number;
  effects: number;
  /** Posts that got no answer or 503. */
  unknown: number;
  /** Syncs by their last state. */
  states: Record<string, number>;
  /** From the end of the faults until nothing was left to do, ms. */
  recovery: { p50: number; max: number };
  seconds: { p50: number; max: number };
  /** By invariant. */
  violations: Record<string, number>;
  trouble: number;
  /** Seeds that failed. */
  failures: number[];
}

const middle = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
const most = (numbers: readonly number[]): number => Math.max(0, ...numbers);

function addTo(sums: Record<string, number>, name: string, by = 1): void {
  sums[name] = (sums[name] ?? 0) + by;
}

/** Adds up runs; `broken` are the seeds of runs that could not even be carried out. */
export function addUp(results: readonly RunResult[], broken: readonly number[]): Report {
  const faults: Report['faults'] = {};
  const suffered: Report['suffered'] = {};
  const states: Report['states'] = {};
  const violations: Report['violations'] = {};
  for (const result of results) {
    for (const { protocol, name } of result.happened) addTo(faults, `${protocol} ${name}`);
    for (const [state, count] of Object.entries(result.states)) addTo(states, state, count);
    for (const { invariant } of result.violations) addTo(violations, invariant);
    for (const [role, { killed, ended, slept }] of Object.entries(result.suffered)) {
      suffered[role] ??= { killed: 0, ended: 0, slept: 0 };
      suffered[role].killed += killed;
      suffered[role].ended += ended;
      suffered[role].slept += slept;
    }
  }
  const sum = (pick: (result: RunResult) => number): number => results.reduce((all, result) => all + pick(result), 0);
  const bad = results.filter(result => result.violations.length > 0 || result.trouble.length > 0);
  const recovery = results.map(result => result.settledAfterMs);
  const seconds = results.map(result => result.seconds);
  return {
    runs: results.length + broken.length,
    failed: bad.length + broken.length,
    faults: Object.fromEntries(Object.entries(faults).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))),
    suffered,
    accepted: sum(result => result.accepted),
    calls: sum(result => result.calls),
    effects: sum(result => result.effects),
    unknown: sum(result => result.unknown),
    states,
    recovery: { p50: middle(recovery), max: most(recovery) },
    seconds: { p50: middle(seconds), max: most(seconds) },
    violations,
    trouble: sum(result => result.trouble.length),
    failures: [...broken, ...bad.map(result => result.seed)].sort((a, b) => a - b),
  };
}

/** The report as lines for people. */
export function asLines(report: Report): string[] {
  const rows: [string, string][] = [
    ['runs', `${report.runs}, ${report.failed} of them failed ${report.failures.join(' ')}`.trim()],
    ...Object.entries(report.faults).map(([name, count]): [string, string] => [`fault ${name}`, String(count)]),
    ...Object.entries(report.suffered).map(([role, { killed, ended, slept }]): [string, string] => [
      role,
      `${killed} killed, ${ended} asked to end, ${slept} put to sleep`,
    ]),
    ['events accepted', String(report.accepted)],
    ['posts without a plain answer', String(report.unknown)],
    ['calls at the systems', String(report.calls)],
    ['effects', String(report.effects)],
    ['syncs', list(report.states)],
    ['quiet again after, ms', `p50 ${report.recovery.p50}, max ${report.recovery.max}`],
    ['one run, s', `p50 ${report.seconds.p50}, max ${report.seconds.max}`],
    ['violations', list(report.violations) || 'none'],
    ['trouble of the harness or of a part', String(report.trouble)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
