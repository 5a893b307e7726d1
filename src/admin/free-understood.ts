/**
 * Opens what a new entry of the vocabulary makes understood: judged at the desk first, as acceptance would now, since a unit that becomes
 * known may be off or lack a right. A preview does all but the writing.
 */
import { judgeWaiting } from '../delivery/judging.ts';
import { prepareSync } from '../delivery/translate-sync.ts';
import type { Payload } from '../entities/payload.ts';
import { waitsForFacts } from '../facts/waits.ts';
import type { Actor } from '../ledger/act.ts';
import { countBehind } from '../ledger/count-behind.ts';
import { type Freeable, freeableOf, freeParked } from '../ledger/free-parked.ts';
import { keepHeld, type StillHeld } from '../ledger/judged.ts';
import { listWaiting, type Unmapped, type Waiting } from '../ledger/term-desk.ts';
import { normalise } from '../translation/normalise.ts';
import type { Vocabulary } from '../translation/vocabulary.ts';
import type { PeopleContext } from './context.ts';

/** What the desk needs of the process. */
export type TermDeskContext = Pick<
  PeopleContext,
  | 'database'
  | 'targets'
  | 'systems'
  | 'statusListOf'
  | 'vocabulary'
  | 'vocabularyKeeper'
  | 'factsKeeper'
  | 'turns'
  | 'desk'
>;

/** Syncs that one round reads, judges and opens. */
const ROUND = 200;
/** Most freed syncs that an answer lists. */
const LISTED = 100;

export interface FreedAtOnce {
  freed: { id: string; target: string }[];
  /** All that go on, also beyond those listed. */
  freedCount: number;
  /** Open syncs that waited behind them in their lanes. */
  behind: number;
  /** Understood now, but held for something else. */
  elsewhere: number;
}
/** How a waiting sync fares with a vocabulary. */
type Fate = 'goes-on' | 'held-elsewhere' | 'still-unknown';

/** Translates as delivery would, then judges at the desk. What waits for another target that is no longer configured stays. */
export function judge(item: Waiting, payload: Payload, vocabulary: Vocabulary, context: TermDeskContext): Fate {
  return faring({ ...item, payload }, vocabulary, context).fate;
}

/** The same with what the desk says: what it waits for there, or with what it is opened. */
function faring(
  item: Waiting,
  vocabulary: Vocabulary,
  context: TermDeskContext,
): { item: Waiting; fate: Fate; held?: StillHeld; free?: Freeable } {
  const { sync, pointer, value, payload } = item;
  const target = context.targets.find(candidate => candidate.system.id === item.target);
  if (target === undefined) return { item, fate: 'still-unknown' };
  const statusList = context.statusListOf(payload.event.source);
  const prepared = prepareSync(payload, target.system, target.connector, statusList, vocabulary);
  if (!prepared.ok && prepared.blocked.pointer === pointer) return { item, fate: 'still-unknown' };
  const verdict = judgeWaiting({ ...item, id: sync, pointer, value }, { ...context.desk(), vocabulary }, context);
  const held = verdict !== undefined && 'held' in verdict ? verdict.held : undefined;
  if (held !== undefined && waitsForFacts(held.cause)) return { item, fate: 'held-elsewhere', held };
  const free = verdict !== undefined && 'free' in verdict ? verdict.free : understoodAs(item, statusList, vocabulary);
  return { item, fate: prepared.ok ? 'goes-on' : 'held-elsewhere', free };
}

/** What is known of a sync now, as acceptance would have known it. */
function understoodAs(item: Waiting, statusList: string, vocabulary: Vocabulary): Freeable {
  const { event, previous, asOf } = item.payload;
  return freeableOf(item, normalise(event, statusList, vocabulary, previous, asOf));
}

/**
 * Opens every sync of `waiting` that `vocabulary` understands now, in rounds, and wakes their homes. What the vocabulary holds for
 * something else is opened too: delivery parks it again for what it truly waits for. What the desk holds waits for a fact from now on.
 */
export async function freeUnderstood(
  context: TermDeskContext,
  vocabulary: Vocabulary,
  waiting: readonly Pick<Unmapped, 'cause' | 'value'>[],
  subject: string,
  actor: Actor,
  dryRun: boolean,
): Promise<FreedAtOnce> {
  const { database, turns } = context;
  const freed: { id: string; target: string }[] = [];
  let [freedCount, behind, elsewhere] = [0, 0, 0];
  const groups = new Map(waiting.map(({ cause, value }) => [JSON.stringify([cause, value]), { cause, value }]));
  for (const group of groups.values()) {
    let after: string | undefined;
    do {
      const { items, next } = await listWaiting(database, group, ROUND, after);
      after = next;
      const fared = items.map(item => faring(item, vocabulary, context));
      const held = fared.flatMap(one => one.held ?? []);
      if (!dryRun) await keepHeld(database, held, context.desk().facts.version);
      // counted before, while they still stand out as parked
      const moving = new Set(fared.filter(one => one.fate === 'goes-on').map(one => one.item.sync));
      behind += await countBehind(database, [...moving]);
      const free = fared.flatMap(one => one.free ?? []);
      const opened = await freeParked(database, free, subject, actor, dryRun);
      const goOn = opened.filter(one => moving.has(one.id));
      freedCount += goOn.length;
      elsewhere += held.length + opened.length - goOn.length;
      freed.push(...goOn.slice(0, LISTED - freed.length).map(({ id, target }) => ({ id, target })));
      if (!dryRun) turns.wake(opened.map(({ target, home }) => ({ target, home })));
    } while (after !== undefined);
  }
  return { freed, freedCount, behind, elsewhere };
}
