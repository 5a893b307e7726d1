/** Calls of one sync in a history made up for the checker: plain, after a refusal, after a lost answer, and once more by a person. */
import { type Call, type History, placeOf, type StoredSync } from './history.ts';
import type { Chance } from './random.ts';

/** A history in the making. */
export interface Making {
  chance: Chance;
  history: History;
  now: number;
  id(kind: string): string;
  /** Calls and effects so far, by target. */
  seqs: Map<string, number>;
  effects: Map<string, number>;
  act(making: Making, act: string, subject: string): void;
}

/** Adds the calls that delivered `sync`, event `n` of its lane; it ends delivered or, where nobody can tell, as a person decides. */
export function callsOf(making: Making, source: string, sync: StoredSync, n: number): void {
  const { chance, history } = making;
  const { target } = sync;
  const next = (of: Map<string, number>): number => {
    const number = (of.get(target) ?? 0) + 1;
    of.set(target, number);
    return number;
  };
  const call = (more: Partial<Call>): void => {
    making.now += 1_100;
    history.calls.push({
      target,
      seq: next(making.seqs),
      at: making.now,
      until: making.now + 20,
      sync: sync.id,
      key: sync.id,
      id: source,
      unit: n === 0 ? (history.units[placeOf(source).lane] as string) : null,
      effect: null,
      status: 200,
      retryAfterMs: null,
      ...more,
    });
    making.now += 30;
  };
  const fail = (): void => {
    const { series, attempts: no } = sync;
    history.ledger.attempts.push({ sync: sync.id, series, no, outcome: 'failed', backwards: false });
    sync.attempts += 1;
  };
  const luck = chance.next();
  if (luck < 0.1) call({ status: 429, retryAfterMs: 1_000 });
  else if (luck < 0.2) call({ status: 503 });
  if (luck < 0.2) fail();
  const lost = luck >= 0.2 && luck < 0.4;
  call({ effect: next(making.effects), ...(lost ? { status: null } : {}) });
  if (!lost) return;
  fail();
  // found by its key, or by look-up without a call
  if (target === 'commune') call({});
  if (target === 'commune-blind') decided();

  /** Nobody can tell: a person asks there and drops it, or sends it again although it is there. */
  function decided(): void {
    const cancels = chance.next() < 0.5;
    making.act(making, cancels ? 'sync.cancel' : 'sync.replay', `sync:${sync.id}`);
    if (cancels) Object.assign(sync, { state: 'cancelled', attempts: 1 });
    else {
      Object.assign(sync, { series: 2, attempts: 1 });
      call({ effect: next(making.effects) });
    }
  }
}

/** A person sends a delivered sync of a finished lane once more: it goes to the tail, under a key of its own. */
export function sentOnceMore(making: Making, sync: StoredSync, source: string): void {
  const { history } = making;
  const tail = Math.max(...history.ledger.syncs.filter(({ lane }) => lane === sync.lane).map(({ pos }) => pos));
  making.act(making, 'sync.replay', `sync:${sync.id}`);
  Object.assign(sync, { series: sync.series + 1, attempts: 1, pos: tail + 1 });
  const own = history.calls.filter(({ target }) => target === sync.target);
  making.now += 100;
  history.calls.push({
    target: sync.target,
    seq: own.length + 1,
    at: making.now,
    until: making.now + 20,
    sync: sync.id,
    key: `${sync.id}.${sync.series}`,
    id: source,
    unit: null,
    effect: own.filter(({ effect }) => effect !== null).length + 1,
    status: 200,
    retryAfterMs: null,
  });
  making.now += 50;
}
