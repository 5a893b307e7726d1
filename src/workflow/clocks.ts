/**
 * The clocks of a dossier as of an instant: when it is due and why, how much of its working time is used, what was paused, and each of
 * the three steps with its own hours and due date; nearly late is said before late. Pure.
 */
import type { TimeLimit } from '../translation/content.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type Folded, type Pause, type Stay, stopped } from './fold.ts';
import { type StepNumber, type WorkflowMapping, workflowOf } from './mapping.ts';
import { dueBy } from './time-limit.ts';
import { calendarOf, dayOf, type Span, type WorkingCalendar } from './working-time.ts';

const HOUR_MS = 3_600_000;

export type Lateness = 'in-time' | 'nearly-late' | 'late' | 'unknown';
export interface DueDate {
  at: number;
  /** `given`: the handler gave it; `limit`: counted from the time limit; `answer`: the answer to an online filing; `step`: the step's own. */
  from: 'given' | 'limit' | 'answer' | 'step';
}
export interface StepClock {
  step: StepNumber;
  state: 'not-begun' | 'running' | 'paused' | 'done';
  begunAt: number | null;
  endedAt: number | null;
  usedMs: number;
  pausedMs: number;
  due: DueDate | null;
  lateness: Lateness;
}
export interface Clocks {
  state: 'filed' | 'running' | 'paused' | 'settled' | 'closed';
  step: StepNumber | null;
  steps: StepClock[];
  receivedAt: number | null;
  settledAt: number | null;
  closedAt: number | null;
  usedMs: number;
  pausedMs: number;
  pauses: Pause[];
  due: DueDate | null;
  /** The due date by the time limit, also where the handler gave another one. */
  computedDue: number | null;
  /** What the handler gave, as it gave it: what stands on the slip. */
  printedDue: number | null;
  limit: TimeLimit | null;
  /** The source does not say which days; they were counted as working days. */
  assumed: boolean;
  /** False: it was under way before anything was heard of it, so nothing is counted from its reception, and the hours are the least. */
  whole: boolean;
  cutoffTime: string | null;
  /** What is to be done next is due then: the answer before reception, else the dossier. */
  next: DueDate | null;
  lateness: Lateness;
  /** Working ms until `next`; below zero once it is late. */
  leftMs: number | null;
  /** Years met whose days off are not listed: only weekends were counted. */
  estimatedYears: string[];
}

interface Place {
  unit: string | null;
  procedure: string | null;
}

/** The clocks of what `folded` tells, at `now`. */
export function clocksOf(folded: Folded, place: Place, vocabulary: Vocabulary, now: number): Clocks {
  const calendar = calendarOf(vocabulary);
  const mapping = workflowOf(vocabulary);
  const { unit } = place;
  const pauses = stopped(folded, folded.settledAt ?? now);
  const begun = folded.receivedAt ?? folded.stays[0]?.from ?? null;
  const end = folded.settledAt ?? now;
  const limit =
    (place.procedure === null ? undefined : vocabulary.procedureFacts(place.procedure)?.record.timeLimit) ?? null;
  const cutoff = mapping.cutoffOf(place.procedure);
  const { receivedAt } = folded;
  const computed =
    limit === null || receivedAt === undefined || !folded.whole
      ? undefined
      : dueBy(limit, receivedAt, calendar, unit, cutoff);
  const shifted = (base: number, since: number): number => {
    const paused = pauses.map(([from, to]): Span => [Math.max(from, since), Math.min(to, end)]);
    if (limit?.unit === 'calendarDays') {
      const whole = paused.reduce((sum, [from, to]) => sum + Math.max(0, to - from), 0);
      return whole === 0 ? base : calendar.endOfWork(dayOf(base + whole), unit);
    }
    const ms = paused.reduce((sum, [from, to]) => sum + calendar.between(from, to, unit), 0);
    return ms === 0 ? base : calendar.after(base, ms, unit);
  };
  const computedDue = computed === undefined || receivedAt === undefined ? null : shifted(computed.at, receivedAt);
  const { given } = folded;
  const due: DueDate | null =
    given !== undefined
      ? { at: shifted(given.due, given.at), from: 'given' }
      : computedDue === null
        ? null
        : { at: computedDue, from: 'limit' };
  const answer = answerDue(folded, mapping, calendar, unit);
  const next = answer !== null && folded.answeredAt === undefined ? answer : due;
  const nextFrom = next?.from === 'answer' ? folded.submittedAt : begun;
  const usedMs = begun === null ? 0 : calendar.between(begun, end, unit, pauses);
  const last = folded.stays.at(-1);
  const stands = folded.pauses.some(pause => pause.to === null && pause.clockStops);
  return {
    state:
      folded.closedAt !== undefined
        ? 'closed'
        : folded.settledAt !== undefined
          ? 'settled'
          : stands
            ? 'paused'
            : receivedAt === undefined
              ? 'filed'
              : 'running',
    step: folded.closedAt === undefined ? (last?.step ?? null) : null,
    steps: ([1, 2, 3] as const).map(step =>
      stepClock(step, { folded, mapping, calendar, unit, pauses, due, answer, now }),
    ),
    receivedAt: receivedAt ?? null,
    settledAt: folded.settledAt ?? null,
    closedAt: folded.closedAt ?? null,
    usedMs,
    pausedMs: pauses.reduce((sum, [from, to]) => sum + calendar.between(from, to, unit), 0),
    pauses: folded.pauses,
    due,
    computedDue,
    printedDue: given?.due ?? null,
    limit,
    assumed: computed?.assumed === true,
    whole: folded.whole,
    cutoffTime: cutoff?.text ?? null,
    next,
    lateness: latenessOf(next, nextFrom ?? null, end, { calendar, unit, pauses, share: mapping.nearlyLate }),
    leftMs:
      next === null
        ? null
        : end <= next.at
          ? calendar.between(end, next.at, unit)
          : -calendar.between(next.at, end, unit, pauses),
    estimatedYears: yearsWithoutList(calendar, [folded.submittedAt, begun, end, due?.at, computedDue, next?.at]),
  };
}

/** An online filing is to be received, refused with a reason or sent back for papers within so many working hours. */
function answerDue(
  folded: Folded,
  mapping: WorkflowMapping,
  calendar: WorkingCalendar,
  unit: string | null,
): DueDate | null {
  if (!folded.online || folded.submittedAt === undefined) return null;
  return { at: calendar.after(folded.submittedAt, mapping.answerHours * HOUR_MS, unit), from: 'answer' };
}

interface Measure {
  calendar: WorkingCalendar;
  unit: string | null;
  pauses: readonly Span[];
  share: number;
}

/** Late once the due date has passed, nearly late once so much of the working time until then is used. */
function latenessOf(due: DueDate | null, from: number | null, at: number, measure: Measure): Lateness {
  if (due === null || from === null) return 'unknown';
  if (at > due.at) return 'late';
  const { calendar, unit, share } = measure;
  // no pause moves the answer to a filing: asking for papers is one
  const pauses = due.from === 'answer' ? [] : measure.pauses;
  const whole = calendar.between(from, due.at, unit, pauses);
  return calendar.between(from, at, unit, pauses) >= whole * share ? 'nearly-late' : 'in-time';
}

interface Scene {
  folded: Folded;
  mapping: WorkflowMapping;
  calendar: WorkingCalendar;
  unit: string | null;
  pauses: Span[];
  due: DueDate | null;
  answer: DueDate | null;
  now: number;
}

function stepClock(step: StepNumber, scene: Scene): StepClock {
  const { folded, calendar, unit, pauses, mapping, now } = scene;
  const stays = folded.stays.filter(stay => stay.step === step);
  const counted = stays.filter(stay => stay.returning !== true);
  const first = stays[0];
  const last = stays.at(-1);
  if (first === undefined || last === undefined) {
    return {
      step,
      state: 'not-begun',
      begunAt: null,
      endedAt: null,
      usedMs: 0,
      pausedMs: 0,
      due: null,
      lateness: 'unknown',
    };
  }
  const end = (stay: Stay): number => stay.to ?? folded.settledAt ?? now;
  const usedMs = counted.reduce((sum, stay) => sum + calendar.between(stay.from, end(stay), unit, pauses), 0);
  const wholeMs = counted.reduce((sum, stay) => sum + calendar.between(stay.from, end(stay), unit), 0);
  const due = stepDue(step, scene);
  const over = last.to !== null;
  const stands = !over && folded.pauses.some(pause => pause.to === null && pause.clockStops);
  // the answer ends the first step's clock, the settling the third's
  const until = due?.from === 'answer' ? (folded.answeredAt ?? now) : (last.to ?? folded.settledAt ?? now);
  const from = due?.from === 'answer' ? (folded.submittedAt ?? first.from) : first.from;
  return {
    step,
    state: over ? 'done' : stands ? 'paused' : 'running',
    begunAt: first.from,
    endedAt: last.to,
    usedMs,
    pausedMs: wholeMs - usedMs,
    due,
    lateness: latenessOf(due, from, until, { calendar, unit, pauses, share: mapping.nearlyLate }),
  };
}

/** A step is due when its report says so; else the first by the answer to an online filing, the last by the dossier's due date. */
function stepDue(step: StepNumber, { folded, mapping, due, answer }: Scene): DueDate | null {
  const own = folded.passages.findLast(
    ({ step: passed }) =>
      passed.due !== undefined &&
      (passed.three ?? (passed.known === undefined ? undefined : mapping.stepById(passed.known)?.step)) === step,
  );
  if (own?.step.due !== undefined) return { at: own.step.due, from: 'step' };
  if (step === 1) return answer;
  return step === 3 ? due : null;
}

/** Of the years from the first to the last of these instants, those whose days off are not listed. */
function yearsWithoutList(calendar: WorkingCalendar, instants: readonly (number | null | undefined)[]): string[] {
  const known = instants.filter(at => at !== null && at !== undefined);
  if (known.length === 0) return [];
  const years: string[] = [];
  const last = Number(dayOf(Math.max(...known)).slice(0, 4));
  for (let year = Number(dayOf(Math.min(...known)).slice(0, 4)); year <= last; year += 1) {
    if (!calendar.isListed(`${year}-01-01`)) years.push(String(year));
  }
  return years;
}
