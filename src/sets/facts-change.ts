/**
 * A change of the facts about desks, tried out and carried out: which waiting syncs would go on, for whom; then exactly that set, with
 * what became of each. What else comes to wait for it later goes on by itself (src/delivery/judging.ts).
 */
import type pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { judgeWaiting } from '../delivery/judging.ts';
import type { CauseCode } from '../domain/causes.ts';
import type { FactChange, FactKind } from '../facts/fact.ts';
import { afterChange, type KnownFacts } from '../facts/known-facts.ts';
import { type Actor, actOnLedger } from '../ledger/act.ts';
import type { Database } from '../ledger/database.ts';
import { enterFacts, type NamedChange } from '../ledger/facts.ts';
import { type KeptChange, keepChange, takeChange } from '../ledger/facts-rehearsals.ts';
import { freeParked } from '../ledger/free-parked.ts';
import { FIRST, goneOn, keepHeld, type WaitingSync, waitingAmong, waitingForFacts } from '../ledger/judged.ts';
import type { DeskContext } from '../routing/at-the-desk.ts';
import type { RoutedSystem } from '../routing/route.ts';

/** Most waiting syncs that a rehearsal judges. */
const MOST = 10_000;
const PAGE = 200;
/** Items shown of a rehearsal. */
const SHOWN = 50;

export interface ChangeContext {
  database: Database;
  systems: readonly RoutedSystem[];
  statusListOf(source: string): string;
  desk(): DeskContext;
  factsKeeper: { follow(): Promise<KnownFacts> };
  turns: { wake(homes: readonly { target: string; home: string }[]): void };
}
export interface ChangeItem {
  id: string;
  target: string;
  unit: string | null;
  type: string;
  subject: string | null;
  cause: CauseCode;
}
export interface RehearsedChange {
  rehearsal: string;
  expiresAt: string;
  counts: { waiting: number; goes: number; byUnit: { unit: string | null; count: number }[] };
  items: ChangeItem[];
}
export interface ChangeDone {
  version: number;
  counts: { counted: number; done: number; changed: number };
  freed: { id: string; target: string }[];
}

/** Units at whose desks the change can count; undefined where it is the province's, which counts everywhere. */
function unitsOf({ put, end = [], withdraw = [] }: FactChange, facts: KnownFacts): string[] | undefined {
  const gone = [...end.map(({ id }) => id), ...withdraw].map(id => facts.byId(id));
  const units = [...put, ...gone].map(fact => fact?.unit ?? null);
  return units.includes(null) ? undefined : [...new Set(units as string[])];
}

/** Every waiting sync that would go on with the change, oldest first, of those that wait where it counts. */
async function wouldGo(change: FactChange, context: ChangeContext): Promise<{ waiting: number; goes: WaitingSync[] }> {
  const desk = context.desk();
  const after = { ...desk, facts: afterChange(desk.facts, change, desk.now) };
  const units = unitsOf(change, desk.facts);
  const goes: WaitingSync[] = [];
  let waiting = 0;
  for (let last = FIRST; waiting < MOST; ) {
    const page = await waitingForFacts(context.database, units, last, PAGE);
    waiting += page.length;
    for (const sync of page) {
      const verdict = judgeWaiting(sync, after, context);
      if (verdict !== undefined && 'free' in verdict) goes.push(sync);
    }
    last = page.at(-1)?.id ?? last;
    if (page.length < PAGE) break;
  }
  return { waiting, goes };
}

/** Tries a change out and keeps the set, so that saving it frees exactly what was shown. */
export async function rehearseChange(
  change: FactChange,
  named: NamedChange,
  who: string,
  context: ChangeContext,
): Promise<RehearsedChange> {
  await context.factsKeeper.follow();
  const { waiting, goes } = await wouldGo(change, context);
  const rehearsal = uuidv7();
  const expiresAt = await keepChange(
    context.database,
    rehearsal,
    { change, named, syncs: goes.map(sync => sync.id), seen: context.desk().facts.version },
    who,
  );
  const units = Map.groupBy(goes, sync => sync.unit);
  return {
    rehearsal,
    expiresAt,
    counts: {
      waiting,
      goes: goes.length,
      byUnit: [...units].map(([unit, list]) => ({ unit, count: list.length })).sort((a, b) => b.count - a.count),
    },
    items: goes.slice(0, SHOWN).map(({ id, target, unit, type, cause, payload }) => ({
      id,
      target,
      unit,
      type,
      cause,
      subject: payload.event.subject ?? null,
    })),
  };
}

/** Saves a change that was judged with the facts as they are known now, and lets go on what it frees. Throws 409 as below. */
export async function carryOutChange(
  change: FactChange,
  named: NamedChange,
  actor: Actor,
  context: ChangeContext,
): Promise<ChangeDone> {
  const seen = context.desk().facts.version;
  const { goes } = await wouldGo(change, context);
  const set = goes.map(sync => sync.id);
  return save(async () => ({ change, named, seen, syncs: set }), actor, context);
}

/**
 * Saves what was rehearsed, of this kind of fact (and about this subject, where one is named), and lets go on exactly what was shown; what
 * has changed since is counted, not done. Throws 409 where somebody has changed the same facts meanwhile.
 */
export const carryOutRehearsed = (
  rehearsal: string,
  kind: FactKind,
  actor: Actor,
  context: ChangeContext,
  about?: string,
): Promise<ChangeDone> => save(client => takeChange(client, rehearsal, kind, actor.who, about), actor, context);

/** Saves it in one transaction, and lets its set go on. */
async function save(
  take: (client: pg.ClientBase) => Promise<KeptChange>,
  actor: Actor,
  context: ChangeContext,
): Promise<ChangeDone> {
  const { database } = context;
  const { version, set, still } = await actOnLedger(database, false, async client => {
    const { change, named, syncs, seen } = await take(client);
    const made = await enterFacts(client, change, named, actor, seen);
    // read before the commit: from then on the background (src/delivery/judging.ts) frees them too
    return { version: made, set: syncs, still: await waitingAmong(client, syncs) };
  });
  await context.factsKeeper.follow();
  const freed = await letGo(still, actor, context);
  return { version, freed, counts: { counted: set.length, done: freed.length, changed: set.length - freed.length } };
}

/** Lets go on what may; whoever freed it, this change or the background that follows it. */
async function letGo(
  syncs: readonly WaitingSync[],
  actor: Actor,
  context: ChangeContext,
): Promise<ChangeDone['freed']> {
  const { database, turns } = context;
  const desk = context.desk();
  const verdicts = syncs.flatMap(sync => judgeWaiting(sync, desk, context) ?? []);
  const free = verdicts.flatMap(verdict => ('free' in verdict ? [verdict.free] : []));
  const held = verdicts.flatMap(verdict => ('held' in verdict ? [verdict.held] : []));
  for (let at = 0; at < free.length; at += PAGE) {
    turns.wake(await freeParked(database, free.slice(at, at + PAGE), 'facts', actor, false));
  }
  await keepHeld(database, held, desk.facts.version);
  return goneOn(
    database,
    free.map(({ sync }) => sync),
  );
}
