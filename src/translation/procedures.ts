/**
 * Procedures by code: national codes, the local forms that carry an agency suffix, and old codes that a later one replaced.
 * What is not in the catalogue is never matched by likeness; likeness only orders what a person is offered.
 */
import { procedureFinder } from './candidates-procedures.ts';
import { type Candidate, type EntryRef, entryRef, type ProcedureAliasRecord, type ProcedureRecord } from './content.ts';
import { aliasGrade } from './grades.ts';
import { localDay } from './local-day.ts';

export type ProcedureAnswer =
  | { ok: true; code: string; changed: boolean; entry?: EntryRef }
  | { ok: false; cause: 'unknown-procedure'; candidates: Candidate[] };

export interface ProcedureFacts {
  code: string;
  name: string;
  /** The plain title where one was written, else the official name. */
  plainTitle: string;
  field: string;
  /** Who decides since 2025-07-01: `xã` or `tỉnh`. */
  level: string;
  /** False where no plain title was written yet. */
  hasPlainTitle: boolean;
  entry: EntryRef;
  record: ProcedureRecord;
}

export interface Procedures {
  /** The national code in force at `at`; `name`, where the event has one, helps to order the candidates. */
  resolve(code: string, at: string, name?: string): ProcedureAnswer;
  facts(code: string): ProcedureFacts | undefined;
  /** Procedures that are like this one by code or name at `at`, likeliest first. */
  candidates(code: string, at: string, name?: string): Candidate[];
}

/**
 * `1.001612.000.00.00.H19` and `1.012753.H19` (local forms), `1.000028.01` (online service of a procedure): the national code in front.
 */
const FORM = /^([0-9]\.[0-9]{6})(?:\.[0-9]{2})?(?:(?:\.[0-9A-Z]{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2})?\.[GH][0-9]{2})?$/;

/** The national code in a local form; undefined for what has another shape. */
export function nationalProcedureCode(code: string): string | undefined {
  return FORM.exec(code)?.[1];
}

interface Alias {
  to: string;
  from: string;
  learnt: boolean;
  entry: EntryRef;
}

/** Builds the look-up; aliases must be free of cycles (check-content.ts). */
export function compileProcedures(
  records: readonly ProcedureRecord[],
  aliasRecords: readonly ProcedureAliasRecord[],
): Procedures {
  const facts = new Map<string, ProcedureFacts>();
  for (const record of records) facts.set(record.code, factsOf(record));
  const aliases = new Map<string, Alias>();
  /** A code that was learnt, or is none of the nation's, was never in the catalogue: before its day it is as unknown as ever. */
  const isStrange = (alias: Alias | undefined, code: string, day: string): boolean =>
    alias !== undefined &&
    day < alias.from &&
    !facts.has(code) &&
    (alias.learnt || nationalProcedureCode(code) !== code);
  const gradeOf = aliasGrade(aliasRecords);
  for (const alias of aliasRecords) {
    const learnt = alias.learnt !== undefined;
    aliases.set(alias.from, {
      to: alias.to,
      from: alias.validFrom,
      learnt,
      entry: entryRef(`procedure-alias:${alias.from}`, alias, gradeOf(alias)),
    });
  }
  // Until the catalogue is refreshed, a new code without a record of its own carries the record of the code it replaced.
  for (const alias of aliasRecords) {
    const carried = facts.get(alias.from);
    if (carried !== undefined && !facts.has(alias.to)) facts.set(alias.to, { ...carried, code: alias.to });
  }
  const known = new Set([...facts.keys(), ...aliases.keys(), ...aliasRecords.map(alias => alias.to)]);
  // A commune may answer in its own short codes, which were told to it beside the national ones.
  const ownCodes = new Map(records.flatMap(each => (each.communeCode ? [[each.communeCode, each.code] as const] : [])));
  const find = procedureFinder(records, aliasRecords);

  return {
    facts: code => facts.get(code),
    candidates: (code, at, name) => find(code, name === undefined ? { at } : { at, name }),
    resolve(given, at, name) {
      const code = known.has(given) ? given : (ownCodes.get(given) ?? nationalProcedureCode(given));
      let alias = code === undefined ? undefined : aliases.get(code);
      if (code === undefined || !known.has(code) || isStrange(alias, code, localDay(at))) {
        const hints = name === undefined ? { at } : { at, name };
        return { ok: false, cause: 'unknown-procedure', candidates: find(code ?? given, hints) };
      }
      if (alias === undefined || localDay(at) < alias.from) {
        // An old code that only its alias knows still says what it was read by.
        return asItIs(given, code, facts.get(code)?.entry ?? alias?.entry);
      }
      const entry = alias.entry;
      let current = alias.to;
      for (alias = aliases.get(current); alias !== undefined && localDay(at) >= alias.from; ) {
        current = alias.to;
        alias = aliases.get(current);
      }
      return { ok: true, code: current, changed: true, entry };
    },
  };
}

function asItIs(given: string, code: string, entry: EntryRef | undefined): ProcedureAnswer {
  if (given === code) return { ok: true, code, changed: false };
  return entry === undefined ? { ok: true, code, changed: true } : { ok: true, code, changed: true, entry };
}

function factsOf(record: ProcedureRecord): ProcedureFacts {
  return {
    code: record.code,
    name: record.name,
    plainTitle: record.plainTitle ?? record.name,
    field: record.field,
    level: record.levelAfter,
    hasPlainTitle: record.plainTitle !== undefined,
    entry: entryRef(`procedure:${record.code}`, record, 'equivalent'),
    record,
  };
}
