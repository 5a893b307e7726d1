/**
 * A value of an event or entry as a person reads it: steps, time limits, fees, papers and legal texts in a line each, other
 * objects as names and values.
 */
import type { Json, JsonObject } from '../domain/words.ts';
import { visible } from './columns.ts';
import { feeText, type Limit, limitText } from './commune-texts.ts';
import { fieldName, VALUE_NAMES } from './field-names.ts';

/** Longer texts are shown to here: this is for reading, the event itself stands beside it. */
const LONGEST = 20_000;

/** The text, cut where it is too long to read. */
export const cut = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (còn ${text.length - LONGEST} ký tự)`;

/** The value in lines. */
export function valueText(value: Json, depth = 0): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'có' : 'không';
  if (typeof value !== 'object') return visible(cut(wordOf(String(value))));
  if (Array.isArray(value)) return value.map(each => bulleted(valueText(each, depth + 1))).join('\n');
  const known = lineOf(value);
  if (known !== undefined) return visible(cut(known));
  const parts = Object.entries(value).map(
    ([name, inner]) => `${fieldName(`/${name}`)}: ${valueText(inner, depth + 1)}`,
  );
  return parts.join(depth > 0 ? '; ' : '\n');
}

const wordOf = (value: string): string => (Object.hasOwn(VALUE_NAMES, value) ? VALUE_NAMES[value] : undefined) ?? value;

/** What has a number of its own needs no other sign. */
const bulleted = (text: string): string => (/^[1-9]\. /.test(text) ? text : `• ${text}`);

const dayText = (day: string): string => day.replace(/^([0-9]{4})-([0-9]{2})-([0-9]{2})$/, '$3/$2/$1');

const isText = (value: Json | undefined): value is string => typeof value === 'string' && value !== '';

/** The shapes that a procedure's entry is made of, each in the words of the desk; undefined for any other. */
function lineOf(value: JsonObject): string | undefined {
  const { no, name, text, number, date, amount, unit, condition } = value;
  if (isText(text)) return typeof no === 'number' && isText(name) ? `${no}. ${name}: ${text}` : text;
  if (
    typeof value.value === 'number' &&
    isText(unit) &&
    Object.hasOwn(VALUE_NAMES, unit) &&
    (condition === undefined || isText(condition))
  ) {
    return limitText({ value: value.value, unit: unit as Limit['unit'], ...(isText(condition) ? { condition } : {}) });
  }
  if (typeof amount === 'number') return feeText(value);
  if (isText(number)) return isText(date) ? `${number} ngày ${dayText(date)}` : number;
  return undefined;
}
