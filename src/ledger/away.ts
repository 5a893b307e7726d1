/** Is the ledger away, or the fault somewhere else? One rule for intake, delivery and people. */
import { sqlState } from './database.ts';

/** Of the network only: a file that is missing is a fault of ours and must not be told as the ledger's. */
const NETWORK = /^E(?:CONN|HOST|NET|PIPE|TIMEDOUT|NOTFOUND|AI_)/;

/** True when the ledger is away or cannot now: connection lost, refused or silent, resources, shutting down, locks not given. */
export function isAway(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined && /^(08|25P03|53|55P03|57|58)/.test(state)) return true;
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  const message = error instanceof Error ? error.message : '';
  return (
    NETWORK.test(String(code)) ||
    syscall === 'connect' ||
    /connection terminated|timeout exceeded|read timeout|not queryable/i.test(message)
  );
}
