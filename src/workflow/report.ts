/**
 * How long dossiers stay in each step, by procedure and unit: median and 90 % of working hours; and the provincial steps that only
 * pass things on, which the province would simplify. Settled dossiers are added one by one and leave only their hours. Pure.
 */
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type Folded, type Passage, stopped } from './fold.ts';
import { type KnownStep, type WorkflowMapping, workflowOf } from './mapping.ts';
import { calendarOf, type WorkingCalendar } from './working-time.ts';

const HOUR_MS = 3_600_000;

/** A dossier that is settled, known from its beginning. */
export interface Settled {
  unit: string | null;
  procedure: string | null;
  folded: Folded;
  late: boolean | null;
}
export interface StepRow {
  procedure: string | null;
  unit: string | null;
  /** The three steps, `return` = from the result to its handing out, `all` = from receipt to result. */
  step: '1' | '2' | '3' | 'return' | 'all';
  dossiers: number;
  medianHours: number;
  p90Hours: number;
  /** Of the whole way only: how many of those with a due date ended after it; null where none had one. */
  late: number | null;
}
export interface PassingRow {
  procedure: string | null;
  /** Name of the step where the mapping knows it, else its code, post or department. */
  name: string;
  step: number | null;
  /** `mapping`: known as one that passes on; `short-stays`: nothing was done in most of its stays, and they were short. */
  because: 'mapping' | 'short-stays';
  stays: number;
  shortWithoutAct: number;
  medianHours: number;
  p90Hours: number;
}
export interface Report {
  add(dossier: Settled): void;
  /** Rows by procedure, unit and step. */
  steps(): StepRow[];
  /** Provincial steps, by procedure, that only pass dossiers on; those with most stays first. */
  passing(): PassingRow[];
}

interface Group {
  procedure: string | null;
  unit: string | null;
  times: Map<StepRow['step'], number[]>;
  judged: number;
  late: number;
}
interface Stays {
  procedure: string | null;
  name: string;
  known: KnownStep | undefined;
  three: number | undefined;
  times: number[];
  idle: number;
}

const ORDER = ['1', '2', '3', 'return', 'all'] as const;

/** A report without dossiers yet. */
export function openReport(vocabulary: Vocabulary): Report {
  const calendar = calendarOf(vocabulary);
  const mapping = workflowOf(vocabulary);
  const groups = new Map<string, Group>();
  const passages = new Map<string, Stays>();
  return {
    add({ procedure, unit, folded, late }) {
      const key = `${procedure ?? ''}\n${unit ?? ''}`;
      const group = groups.get(key) ?? { procedure, unit, times: new Map(), judged: 0, late: 0 };
      groups.set(key, group);
      if (late !== null) group.judged += 1;
      if (late === true) group.late += 1;
      for (const [step, ms] of timesOf(folded, calendar, unit)) {
        const times = group.times.get(step);
        if (times === undefined) group.times.set(step, [ms]);
        else times.push(ms);
      }
      for (const passage of folded.passages)
        addPassage(passages, passage, { procedure, unit, folded }, mapping, calendar);
    },
    steps: () =>
      [...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([, group]) =>
          ORDER.flatMap((step): StepRow[] => {
            const { procedure, unit, times, judged, late } = group;
            const values = times.get(step);
            if (values === undefined) return [];
            const isLate = step === 'all' && judged > 0 ? late : null;
            return [{ procedure, unit, step, dossiers: values.length, ...summed(values), late: isLate }];
          }),
        ),
    passing: () =>
      [...passages.values()]
        .flatMap(({ procedure, name, known, three, times, idle }): PassingRow[] => {
          // signing is short too: a step that is known to do something passes nothing on
          const short = known === undefined && idle * 2 > times.length;
          const because = known?.passesOn ? 'mapping' : short ? 'short-stays' : null;
          if (because === null) return [];
          const step = known?.step ?? three ?? null;
          return [{ procedure, name, step, because, stays: times.length, shortWithoutAct: idle, ...summed(times) }];
        })
        .sort((a, b) => b.stays - a.stays || (a.name < b.name ? -1 : 1)),
  };
}

/** Working time of one dossier in each step, and on the whole way. */
function timesOf(folded: Folded, calendar: WorkingCalendar, unit: string | null): Map<StepRow['step'], number> {
  const end = folded.settledAt ?? folded.closedAt ?? 0;
  const pauses = stopped(folded, end);
  const times = new Map<StepRow['step'], number>();
  for (const stay of folded.stays) {
    if (stay.returning && stay.to === null) continue;
    const step = stay.returning ? 'return' : (String(stay.step) as '1' | '2' | '3');
    const ms = calendar.between(stay.from, stay.to ?? end, unit, stay.returning ? [] : pauses);
    times.set(step, (times.get(step) ?? 0) + ms);
  }
  if (folded.receivedAt !== undefined) times.set('all', calendar.between(folded.receivedAt, end, unit, pauses));
  return times;
}

function addPassage(
  groups: Map<string, Stays>,
  { step, from, to, acted }: Passage,
  { procedure, unit, folded }: Omit<Settled, 'late'>,
  mapping: WorkflowMapping,
  calendar: WorkingCalendar,
): void {
  if (to === null) return;
  const known = step.known === undefined ? undefined : mapping.stepById(step.known);
  const name = known?.name ?? step.code ?? step.place ?? `bước ${step.no}`;
  const key = `${procedure ?? ''}\n${name}`;
  const group = groups.get(key) ?? { procedure, name, known, three: step.three, times: [], idle: 0 };
  groups.set(key, group);
  const ms = calendar.between(from, to, unit, stopped(folded, to));
  group.times.push(ms);
  if (!acted && ms <= mapping.shortHours * HOUR_MS) group.idle += 1;
}

/** The nearest-rank quantile of sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return 0;
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] as number;
}

const hours = (ms: number): number => Math.round((ms / HOUR_MS) * 100) / 100;
const summed = (values: number[]): { medianHours: number; p90Hours: number } => {
  const sorted = values.toSorted((a, b) => a - b);
  return { medianHours: hours(quantile(sorted, 0.5)), p90Hours: hours(quantile(sorted, 0.9)) };
};
