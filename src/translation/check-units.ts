/**
 * Checks of units and their succession: a code stands for one unit on any day, and every old code leads to what is in force the
 * day after (Nghị quyết 1662/NQ-UBTVQH15), so that a succession can never run in a circle.
 */
import type { FormerUnitRecord, UnitRecord, VocabularyContent } from './content.ts';
import type { Findings } from './findings.ts';

const FOREVER = '9999-12-31';

/** Refuses overlapping validity, wrong periods and successions that lead nowhere. */
export function checkUnits(content: VocabularyContent, findings: Findings): void {
  for (const units of Map.groupBy(content.units, unit => unit.code).values()) {
    units.forEach((unit, index) => {
      const before = units[index - 1];
      if (before !== undefined && unit.validFrom <= (before.validTo ?? FOREVER)) {
        findings.fault(unit, `mã ${unit.code} trùng thời gian hiệu lực với ${findings.where(before)}`);
      }
      checkPeriod(unit, findings);
    });
  }
  for (const units of Map.groupBy(content.formerUnits, unit => unit.code).values()) {
    units.forEach((unit, index) => {
      const before = units[index - 1];
      if (before !== undefined && before.validTo === unit.validTo) {
        findings.fault(unit, `trùng đơn vị cũ "${unit.code}" với ${findings.where(before)}`);
      }
    });
  }
  const byCode = Map.groupBy(content.units, unit => unit.code);
  const inForce = (code: string, day: string): boolean =>
    byCode.get(code)?.some(unit => unit.validFrom <= day && day <= (unit.validTo ?? FOREVER)) ?? false;
  const led = new Set<string>();
  for (const former of content.formerUnits) {
    checkSuccessors(former, inForce, findings);
    for (const successor of former.successors) led.add(successor.code);
  }
  for (const unit of content.units) {
    if (!led.has(unit.code)) findings.warn(unit, `không đơn vị cũ nào dẫn đến ${unit.code}`, 'units');
  }
}

function checkPeriod(unit: UnitRecord, findings: Findings): void {
  if (unit.validTo !== undefined && unit.validTo < unit.validFrom) {
    findings.fault(unit, `${unit.code}: validTo trước validFrom`);
  }
  let last = unit.validFrom;
  for (const change of unit.changes ?? []) {
    if (change.from <= last)
      findings.fault(unit, `${unit.code}: các thay đổi phải theo thứ tự thời gian, sau validFrom`);
    last = change.from;
  }
}

/** A successor must be in force on the day after; so a succession can never run in a circle. */
function checkSuccessors(
  former: FormerUnitRecord,
  inForce: (code: string, day: string) => boolean,
  findings: Findings,
): void {
  const next = new Date(Date.parse(former.validTo) + 86_400_000).toISOString().slice(0, 10);
  const split = former.successors.length > 1;
  const seen = new Set<string>();
  for (const { code, part } of former.successors) {
    if (seen.has(code)) findings.fault(former, `${former.code}: đơn vị kế thừa ${code} ghi hai lần`);
    seen.add(code);
    if (!inForce(code, next)) {
      findings.fault(former, `${former.code}: đơn vị kế thừa ${code} không có hiệu lực ngày ${next}`);
    }
    if (split !== (part === 'partial')) {
      findings.fault(
        former,
        `${former.code}: part phải là ${split ? 'partial (bị tách)' : 'whole (một đơn vị kế thừa)'}`,
      );
    }
  }
}
