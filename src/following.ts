/** Follows what the ledger holds: looked at by itself several times a second, and at once for whoever has just changed something. */

export interface Following<T> {
  /** Looks at once. A look that began before the call may have missed what the caller just did: another one follows it. */
  follow(): Promise<T>;
  stop(): void;
}

/** Starts looking, one look at a time; the first has been made when it resolves. */
export async function startFollowing<T>(
  look: () => Promise<T>,
  { everyMs, onError }: { everyMs: number; onError(error: unknown): void },
): Promise<Following<T>> {
  let last: Promise<unknown> = Promise.resolve();
  let looking = false;
  const follow = (): Promise<T> => {
    const next = last.then(look);
    last = next.catch(() => {});
    return next;
  };
  await follow();
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    follow()
      .catch(onError)
      .finally(() => {
        looking = false;
      });
  }, everyMs);
  timer.unref();
  return { follow, stop: () => clearInterval(timer) };
}
