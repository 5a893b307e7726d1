/** Checks of posts and rights: who holds which right by the post names posts and rights that stand in the same vocabulary. */
import type { VocabularyContent } from './content.ts';
import type { Findings } from './findings.ts';

/** Refuses rights of a post that is none, and rights that are none; one that is both had by the post and to be assigned. */
export function checkPeople({ facts }: VocabularyContent, findings: Findings): void {
  const known = (kind: string): Set<string> => new Set(facts.filter(fact => fact.kind === kind).map(({ id }) => id));
  const posts = known('post');
  const rights = known('right');
  for (const fact of facts) {
    if (fact.kind !== 'post-right') continue;
    if (!posts.has(fact.id)) findings.fault(fact, `không có vị trí ${fact.id}`);
    const had = listOf(fact.data.rights);
    if (had.length === 0) findings.fault(fact, `vị trí ${fact.id} chưa ghi quyền nào (rights)`);
    for (const [member, ids] of [
      ['rights', had],
      ['assignable', listOf(fact.data.assignable)],
    ] as const) {
      for (const id of ids) {
        if (!rights.has(id)) findings.fault(fact, `không có quyền ${id}`);
        if (member === 'assignable' && had.includes(id)) {
          findings.fault(fact, `quyền ${id} đã có sẵn theo vị trí`);
        }
      }
    }
  }
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
