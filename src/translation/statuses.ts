/**
 * Statuses always travel with the name of their list, since small numbers clash (7 is withdrawn nationally, with the justice
 * officer in the civil-status linkage). Local → national is many to one; what the number cannot say is kept beside it as sub-status.
 * Nothing is ever made up: a status without a mapping, or one that only a person can read, is an answer of its own.
 */
import { type EntryRef, entryRef, type StatusListRecord, type StatusRecord } from './content.ts';

export type NationalAnswer =
  | { ok: true; status: string; subStatus?: string; entry: EntryRef }
  | { ok: false; cause: 'unmapped-status' };
export type LocalAnswer =
  | { ok: true; code: string; subStatus?: string; entry: EntryRef }
  | { ok: false; cause: 'unmapped-status' };

export interface Statuses {
  /** `previous` is the dossier's national status before, which a few statuses need to be read. */
  toNational(list: string, status: string, subStatus?: string, previous?: string): NationalAnswer;
  /**
   * The code to write into a system of `list`: the kept one where it is of that list and says the same number. Where the kept one
   * is a sub-status there, it stands in `subStatus` beside the code to write, since a list's sub-status is read first.
   */
  fromNational(list: string, national: string, subStatus?: string): LocalAnswer;
  /** What a list's statuses are about; undefined for an unknown list. */
  about(list: string): 'dossier' | 'document' | undefined;
  has(list: string, code: string): boolean;
  /** Official or local name of a status, as shown to people. */
  name(list: string, code: string): string | undefined;
}

/** `national: before`: the status says nothing about progress, the number stays. */
export const AS_BEFORE = 'before';
/** `national: none`: only a person can say what it means. */
export const NO_NATIONAL = 'none';
export const NATIONAL_LIST = 'national';

interface Compiled {
  record: StatusRecord;
  entry: EntryRef;
}
interface List {
  about: 'dossier' | 'document';
  status: Map<string, Compiled>;
  subStatus: Map<string, Compiled>;
  preferred: Map<string, Compiled>;
}

const UNMAPPED = { ok: false, cause: 'unmapped-status' } as const;

/** Builds the look-up; the records must have passed the cross-checks. */
export function compileStatuses(lists: readonly StatusListRecord[], records: readonly StatusRecord[]): Statuses {
  const byList = new Map<string, List>();
  for (const { list, about } of lists) {
    byList.set(list, { about, status: new Map(), subStatus: new Map(), preferred: new Map() });
  }
  for (const record of records) {
    const list = byList.get(record.list);
    if (list === undefined) continue;
    const compiled = { record, entry: entryRef(`status:${record.list}/${record.code}`, record, record.grade) };
    (record.level === 'status' ? list.status : list.subStatus).set(record.code, compiled);
    if (record.preferred) list.preferred.set(record.national, compiled);
  }

  return {
    about: list => byList.get(list)?.about,
    has: (list, code) => byList.get(list)?.status.has(code) ?? false,
    name: (list, code) => {
      const found = byList.get(list);
      return (found?.status.get(code) ?? found?.subStatus.get(code))?.record.name;
    },
    toNational(listName, status, subStatus, previous) {
      const list = byList.get(listName);
      if (list === undefined || list.about !== 'dossier') return UNMAPPED;
      const fine = subStatus === undefined ? undefined : list.subStatus.get(subStatus);
      const found = fine ?? list.status.get(status);
      if (found === undefined) return UNMAPPED;
      const national = read(found.record, previous);
      if (national === undefined) return UNMAPPED;
      const kept = listName === NATIONAL_LIST ? subStatus : found.record.keep ? found.record.code : undefined;
      if (kept === undefined) return { ok: true, status: national, entry: found.entry };
      return { ok: true, status: national, subStatus: kept, entry: found.entry };
    },
    fromNational(listName, national, subStatus) {
      const list = byList.get(listName);
      if (list === undefined || list.about !== 'dossier') return UNMAPPED;
      const kept = subStatus === undefined ? undefined : list.status.get(subStatus);
      if (kept !== undefined && saysTheSame(kept.record, national)) {
        return { ok: true, code: kept.record.code, entry: kept.entry };
      }
      const preferred = list.preferred.get(national);
      if (preferred === undefined) return UNMAPPED;
      const fine = subStatus === undefined ? undefined : list.subStatus.get(subStatus);
      const { code } = preferred.record;
      if (fine === undefined || !saysTheSame(fine.record, national)) return { ok: true, code, entry: preferred.entry };
      return { ok: true, code, subStatus: fine.record.code, entry: fine.entry };
    },
  };
}

/** The national number that a status stands for; undefined where it cannot be told. */
function read(record: StatusRecord, previous: string | undefined): string | undefined {
  if (record.national === NO_NATIONAL) return undefined;
  if (record.national === AS_BEFORE) return previous;
  if (record.nationalAfterReception === undefined) return record.national;
  // 3 after reception and 8 before it are never produced: without knowing what was before, a person decides.
  if (previous === undefined) return undefined;
  const received = previous !== '1' && previous !== record.national;
  return received ? record.nationalAfterReception : record.national;
}

/** A kept local code is written back only while it still says the same number. */
function saysTheSame(record: StatusRecord, national: string): boolean {
  if (!record.keep) return false;
  return (
    record.national === national ||
    record.nationalAfterReception === national ||
    (record.national === AS_BEFORE && !TERMINAL.has(national))
  );
}

/** Closed for good at the national portal: not received, withdrawn, stopped, returned. */
export const TERMINAL: ReadonlySet<string> = new Set(['3', '7', '8', '10']);
