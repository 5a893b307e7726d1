/**
 * Parked syncs that a vocabulary would let through: counted before a release comes into force, freed after it did.
 */
import { answered } from '../entities/payload.ts';
import type { Actor } from '../ledger/act.ts';
import type { Database } from '../ledger/database.ts';
import { type Freeable, freeableOf, freeParked } from '../ledger/free-parked.ts';
import { markJudged, type ParkedSync, parkedSyncs, type StoredSync } from '../ledger/read-payloads.ts';
import { MAPPING_CAUSES } from '../ledger/term-desk.ts';
import { normalise } from '../translation/normalise.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { Target } from './target.ts';
import { prepareSync } from './translate-sync.ts';

/** Most parked syncs that are looked at in one go. */
const MOST = 5_000;

export interface Translating {
  database: Database;
  targets: readonly Target[];
  statusListOf(source: string): string;
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
export async function wouldGoThrough(vocabulary: Vocabulary, translating: Translating): Promise<StoredFreeable[]> {
  const found: StoredFreeable[] = [];
  for await (const page of parkedSyncs(translating.database, MAPPING_CAUSES, MOST)) {
    for (const sync of page) {
      const freeable = asFreeable(sync, vocabulary, translating);
      if (freeable !== undefined) found.push(freeable);
    }
  }
  return found;
}

/** A parked sync that would go through, with what its event means then. */
export interface StoredFreeable extends Freeable {
  target: string;
}

function asFreeable(sync: ParkedSync, vocabulary: Vocabulary, translating: Translating): StoredFreeable | undefined {
  const { pointer, value, payload } = sync;
  // an addressee is found by routing, which no vocabulary repeats
  if (pointer === null || pointer === '/data/to') return undefined;
  if (prepareStored(sync, vocabulary, translating)?.ok !== true) return undefined;
  const { event, answers, previous } = payload;
  const known = normalise(answered(event, answers), translating.statusListOf(event.source), vocabulary, previous);
  if (known.parks.length > 0) return undefined;
  return { ...freeableOf({ ...sync, sync: sync.id, pointer, value }, known), target: sync.target };
}

/**
 * Frees what goes through with the vocabulary in force, page by page, of all that was not judged with it yet. What was parked
 * with an older release in the very moment of the change is among them, and so is what the last round did not come to.
 */
export async function freeWaiting(
  inForce: { vocabulary: Vocabulary; release: number },
  translating: Translating,
  actor: Actor,
  onFault: (sync: string, error: unknown) => void,
): Promise<{ freed: string[]; homes: { target: string; home: string }[] }> {
  const freed: string[] = [];
  const homes: { target: string; home: string }[] = [];
  for await (const page of parkedSyncs(translating.database, MAPPING_CAUSES, MOST, inForce.release)) {
    const freeable: Freeable[] = [];
    for (const sync of page) {
      try {
        const one = asFreeable(sync, inForce.vocabulary, translating);
        if (one !== undefined) freeable.push(one);
      } catch (error) {
        // what cannot be judged stays parked and keeps nobody else
        onFault(sync.id, error);
      }
    }
    for (const one of await freeParked(translating.database, freeable, 'vocabulary', actor, false)) {
      freed.push(one.id);
      homes.push({ target: one.target, home: one.home });
    }
    await markJudged(translating.database, page, inForce.release);
  }
  return { freed, homes };
}
