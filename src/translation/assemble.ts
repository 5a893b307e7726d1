/**
 * From files that passed their schemas to the content of a release: sources resolved, defaults filled in, sorted, so that
 * moving an entry to another file changes nothing. Remembers where each record came from, for the faults of later checks.
 */
import type { Json, JsonObject } from '../domain/words.ts';
import type { FactRecord, Sourced, StatusRecord, VocabularyContent } from './content.ts';
import type { MappingFault, MappingFile, Place } from './read-yaml.ts';

export interface Assembled {
  content: VocabularyContent;
  /** File and line of a record. */
  placeOf(record: object): Place;
  faults: MappingFault[];
  warnings: MappingFault[];
}

/** Kinds whose entries are carried as facts: what a fact is called, and which field is its id. */
const FACTS: Readonly<Record<string, { kind: string; id: string }>> = {
  terms: { kind: 'term', id: 'id' },
  abbreviations: { kind: 'abbreviation', id: 'id' },
  'document-types': { kind: 'document-type', id: 'id' },
  'document-forms': { kind: 'document-form', id: 'id' },
  calendar: { kind: 'day', id: 'date' },
  'deadline-rules': { kind: 'deadline-rule', id: 'id' },
  'working-hours': { kind: 'working-hours', id: 'id' },
  agencies: { kind: 'agency', id: 'code' },
  'provincial-bodies': { kind: 'provincial-body', id: 'id' },
  'former-bodies': { kind: 'former-body', id: 'id' },
  policies: { kind: 'policy', id: 'id' },
  authority: { kind: 'authority', id: 'id' },
  'escalation-limits': { kind: 'escalation-limit', id: 'id' },
  contacts: { kind: 'contact', id: 'id' },
};

/** A key of `sources`; anything else is the text of a source itself. */
const SOURCE_KEY = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Head and entries of a file as its schema promises them. */
interface CheckedFile {
  kind: string;
  sources?: Record<string, string>;
  entries: (JsonObject & Sourced)[];
  field?: string;
  procedureFields?: string[];
  list?: string;
  about?: 'dossier' | 'document';
  name?: string;
  details?: JsonObject;
}

/** Builds the content; every file must have passed the schema of its kind. */
export function assemble(files: readonly MappingFile[]): Assembled {
  const content: VocabularyContent = {
    format: 1,
    units: [],
    formerUnits: [],
    procedures: [],
    procedureAliases: [],
    statusLists: [],
    statuses: [],
    codes: [],
    facts: [],
  };
  const origins = new Map<object, { file: MappingFile; index: number }>();
  const faults: MappingFault[] = [];
  const warnings: MappingFault[] = [];
  for (const file of files) {
    // The schema of the file's kind has just vouched for this shape.
    const head = file.data as unknown as CheckedFile;
    const unused = new Set(Object.keys(head.sources ?? {}));
    head.entries.forEach((raw, index) => {
      const resolve = (value: Json, path: (string | number)[]): Json => {
        if (Array.isArray(value)) return value.map((each, place) => resolve(each, [...path, place]));
        if (value === null || typeof value !== 'object') return value;
        return Object.fromEntries(
          Object.entries(value).map(([key, inner]) => [
            key,
            key === 'source' ? sourceTexts(inner, [...path, key]) : resolve(inner, [...path, key]),
          ]),
        );
      };
      const sourceTexts = (value: Json, path: (string | number)[]): string[] =>
        (Array.isArray(value) ? value : [value]).map(each => {
          const text = String(each);
          if (!SOURCE_KEY.test(text)) return text;
          unused.delete(text);
          const found = head.sources?.[text];
          if (found !== undefined) return found;
          faults.push({ ...at(file, path), text: `nguồn "${text}" chưa có trong sources ở đầu tệp` });
          return text;
        });
      const record = addRecord(content, head, resolve(raw, ['entries', index]));
      origins.set(record, { file, index });
    });
    if (head.kind === 'statuses') origins.set(addStatusList(content, head), { file, index: 0 });
    for (const key of unused) {
      warnings.push({ ...at(file, ['sources', key]), text: `nguồn "${key}" không mục nào dùng` });
    }
  }
  sort(content);
  return {
    content,
    faults,
    warnings,
    placeOf: record => {
      const origin = origins.get(record);
      return origin === undefined ? { file: '?', line: 1 } : at(origin.file, ['entries', origin.index]);
    },
  };
}

function at(file: MappingFile, path: readonly (string | number)[]): Place {
  return { file: file.file, line: file.lineOf(path) };
}

/** Adds one entry to its part of the content and gives back the record. */
function addRecord(content: VocabularyContent, head: CheckedFile, entry: Json): object {
  // Shape and types of an entry are those of its kind's schema.
  const add = <Kind>(part: Kind[], record: unknown): object => {
    part.push(record as Kind);
    return record as object;
  };
  const data = entry as JsonObject;
  switch (head.kind) {
    case 'units':
      return add(content.units, data);
    case 'former-units':
      return add(content.formerUnits, data);
    case 'unit-aliases':
      content.unitAliases ??= [];
      return add(content.unitAliases, data);
    case 'procedures':
      return add(content.procedures, { ...data, field: head.field });
    case 'procedure-aliases':
      return add(content.procedureAliases, data);
    case 'unit-overrides':
      content.unitOverrides ??= [];
      return add(content.unitOverrides, data);
    case 'statuses':
      return add(content.statuses, statusRecord(head, data));
    case 'codes':
      return add(content.codes, data);
    default:
      return add(content.facts, factRecord(head, data));
  }
}

function statusRecord(head: CheckedFile, data: JsonObject): object {
  const keep = data.keep === true;
  const grade: StatusRecord['grade'] = data.lost === undefined ? 'equivalent' : 'broader';
  return {
    level: 'status',
    national: 'none',
    preferred: false,
    grade,
    ...data,
    keep,
    list: head.list ?? '',
  };
}

function addStatusList(content: VocabularyContent, head: CheckedFile): object {
  const { list = '', name = '', about = 'dossier', details } = head;
  const source = Object.values(head.sources ?? {});
  const record = {
    list,
    name,
    about,
    source,
    certainty: 'medium' as const,
    ...(details === undefined ? {} : { details }),
  };
  content.statusLists.push(record);
  return record;
}

function factRecord(head: CheckedFile, data: JsonObject): FactRecord {
  const shape = FACTS[head.kind];
  const { source, certainty, note, what, ...rest } = data;
  const kind = shape?.kind ?? String(what);
  const idField = shape?.id ?? 'id';
  const field = {
    ...(head.field === undefined ? {} : { field: head.field }),
    ...(head.procedureFields === undefined ? {} : { procedureFields: head.procedureFields }),
  };
  const sourced = { source, certainty, ...(note === undefined ? {} : { note }) } as unknown as Sourced;
  return { kind, id: String(data[idField]), data: { ...rest, ...field }, ...sourced };
}

function sort(content: VocabularyContent): void {
  const by = <Item>(items: Item[], key: (item: Item) => string): void => {
    const keyed = items.map(item => ({ item, key: key(item) }));
    keyed.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
    keyed.forEach(({ item }, index) => {
      items[index] = item;
    });
  };
  by(content.units, unit => `${unit.code} ${unit.validFrom}`);
  by(content.formerUnits, unit => `${unit.code} ${unit.validTo}`);
  by(content.unitAliases ?? [], alias => alias.from);
  by(content.procedures, procedure => procedure.code);
  by(content.procedureAliases, alias => alias.from);
  by(content.unitOverrides ?? [], each => `${each.unit} ${each.procedure ?? ''} ${each.field ?? ''} ${each.validFrom}`);
  by(content.statusLists, list => list.list);
  by(content.statuses, status => `${status.list} ${status.level} ${status.code}`);
  by(content.codes, code => `${code.list} ${code.code}`);
  by(content.facts, fact => `${fact.kind} ${fact.id}`);
}
