/**
 * Reads Content-Type exactly. Lenient readers let a request past a check in one place and be read differently in another
 * (CVE-2025-32442, CVE-2026-25223): what is not plainly one of our types is none.
 */

const MEDIA_TYPE = /^([a-z0-9!#$&^_.+-]{1,63}\/[a-z0-9!#$&^_.+-]{1,63})(?: {0,3}; {0,3}charset=("?)utf-8\2)?$/;

/** The media type in lower case; undefined when the header is missing, malformed, or has another charset or parameter. */
export function mediaTypeOf(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 160) return undefined;
  return MEDIA_TYPE.exec(header.trim().toLowerCase())?.[1];
}
