/**
 * `lienthong mappings diff A B`: what B says differently, for whom. A folder is read here; `current`, `files` (the gateway's own
 * folder) and releases are asked of the running gateway, which also knows how many waiting syncs would go on.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { VocabularyContent } from '../translation/content.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { type Io, printResult } from './io.ts';

/** Adds `mappings diff`. */
export function addMappingsDiff(mappings: Command, io: Io): void {
  mappings
    .command('diff')
    .description('danh mục B khác A ở đâu, cho ai · what B changes, and for whom')
    .argument('<a>', 'thư mục, mã phiên bản, current hoặc files · folder, release, current or files')
    .argument('<b>', 'như trên · likewise')
    .action(async (a: string, b: string) => {
      const [folderA, folderB] = [folderOf(io, a), folderOf(io, b)];
      if (folderA === undefined && folderB === undefined) {
        const answer = await (await apiClient(io)).get(`/v1/vocabulary/releases/${encodeURIComponent(b)}/diff`, {
          against: a,
        });
        printResult(io, answer, () => (answer.text as { vi: string }).vi);
        return;
      }
      const { diffVocabularies } = await import('../translation/diff.ts');
      const { diffText } = await import('../translation/diff-text.ts');
      const api = folderA === undefined || folderB === undefined ? await apiClient(io) : undefined;
      const diff = diffVocabularies(await vocabularyAt(folderA, a, api), await vocabularyAt(folderB, b, api));
      const shown = { ...diff, text: { vi: diffText(diff) } };
      printResult(io, shown, () => shown.text.vi);
    });
}

/** The folder that a word names; undefined for a release. A path may be written with `./` where both could be meant. */
function folderOf(io: Io, word: string): string | undefined {
  if (word === 'current' || word === 'files') return undefined;
  const path = resolve(io.cwd, word);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  return /^[0-9a-f]{6,64}$/i.test(word) ? undefined : path;
}

async function vocabularyAt(folder: string | undefined, word: string, api: ApiClient | undefined): Promise<Vocabulary> {
  if (folder !== undefined) {
    const { loadVocabulary } = await import('../translation/load.ts');
    return (await loadVocabulary(folder)).vocabulary;
  }
  const { vocabularyOf } = await import('../translation/release.ts');
  const answer = await api?.get(`/v1/vocabulary/releases/${encodeURIComponent(word)}/content`);
  return vocabularyOf(answer?.content as VocabularyContent);
}
