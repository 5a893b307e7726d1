/**
 * I14, health tells the truth: an api is not ready while its ledger is plainly gone, ready again soon after, and it lives as long as
 * its process does. The machine's own slowness, as the watching felt it, is added to every limit.
 */
import type { HealthLook, History, Violation } from './history.ts';

/** What is promised, and how old an answer may be. */
const LIMIT_MS = 5_000 + 2_000;
/** Looks follow each other at this distance or faster on a machine at ease. */
const EASE_MS = 1_000;

/** What does not hold. */
export function* checkHealth({ seen, troubled }: History): Generator<Violation> {
  for (const [, looks] of Map.groupBy(seen.health, ({ api, pid }) => `${api} ${pid}`)) {
    yield* lives(looks);
    yield* stretches(
      looks,
      look => look.ledger === false,
      look => look.ready === 200,
      'ready though the ledger is gone',
      () => 0,
    );
    // it starts, and must only then be ready
    const begun = looks.findIndex(({ ready }) => ready === 200);
    if (begun < 0) continue;
    const ends = looks.findLastIndex(({ live }) => live === 200);
    yield* stretches(
      looks.slice(begun, ends + 1),
      look => look.ledger === true && !look.asleep && look.ready !== 200,
      () => true,
      'not ready though the ledger is there',
      // a fault may have broken what had just been mended
      look =>
        Math.max(0, ...troubled.filter(({ from }) => from <= look.until).map(({ to }) => Math.min(to, look.until))),
    );
  }
}

const named = (what: string, { api, at }: HealthLook): Violation => ({
  invariant: 'I14',
  what,
  who: `${api} at ${at}`,
});

/** One that answered before and after has lived in between. Without an answer twice in a row: once may be a machine out of breath. */
function* lives(looks: readonly HealthLook[]): Generator<Violation> {
  const good = (look: HealthLook): boolean => look.live === 200;
  const between = looks.slice(looks.findIndex(good), looks.findLastIndex(good) + 1);
  for (const [index, look] of between.entries()) {
    if (good(look) || look.asleep) continue;
    const before = between[index - 1];
    if (look.live !== null || (before && !before.asleep && before.live === null))
      yield named('does not live though its process does', look);
  }
}

/** Names a look that is `wrong` though the stretch of looks that are all `so` has lasted, since it began or `since`, longer than the limit. */
function* stretches(
  looks: readonly HealthLook[],
  so: (look: HealthLook) => boolean,
  wrong: (look: HealthLook) => boolean,
  what: string,
  since: (look: HealthLook) => number,
): Generator<Violation> {
  let from: number | undefined;
  let slow = 0;
  let last: HealthLook | undefined;
  for (const look of looks) {
    if (!so(look)) from = undefined;
    else {
      if (from === undefined) {
        from = look.at;
        slow = 0;
      }
      slow = Math.max(slow, look.until - look.at, last ? look.at - last.until : 0);
      const limit = LIMIT_MS + Math.max(0, slow - EASE_MS);
      if (wrong(look) && look.at - Math.max(from, since(look)) > limit) {
        yield named(what, look);
        from = look.at;
      }
    }
    last = look;
  }
}
