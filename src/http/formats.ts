/**
 * The string formats of our schemas, checked by meaning: 30 February and 25:00 pass a pattern and break a database later.
 * Own, because ajv-formats takes a time without `T` and a leap second that neither Date nor PostgreSQL reads.
 */

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const TIME = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(?:Z|[+-]([0-9]{2}):([0-9]{2}))$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** One address without display name, comment or quotes: what official addresses look like. */
const EMAIL = /^[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** `2025-07-01T08:00:00.123456789+07:00`: nothing valid is longer. */
const LONGEST_TIME = 35;

/** A day of the Gregorian calendar from year 1 on, `2025-07-01`. */
function isDate(text: string): boolean {
  const found = text.length === 10 ? DATE.exec(text) : null;
  if (found === null) return false;
  const year = Number(found[1]);
  const month = Number(found[2]);
  const day = Number(found[3]);
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= (DAYS[month - 1] ?? 0) + leap;
}

/** An RFC 3339 time with offset, upper-case `T` and `Z`, without leap seconds. */
export function isDateTime(text: string): boolean {
  if (text.length > LONGEST_TIME || text[10] !== 'T' || !isDate(text.slice(0, 10))) return false;
  const found = TIME.exec(text.slice(11));
  if (found === null) return false;
  const fits = Number(found[1]) < 24 && Number(found[2]) < 60 && Number(found[3]) < 60;
  return fits && (found[4] === undefined || (Number(found[4]) < 24 && Number(found[5]) < 60));
}

/** Base64 of RFC 4648, 4, with padding. */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && BASE64.test(text);
}

/** For ajv's `formats`; `date-or-time` takes either, since papers are dated by day in some dialects and by time in others. */
export const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  'date-time': isDateTime,
  'date-or-time': text => isDate(text) || isDateTime(text),
  base64: isBase64,
  email: text => text.length <= 254 && EMAIL.test(text),
  uuid: text => text.length === 36 && UUID.test(text),
};
