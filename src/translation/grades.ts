/**
 * How close an entry is where it does not say so itself, from what the facts allow (as FHIR ConceptMap grades; the grade tells what
 * the target is to the source). Whatever nothing speaks against is equivalent.
 */
import type { Grade } from '../domain/words.ts';
import type { CodeRecord, FormerUnitRecord, ProcedureAliasRecord } from './content.ts';

/** Several old procedures that became one: the new one covers more than each of them. */
export function aliasGrade(aliases: readonly ProcedureAliasRecord[]): (alias: ProcedureAliasRecord) => Grade {
  const merged = new Map<string, number>();
  for (const alias of aliases) merged.set(alias.to, (merged.get(alias.to) ?? 0) + 1);
  return alias => ((merged.get(alias.to) ?? 0) > 1 ? 'broader' : 'equivalent');
}

/**
 * A unit whose whole area and work went to one other is that unit's now, however many others joined it; where it was split, each
 * successor only has to do with it, and a person says which is meant.
 */
export function successionGrade(unit: FormerUnitRecord): Grade {
  return unit.successors.some(successor => successor.part === 'partial') ? 'related' : 'equivalent';
}

/** A code that also stands for other values says less than the value it is written for. */
export function codeGrade(code: CodeRecord): Grade {
  return code.alsoFor === undefined ? 'equivalent' : 'broader';
}
