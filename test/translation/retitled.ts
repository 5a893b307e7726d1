/** The project's vocabulary with another plain title for one procedure: a second release for tests. */
import { vocabularyOf } from '../../src/translation/release.ts';
import type { Vocabulary } from '../../src/translation/vocabulary.ts';
import { vocabulary } from './fixture.ts';

/** `code` is called `plainTitle`; everything else is the same. */
export function retitled(plainTitle: string, code = '1.001193'): Vocabulary {
  const { content } = vocabulary;
  return vocabularyOf({
    ...content,
    procedures: content.procedures.map(record => (record.code === code ? { ...record, plainTitle } : record)),
  });
}
