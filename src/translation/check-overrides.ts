/**
 * Checks of what is for a commune's own use: short codes of procedures, each once, and the words of single wards, which must be
 * about a unit and a procedure that there are, say something, and not contradict each other on any day.
 */
import type { UnitOverrideRecord, VocabularyContent } from './content.ts';
import type { Findings } from './findings.ts';
import { OVERRIDE_PARTS, overrideId } from './overrides.ts';

const FOREVER = '9999-12-31';

/** Refuses doubled short codes and rules of wards that lead nowhere, say nothing or clash. */
export function checkOverrides(content: VocabularyContent, findings: Findings): void {
  const codes = new Map<string, string>();
  for (const procedure of content.procedures) {
    const { communeCode } = procedure;
    if (communeCode === undefined) continue;
    const before = codes.get(communeCode);
    if (before !== undefined) {
      findings.fault(procedure, `${procedure.code}: mã dùng ở xã ${communeCode} đã là của ${before}`);
    }
    codes.set(communeCode, procedure.code);
  }
  const overrides = content.unitOverrides ?? [];
  if (overrides.length === 0) return;
  const procedures = new Set(content.procedures.map(procedure => procedure.code));
  const fields = new Set(content.procedures.map(procedure => procedure.field));
  for (const override of overrides) {
    for (const fault of faultsOf(override, content, procedures, fields)) {
      findings.fault(override, `${overrideId(override)}: ${fault}`);
    }
  }
  for (const rules of Map.groupBy(overrides, overrideId).values()) {
    rules.forEach((rule, index) => {
      const clash = rules.slice(0, index).find(other => overlap(rule, other) && sharePart(rule, other));
      if (clash !== undefined) {
        findings.fault(rule, `${overrideId(rule)}: trùng thời gian với ${findings.where(clash)}`);
      }
    });
  }
}

function faultsOf(
  override: UnitOverrideRecord,
  content: VocabularyContent,
  procedures: ReadonlySet<string>,
  fields: ReadonlySet<string>,
): string[] {
  const { unit, procedure, field, validFrom, validTo } = override;
  const faults: string[] = [];
  const inForce = content.units.some(
    each => each.code === unit && each.validFrom <= validFrom && validFrom <= (each.validTo ?? FOREVER),
  );
  if (!inForce) faults.push(`đơn vị ${unit} không có hiệu lực ngày ${validFrom}`);
  if (validTo !== undefined && validTo < validFrom) faults.push('validTo trước validFrom');
  if (procedure !== undefined && field !== undefined) faults.push('chỉ ghi một trong hai: procedure hoặc field');
  if (procedure !== undefined && !procedures.has(procedure)) faults.push(`không có thủ tục ${procedure}`);
  if (field !== undefined && !fields.has(field)) faults.push(`không có lĩnh vực "${field}"`);
  if (OVERRIDE_PARTS.every(part => override[part] === undefined)) {
    faults.push(`chưa nói gì khác: cần một trong ${OVERRIDE_PARTS.join(', ')}`);
  }
  if (procedure === undefined && (override.plainTitle !== undefined || override.deskSteps !== undefined)) {
    faults.push('plainTitle và deskSteps chỉ dùng cho một thủ tục (ghi procedure)');
  }
  return faults;
}

const overlap = (left: UnitOverrideRecord, right: UnitOverrideRecord): boolean =>
  left.validFrom <= (right.validTo ?? FOREVER) && right.validFrom <= (left.validTo ?? FOREVER);

const sharePart = (left: UnitOverrideRecord, right: UnitOverrideRecord): boolean =>
  OVERRIDE_PARTS.some(part => left[part] !== undefined && right[part] !== undefined);
