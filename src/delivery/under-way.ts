/**
 * A right that ends while its work is under way. What was asked of the unit and not sent yet is judged again, as at acceptance, and
 * held back where nobody may act any more: it goes by itself when somebody may. What has arrived cannot be called back; it is listed
 * as a question, which closes when somebody may act again or it was answered. Nothing is dropped.
 */
import { uuidv7 } from 'uuidv7';
import { EVENT_TYPES } from '../domain/event-types.ts';
import { PROVINCE } from '../domain/province.ts';
import { rightAsked } from '../facts/right-rule.ts';
import type { Database } from '../ledger/database.ts';
import type { Judgeable, Verdict } from '../ledger/judged.ts';
import { askedOf } from '../ledger/read-work.ts';
import { askAboutStranded, holdBack, homesChangedSince, notSentYet, type Stranded } from '../ledger/under-way.ts';
import { type DeskContext, judgeAtTheDesk } from '../routing/at-the-desk.ts';
import type { RoutedSystem } from '../routing/route.ts';

/** Events that ask somebody to act. */
const ASKING = ['approval.requested', 'opinion.requested', 'document.sent', 'document.replaced'];
const BATCH = 500;
const FIRST = '00000000-0000-0000-0000-000000000000';
/** Kinds of facts that say who may act, and since when it is enforced. */
const ABOUT_ACTING = ['right', 'holding', 'seat', 'delegation', 'unit-list'] as const;

export interface UnderWayOptions {
  database: Database;
  systems: readonly RoutedSystem[];
  judge(sync: Judgeable, desk: DeskContext): Verdict | undefined;
}
export interface UnderWay {
  /** Looks at what was let go in the units where something has changed since the last look. */
  look(desk: DeskContext): Promise<void>;
}

/** Watches from the first look on; that one looks at every unit of which anything is known. */
export function watchUnderWay({ database, systems, judge }: UnderWayOptions): UnderWay {
  let seen = { version: 0, at: 0 };

  /** Homes in which such a fact has begun or ended by its date since the last look. */
  const turned = ({ facts, now }: DeskContext): string[] =>
    ABOUT_ACTING.flatMap(kind => facts.all(kind))
      .filter(({ from, to }) => [from, to].some(edge => edge !== null && edge > seen.at && edge <= now))
      .map(({ unit }) => unit ?? PROVINCE);

  return {
    async look(desk) {
      const { version } = desk.facts;
      const byDate = seen.at === 0 ? [] : turned(desk);
      const changed = version > seen.version ? await homesChangedSince(database, ABOUT_ACTING, seen.version) : [];
      const homes = [...new Set([...changed, ...byDate])];
      if (homes.length > 0) {
        await holdBackIn(homes, desk);
        // unit by unit: of each only so many requests are looked at, and what is not among them counts as answered
        for (const home of homes) await strandedIn([home], desk);
      }
      seen = { version, at: desk.now };
    },
  };

  async function holdBackIn(homes: readonly string[], desk: DeskContext): Promise<void> {
    for (let after: string | undefined = FIRST; after !== undefined; ) {
      const page: Judgeable[] = await notSentYet(database, homes, ASKING, after, BATCH);
      for (const sync of page) {
        if (rightAsked(sync.payload.event) === undefined) continue;
        const verdict = judge(sync, desk);
        if (verdict === undefined || !('held' in verdict)) continue;
        await holdBack(database, verdict.held, sync.target, desk.facts.version);
      }
      after = page.length < BATCH ? undefined : page.at(-1)?.id;
    }
  }

  async function strandedIn(units: readonly string[], desk: DeskContext): Promise<void> {
    const arrived = (await askedOf(database, units, desk.now)).filter(({ state }) => state === 'delivered');
    const stranded = arrived.flatMap(({ sync, unit, target: to, procedure, event, subject }): Stranded[] => {
      const type = EVENT_TYPES.get(event.type);
      const source = systems.find(({ id }) => id === event.source);
      const target = systems.find(({ id }) => id === to);
      if (type === undefined || source === undefined || target === undefined) return [];
      const { held } = judgeAtTheDesk({ event, type, unit, procedure, source, target, begunOnTrial: false }, desk);
      if (held?.cause !== 'missing-right') return [];
      const detail = { sync, subject, requestId: event.data.requestId ?? null, text: { ...held.text }, ...held.detail };
      return [{ id: uuidv7(), sync, unit, detail }];
    });
    await askAboutStranded(database, units, stranded);
  }
}
