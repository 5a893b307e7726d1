/**
 * Units by code and day. All 95 new units carry a predecessor's code, so a code alone is no identity:
 * on a day of its validity a code is that unit; else, if it ended before, it leads to its successor (Nghị quyết 1662/NQ-UBTVQH15).
 * Agency codes lead to the unit that a source gives them; a full name to the one unit that bears it.
 */
import type { Agencies } from './agencies.ts';
import { type UnitChoice, unitFinder } from './candidates-units.ts';
import {
  type Candidate,
  type EntryRef,
  entryRef,
  type FormerUnitRecord,
  type UnitAliasRecord,
  type UnitRecord,
} from './content.ts';
import { successionGrade } from './grades.ts';
import { localDay } from './local-day.ts';
import { compileUnitNames, nameKey } from './unit-names.ts';

export type UnitAnswer =
  | { ok: true; code: string; name: string; changed: boolean; entry?: EntryRef }
  | { ok: false; cause: 'unknown-unit' }
  | { ok: false; cause: 'ambiguous-unit'; candidates: Candidate[]; entry: EntryRef };

export interface Units {
  /** Which unit `code` is at `at` (RFC 3339). */
  resolve(code: string, at: string): UnitAnswer;
  /** Which unit bears the full name at `at`, or bore it before; a name that leads to several is ambiguous. */
  byName(name: string, at: string): UnitAnswer;
  /** What may be meant by a code that is unknown at `at`, likeliest first; `name` where the event has one. */
  candidates(code: string, at: string, name?: string): Candidate[];
  /** Full name, `Phường Trấn Biên`, as of `at`; without it, as last recorded. */
  name(code: string, at?: string): string | undefined;
}

interface Version {
  from: string;
  answer: UnitAnswer & { ok: true };
}
interface Current {
  from: string;
  to: string;
  /** Oldest first. */
  versions: Version[];
}
interface Former {
  code: string;
  to: string;
  inForce: UnitAnswer;
  successors: string[];
  entry: EntryRef;
}

const UNKNOWN: UnitAnswer = { ok: false, cause: 'unknown-unit' };
const FOREVER = '9999-12-31';

/** `phường` + `Trấn Biên` → `Phường Trấn Biên`, in NFC. */
export function fullName(type: string, name: string): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1)} ${name}`.normalize('NFC');
}

/** Builds the look-up; the records must have passed the cross-checks (check-content.ts). */
export function compileUnits(
  units: readonly UnitRecord[],
  formerUnits: readonly FormerUnitRecord[],
  aliasRecords: readonly UnitAliasRecord[] = [],
  agencies?: Agencies,
): Units {
  const aliases = new Map(aliasRecords.map(alias => [alias.from, alias]));
  const current = new Map<string, Current[]>();
  for (const unit of units) {
    const periods = current.get(unit.code) ?? [];
    periods.push({ from: unit.validFrom, to: unit.validTo ?? FOREVER, versions: versionsOf(unit) });
    current.set(unit.code, periods);
  }
  const former = new Map<string, Former[]>();
  for (const unit of formerUnits) {
    const ended = former.get(unit.code) ?? [];
    ended.push(compileFormer(unit));
    former.set(unit.code, ended);
  }

  const inForce = (code: string, day: string): (UnitAnswer & { ok: true }) | undefined => {
    for (const period of current.get(code) ?? []) {
      if (day < period.from || day > period.to) continue;
      let answer = period.versions[0]!.answer;
      for (const version of period.versions) if (version.from <= day) answer = version.answer;
      return answer;
    }
    return undefined;
  };
  /** Follows a succession over any number of reforms; it ends, since each step is later than the last. */
  const successorsOf = (old: Former, day: string): Candidate[] =>
    old.successors.flatMap(code => {
      const answer = inForce(code, day);
      if (answer !== undefined) return [{ code: answer.code, name: answer.name }];
      const next = former.get(code)?.find(later => later.to > old.to && later.to < day);
      return next === undefined ? [] : successorsOf(next, day);
    });
  const leadsTo = (old: Former, day: string): UnitAnswer => {
    const candidates = successorsOf(old, day);
    const only = candidates[0];
    if (only === undefined) return UNKNOWN;
    if (candidates.length > 1) return { ok: false, cause: 'ambiguous-unit', candidates, entry: old.entry };
    return { ok: true, code: only.code, name: only.name, changed: only.code !== old.code, entry: old.entry };
  };

  const listed = (code: string, day: string): UnitAnswer => {
    const now = inForce(code, day);
    if (now !== undefined) return now;
    const ended = former.get(code);
    const then = ended?.find(unit => day <= unit.to);
    const old = ended?.findLast(unit => unit.to < day);
    if (old !== undefined) return leadsTo(old, day);
    return then === undefined ? UNKNOWN : then.inForce;
  };
  const find = unitFinder(() => choicesOf(units), formerUnits);
  /** An agency's unit, by its own succession. */
  const agency = (code: string, day: string): UnitAnswer => {
    const found = agencies?.unitOf(code, day);
    if (found?.sourced !== true) return UNKNOWN;
    const unit = listed(found.unitCode, day);
    return unit.ok ? { ...unit, changed: true, entry: found.entry } : unit;
  };
  const bearers = compileUnitNames([
    ...units.flatMap(unit => versionsOf(unit).map(({ answer }) => answer)),
    ...[...former.values()].flat().flatMap(({ inForce: answer }) => (answer.ok ? [answer] : [])),
  ]);
  const named = (name: string, day: string): UnitAnswer => {
    // who bears the name on the day comes before who bore it once
    const found = bearers(name).map(code => ({ code, unit: listed(code, day) }));
    const bearing = found.filter(({ unit }) => unit.ok && nameKey(unit.name) === nameKey(name));
    const counting = bearing.length > 0 ? bearing : found;
    const candidates = new Map(
      counting
        .flatMap(({ unit }): Candidate[] => (unit.ok ? [unit] : unit.cause === 'ambiguous-unit' ? unit.candidates : []))
        .map(({ code, name: called }) => [code, { code, name: called }]),
    );
    const [only, ...more] = candidates.values();
    if (only === undefined) return UNKNOWN;
    const record = units.find(unit => unit.code === only.code) ?? formerUnits.find(unit => unit.code === only.code);
    if (record === undefined) return UNKNOWN;
    const entry = entryRef(`unit:${only.code}`, record, 'equivalent');
    if (more.length > 0) return { ok: false, cause: 'ambiguous-unit', candidates: [only, ...more], entry };
    return { ok: true, ...only, changed: true, entry };
  };

  return {
    resolve(code, at) {
      const day = localDay(at);
      const answer = listed(code, day);
      const alias = answer === UNKNOWN ? aliases.get(code) : undefined;
      if (answer === UNKNOWN && alias === undefined) return agency(code, day);
      if (alias === undefined || day < alias.validFrom) return answer;
      const meant = listed(alias.to, day);
      if (!meant.ok) return meant;
      return { ...meant, changed: true, entry: entryRef(`unit-alias:${code}`, alias, 'equivalent') };
    },
    byName: (name, at) => named(name, localDay(at)),
    candidates(code, at, name) {
      const surmised = agencies?.unitOf(code, localDay(at));
      const unit = surmised === undefined ? UNKNOWN : listed(surmised.unitCode, localDay(at));
      const likely = find(code, name === undefined ? { at } : { at, name });
      return unit.ok ? [{ code: unit.code, name: unit.name }, ...likely] : likely;
    },
    name(code, at) {
      const answer = at === undefined ? current.get(code)?.at(-1)?.versions.at(-1)?.answer : this.resolve(code, at);
      return answer?.ok ? answer.name : undefined;
    },
  };
}

/** Every unit under the name it has last. */
function choicesOf(units: readonly UnitRecord[]): UnitChoice[] {
  return units.map(unit => {
    const { code, validFrom, validTo = FOREVER } = unit;
    return { code, name: versionsOf(unit).at(-1)!.answer.name, validFrom, validTo };
  });
}

function versionsOf(unit: UnitRecord): Version[] {
  let { name, type } = unit;
  const versions: Version[] = [];
  const add = (from: string): void => {
    versions.push({ from, answer: { ok: true, code: unit.code, name: fullName(type, name), changed: false } });
  };
  add(unit.validFrom);
  for (const change of unit.changes ?? []) {
    name = change.name ?? name;
    type = change.type ?? type;
    add(change.from);
  }
  return versions;
}

function compileFormer(unit: FormerUnitRecord): Former {
  return {
    code: unit.code,
    to: unit.validTo,
    inForce: { ok: true, code: unit.code, name: fullName(unit.type, unit.name), changed: false },
    successors: unit.successors.map(successor => successor.code),
    entry: entryRef(`former-unit:${unit.code}`, unit, successionGrade(unit)),
  };
}
