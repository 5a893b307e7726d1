/** A corruption of a good history: one thing in one place, of which the checker must name what it is. */
import type { Call, History, Post } from './history.ts';
import type { Chance } from './random.ts';

export interface Corruption {
  name: string;
  /** What the checker must name. */
  finds: string;
  /** Spoils the history in one place; false where it has no such place. */
  spoil(history: History, chance: Chance): boolean;
}

const done = (work: unknown): boolean => work !== undefined && work !== false;
const pick = <T>(list: readonly T[], chance: Chance): T | undefined =>
  list.length === 0 ? undefined : chance.pick(list);
export const withEffect = (history: History): Call[] => history.calls.filter(call => call.effect !== null);

/** A corruption of one thing found by `where`. */
export const one = <T>(
  name: string,
  finds: string,
  where: (history: History) => readonly T[],
  change: (thing: T, history: History) => unknown,
): Corruption => ({
  name,
  finds,
  spoil: (history, chance) => {
    const thing = pick(where(history), chance);
    if (thing === undefined) return false;
    change(thing, history);
    return true;
  },
});
export const remove = <T>(list: T[], thing: T): unknown => list.splice(list.indexOf(thing), 1);
/** Posts of events that were taken, whose 202 named them. */
export const okPosts = (history: History): Post[] =>
  history.posts.filter(post => post.kind === 'event' && post.end === 'ok' && post.dialect === undefined);
export const inState = (state: string) => (history: History) =>
  history.ledger.syncs.filter(sync => sync.state === state);
/** Two effects of one lane that follow each other, none of them of what a person sent once more. */
export const neighbours = (history: History): [Call, Call][] => {
  const again = new Set(history.ledger.syncs.filter(({ series }) => series > 1).map(({ id }) => id));
  const lanes = Map.groupBy(
    withEffect(history).filter(({ sync }) => !again.has(sync)),
    call => `${call.target} ${call.id.slice(0, call.id.lastIndexOf('-'))}`,
  );
  return [...lanes.values()].flatMap(list =>
    list.slice(1).map((call, index): [Call, Call] => [list[index] as Call, call]),
  );
};

/** Spoils a copy; undefined where the history has no such place. */
export function spoilt(history: History, corruption: Corruption, chance: Chance): History | undefined {
  const copy = structuredClone(history);
  return done(corruption.spoil(copy, chance)) ? copy : undefined;
}
