/**
 * A release tried out before it counts: recent real events translated with the release in force and with the new one, nothing
 * sent and nothing stored. What would go out differently, what would be held back, and which waiting syncs would go on.
 */
import type { CauseCode } from '../domain/causes.ts';
import type { Json } from '../domain/words.ts';
import { countBehind } from '../ledger/count-behind.ts';
import { recentSyncs, type StoredSync } from '../ledger/read-payloads.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import { type Difference, differences } from './json-differences.ts';
import { prepareStored, type TranslatingAtDesk, wouldGoThrough } from './waiting.ts';

/** Events that a rehearsal takes unless told otherwise. */
export const REHEARSED = 1_000;
/** Most payload bytes of one rehearsal. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Examples shown, with at most so many differences each. */
const EXAMPLES = 20;
const PLACES = 10;

interface Tally {
  changed: number;
  parked: number;
  freed: number;
}
export interface RehearsalExample {
  sync: string;
  target: string;
  unit: string | null;
  procedure: string | null;
  what: 'changed' | 'parked';
  cause?: CauseCode;
  differences: Difference[];
}
export interface Rehearsal {
  /** Hashes of the release in force and the one tried. */
  from: string;
  to: string;
  /** Syncs translated with both. */
  tried: number;
  same: number;
  changed: number;
  /** Go through now and would be held back. */
  parked: number;
  /** Held back now and would go on, and the open ones that wait behind them. */
  freed: number;
  behind: number;
  byUnit: ({ unit: string | null; name: string | null } & Tally)[];
  /** By field (lĩnh vực) of the procedure; null where there is none. */
  byField: ({ field: string | null } & Tally)[];
  /** Where in the event it changes, list positions left out, most frequent first. */
  byPlace: { pointer: string; count: number }[];
  examples: RehearsalExample[];
}

/** Tries `after` against `before` over the last `limit` syncs and all parked ones. */
export async function rehearse(
  before: Vocabulary,
  after: Vocabulary,
  translating: TranslatingAtDesk,
  limit = REHEARSED,
): Promise<Rehearsal> {
  const units = new Map<string | null, Tally>();
  const fields = new Map<string | null, Tally>();
  const places = new Map<string, number>();
  const examples: RehearsalExample[] = [];
  const totals = { tried: 0, same: 0, changed: 0, parked: 0 };
  const count = (sync: Pick<StoredSync, 'unit' | 'procedure'>, what: keyof Tally): void => {
    const facts =
      sync.procedure === null
        ? undefined
        : (after.procedureFacts(sync.procedure) ?? before.procedureFacts(sync.procedure));
    tallyOf(units, sync.unit)[what] += 1;
    tallyOf(fields, facts?.field ?? null)[what] += 1;
  };
  const example = (sync: StoredSync, more: Pick<RehearsalExample, 'what' | 'cause' | 'differences'>): void => {
    if (examples.length >= EXAMPLES) return;
    const { id, target, unit, procedure } = sync;
    examples.push({ sync: id, target, unit, procedure, ...more });
  };
  for await (const page of recentSyncs(translating.database, { limit, bytes: MOST_BYTES })) {
    for (const sync of page) {
      const old = prepareStored(sync, before, translating);
      const fresh = prepareStored(sync, after, translating);
      if (old === undefined || fresh === undefined) continue;
      totals.tried += 1;
      if (!fresh.ok && old.ok) {
        totals.parked += 1;
        count(sync, 'parked');
        example(sync, { what: 'parked', cause: fresh.blocked.cause, differences: [] });
      } else if (fresh.ok && old.ok && old.hash !== fresh.hash) {
        totals.changed += 1;
        count(sync, 'changed');
        const found = differences(old.event.data as Json, fresh.event.data as Json, '/data');
        const kinds = new Set(found.map(({ pointer }) => pointer.replace(/\/\d+(?=\/|$)/g, '/*')));
        // the same words in other codes: only the connector's format sees it
        if (kinds.size === 0) kinds.add('');
        for (const pointer of kinds) places.set(pointer, (places.get(pointer) ?? 0) + 1);
        example(sync, { what: 'changed', differences: found.slice(0, PLACES) });
      } else totals.same += 1;
    }
  }
  const freed = await wouldGoThrough(after, translating);
  for (const { unit = null, procedure = null } of freed) count({ unit, procedure }, 'freed');
  const behind = await countBehind(
    translating.database,
    freed.map(one => one.sync),
  );
  const size = (tally: Tally): number => tally.changed + tally.parked + tally.freed;
  const sorted = (tallies: Map<string | null, Tally>) => [...tallies].sort((a, b) => size(b[1]) - size(a[1]));
  return {
    from: before.release,
    to: after.release,
    ...totals,
    freed: freed.length,
    behind,
    byUnit: sorted(units).map(([unit, tally]) => ({
      unit,
      name: unit === null ? null : (after.unitName(unit) ?? null),
      ...tally,
    })),
    byField: sorted(fields).map(([field, tally]) => ({ field, ...tally })),
    byPlace: [...places].map(([pointer, times]) => ({ pointer, count: times })).sort((a, b) => b.count - a.count),
    examples,
  };
}

function tallyOf(tallies: Map<string | null, Tally>, key: string | null): Tally {
  const known = tallies.get(key);
  if (known !== undefined) return known;
  const tally: Tally = { changed: 0, parked: 0, freed: 0 };
  tallies.set(key, tally);
  return tally;
}
