/** What a post brings with it: rights it has by itself, rights it may be given, and how it signs (mappings/people, kind `post-right`). Pure. */
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { Delegation, SignAs } from './fact.ts';
import { labelOf } from './labels.ts';

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Does the post have the right by itself? */
export function byPost(post: string, right: string, vocabulary: Vocabulary): boolean {
  return listOf(vocabulary.fact('post-right', post)?.data.rights).includes(right);
}

/** Posts of the unit's level that could hold the right: by themselves first, then those that it may be assigned to. */
export function couldHold(
  right: string,
  unit: string | null,
  vocabulary: Vocabulary,
): { post: string; label: string }[] {
  const level = unit === null ? 'province' : 'commune';
  const ofLevel = vocabulary.facts('post-right').filter(({ id }) => vocabulary.fact('post', id)?.data.level === level);
  const having = (member: 'rights' | 'assignable'): string[] =>
    ofLevel.filter(({ data }) => listOf(data[member]).includes(right)).map(({ id }) => id);
  return [...having('rights'), ...having('assignable')].map(post => ({
    post,
    label: labelOf('post', post, vocabulary),
  }));
}

const MARKS: Readonly<Record<Delegation['kind'], SignAs>> = { 'phan-cong': 'KT', 'uy-quyen': 'TUQ', 'thua-lenh': 'TL' };

/** The mark before a signature: by the paper that gives it, else as the post signs. */
export function signingMark(
  post: string,
  given: { signAs?: SignAs | undefined; delegation?: Delegation | undefined },
  vocabulary: Vocabulary,
): SignAs | undefined {
  if (given.signAs !== undefined) return given.signAs;
  if (given.delegation !== undefined) return MARKS[given.delegation.kind];
  const usual = listOf(vocabulary.fact('post-right', post)?.data.signAs);
  return usual.length === 1 ? (usual[0] as SignAs) : undefined;
}
