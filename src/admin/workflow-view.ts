/** A dossier's three steps and clocks as people see them. */
import type { Bilingual, Json, JsonObject } from '../domain/words.ts';
import type { Processing } from '../ledger/workflow.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type Clocks, clocksOf, type DueDate, type StepClock } from '../workflow/clocks.ts';
import { fold } from '../workflow/fold.ts';
import { workflowOf } from '../workflow/mapping.ts';

const HOUR_MS = 3_600_000;

export const STEP_NAMES: Readonly<Record<number, Bilingual>> = {
  1: { vi: 'Tiếp nhận', en: 'Receive' },
  2: { vi: 'Thụ lý, thẩm định', en: 'Handle and appraise' },
  3: { vi: 'Phê duyệt, ký, trả kết quả', en: 'Approve, sign and return' },
};

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
/** Working hours with two decimals. */
export const hoursOf = (ms: number): number => Math.round((ms / HOUR_MS) * 100) / 100;
const dueOf = (due: DueDate | null): Json => (due === null ? null : { at: isoOf(due.at), from: due.from });

/** The clocks of a dossier as the vocabulary in force counts them. */
export function clocksNow(dossier: Processing, vocabulary: Vocabulary, now: number): Clocks {
  return clocksOf(fold(dossier.moves, workflowOf(vocabulary)), dossier, vocabulary, now);
}

/** All three steps, due dates and pauses. */
export function shownClocks(clocks: Clocks): JsonObject {
  const { limit, assumed } = clocks;
  return {
    state: clocks.state,
    step: clocks.step,
    lateness: clocks.lateness,
    next: dueOf(clocks.next),
    leftHours: clocks.leftMs === null ? null : hoursOf(clocks.leftMs),
    receivedAt: isoOf(clocks.receivedAt),
    settledAt: isoOf(clocks.settledAt),
    closedAt: isoOf(clocks.closedAt),
    usedHours: hoursOf(clocks.usedMs),
    pausedHours: hoursOf(clocks.pausedMs),
    due: dueOf(clocks.due),
    // both are kept: a new list of days off changes what is counted, never what was printed
    printedDue: isoOf(clocks.printedDue),
    computedDue: isoOf(clocks.computedDue),
    timeLimit:
      limit === null
        ? null
        : {
            value: limit.value,
            unit: limit.unit,
            certainty: limit.certainty,
            source: [...limit.source],
            ...(assumed ? { countedAs: 'workingDays', note: { ...ASSUMED } } : {}),
          },
    cutoffTime: clocks.cutoffTime,
    pauses: clocks.pauses.map(({ from, to, reason, clockStops }) => ({
      from: isoOf(from),
      to: isoOf(to),
      reason,
      clockStops,
    })),
    steps: clocks.steps.map(shownStep),
    ...(clocks.whole ? {} : { underWayBefore: { ...UNDER_WAY } }),
    ...(clocks.estimatedYears.length === 0
      ? {}
      : { estimated: { years: clocks.estimatedYears, note: estimatedNote(clocks.estimatedYears) } }),
  };
}

const ASSUMED: Bilingual = {
  vi: 'Nguồn không nói rõ là ngày làm việc hay ngày liên tục; ở đây tính theo ngày làm việc.',
  en: 'The source does not say which days; working days were counted.',
};

const UNDER_WAY: Bilingual = {
  vi: 'Hồ sơ đã được xử lý từ trước khi cổng liên thông biết đến: giờ đã dùng chỉ là phần biết được, không tính được hạn từ lúc tiếp nhận.',
  en: 'The dossier was under way before the gateway heard of it: the hours are those known, and no due date is counted from its reception.',
};

function estimatedNote(years: readonly string[]): JsonObject {
  const named = years.join(', ');
  return {
    vi: `Chưa có lịch nghỉ năm ${named}: chỉ trừ thứ Bảy, Chủ nhật, nên đây là ước tính.`,
    en: `No days off are listed for ${named}: only weekends were left out, so this is an estimate.`,
  };
}

function shownStep(clock: StepClock): JsonObject {
  return {
    step: clock.step,
    name: { ...(STEP_NAMES[clock.step] as Bilingual) },
    state: clock.state,
    begunAt: isoOf(clock.begunAt),
    endedAt: isoOf(clock.endedAt),
    usedHours: hoursOf(clock.usedMs),
    pausedHours: hoursOf(clock.pausedMs),
    due: dueOf(clock.due),
    lateness: clock.lateness,
  };
}
