/**
 * A dossier's moves folded into the three steps: its stays in them, when it was received, answered, settled and closed, when its
 * clock stood, and the provincial steps it went through. Moves are told in any order; their times count. Pure.
 */
import type { StepNumber, WorkflowMapping } from './mapping.ts';
import type { Move, MovedStep } from './move.ts';
import type { Span } from './working-time.ts';

/** A stay in one of the three steps; `to` null while it lasts. */
export interface Stay {
  step: StepNumber;
  from: number;
  to: number | null;
  /** The result is there and waits for the citizen: the time limit is over. */
  returning?: true;
}
/** A pause: whether the clock stood, and why. */
export interface Pause {
  from: number;
  to: number | null;
  reason: string;
  clockStops: boolean;
}
/** A provincial step, as it was reported. */
export interface Passage {
  step: MovedStep;
  from: number;
  to: number | null;
  /** Something was done in it: a result, an approval, a pause, the settling. */
  acted: boolean;
}
export interface Folded {
  national?: string;
  online: boolean;
  /** What is known begins with the filing or the reception: else it was under way before, nobody knows since when. */
  whole: boolean;
  submittedAt?: number;
  /** Of a dossier that is not known from its beginning: the first that was heard of it. */
  receivedAt?: number;
  /** When the desk first answered the filing: received, refused or asked for more. */
  answeredAt?: number;
  settledAt?: number;
  closedAt?: number;
  /** The due date the handler gave last, and when it gave it. */
  given?: { due: number; at: number };
  stays: Stay[];
  pauses: Pause[];
  passages: Passage[];
}

/** Statuses of a dossier that is at the desk. */
const RECEIVED: ReadonlySet<string> = new Set(['2', '4', '6', '9', '10']);
/** Statuses with which a dossier begins. */
const BEGINS: ReadonlySet<string> = new Set(['1', '2']);
/** What a paused status waits for, where the event does not say. */
const WAITS_FOR: Readonly<Record<string, string>> = { 5: 'supplement', 6: 'payment' };

/** Folds moves with the mapping of a release. */
export function fold(moves: readonly Move[], mapping: WorkflowMapping): Folded {
  const folded: Folded = { online: false, whole: false, stays: [], pauses: [], passages: [] };
  const acts: number[] = [];
  for (const move of moves.toSorted((a, b) => a.at - b.at)) {
    if (move.online) folded.online = true;
    if (move.filed || move.received !== undefined) folded.whole = true;
    if (move.received !== undefined) folded.receivedAt ??= move.received;
    if (move.due !== undefined) folded.given = { due: move.due, at: move.at };
    if (move.act) acts.push(move.at);
    if (move.step !== undefined) takeStep(folded, move.step, mapping);
    const { unread } = move;
    const national = move.national ?? (unread === undefined ? undefined : mapping.nationalOf(unread, folded.national));
    if (national !== undefined) takeStatus(folded, move, national, mapping, acts);
  }
  endPassages(folded, acts);
  return folded;
}

function takeStep(folded: Folded, step: MovedStep, mapping: WorkflowMapping): void {
  folded.passages.push({ step, from: step.from, to: step.to ?? null, acted: false });
  if (folded.settledAt !== undefined) return;
  const number = step.three ?? (step.known === undefined ? undefined : mapping.stepById(step.known)?.step);
  // a step that nobody mapped does not move the dossier; it is at least received
  enter(folded, number ?? folded.stays.at(-1)?.step ?? 1, step.from);
}

function takeStatus(folded: Folded, move: Move, national: string, mapping: WorkflowMapping, acts: number[]): void {
  const { at } = move;
  const effect = mapping.effectOf(national);
  if (effect === undefined) return;
  if (folded.national === undefined && BEGINS.has(national)) folded.whole = true;
  folded.national = national;
  folded.submittedAt ??= at;
  if (national !== '1') folded.answeredAt ??= at;
  if (RECEIVED.has(national)) folded.receivedAt ??= at;
  const open = folded.pauses.at(-1);
  if (open?.to === null) {
    open.to = at;
    acts.push(at);
  }
  if (effect.does === 'settle' || effect.does === 'close') {
    acts.push(at);
    settle(folded, effect.does, effect.step, at);
    return;
  }
  reopen(folded, at);
  if (effect.does === 'move') {
    const said = move.local ?? move.unread;
    const local = said === undefined ? undefined : mapping.stepOfStatus(said);
    const before = folded.stays.at(-1)?.step ?? 1;
    // the number alone never leads back: 4 after 5 goes on where it was
    enter(folded, local ?? (Math.max(before, effect.step ?? 1) as StepNumber), at);
  } else if (folded.stays.length === 0) enter(folded, 1, at);
  const pause = pauseOf(move, national, effect.does === 'pause', mapping);
  if (pause !== undefined) folded.pauses.push(pause);
}

function pauseOf(move: Move, national: string, pausing: boolean, mapping: WorkflowMapping): Pause | undefined {
  const { pause, local } = move;
  const reason = pause?.reason ?? (pausing ? WAITS_FOR[national] : undefined);
  const stops = pause?.clockStops ?? mapping.clockStops(reason, local);
  if (reason === undefined && stops !== true) return undefined;
  const from = Math.min(pause?.since ?? move.at, move.at);
  return { from, to: null, reason: reason ?? local ?? '', clockStops: stops ?? pausing };
}

/** Ends the present stay and begins one in `step`, unless it is there already. */
function enter(folded: Folded, step: StepNumber, at: number, returning = false): void {
  const last = folded.stays.at(-1);
  if (last !== undefined && last.to === null) {
    if (last.step === step && (last.returning === true) === returning) return;
    last.to = Math.max(last.from, at);
  }
  folded.stays.push({ step, from: at, to: null, ...(returning ? { returning: true as const } : {}) });
}

function settle(folded: Folded, does: 'settle' | 'close', step: StepNumber | undefined, at: number): void {
  folded.settledAt ??= at;
  if (does === 'settle') {
    enter(folded, step ?? 3, at, true);
    return;
  }
  folded.closedAt ??= at;
  const last = folded.stays.at(-1);
  if (last !== undefined && last.to === null) last.to = Math.max(last.from, at);
}

/** A dossier that was settled and is worked at again: the time between does not count. */
function reopen(folded: Folded, at: number): void {
  if (folded.settledAt === undefined) return;
  folded.pauses.push({ from: folded.settledAt, to: at, reason: 'closed', clockStops: true });
  delete folded.settledAt;
  delete folded.closedAt;
  const last = folded.stays.at(-1);
  if (last?.returning === true && last.to === null) {
    last.to = at;
    enter(folded, 2, at);
  }
}

/** A provincial step lasts until its end, the next one's beginning or the settling. */
function endPassages(folded: Folded, acts: readonly number[]): void {
  const { passages, settledAt = null } = folded;
  passages.sort((a, b) => a.from - b.from);
  passages.forEach((passage, index) => {
    passage.to ??= passages[index + 1]?.from ?? settledAt;
    const to = passage.to ?? Number.POSITIVE_INFINITY;
    passage.acted = acts.some(at => at >= passage.from && at < to);
  });
}

/** The spans in which the clock stood, up to `now`: in order, and none of them over another. */
export function stopped(folded: Folded, now: number): Span[] {
  const spans: [number, number][] = [];
  for (const { from, to, clockStops } of folded.pauses.toSorted((a, b) => a.from - b.from)) {
    if (!clockStops) continue;
    const end = to ?? Math.max(from, now);
    const last = spans.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], end);
    else spans.push([from, end]);
  }
  return spans;
}
