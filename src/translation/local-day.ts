/**
 * Law takes effect by days, and days are Vietnam's (UTC+7, no summer time); events carry any offset.
 */
const OFFSET_MS = 7 * 3_600_000;

/** The day in UTC+7 of an RFC 3339 time, `2025-06-30T17:00:00Z` → `2025-07-01`. A day alone is itself. Throws RangeError for what is no time. */
export function localDay(at: string): string {
  if (at.length === 10 || at.endsWith('+07:00')) return at.slice(0, 10);
  return new Date(Date.parse(at) + OFFSET_MS).toISOString().slice(0, 10);
}
