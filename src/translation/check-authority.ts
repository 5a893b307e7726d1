/**
 * Checks of the authority table: each entry for procedures or a field that exist, posts that exist, a period that runs forwards, and
 * no two entries for the same work of the same level at one time.
 */
import type { FactRecord, VocabularyContent } from './content.ts';
import type { Findings } from './findings.ts';

/** Words of this shape are ids; anything else is a name in words. */
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** There are no districts from this day on. */
const NO_DISTRICTS = '2025-07-01';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Refuses entries that lead nowhere, run backwards, or say two things for one level at one time. */
export function checkAuthority(content: VocabularyContent, findings: Findings): void {
  const procedures = new Set(content.procedures.map(procedure => procedure.code));
  const fields = new Set(content.procedures.map(procedure => procedure.field));
  const idsOf = (kind: string): string[] => content.facts.filter(fact => fact.kind === kind).map(fact => fact.id);
  const posts = new Set(idsOf('post'));
  const known = new Set([...posts, ...idsOf('provincial-body')]);
  const byKey = new Map<string, FactRecord[]>();
  for (const fact of content.facts) {
    if (fact.kind !== 'authority') continue;
    const { data } = fact;
    const say = (text: string): void => findings.fault(fact, `authority/${fact.id}: ${text}`);
    const codes = textsOf(data.procedures);
    const field = textOf(data.field);
    if ((codes.length === 0) === (field === undefined)) say('cần đúng một trong procedures và field');
    for (const code of codes) if (!procedures.has(code)) say(`thủ tục ${code} không có trong danh mục`);
    if (field !== undefined && !fields.has(field)) say(`không có lĩnh vực "${field}" trong danh mục`);
    const by = textOf(data.by);
    if (by !== undefined && ID.test(by) && !known.has(by)) say(`không có vị trí hay cơ quan "${by}"`);
    for (const post of textsOf(data.mayDelegateTo)) if (!posts.has(post)) say(`không có vị trí "${post}"`);
    const [from, to] = periodOf(fact);
    if (to < from) say('validTo trước validFrom');
    if (data.level === 'district' && to >= NO_DISTRICTS) say('không còn cấp huyện từ 01/7/2025: phải có validTo');
    if ((fact.certainty === 'confirmed') !== (data.confirmedBy !== undefined)) {
      say('confirmedBy đi cùng certainty: confirmed, và chỉ khi đó');
    }
    for (const about of field === undefined ? codes : [field]) {
      const key = `${String(data.act)}|${String(data.level)}|${about}`;
      const others = byKey.get(key) ?? [];
      for (const other of others) {
        const [otherFrom, otherTo] = periodOf(other);
        if (from <= otherTo && otherFrom <= to) say(`trùng thời gian với ${findings.where(other)} (${about})`);
      }
      byKey.set(key, [...others, fact]);
    }
  }
}

const periodOf = ({ data }: FactRecord): [from: string, to: string] => [
  textOf(data.validFrom) ?? '0000-01-01',
  textOf(data.validTo) ?? '9999-12-31',
];
