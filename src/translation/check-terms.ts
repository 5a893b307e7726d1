/**
 * Checks of terms: a term is one entry, however its tones are placed (`hoà giải`, `hòa giải`), since a text would find only one
 * of two; a form that two terms claim is told, because a reader could be given the wrong explanation.
 */
import type { FactRecord, VocabularyContent } from './content.ts';
import type { Findings } from './findings.ts';
import { sameWords } from './same-words.ts';

/** Refuses a term written twice; warns of a form that is another term's. */
export function checkTerms(content: VocabularyContent, findings: Findings): void {
  const terms = content.facts.filter(fact => fact.kind === 'term');
  const first = new Map<string, FactRecord>();
  for (const fact of terms) {
    const key = sameWords(String(fact.data.term));
    const before = first.get(key);
    if (before === undefined) first.set(key, fact);
    else {
      const text = `thuật ngữ "${String(fact.data.term)}" đã có ở ${before.id} (${findings.where(before)}): chỉ khác cách viết hoa hoặc chỗ đặt dấu`;
      findings.fault(fact, text);
    }
  }
  for (const fact of terms) {
    for (const form of Array.isArray(fact.data.otherForms) ? fact.data.otherForms : []) {
      const other = first.get(sameWords(String(form)));
      if (other === undefined || other === fact) continue;
      findings.warn(fact, `cách viết "${String(form)}" của ${fact.id} là thuật ngữ ${other.id}`, 'same-names');
    }
  }
}
