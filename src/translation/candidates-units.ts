/** Likely units for an unknown code: in force on the day, or led to by a code that is one slip away. */
import { dayText, type Hints, percent, Reasons } from './candidates.ts';
import type { Candidate, FormerUnitRecord } from './content.ts';
import { fold, letterPairs, overlap, slips } from './likeness.ts';
import { localDay } from './local-day.ts';

/** A unit that may be meant, as of a day. */
export interface UnitChoice {
  code: string;
  name: string;
  validFrom: string;
  validTo: string;
}

/** Finds likely units: in force on the day, or led to by a code that is one slip away. */
export function unitFinder(
  units: () => readonly UnitChoice[],
  formerUnits: readonly FormerUnitRecord[],
): (code: string, hints: Hints) => Candidate[] {
  return (given, { at, name }) => {
    const day = localDay(at);
    const reasons = new Reasons();
    const choices = units();
    const inForce = new Map(
      choices.filter(unit => unit.validFrom <= day && day <= unit.validTo).map(unit => [unit.code, unit]),
    );
    const wanted = name === undefined ? undefined : letterPairs(fold(withoutType(name)));
    for (const unit of inForce.values()) {
      if (slips(given, unit.code, 1) === 1) {
        reasons.add(unit.code, unit.name, 0.55, `mã chỉ lệch 1 chữ số với ${unit.code}`, `one digit off ${unit.code}`);
      }
      const alike = wanted === undefined ? 0 : overlap(wanted, letterPairs(fold(withoutType(unit.name))));
      if (alike >= 0.6) {
        reasons.add(
          unit.code,
          unit.name,
          0.9 * alike,
          `tên giống ${percent(alike)}`,
          `the name is ${percent(alike)} alike`,
        );
      }
    }
    for (const former of formerUnits) {
      const successor = former.successors.length === 1 ? inForce.get(former.successors[0]!.code) : undefined;
      if (successor === undefined || former.validTo >= day || inForce.has(former.code)) continue;
      if (slips(given, former.code, 1) !== 1) continue;
      reasons.add(
        successor.code,
        successor.name,
        0.35,
        `mã chỉ lệch 1 chữ số với ${former.code} (${former.type} ${former.name} cũ, nay thuộc đơn vị này)`,
        `one digit off ${former.code}, which became part of this unit`,
      );
    }
    for (const unit of choices) {
      if (unit.code !== given || inForce.has(given)) continue;
      const period = `${dayText(unit.validFrom)}${unit.validTo.startsWith('9999') ? '' : `–${dayText(unit.validTo)}`}`;
      reasons.add(
        unit.code,
        unit.name,
        0.3,
        `đúng mã này nhưng ngày ${dayText(day)} không có hiệu lực (có hiệu lực từ ${period})`,
        `this very code, but not in force on ${dayText(day)} (valid ${period})`,
      );
    }
    return reasons.best();
  };
}

/** `Phường Trấn Biên` → `Trấn Biên`: the kind of unit says nothing of which one. */
function withoutType(name: string): string {
  return name.normalize('NFC').replace(/^\s*(?:xã|phường|thị trấn|tx\.?|p\.|x\.|tt\.?)\s+/iu, '');
}
