/**
 * A release: the vocabulary's content under its own hash. The ledger keeps the packed bytes, so that any old translation
 * can be computed again exactly as it was.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { canonical } from '../domain/canonical.ts';
import type { Json } from '../domain/words.ts';
import type { VocabularyContent } from './content.ts';
import { compileVocabulary, type Vocabulary } from './vocabulary.ts';

/** Most bytes an unpacked release may have; the whole vocabulary is about 2 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The content in canonical form (RFC 8785): the same facts give the same text, whatever their order on disk. */
export function canonicalContent(content: VocabularyContent): string {
  return canonical(content as unknown as Json);
}

/** SHA-256 of the canonical content, hex. */
export function releaseOf(canonical: string): string {
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}

/** The vocabulary of some checked content. */
export function vocabularyOf(content: VocabularyContent): Vocabulary {
  return compileVocabulary(content, releaseOf(canonicalContent(content)));
}

/** Bytes to keep a release by: gzip over the canonical content. */
export function packVocabulary(vocabulary: Vocabulary): Buffer {
  return gzipSync(canonicalContent(vocabulary.content));
}

/** The vocabulary of packed bytes. Throws when they are damaged or of a format that this version does not know. */
export function unpackVocabulary(bytes: Buffer): Vocabulary {
  const canonical = gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8');
  const content: VocabularyContent = JSON.parse(canonical);
  if (content.format !== 1) throw new Error(`vocabulary of unknown format ${String(content.format)}`);
  return compileVocabulary(content, releaseOf(canonical));
}
