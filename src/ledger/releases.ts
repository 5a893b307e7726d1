/**
 * Vocabulary releases that were ever used, whole: what was translated with one can be translated so again.
 */
import { packVocabulary, unpackVocabulary } from '../translation/release.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { Database } from './database.ts';

export interface Releases {
  /** Row id of the release, stored if it is new. */
  remember(vocabulary: Vocabulary): Promise<number>;
  /** A release by row id. Throws when there is none. */
  byId(id: number): Promise<Vocabulary>;
}

/** Releases in the ledger; unpacked ones are kept, a few at a time. */
export function ledgerReleases(database: Database): Releases {
  const unpacked = new Map<number, Vocabulary>();
  return {
    async remember(vocabulary) {
      const known = await database.people.query<{ id: number }>('SELECT id FROM releases WHERE hash = $1', [
        vocabulary.release,
      ]);
      let id = known.rows[0]?.id;
      if (id === undefined) {
        const { rows } = await database.people.query<{ id: number }>(
          'INSERT INTO releases (hash, content) VALUES ($1, $2) ON CONFLICT (hash) DO UPDATE SET hash = EXCLUDED.hash RETURNING id',
          [vocabulary.release, packVocabulary(vocabulary)],
        );
        id = (rows[0] as { id: number }).id;
      }
      unpacked.set(id, vocabulary);
      return id;
    },
    async byId(id) {
      const held = unpacked.get(id);
      if (held) return held;
      const { rows } = await database.people.query<{ content: Buffer }>('SELECT content FROM releases WHERE id = $1', [
        id,
      ]);
      const row = rows[0];
      if (!row) throw new Error(`there is no vocabulary release ${id}`);
      const vocabulary = unpackVocabulary(row.content);
      if (unpacked.size >= 4) unpacked.delete(unpacked.keys().next().value as number);
      unpacked.set(id, vocabulary);
      return vocabulary;
    },
  };
}
