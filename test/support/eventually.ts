/** Waiting for what must come, without guessing how long it takes: looks again and again, and gives up with the last reason. */

/** Resolves with the first value of `check` that is not false, undefined or null; rejects after `ms` with what it last said. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  ms = 8_000,
): Promise<Exclude<T, false | undefined | null>> {
  const end = performance.now() + ms;
  let last: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== false && value !== undefined && value !== null)
        return value as Exclude<T, false | undefined | null>;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`still not so after ${ms} ms`, { cause: last });
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** A promise and the function that resolves it. */
export function latch(): { reached: Promise<void>; reach(): void } {
  let reach: () => void = () => {};
  const reached = new Promise<void>(resolve => {
    reach = resolve;
  });
  return { reached, reach };
}
