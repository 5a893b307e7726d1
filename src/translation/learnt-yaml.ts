/**
 * Learnt entries as the YAML that a file of mappings/ would hold: to read before accepting, and to move into the files once
 * reviewed, where they are kept under the hands of those who know the law.
 */
import { stringify } from 'yaml';
import type { Certainty } from '../domain/words.ts';
import type { LearntFact, LearntKind } from './learnt.ts';

/** An entry with what stands behind it. */
export interface EntryInWords {
  kind: LearntKind;
  entry: LearntFact;
  source: readonly string[];
  certainty: Certainty;
}

/** Kind of file and path for each kind of entry. */
const FILES: Readonly<Record<LearntKind, { kind: string; file: (fact: LearntFact) => string }>> = {
  'procedure-alias': { kind: 'procedure-aliases', file: () => 'procedures/aliases.yaml' },
  'unit-alias': { kind: 'unit-aliases', file: () => 'units/aliases.yaml' },
  status: { kind: 'statuses', file: fact => `statuses/${fact.list ?? ''}.yaml` },
};

/** The file under mappings/ where an entry belongs. */
export function fileOf(kind: LearntKind, entry: LearntFact): string {
  return FILES[kind].file(entry);
}

/** One entry as it would stand under `entries`. */
export function entryYaml(entry: EntryInWords): string {
  return stringify([plain(entry)], { lineWidth: 0, singleQuote: false, defaultStringType: 'PLAIN' });
}

/** Entries as YAML, under the file each belongs to. */
export function entriesYaml(entries: readonly EntryInWords[]): string {
  const byFile = Map.groupBy(entries, each => fileOf(each.kind, each.entry));
  return [...byFile]
    .map(([file, own]) => {
      const kind = FILES[own[0]!.kind].kind;
      const lines = own.map(each => entryYaml(each).replace(/^(?=.)/gm, '  ')).join('');
      return `# ${file}: thêm các mục sau vào entries (add under entries)\nkind: ${kind}\nentries:\n${lines}`;
    })
    .join('\n');
}

function plain({ kind, entry, source, certainty }: EntryInWords): Record<string, unknown> {
  const { from, to, validFrom, name } = entry;
  const sourced = { source: source.length === 1 ? source[0] : [...source], certainty };
  if (kind !== 'status') return { from, to, validFrom, ...sourced };
  // what a status kept beside its number says is not known to be the same
  return { code: from, name: name ?? from, national: to, keep: true, ...sourced };
}
