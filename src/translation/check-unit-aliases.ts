/**
 * Checks of codes that stand for a unit although they are in no list of units: each once, none hides a listed code, and each
 * leads to a unit in force on its first day.
 */
import type { VocabularyContent } from './content.ts';
import { type Findings, unique } from './findings.ts';

const FOREVER = '9999-12-31';

/** Refuses unit aliases that are doubled, hide a unit, or lead nowhere. */
export function checkUnitAliases(content: VocabularyContent, findings: Findings): void {
  const aliases = content.unitAliases ?? [];
  unique(aliases, alias => alias.from, findings);
  const listed = new Set([...content.units, ...content.formerUnits].map(unit => unit.code));
  for (const alias of aliases) {
    const { from, to, validFrom } = alias;
    if (listed.has(from)) findings.fault(alias, `mã ${from} đã có trong danh mục đơn vị, không thể dẫn sang ${to}`);
    const inForce = content.units.some(
      unit => unit.code === to && unit.validFrom <= validFrom && validFrom <= (unit.validTo ?? FOREVER),
    );
    if (!inForce) findings.fault(alias, `mã ${from}: đơn vị ${to} không có hiệu lực ngày ${validFrom}`);
  }
}
