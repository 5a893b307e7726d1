/**
 * `Retry-After` (RFC 9110 §10.2.3): seconds, or a date. A date is seen from the answer's own `Date` where there is one, so that a
 * system whose clock is wrong is still waited for as long as it meant. Pure.
 */

/** Milliseconds to wait; undefined where the header is missing or cannot be read. */
export function retryAfterMs(headers: Readonly<Record<string, string | undefined>>, now: Date): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  // a number that is no whole one would be read as a date
  if (!/^[A-Z][a-z]{2}/.test(value)) return undefined;
  const at = Date.parse(value);
  if (Number.isNaN(at)) return undefined;
  const sent = Date.parse(headers.date ?? '');
  return Math.max(0, at - (Number.isNaN(sent) ? now.getTime() : sent));
}
