/** The names that people know of posts, rights and offices, in the place of their ids; what has none stays as it is. Pure. */
import type { Vocabulary } from '../translation/vocabulary.ts';

/** The Vietnamese label of a word of mappings/people. */
export const labelOf = (kind: 'post' | 'right' | 'department', id: string, vocabulary: Vocabulary): string =>
  String(vocabulary.fact(kind, id)?.data.label ?? id);

/** Who an authority entry names: a post, an office of the province, or words as they stand. */
export const bodyLabel = (by: string, vocabulary: Vocabulary): string =>
  String(vocabulary.fact('post', by)?.data.label ?? vocabulary.fact('provincial-body', by)?.data.name ?? by);
