/**
 * What translating a rehearsed set would bring: how many would be held back, and why, before anything is sent again.
 */
import { prepareSync } from '../delivery/translate-sync.ts';
import type { CauseCode } from '../domain/causes.ts';
import { syncsOfSet } from '../ledger/read-set.ts';
import type { ReplayVocabulary } from '../ledger/replays.ts';
import type { PlanContext } from './replay-plan.ts';

/** Syncs of a set that are translated, and the time that may take. */
const TRANSLATED = 5_000;
const PATIENCE_MS = 5_000;

export interface TranslationRehearsal {
  /** How many were translated; of a very large set the first ones. */
  translated: number;
  wouldPark: number;
  wouldParkByCause: { cause: CauseCode; count: number }[];
  /** Their target is no longer configured: these would fail. */
  withoutTarget: number;
}

/** Translates a fixed set without storing anything. `counted` is its size. */
export async function rehearseTranslation(
  set: string,
  counted: number,
  wanted: ReplayVocabulary,
  context: PlanContext,
): Promise<TranslationRehearsal> {
  const { vocabulary: current } = context.vocabulary();
  const started = performance.now();
  const byCause = new Map<CauseCode, number>();
  let translated = 0;
  let withoutTarget = 0;
  for await (const page of syncsOfSet(context.database, set, Math.min(counted, TRANSLATED))) {
    for (const sync of page) {
      translated += 1;
      const target = context.targets.find(candidate => candidate.system.id === sync.target);
      if (target === undefined) {
        withoutTarget += 1;
        continue;
      }
      const vocabulary =
        wanted === 'original' && sync.release !== null ? await context.releases.byId(sync.release) : current;
      const statusList = context.statusListOf(sync.payload.event.source);
      const prepared = prepareSync(sync.payload, target.system, target.connector, statusList, vocabulary);
      if (!prepared.ok) byCause.set(prepared.blocked.cause, (byCause.get(prepared.blocked.cause) ?? 0) + 1);
    }
    if (performance.now() - started > PATIENCE_MS) break;
  }
  const wouldParkByCause = [...byCause].map(([cause, count]) => ({ cause, count })).sort((a, b) => b.count - a.count);
  return {
    translated,
    wouldPark: wouldParkByCause.reduce((sum, one) => sum + one.count, 0),
    wouldParkByCause,
    withoutTarget,
  };
}
