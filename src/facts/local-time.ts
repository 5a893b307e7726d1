/** Days and times as papers and systems write them, in UTC+7, as instants. Pure. */

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const ZONED = /(?:Z|[+-]\d{2}:?\d{2})$/i;

/** Ms of the epoch at which `text` begins: a day begins at midnight in UTC+7; a time without offset is UTC+7. Undefined where it is no time. */
export function beginningOf(text: string): number | undefined {
  const whole = DAY.test(text) ? `${text}T00:00:00+07:00` : ZONED.test(text) ? text : `${text}+07:00`;
  const at = Date.parse(whole);
  return Number.isNaN(at) ? undefined : at;
}

/** The first instant after `text`: a last day is counted whole. */
export function endOf(text: string): number | undefined {
  const at = beginningOf(text);
  return at === undefined ? undefined : DAY.test(text) ? at + DAY_MS : at;
}

/** The local day of an instant, `2025-07-01`. */
export const dayOf = (at: number): string => new Date(at + 7 * 3_600_000).toISOString().slice(0, 10);

/** `01/07/2025 00:00` in UTC+7, for people. */
export function localTime(at: number): string {
  const [day = '', time = ''] = new Date(at + 7 * 3_600_000).toISOString().split('T');
  return `${day.split('-').reverse().join('/')} ${time.slice(0, 5)}`;
}
