/** Failures of what the gateway depends on, as the log tells them. */
import type { Logger } from 'pino';

/** Errors of connections come in floods while a dependency is away: the same text is logged once in five seconds. */
export function quietly(logger: Logger, ended: () => boolean): (error: unknown) => void {
  const seen = new Map<string, { at: number; more: number }>();
  return error => {
    // a connection that we closed may still hear that the database stops
    if (ended()) return;
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const now = performance.now();
    const known = seen.get(text);
    if (known && now - known.at < 5_000) {
      known.more += 1;
      return;
    }
    logger.error({ err: error, repeated: known?.more ?? 0 }, 'a dependency failed');
    if (seen.size > 200) seen.clear();
    seen.set(text, { at: now, more: 0 });
  };
}
