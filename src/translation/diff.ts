/**
 * What one vocabulary says differently from another, entry by entry: what is new, what is gone, which parts of an entry changed.
 * Pure; diff-text.ts puts it into words.
 */
import type { Json } from '../domain/words.ts';
import type { VocabularyContent } from './content.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface PartChange {
  /** Name of the member, as in the file; members of `details` stand by their own names. */
  part: string;
  from: Json;
  to: Json;
}
export interface EntryChange {
  /** `procedures`, `units`, `statuses`, …; reviewed facts by their own kind (`term`, `post`). */
  kind: string;
  id: string;
  name: string;
  what: 'added' | 'removed' | 'changed';
  /** Only of a changed one. */
  parts: PartChange[];
  /** Whom it is for: the field of a procedure, the list of a status or code, the unit of an override. */
  group: string | null;
}
export interface VocabularyDiff {
  /** Hashes of both releases. */
  from: string;
  to: string;
  added: number;
  removed: number;
  changed: number;
  entries: EntryChange[];
}

type Entry = Record<string, Json>;
interface Placed {
  kind: string;
  id: string;
  name: string;
  group: string | null;
  parts: ReadonlyMap<string, Json>;
}

/** Compares two vocabularies; entries come by kind, group and id. */
export function diffVocabularies(from: Vocabulary, to: Vocabulary): VocabularyDiff {
  const before = placed(from.content);
  const after = placed(to.content);
  const entries: EntryChange[] = [];
  const add = ({ kind, id, name, group }: Placed, what: EntryChange['what'], parts: PartChange[] = []): void => {
    entries.push({ kind, id, name, what, parts, group });
  };
  for (const [key, entry] of after) {
    const old = before.get(key);
    if (old === undefined) add(entry, 'added');
    else {
      const parts = changedParts(old.parts, entry.parts);
      if (parts.length > 0) add(entry, 'changed', parts);
    }
  }
  for (const [key, entry] of before) if (!after.has(key)) add(entry, 'removed');
  entries.sort((a, b) => order(a.kind, b.kind) || order(a.group ?? '', b.group ?? '') || order(a.id, b.id));
  const count = (what: EntryChange['what']): number => entries.filter(entry => entry.what === what).length;
  return {
    from: from.release,
    to: to.release,
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    entries,
  };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Every entry under a key of its own. What a later kind of record is called by is found the same way. */
function placed(content: VocabularyContent): Map<string, Placed> {
  const found = new Map<string, Placed>();
  for (const [kind, records] of Object.entries(content)) {
    if (!Array.isArray(records)) continue;
    for (const record of records as unknown as Entry[]) {
      const entry = kind === 'facts' ? factOf(record) : entryOf(kind, record);
      // a code that was used twice: the second one by its first day
      let key = `${entry.kind} ${entry.id}`;
      if (found.has(key)) key = `${key} ${String(record.validFrom ?? record.validTo ?? found.size)}`;
      found.set(key, entry);
    }
  }
  return found;
}

const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

function entryOf(kind: string, record: Entry): Placed {
  const { code, from, list, unit, field, name } = record;
  const own = text(code) ?? text(from) ?? text(record.id) ?? text(list) ?? '';
  const place = text(code) === undefined ? undefined : text(list);
  const about = [text(unit), text(record.procedure) ?? text(field), text(record.validFrom)];
  const id = own !== '' ? [place, own].filter(part => part !== undefined).join('/') : about.filter(Boolean).join('/');
  return {
    kind,
    id: id === '' ? JSON.stringify(record) : id,
    name: text(name) ?? text(record.plainTitle) ?? id,
    group: text(unit) ?? (kind === 'procedures' ? text(field) : place) ?? null,
    parts: partsOf(record),
  };
}

function factOf(record: Entry): Placed {
  const data = record.data as Entry;
  return {
    kind: String(record.kind),
    id: String(record.id),
    name: text(data.term) ?? text(data.name) ?? text(data.label) ?? String(record.id),
    group: null,
    parts: partsOf({ ...record, ...data }, ['data', 'kind']),
  };
}

/** The members that say something; those of `details` stand beside the record's own. */
function partsOf(record: Entry, without: readonly string[] = []): Map<string, Json> {
  const { details, ...own } = record;
  const inner = details !== null && typeof details === 'object' && !Array.isArray(details) ? details : {};
  const parts = new Map(Object.entries({ ...prefixed(inner), ...own }));
  for (const name of without) parts.delete(name);
  return parts;
}

/** What both a record and its details carry is told apart. */
const BOTH = new Set(['source', 'certainty', 'note', 'level', 'timeLimit', 'name', 'field', 'code']);
const prefixed = (details: Entry): Entry =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [BOTH.has(name) ? `details.${name}` : name, value]),
  );

function changedParts(before: ReadonlyMap<string, Json>, after: ReadonlyMap<string, Json>): PartChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap(part => {
    const from = before.get(part) ?? null;
    const to = after.get(part) ?? null;
    return sameJson(from, to) ? [] : [{ part, from, to }];
  });
}

/** Equal whatever the order of members. */
function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameJson(item, b[index] ?? null))
    );
  }
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(name => Object.hasOwn(b, name) && sameJson(a[name] ?? null, b[name] ?? null))
  );
}
