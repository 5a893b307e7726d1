/**
 * Working time by the Vietnamese calendar, UTC+7: which days are worked (Monday to Friday but for days off, and the Saturdays that are
 * worked instead), from when to when in a unit, and counting in it. Days and hours are facts of the vocabulary. Pure.
 */
import type { FactRecord } from '../translation/content.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';

/** A span of time, ms of the epoch; the end does not belong to it. */
export type Span = readonly [from: number, to: number];

export interface WorkingCalendar {
  /** Spans worked on a local day (`2026-02-17`) in a unit, in order; none on a day off. */
  spansOf(day: string, unit?: string | null): readonly Span[];
  /** Is any part of the day worked? */
  isWorked(day: string): boolean;
  /** False for a year without a list of days off: then only weekends count, and it is to be said. */
  isListed(day: string): boolean;
  /** Working ms between two instants, without those in `paused`; 0 where the second comes before the first. */
  between(from: number, to: number, unit?: string | null, paused?: readonly Span[]): number;
  /** The instant at which `ms` of working time after `from` have passed. */
  after(from: number, ms: number, unit?: string | null): number;
  /** The last local day of a limit of `days` working days: counted from the working day after `from`. */
  dueDay(from: number, days: number): string;
  /** The end of work on a local day in a unit; of the next worked day where that one is off. */
  endOfWork(day: string, unit?: string | null): number;
}

const DAY_MS = 86_400_000;
const OFFSET_MS = 7 * 3_600_000;
const PROVINCE = '75';
/** Longest way that is looked ahead: more than a hundred years, so only a calendar without working time ends there. */
const MOST_DAYS = 40_000;

const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) - OFFSET_MS;
/** The local day of an instant, `2026-02-17`. */
export const dayOf = (at: number): string => new Date(at + OFFSET_MS).toISOString().slice(0, 10);
const next = (day: string): string => dayOf(startOf(day) + DAY_MS);
const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();

/** One unit's hours from a day on, ms after midnight. */
interface Hours {
  unit: string;
  from: string;
  spans: readonly Span[];
}

const textOf = (fact: FactRecord, name: string): string | undefined => {
  const value = fact.data[name];
  return typeof value === 'string' ? value : undefined;
};

/** `07:30-11:30` as ms after midnight. */
function spanOf(text: string | undefined): Span[] {
  const parts = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text ?? '');
  if (parts === null) return [];
  const [, h1, m1, h2, m2] = parts.map(Number) as [number, number, number, number, number];
  const [from, to] = [(h1 * 60 + m1) * 60_000, (h2 * 60 + m2) * 60_000];
  return from < to ? [[from, to]] : [];
}

/** Where no hours are recorded: a proposal, like the file's own. */
const DEFAULT_HOURS: readonly Span[] = [...spanOf('07:30-11:30'), ...spanOf('13:30-17:00')];

const CALENDARS = new WeakMap<Vocabulary, WorkingCalendar>();

/** The calendar of a vocabulary, compiled once. */
export function calendarOf(vocabulary: Vocabulary): WorkingCalendar {
  let calendar = CALENDARS.get(vocabulary);
  if (calendar === undefined) {
    calendar = compileCalendar(vocabulary.facts('day'), vocabulary.facts('working-hours'));
    CALENDARS.set(vocabulary, calendar);
  }
  return calendar;
}

/** Builds a calendar from facts of the kinds `day` and `working-hours`. */
export function compileCalendar(days: readonly FactRecord[], hours: readonly FactRecord[]): WorkingCalendar {
  const listed = new Map(days.map(fact => [textOf(fact, 'date') ?? fact.id, textOf(fact, 'day')]));
  const listedYears = new Set([...listed.keys()].map(day => day.slice(0, 4)));
  const all = hours
    .map(
      (fact): Hours => ({
        unit: textOf(fact, 'unit') ?? PROVINCE,
        from: textOf(fact, 'validFrom') ?? '',
        spans: [...spanOf(textOf(fact, 'morning')), ...spanOf(textOf(fact, 'afternoon'))],
      }),
    )
    .filter(({ spans }) => spans.length > 0)
    .sort((a, b) => (a.from < b.from ? 1 : -1));
  const withOwn = new Set(all.map(({ unit }) => unit));
  /** Whose hours a unit keeps. */
  const ownerOf = (unit: string | null | undefined): string =>
    unit !== null && unit !== undefined && withOwn.has(unit) ? unit : PROVINCE;

  const hoursOf = (owner: string, day: string): readonly Span[] => {
    const fitting = all.filter(one => one.from <= day);
    const found =
      fitting.find(one => one.unit === owner) ??
      fitting.find(one => one.unit === PROVINCE) ??
      all.findLast(one => one.unit === PROVINCE);
    return found?.spans ?? DEFAULT_HOURS;
  };
  const isWorked = (day: string): boolean => {
    const said = listed.get(day);
    if (said === 'off') return false;
    const week = weekday(day);
    return said !== undefined || (week !== 0 && week !== 6);
  };
  const spansAt = (day: string, owner: string): readonly Span[] => {
    if (!isWorked(day)) return [];
    const start = startOf(day);
    const spans = hoursOf(owner, day).map(([from, to]): Span => [start + from, start + to]);
    const said = listed.get(day);
    return said === 'morning' ? spans.slice(0, 1) : said === 'afternoon' ? spans.slice(1) : spans;
  };
  // a year is counted once: what is asked of thousands of dossiers must not walk over every day of each
  const years = new Map<string, Year>();
  const yearOf = (number: number, owner: string): Year => {
    const key = `${number} ${owner}`;
    let year = years.get(key);
    if (year === undefined) {
      year = countYear(number, day => spansAt(day, owner));
      years.set(key, year);
    }
    return year;
  };
  const spansOf = (day: string, unit?: string | null): readonly Span[] => {
    const year = yearOf(Number(day.slice(0, 4)), ownerOf(unit));
    return year.spans[(startOf(day) - year.begins) / DAY_MS] ?? [];
  };
  const sinceNewYear = (at: number, { begins, spans, before }: Year): number => {
    const day = Math.floor((at - begins) / DAY_MS);
    const here = spans[day] ?? [];
    return here.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, at) - from), before[day] ?? 0);
  };
  const worked = ([from, to]: Span, owner: string): number => {
    const last = numberOf(to);
    let number = numberOf(from);
    let sum = sinceNewYear(to, yearOf(last, owner)) - sinceNewYear(from, yearOf(number, owner));
    for (; number < last; number += 1) sum += yearOf(number, owner).whole;
    return sum;
  };

  const calendar: WorkingCalendar = {
    spansOf,
    isWorked,
    isListed: day => listedYears.has(day.slice(0, 4)),
    between(from, to, unit, paused = []) {
      if (to <= from) return 0;
      const owner = ownerOf(unit);
      return without([from, to], paused).reduce((sum, part) => sum + worked(part, owner), 0);
    },
    after(from, ms, unit) {
      let left = ms;
      let day = dayOf(from);
      for (let count = 0; count < MOST_DAYS; count += 1, day = next(day)) {
        for (const [begin, end] of spansOf(day, unit)) {
          const starts = Math.max(begin, from);
          const here = end - starts;
          if (here <= 0) continue;
          if (left <= here) return starts + left;
          left -= here;
        }
      }
      throw new RangeError('no working time is left in the calendar');
    },
    dueDay(from, days) {
      let day = dayOf(from);
      for (let left = days, count = 0; left > 0 && count < MOST_DAYS; count += 1) {
        day = next(day);
        if (isWorked(day)) left -= 1;
      }
      while (!isWorked(day)) day = next(day);
      return day;
    },
    endOfWork(day, unit) {
      let found = day;
      for (let count = 0; count < MOST_DAYS; count += 1, found = next(found)) {
        const end = spansOf(found, unit).at(-1)?.[1];
        if (end !== undefined) return end;
      }
      throw new RangeError('no working time is left in the calendar');
    },
  };
  return Object.freeze(calendar);
}

/** What is worked in one year: the spans of its days, working ms before each of them, and in all. */
interface Year {
  begins: number;
  spans: readonly (readonly Span[])[];
  before: readonly number[];
  whole: number;
}

const numberOf = (at: number): number => new Date(at + OFFSET_MS).getUTCFullYear();

function countYear(number: number, spansAt: (day: string) => readonly Span[]): Year {
  const begins = Date.UTC(number, 0) - OFFSET_MS;
  const spans: (readonly Span[])[] = [];
  const before: number[] = [];
  let whole = 0;
  for (let at = begins; numberOf(at) === number; at += DAY_MS) {
    const here = spansAt(dayOf(at));
    spans.push(here);
    before.push(whole);
    whole += here.reduce((sum, [from, to]) => sum + to - from, 0);
  }
  return { begins, spans, before, whole };
}

/** A span without the paused ones. */
function without(span: Span, paused: readonly Span[]): Span[] {
  let parts: Span[] = [span];
  for (const [from, to] of paused) {
    parts = parts.flatMap(([begin, end]): Span[] => {
      if (to <= begin || from >= end) return [[begin, end]];
      return [...(from > begin ? [[begin, from] as Span] : []), ...(to < end ? [[to, end] as Span] : [])];
    });
  }
  return parts;
}
