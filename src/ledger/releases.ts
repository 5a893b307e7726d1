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

/** Most releases that are held unpacked; one is some tens of megabytes at most. */
const HELD = 4;

/** Releases in the ledger; unpacked ones are kept, a few at a time, and unpacked once for all who ask together. */
export function ledgerReleases(database: Database): Releases {
  const unpacked = new Map<number, Promise<Vocabulary>>();
  const hold = (id: number, vocabulary: Promise<Vocabulary>): void => {
    unpacked.delete(id);
    if (unpacked.size >= HELD) unpacked.delete(unpacked.keys().next().value as number);
    unpacked.set(id, vocabulary);
  };
  const read = async (id: number): Promise<Vocabulary> => {
    const { rows } = await database.people.query<{ content: Buffer }>('SELECT content FROM releases WHERE id = $1', [
      id,
    ]);
    const row = rows[0];
    if (!row) throw new Error(`there is no vocabulary release ${id}`);
    return unpackVocabulary(row.content);
  };
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
      hold(id, Promise.resolve(vocabulary));
      return id;
    },
    byId(id) {
      const held = unpacked.get(id);
      if (held) return held;
      const reading = read(id);
      hold(id, reading);
      // what could not be read is asked for again the next time
      reading.catch(() => {
        if (unpacked.get(id) === reading) unpacked.delete(id);
      });
      return reading;
    },
  };
}
