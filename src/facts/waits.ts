/** Which causes a fact about desks can mend: a sync that is parked for one of them is judged again when facts change. */
import type { CauseCode } from '../domain/causes.ts';

export const FACT_CAUSES = [
  'unit-off',
  'no-authority',
  'no-legal-basis',
  'missing-right',
  'unknown-officer',
  'ambiguous-unit',
] as const satisfies readonly CauseCode[];

const SET: ReadonlySet<CauseCode> = new Set(FACT_CAUSES);

/** Is it a fact that this cause waits for? */
export const waitsForFacts = (cause: CauseCode): boolean => SET.has(cause);
