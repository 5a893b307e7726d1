/** The checker: a pure function from a run's history to every invariant that does not hold (numbers as in docs/reliability.md). */
import { checkBounds } from './check-bounds.ts';
import { checkEffects } from './check-effects.ts';
import { checkIntake } from './check-intake.ts';
import { checkLedger } from './check-ledger.ts';
import type { History, Violation } from './history.ts';

/** All violations; empty when every promise was kept. */
export function check(history: History): Violation[] {
  return [...checkIntake(history), ...checkEffects(history), ...checkLedger(history), ...checkBounds(history)];
}

/** The violations as lines, at most `most` of each kind. */
export function told(violations: readonly Violation[], most = 10): string[] {
  const kinds = Map.groupBy(violations, ({ invariant, what }) => `${invariant} ${what}`);
  return [...kinds].flatMap(([kind, list]) => [
    ...list.slice(0, most).map(({ who }) => `${kind}: ${who}`),
    ...(list.length > most ? [`${kind}: … ${list.length - most} more`] : []),
  ]);
}
