/** Checks of the limits after which waiting work is told upwards: causes and units that exist, no rung before the one below, no rule twice. */
import { CAUSES } from '../domain/causes.ts';
import { LEVELS } from '../domain/levels.ts';
import type { VocabularyContent } from './content.ts';
import type { Findings } from './findings.ts';

/** Refuses limits that name nothing or contradict each other. */
export function checkEscalation(content: VocabularyContent, findings: Findings): void {
  const first = new Map<string, object>();
  const units = new Set(content.units.map(unit => unit.code));
  for (const fact of content.facts) {
    if (fact.kind !== 'escalation-limit') continue;
    const say = (text: string): void => findings.fault(fact, `escalation-limits/${fact.id}: ${text}`);
    const { unit, causes, hours } = fact.data;
    if (typeof unit === 'string' && !units.has(unit)) say(`không có đơn vị ${unit}`);
    const named = Array.isArray(causes) ? causes.map(String) : [];
    for (const cause of named) if (!Object.hasOwn(CAUSES, cause)) say(`không có nguyên nhân ${cause}`);
    for (const cause of named.length === 0 ? [''] : named) {
      const key = `${String(unit ?? '')} ${cause}`;
      const before = first.get(key);
      if (before === undefined) first.set(key, fact);
      else say(`trùng với ${findings.where(before)}${cause === '' ? '' : ` (${cause})`}`);
    }
    let below = 0;
    for (const level of LEVELS) {
      const limit = (hours as Record<string, unknown> | undefined)?.[level];
      if (typeof limit !== 'number') continue;
      if (limit < below) say(`thời hạn của ${level} ngắn hơn cấp dưới`);
      below = limit;
    }
  }
}
