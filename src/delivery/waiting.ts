/**
 * Parked syncs that a vocabulary would let through: counted before a release comes into force, freed after it did. Whoever is
 * understood only now has found its desk only now: whether it may act there is judged too.
 */
import { waitsForFacts } from '../facts/waits.ts';
import type { Actor } from '../ledger/act.ts';
import type { Database } from '../ledger/database.ts';
import { freeParked } from '../ledger/free-parked.ts';
import { keepHeld, type StillHeld, type Verdict } from '../ledger/judged.ts';
import { markJudged, type ParkedSync, parkedSyncs, type StoredSync } from '../ledger/read-payloads.ts';
import { MAPPING_CAUSES } from '../ledger/term-desk.ts';
import type { DeskContext } from '../routing/at-the-desk.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { judgeWaiting } from './judging.ts';
import type { Target } from './target.ts';
import { prepareSync } from './translate-sync.ts';

/** Most parked syncs that are looked at in one go. */
const MOST = 5_000;

export interface Translating {
  database: Database;
  targets: readonly Target[];
  statusListOf(source: string): string;
}
/** What judging needs besides. */
export interface TranslatingAtDesk extends Translating {
  /** What is known about desks now. */
  desk(): DeskContext;
}

/** Translates a stored sync with `vocabulary`; undefined where its target is no longer configured. */
export function prepareStored(
  sync: StoredSync,
  vocabulary: Vocabulary,
  { targets, statusListOf }: Omit<Translating, 'database'>,
): ReturnType<typeof prepareSync> | undefined {
  const target = targets.find(candidate => candidate.system.id === sync.target);
  if (target === undefined) return undefined;
  const { system, connector } = target;
  return prepareSync(sync.payload, system, connector, statusListOf(sync.payload.event.source), vocabulary);
}

/** Every parked sync that would go through with `vocabulary`, and with what unit and procedure. Changes nothing. */
export async function wouldGoThrough(
  vocabulary: Vocabulary,
  translating: TranslatingAtDesk,
): Promise<StoredFreeable[]> {
  const desk = { ...translating.desk(), vocabulary };
  const found: StoredFreeable[] = [];
  for await (const page of parkedSyncs(translating.database, MAPPING_CAUSES, MOST)) {
    for (const sync of page) {
      const verdict = verdictOn(sync, desk, translating);
      if (verdict !== undefined && 'free' in verdict) found.push(verdict.free);
    }
  }
  return found;
}

/** A parked sync that would go through, with what its event means then. */
export type StoredFreeable = Extract<Verdict, { free: unknown }>['free'];

/** Judges as acceptance would now, and translates as delivery would; undefined where it is still not understood. */
function verdictOn(sync: ParkedSync, desk: DeskContext, translating: Translating): Verdict | undefined {
  const { pointer, payload } = sync;
  if (pointer === null) return undefined;
  const systems = translating.targets.map(target => target.system);
  const verdict = judgeWaiting(sync, desk, { systems, statusListOf: translating.statusListOf });
  if (verdict === undefined || 'held' in verdict) return verdict;
  const settled = { ...sync, payload: verdict.free.byRule?.payload ?? payload };
  return prepareStored(settled, desk.vocabulary, translating)?.ok === true ? verdict : undefined;
}

/**
 * Frees what goes through with the vocabulary in force, page by page, of all that was not judged with it yet. What was parked
 * with an older release in the very moment of the change is among them, and so is what the last round did not come to.
 */
export async function freeWaiting(
  inForce: { vocabulary: Vocabulary; release: number },
  translating: TranslatingAtDesk,
  actor: Actor,
  onFault: (sync: string, error: unknown) => void,
): Promise<{ freed: string[]; homes: { target: string; home: string }[] }> {
  const { database } = translating;
  const freed: string[] = [];
  const homes: { target: string; home: string }[] = [];
  for await (const page of parkedSyncs(database, MAPPING_CAUSES, MOST, inForce.release)) {
    const desk = { ...translating.desk(), vocabulary: inForce.vocabulary };
    const free: StoredFreeable[] = [];
    const held: StillHeld[] = [];
    for (const sync of page) {
      try {
        const verdict = verdictOn(sync, desk, translating);
        if (verdict === undefined) continue;
        if ('free' in verdict) free.push(verdict.free);
        // a fact frees it from now on (judging.ts)
        else if (waitsForFacts(verdict.held.cause)) held.push(verdict.held);
      } catch (error) {
        // what cannot be judged stays parked and keeps nobody else
        onFault(sync.id, error);
      }
    }
    for (const one of await freeParked(database, free, 'vocabulary', actor, false)) {
      freed.push(one.id);
      homes.push({ target: one.target, home: one.home });
    }
    await markJudged(database, page, inForce.release);
    await keepHeld(database, held, desk.facts.version);
  }
  return { freed, homes };
}
