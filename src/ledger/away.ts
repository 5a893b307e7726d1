/** Is the ledger away, or the fault somewhere else? One rule for intake, delivery and people. */
import { sqlState } from './database.ts';

/** True when the ledger is away or cannot now: connection lost, refused or silent, resources, shutting down, locks not given. */
export function isAway(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined && /^(08|25P03|53|55P03|57P|58)/.test(state)) return true;
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  const message = error instanceof Error ? error.message : '';
  return /^E[A-Z]+$/.test(code) || /connection terminated|timeout exceeded|read timeout|not queryable/i.test(message);
}
