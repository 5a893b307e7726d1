/**
 * What people's choices taught, laid over the content of the files: a choice at the desk counts for everyone, marked as a
 * proposal until a second person has reviewed it. The result passes the same checks as files; an entry that does not is
 * refused whole. What a file says counts more: once an entry stands in a file, the learnt one steps back.
 */
import { GatewayError } from '../domain/errors.ts';
import type { Certainty } from '../domain/words.ts';
import { checkContent } from './check-content.ts';
import type { ProcedureAliasRecord, Sourced, StatusRecord, UnitAliasRecord, VocabularyContent } from './content.ts';

/** What may be learnt: a code that stands for another, or the national number of a local status. */
export type LearntKind = 'procedure-alias' | 'unit-alias' | 'status';
/** What was chosen, as it is kept in the ledger. */
export interface LearntFact {
  /** The code that had no mapping; for a status the code within `list`. */
  from: string;
  /** The code that is meant; for a status the national number. */
  to: string;
  /** The first day it counts for; statuses have none. */
  validFrom?: string;
  list?: string;
  name?: string;
  /** The legal text behind the choice, where the person named one. */
  source?: string;
}
export interface LearntEntry {
  id: string;
  kind: LearntKind;
  entry: LearntFact;
  state: 'proposed' | 'reviewed' | 'withdrawn';
  madeBy: string;
  /** RFC 3339. */
  madeAt: string;
  reason: string;
  reviewedBy: string | null;
  reviewedAt: string | null;
}
/** An entry that cannot stand, and why. */
export interface LearntFault {
  id: string;
  text: string;
}

/** The content with all entries. Throws 422 `learnt-entry-refused` naming each entry that cannot stand; then nothing counts. */
export function withLearnt(content: VocabularyContent, entries: readonly LearntEntry[]): VocabularyContent {
  const { laid, faults } = lay(content, entries);
  if (faults.length === 0) return laid;
  const text = faults.map(fault => fault.text).join('; ');
  throw new GatewayError(
    'learnt-entry-refused',
    422,
    { vi: `Mục này không dùng được: ${text}.`, en: `This entry cannot stand: ${text}.` },
    { extra: { entries: faults } },
  );
}

/**
 * The content with every entry that can stand, and those that cannot, each whole. For a start with new files: what they no
 * longer fit must not keep the gateway from starting.
 */
export function withSoundLearnt(
  content: VocabularyContent,
  entries: readonly LearntEntry[],
): { content: VocabularyContent; refused: LearntFault[] } {
  const all = lay(content, entries);
  if (all.faults.length === 0) return { content: all.laid, refused: [] };
  const refused: LearntFault[] = [];
  const sound: LearntEntry[] = [];
  for (const entry of entries) {
    const { faults } = lay(content, [...sound, entry]);
    if (faults.length === 0) sound.push(entry);
    else refused.push({ id: entry.id, text: faults.map(fault => fault.text).join('; ') });
  }
  return { content: lay(content, sound).laid, refused };
}

/** The content of the files alone. */
export function withoutLearnt(content: VocabularyContent): VocabularyContent {
  const { unitAliases, ...rest } = content;
  const files: VocabularyContent = {
    ...rest,
    procedureAliases: content.procedureAliases.filter(own),
    statuses: content.statuses.filter(own),
  };
  const kept = unitAliases?.filter(own) ?? [];
  if (kept.length > 0) files.unitAliases = kept;
  return files;
}

/** Does a file say already what the entry says, or something else about the same code? */
export function standsInFiles(
  content: VocabularyContent,
  { kind, entry }: Pick<LearntEntry, 'kind' | 'entry'>,
): boolean {
  const { from, list } = entry;
  switch (kind) {
    case 'procedure-alias':
      return content.procedureAliases.some(alias => own(alias) && alias.from === from) || isRecord(content, from);
    case 'unit-alias':
      return (
        (content.unitAliases ?? []).some(alias => own(alias) && alias.from === from) ||
        [...content.units, ...content.formerUnits].some(unit => unit.code === from)
      );
    case 'status':
      return content.statuses.some(status => own(status) && status.list === list && status.code === from);
  }
}

const own = (record: Sourced): boolean => record.learnt === undefined;
const isRecord = (content: VocabularyContent, code: string): boolean =>
  content.procedures.some(procedure => procedure.code === code);

function lay(
  content: VocabularyContent,
  entries: readonly LearntEntry[],
): { laid: VocabularyContent; faults: LearntFault[] } {
  const counting = entries.filter(entry => entry.state !== 'withdrawn' && !standsInFiles(content, entry));
  if (counting.length === 0) return { laid: content, faults: [] };
  const procedureAliases = counting.filter(each => each.kind === 'procedure-alias').map(procedureAlias);
  const unitAliases = counting.filter(each => each.kind === 'unit-alias').map(unitAlias);
  const statuses = counting.filter(each => each.kind === 'status').map(statusRecord);
  const laid: VocabularyContent = {
    ...content,
    procedureAliases: sorted([...content.procedureAliases, ...procedureAliases], alias => alias.from),
    statuses: sorted([...content.statuses, ...statuses], status => `${status.list} ${status.level} ${status.code}`),
  };
  if (unitAliases.length > 0) {
    laid.unitAliases = sorted([...(content.unitAliases ?? []), ...unitAliases], alias => alias.from);
  }
  const records: Sourced[] = [...procedureAliases, ...unitAliases, ...statuses];
  return { laid, faults: faultsOf(content, laid, records) };
}

/** The checks of files over the whole: what was sound before and is not with these records. */
function faultsOf(content: VocabularyContent, laid: VocabularyContent, records: readonly Sourced[]): LearntFault[] {
  const idOf = new Map<object, string>(records.map(record => [record, record.learnt ?? '']));
  const check = (whole: VocabularyContent): LearntFault[] =>
    checkContent({
      content: whole,
      placeOf: record => ({ file: idOf.get(record) ?? '', line: 1 }),
      faults: [],
      warnings: [],
    }).faults.map(({ file, text }) => ({ id: file, text }));
  const faults = check(laid);
  if (faults.every(fault => fault.id !== '')) return faults;
  // files of an older release may not pass a check that is younger than they are: that is not the entry's fault
  const before = new Set(check(content).map(fault => fault.text));
  return faults.filter(fault => fault.id !== '' || !before.has(fault.text));
}

function sorted<Item>(items: Item[], key: (item: Item) => string): Item[] {
  return items.sort((left, right) => (key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0));
}

function procedureAlias(entry: LearntEntry): ProcedureAliasRecord {
  const { from, to, validFrom = dayOf(entry.madeAt) } = entry.entry;
  return { from, to, validFrom, ...sourceOf(entry) };
}

function unitAlias(entry: LearntEntry): UnitAliasRecord {
  const { from, to, validFrom = dayOf(entry.madeAt) } = entry.entry;
  return { from, to, validFrom, ...sourceOf(entry) };
}

function statusRecord(entry: LearntEntry): StatusRecord {
  const { from, to, list = '', name } = entry.entry;
  return {
    list,
    code: from,
    level: 'status',
    name: name ?? from,
    national: to,
    // nobody has compared the meanings closely: the local code is kept beside the number
    keep: true,
    preferred: false,
    grade: 'related',
    ...sourceOf(entry),
  };
}

/** Who chose it, when and why, then who reviewed it; the legal text comes first where there is one. */
export function sourceOf(entry: LearntEntry): { source: string[]; certainty: Certainty; learnt: string } {
  const { id, state, madeBy, madeAt, reason, reviewedBy, reviewedAt } = entry;
  const source = [
    ...(entry.entry.source === undefined ? [] : [entry.entry.source]),
    `${madeBy} chọn ngày ${dayText(madeAt)}: ${reason}`,
    ...(state === 'reviewed' && reviewedAt !== null ? [`${reviewedBy ?? '?'} duyệt ngày ${dayText(reviewedAt)}`] : []),
  ];
  return { source, certainty: state === 'reviewed' ? 'high' : 'proposal', learnt: id };
}

/** The day of an instant in UTC+7. */
function dayOf(at: string): string {
  return new Date(Date.parse(at) + 7 * 3_600_000).toISOString().slice(0, 10);
}

function dayText(at: string): string {
  return dayOf(at).split('-').reverse().join('/');
}
