/**
 * Part of a unit in the exchange: off, on trial or official, from a date on, also system by system or field by field. Pure.
 * A unit of which nothing is said is official: only a rollout that was entered holds anything back.
 */
import type { Bilingual } from '../domain/words.ts';
import { type Fact, type Mode, type NewFact, nextChange, type OpenDossiers } from './fact.ts';
import type { KnownFacts } from './known-facts.ts';
import { localTime } from './local-time.ts';

/** For which exchange the mode is asked. */
export interface ModeFor {
  /** Unit by its present code. */
  unit: string | null;
  /** System by id. */
  system?: string | undefined;
  /** Field of the procedure (lĩnh vực). */
  field?: string | undefined;
}
export interface ModeAnswer {
  mode: Mode;
  /** The fact that says so; undefined = nothing was said. */
  fact?: Fact<'unit-mode'>;
  /** Chosen for dossiers that were begun on trial. */
  openDossiers: OpenDossiers;
  /** When the mode changes next, ms. */
  changesAt?: number;
  /** It is asked for a time before the rollout: when that begins, ms. */
  beginsAt?: number;
}

const fits = ({ body }: Fact<'unit-mode'>, { system, field }: ModeFor): boolean =>
  (body.systems === undefined || (system !== undefined && body.systems.includes(system))) &&
  (body.fields === undefined || (field !== undefined && body.fields.includes(field)));

/** How narrowly it is said: for a field of a system before for a system or a field before for all. */
const narrowness = ({ body }: Fact<'unit-mode'>): number =>
  (body.systems === undefined ? 0 : 1) + (body.fields === undefined ? 0 : 1);

/** The mode at `at` (ms): of what was said narrowest, the last that began. */
export function modeAt(facts: KnownFacts, wanted: ModeFor, at: number): ModeAnswer {
  if (wanted.unit === null) return { mode: 'official', openDossiers: 'stay' };
  const said = facts.of('unit-mode', wanted.unit);
  if (said.length === 0) return { mode: 'official', openDossiers: 'stay' };
  const fitting = said.filter(fact => fits(fact, wanted));
  let best: Fact<'unit-mode'> | undefined;
  for (const fact of fitting) {
    if (fact.from > at || (fact.to !== null && fact.to <= at)) continue;
    if (best === undefined || narrowness(fact) >= narrowness(best)) best = fact;
  }
  const changesAt = nextChange(fitting, at);
  const next = changesAt === undefined ? {} : { changesAt };
  // before the first word of a rollout the unit did not take part
  if (best === undefined) {
    const first = fitting.find(fact => fact.from > at);
    const before = first === undefined ? {} : { beginsAt: first.from };
    return { mode: first === undefined ? 'official' : 'off', openDossiers: 'stay', ...next, ...before };
  }
  return { mode: best.body.mode, fact: best, openDossiers: best.body.openDossiers, ...next };
}

/** From when the unit is official, at or after `at`: the day as of which its trial is read. Undefined where no such day is set. */
export function officialFrom(facts: KnownFacts, wanted: ModeFor, at: number): number | undefined {
  if (wanted.unit === null) return undefined;
  return facts
    .of('unit-mode', wanted.unit)
    .find(fact => fact.from > at && fact.body.mode === 'official' && fits(fact, wanted))?.from;
}

/** Under which key a mode is found: the unit, with the systems and fields that it is limited to. */
export const modeKey = (unit: string | null, { systems, fields }: Fact<'unit-mode'>['body']): string =>
  [unit ?? '', ...(systems ?? []).toSorted(), ...(fields ?? []).toSorted()].join('|');

/** Why a mode cannot be entered as it is. */
export interface ModeFault {
  code: 'before-present-mode';
  refuses: true;
  other: string;
  text: Bilingual;
}

/**
 * What speaks against a mode, given those of the same unit, systems and fields: it may not begin before one that is in force already,
 * because what went by then cannot be undone.
 */
export function modeFaults(given: NewFact<'unit-mode'>, facts: KnownFacts, now: number): ModeFault[] {
  return facts
    .under('unit-mode', given.key)
    .filter(other => other.id !== given.id && other.from > given.from && other.from <= now)
    .slice(-1)
    .map(({ id, from, body: { mode } }) => ({
      code: 'before-present-mode',
      refuses: true,
      other: id,
      text: {
        vi: `Đơn vị đã ở chế độ “${mode}” từ ${localTime(from)}; chế độ mới phải bắt đầu sau lúc đó.`,
        en: `The unit has been on "${mode}" since ${localTime(from)}; another mode must begin after that.`,
      },
    }));
}

/** What is planned of the same unit, systems and fields after `at` (ms), soonest first. */
export const plannedAfter = (facts: KnownFacts, key: string, at: number): readonly Fact<'unit-mode'>[] =>
  facts.under('unit-mode', key).filter(fact => fact.from > at);
