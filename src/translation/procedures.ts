/**
 * Procedures by code: national codes, the local forms that carry an agency suffix, and old codes that a later one replaced.
 * What is not in the catalogue is never matched by likeness; likeness only orders what a person is offered.
 */
import { type Candidate, type EntryRef, entryRef, type ProcedureAliasRecord, type ProcedureRecord } from './content.ts';
import { likeliest } from './likeness.ts';
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
  for (const alias of aliasRecords) {
    aliases.set(alias.from, { to: alias.to, from: alias.validFrom, entry: aliasEntry(alias) });
  }
  // Until the catalogue is refreshed, a new code without a record of its own carries the record of the code it replaced.
  for (const alias of aliasRecords) {
    const carried = facts.get(alias.from);
    if (carried !== undefined && !facts.has(alias.to)) facts.set(alias.to, { ...carried, code: alias.to });
  }
  const known = new Set([...facts.keys(), ...aliases.keys(), ...aliasRecords.map(alias => alias.to)]);
  const choices = [...facts.values()].map(each => ({ code: each.code, name: each.name }));

  return {
    facts: code => facts.get(code),
    resolve(given, at, name) {
      const code = known.has(given) ? given : nationalProcedureCode(given);
      if (code === undefined || !known.has(code)) {
        return { ok: false, cause: 'unknown-procedure', candidates: likeliest(choices, code ?? given, name) };
      }
      let alias = aliases.get(code);
      if (alias === undefined || localDay(at) < alias.from) return asItIs(given, code, facts.get(code));
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

function asItIs(given: string, code: string, facts: ProcedureFacts | undefined): ProcedureAnswer {
  if (given === code) return { ok: true, code, changed: false };
  return facts === undefined
    ? { ok: true, code, changed: true }
    : { ok: true, code, changed: true, entry: facts.entry };
}

function aliasEntry(alias: ProcedureAliasRecord): EntryRef {
  return entryRef(`procedure-alias:${alias.from}`, alias, 'equivalent');
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
