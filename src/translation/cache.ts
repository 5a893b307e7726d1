/**
 * A checked vocabulary kept by the hash of what it was made from, since reading 1 MB of YAML takes most of a second at start.
 * The key covers the files, the schemas and the loader's version; anything else in the folder is simply not found.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packVocabulary, unpackVocabulary } from './release.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Raised with every change of what the loader checks or builds. */
const LOADER_VERSION = 3;

/** The key of some mapping files (name and text, in order) under some schemas. */
export function cacheKey(files: Iterable<readonly [name: string, text: string]>, schemas: string): string {
  const hash = createHash('sha256').update(JSON.stringify([LOADER_VERSION, schemas]));
  for (const pair of files) hash.update(JSON.stringify(pair));
  return hash.digest('hex');
}

/** The vocabulary kept under `key`; undefined when there is none, or when what is there is damaged and must be made again. */
export async function readCached(dir: string, key: string): Promise<Vocabulary | undefined> {
  let packed: Buffer;
  try {
    packed = await readFile(join(dir, `${key}.gz`));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return unpackVocabulary(packed);
  } catch {
    // Damaged on disk: the files themselves are the truth, and the caller writes it anew.
    return undefined;
  }
}

/** Keeps `vocabulary` under `key`; a reader sees it whole or not at all. */
export async function writeCached(dir: string, key: string, vocabulary: Vocabulary): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, `${key}.gz`);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, packVocabulary(vocabulary), { mode: 0o600 });
  await rename(draft, path);
}
