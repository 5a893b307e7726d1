/** What an accepted event moves in its dossier's processing, as the ledger keeps it. */
import { isOfTrial } from '../entities/begun.ts';
import type { EntityState } from '../entities/state.ts';
import type { EventRow } from '../ledger/accept.ts';
import type { MoveRow } from '../ledger/workflow.ts';
import type { Move } from '../workflow/move.ts';

/** The row of a move, once it is known how the dossier is told; nothing where nothing moved. */
export function movedBy(move: Move | undefined, row: EventRow, state: EntityState): { move?: MoveRow } {
  if (move === undefined) return {};
  const { id, entity, unit, procedure } = row;
  return { move: { entity, event: id, unit, procedure, trial: isOfTrial(state), move } };
}
