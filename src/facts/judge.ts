/**
 * May this event go to this system for this unit? First the unit's part in the exchange, then the rules about authority and rights.
 * What is wrong holds a sync back only where the unit's list is complete (or the contradiction is certain); else it goes with a
 * warning: on the first day nobody has the tables, and a gateway that held back what it does not know would be the new jam. Pure.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { EventType } from '../domain/event-types.ts';
import type { Bilingual, GatewayEvent, Json, JsonObject, Role } from '../domain/words.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { holds, nextChange, type UnitList } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';
import { dayOf, localTime } from './local-time.ts';
import { type ModeAnswer, modeAt } from './modes.ts';

/** What is asked. Times are ms of the epoch. */
export interface Question {
  event: GatewayEvent;
  type: EventType;
  /** Whose desk it is for; null = the province's. */
  unit: string | null;
  procedure: string | null;
  /** Field of the procedure (lĩnh vực). */
  field?: string | undefined;
  source: { id: string; role: Role };
  target: { id: string; role: Role };
  /** As of when units, posts and authority are read: the event's time, on trial the official date. */
  at: number;
  now: number;
  /** The target was told of the dossier as of one of the unit's trial. */
  begunOnTrial: boolean;
  /** The target was told of it officially. */
  begunOfficially: boolean;
  /** Causes over which a person decided that it goes all the same. */
  decided?: ReadonlySet<CauseCode> | undefined;
  /** Every list counts as complete (the sandbox). */
  enforced: boolean;
  facts: KnownFacts;
  vocabulary: Vocabulary;
}

/** Something that speaks against delivering. */
export interface Finding {
  cause: CauseCode;
  pointer: string;
  value: Json;
  /** Which list must be complete before it holds anything back; `certain` always does. */
  list: UnitList['what'];
  certain: boolean;
  /** Not in force yet (in order on the day that a trial tries out), or not confirmed yet: told, never held back. */
  notYet?: boolean;
  text: Bilingual;
  /** What people need to mend it: ticks, posts, whom to call, nearest candidates. */
  detail: JsonObject;
  /** When a fact about it begins or ends, ms; undefined = on no known day. */
  changesAt?: number | undefined;
}
/** One rule about an event for a unit; undefined = nothing speaks against it. */
export type Rule = (question: Question) => Finding | undefined;

export interface Warning {
  cause: CauseCode;
  target: string;
  text: Bilingual;
  detail: JsonObject;
}
export interface Judgement {
  mode: 'trial' | 'official';
  /** A dossier of the trial that was closed when the unit became official: nothing is sent. */
  closed: boolean;
  held?: Omit<Finding, 'list' | 'certain' | 'notYet'>;
  warnings: Warning[];
  /** When to judge again although no fact has changed, ms. */
  recheckAt?: number | undefined;
}

/** Judges by `rules`, in their order; the first that holds back counts. */
export function judge(question: Question, rules: readonly Rule[]): Judgement {
  const { unit, target, facts, now, field, event } = question;
  const wanted = { unit, system: target.id, field };
  // as it was when it happened; what waited while the unit was off goes as the unit is now
  const then = modeAt(facts, wanted, Date.parse(event.time));
  const answer = then.mode === 'off' ? modeAt(facts, wanted, now) : then;
  const decided = (cause: CauseCode): boolean => question.decided?.has(cause) === true;
  if (!decided('unit-off')) {
    if (answer.mode === 'off') return off(question, answer);
    if (then.beginsAt !== undefined && !wasThere(question)) return tooOld(question, then.beginsAt);
  }
  const judgement: Judgement = { mode: modeOf(question, answer), closed: false, warnings: [] };
  if (
    judgement.mode === 'official' &&
    question.begunOnTrial &&
    answer.openDossiers === 'close' &&
    !decided('unit-off')
  ) {
    return { ...judgement, closed: true, held: closedWithTrial(question) };
  }
  for (const rule of rules) {
    const finding = wrongToday(rule, question);
    if (finding === undefined) continue;
    const { list, certain, notYet = false, ...held } = finding;
    const { changesAt } = finding;
    // a day that has passed is no reason to look again
    if (changesAt !== undefined && changesAt > now && changesAt < (judgement.recheckAt ?? Number.POSITIVE_INFINITY)) {
      judgement.recheckAt = changesAt;
    }
    const stops =
      !decided(finding.cause) &&
      !notYet &&
      !beginsLater(question, judgement, finding) &&
      (certain || isComplete(question, list));
    if (judgement.held === undefined && stops) judgement.held = held;
    else judgement.warnings.push({ cause: held.cause, target: target.id, text: held.text, detail: held.detail });
  }
  return judgement;
}

/**
 * What a rule finds wrong when it happened and still today: what was lacking then and has come since (a right that was granted, an entry
 * that began) holds nothing back any longer.
 */
function wrongToday(rule: Rule, question: Question): Finding | undefined {
  const then = rule(question);
  return then === undefined || question.now <= question.at ? then : rule({ ...question, at: question.now });
}

/**
 * A dossier begun on trial may stay on trial although its unit has become official; one begun officially is no trial's although its
 * unit has moved back to trial: it is a citizen's own matter.
 */
function modeOf({ begunOnTrial, begunOfficially }: Question, answer: ModeAnswer): 'trial' | 'official' {
  // from a unit that is off it goes only because a person said so: as a trial's
  if (answer.mode !== 'official') return begunOfficially ? 'official' : 'trial';
  return begunOnTrial && answer.openDossiers === 'stay' ? 'trial' : 'official';
}

/** Is the unit's list of this kind confirmed as complete? What belongs to the province is judged by its own list. */
export function isComplete({ enforced, facts, unit, now }: Question, what: UnitList['what']): boolean {
  return enforced || facts.of('unit-list', unit).some(fact => fact.body.what === what && holds(fact, now));
}

/** On trial a basis that comes into force later is marked, not held back: the trial tries that very day. */
const beginsLater = ({ at }: Question, { mode }: Judgement, { cause, changesAt }: Finding): boolean =>
  mode === 'trial' && cause === 'no-legal-basis' && changesAt !== undefined && changesAt > at;

/** Did the unit's code stand for this same unit when the event happened? Most codes of the new units were others' before. */
function wasThere({ unit, vocabulary, event }: Question): boolean {
  const day = dayOf(Date.parse(event.time));
  const periods = vocabulary.content.units.filter(({ code }) => code === unit);
  return (
    periods.length === 0 ||
    periods.some(({ validFrom, validTo, unchanged }) => (unchanged || validFrom <= day) && day <= (validTo ?? day))
  );
}

/** Older than the rollout, of a time when its unit's code stood for another territory: nobody but a person can say whose it is. */
function tooOld({ unit, vocabulary, event }: Question, beginsAt: number): Judgement {
  const name = unit === null ? '' : (vocabulary.unitName(unit) ?? unit);
  const happened = localTime(Date.parse(event.time));
  const held = {
    cause: 'unit-off' as const,
    pointer: '/data/unitCode',
    value: event.data.unitCode ?? unit,
    text: {
      vi: `Sự việc lúc ${happened} có trước khi ${name} bắt đầu tham gia (${localTime(beginsAt)}); mã ${unit} khi đó là của địa bàn khác. Cần người xem: bỏ lượt gửi này, hoặc đề nghị hệ thống nguồn gửi lại với đơn vị hiện nay.`,
      en: `This happened at ${happened}, before ${name} began to take part (${localTime(beginsAt)}); the code ${unit} stood for another territory then. A person must look: drop this sync, or have the source report it again with the present unit.`,
    },
    detail: { unit, older: true, from: new Date(beginsAt).toISOString() },
  };
  return { mode: 'official', closed: false, warnings: [], held };
}

function closedWithTrial({ unit, event, vocabulary }: Question): NonNullable<Judgement['held']> {
  const name = unit === null ? '' : (vocabulary.unitName(unit) ?? unit);
  return {
    cause: 'unit-off',
    pointer: '/data/unitCode',
    value: event.data.unitCode ?? unit,
    text: {
      vi: `Hồ sơ vận hành thử của ${name} đã khép lại khi chuyển sang vận hành chính thức; không gửi tiếp.`,
      en: `This dossier of the trial of ${name} was closed when the unit became official; nothing more is sent.`,
    },
    detail: { unit, closed: true },
  };
}

function off({ unit, vocabulary, event, facts, target, field, now }: Question, answer: ModeAnswer): Judgement {
  const said = facts.of('unit-mode', unit);
  const recheckAt = answer.changesAt ?? nextChange(said, now);
  const name = unit === null ? '' : (vocabulary.unitName(unit) ?? unit);
  return {
    mode: 'official',
    closed: false,
    warnings: [],
    recheckAt,
    held: {
      cause: 'unit-off',
      pointer: '/data/unitCode',
      value: event.data.unitCode ?? unit,
      text: {
        vi: `${name} chưa tham gia liên thông${recheckAt === undefined ? '' : `; tự gửi từ ${localTime(recheckAt)}`}.`,
        en: `${name} does not take part yet${recheckAt === undefined ? '' : `; it goes by itself from ${localTime(recheckAt)}`}.`,
      },
      detail: {
        unit,
        target: target.id,
        field: field ?? null,
        from: recheckAt === undefined ? null : new Date(recheckAt).toISOString(),
      },
      changesAt: recheckAt,
    },
  };
}
