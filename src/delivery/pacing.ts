/**
 * When a home is woken: at once while all is calm; under load at most every BUSY_MS and many homes together, since each
 * turn costs the queue several statements and one that finds more to do costs less for each sync.
 */

/** Wakes a second of one process above which it counts as loaded, in that second and the next. */
const CALM_WAKES = 50;
/** How long a busy home waits between two wakes. */
const BUSY_MS = 800;
/** How often homes whose wait is over are collected. */
const COLLECT_MS = 150;
/** Homes remembered; above it all may be woken again. */
const REMEMBERED = 10_000;

export interface Home {
  target: string;
  home: string;
}
export interface Pacer {
  /** Something is due for these homes. */
  wake(homes: readonly Home[]): void;
  /** A turn knows that its home has more: it does not wait for its time. */
  again(home: Home): void;
  stop(): void;
}

/** Makes the pacer of one process. `woken` gets the homes of one target whose time has come, and whether all is calm. */
export function createPacer(woken: (target: string, homes: readonly string[], calm: boolean) => void): Pacer {
  const wokenAt = new Map<string, number>();
  const later = new Map<string, Home>();
  let recent = 0;
  let before = 0;
  // judged by the last second too: else every second of a busy hour would begin with a job for each of its first homes
  const isCalm = (): boolean => recent < CALM_WAKES && before < CALM_WAKES;
  const keyOf = ({ target, home }: Home): string => `${target}/${home}`;

  const pass = (homes: readonly Home[]): void => {
    const now = performance.now();
    const byTarget = new Map<string, string[]>();
    for (const home of homes) {
      wokenAt.set(keyOf(home), now);
      const list = byTarget.get(home.target);
      if (list) list.push(home.home);
      else byTarget.set(home.target, [home.home]);
    }
    recent += homes.length;
    for (const [target, list] of byTarget) woken(target, list, isCalm());
  };
  const collect = setInterval(() => {
    if (later.size === 0) return;
    const now = performance.now();
    const due = [...later.values()].filter(home => now - (wokenAt.get(keyOf(home)) ?? -BUSY_MS) >= BUSY_MS);
    for (const home of due) later.delete(keyOf(home));
    pass(due);
  }, COLLECT_MS);
  const forget = setInterval(() => {
    before = recent;
    recent = 0;
    if (wokenAt.size > REMEMBERED) wokenAt.clear();
  }, 1_000);
  collect.unref();
  forget.unref();

  const wake = (homes: readonly Home[]): void => {
    if (isCalm()) pass(homes);
    else for (const home of homes) later.set(keyOf(home), home);
  };
  return {
    wake,
    again(home) {
      wokenAt.delete(keyOf(home));
      wake([home]);
    },
    stop() {
      clearInterval(collect);
      clearInterval(forget);
    },
  };
}
