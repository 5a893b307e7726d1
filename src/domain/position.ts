/**
 * How far a ledger has come, and whether one was restored from an older copy: the ledger's own position held against the
 * highest one that was noted outside of it. Pure.
 */

/** `tick` grows while a gateway runs, `epoch` with every restore. */
export interface Position {
  epoch: number;
  tick: number;
}
/** What is noted outside of the ledger. */
export interface Anchor extends Position {
  /** Somebody restored the ledger by command, and no gateway has started on it since: when, and from where. */
  restored?: { at: string; from: string };
}
/** Why deliveries must be held until a person has looked. */
export type Doubt = 'restored-by-command' | 'behind-anchor' | 'no-anchor' | 'anchor-unreadable';

/** A ledger that was still told of so short a time ago is not an old copy: another process works on it. */
const IN_USE_MS = 10 * 60_000;

/** Is `ledger` behind `known`? */
export function isBehind(ledger: Position, known: Position): boolean {
  return ledger.epoch < known.epoch || (ledger.epoch === known.epoch && ledger.tick < known.tick);
}

/**
 * Whether a ledger that a gateway starts on may be an older copy; undefined when it is not. `idleMs` = since its last tick. A
 * ledger without a history, and one that other processes work on, need no anchor on this machine.
 */
export function doubtOf(
  ledger: Position & { idleMs: number },
  anchor: Anchor | 'missing' | 'unreadable',
): Doubt | undefined {
  if (anchor === 'unreadable') return 'anchor-unreadable';
  if (anchor === 'missing') return ledger.tick > 0 && ledger.idleMs > IN_USE_MS ? 'no-anchor' : undefined;
  if (anchor.restored !== undefined) return 'restored-by-command';
  return isBehind(ledger, anchor) ? 'behind-anchor' : undefined;
}
