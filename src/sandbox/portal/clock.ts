/**
 * Times as the simulated portal writes them: `yyyyMMddHHmmss` in Vietnam's time (UTC+7).
 */

/** An instant in the portal's form. */
export function stamp(instant: Date): string {
  return new Date(instant.getTime() + 7 * 3_600_000).toISOString().slice(0, 19).replace(/[-T:]/g, '');
}

/** Is it a real time in that form? */
export function isStamp(text: string): boolean {
  if (!/^\d{14}$/.test(text)) return false;
  const instant = new Date(`${rfc3339(text)}`);
  return !Number.isNaN(instant.getTime()) && stamp(instant) === text;
}

/** The portal's form → RFC 3339. */
export function rfc3339(text: string): string {
  const part = (from: number, to: number): string => text.slice(from, to);
  return `${part(0, 4)}-${part(4, 6)}-${part(6, 8)}T${part(8, 10)}:${part(10, 12)}:${part(12, 14)}+07:00`;
}
