/**
 * Time limits and fees in one line each, as a ward clerk says them; and the province's own figures read into the same shape, so
 * that both can be laid beside each other. Only reads: no official text is changed here.
 */
import type { Json, JsonObject } from '../domain/words.ts';
import type { TimeLimit } from './content.ts';
import { sameWords } from './same-words.ts';

export interface Limit {
  value: number;
  unit: TimeLimit['unit'];
  condition?: string;
}

const UNIT_WORDS: Readonly<Record<TimeLimit['unit'], string>> = {
  workingDays: 'ngày làm việc',
  calendarDays: 'ngày liên tục',
  days: 'ngày (chưa rõ có tính ngày nghỉ không)',
  hours: 'giờ',
  sameDay: 'trong ngày',
};
const OFFICIAL_UNITS: readonly (readonly [string, TimeLimit['unit']])[] = [
  ['Ngày làm việc', 'workingDays'],
  ['workingDays', 'workingDays'],
  ['Ngày liên tục', 'calendarDays'],
  ['calendarDays', 'calendarDays'],
  ['Ngày', 'days'],
  ['days', 'days'],
  ['Giờ', 'hours'],
  ['Giờ làm việc', 'hours'],
  ['hours', 'hours'],
  ['Trong ngày', 'sameDay'],
  ['sameDay', 'sameDay'],
];
const UNITS: ReadonlyMap<string, TimeLimit['unit']> = new Map(
  OFFICIAL_UNITS.map(([words, unit]) => [sameWords(words), unit]),
);

/** "15 ngày làm việc (xã miền núi)". */
export function limitText({ value, unit, condition }: Limit): string {
  const words = UNIT_WORDS[unit];
  const text = unit === 'sameDay' ? words : `${value} ${words}`;
  return condition === undefined ? text : `${text} (${condition})`;
}

/** "8.000 đồng/bản sao (khi xin thêm bản sao)"; "không thu" is never concluded from a missing amount. */
export function feeText(fee: JsonObject): string {
  const { amount, unit, condition, name } = fee;
  const about = [name, condition].filter((each): each is string => typeof each === 'string' && each !== '').join('; ');
  const figure =
    typeof amount === 'number'
      ? `${amount.toLocaleString('vi-VN')} ${typeof unit === 'string' && unit !== '' ? unit : 'đồng'}`
      : '';
  const exempt = Array.isArray(fee.exempt) ? `; miễn cho: ${fee.exempt.join(', ')}` : '';
  if (figure === '') return `${about}${exempt}`;
  return about === '' && exempt === '' ? figure : `${figure} (${`${about}${exempt}`.replace(/^; /, '')})`;
}

/** The time limits that the event itself names, each once; empty where it names none that can be read. */
export function officialLimits(given: Json | undefined): Limit[] {
  const found = new Map<string, Limit>();
  for (const each of Array.isArray(given) ? given : [given]) {
    if (!isObject(each) || typeof each.value !== 'number' || !Number.isFinite(each.value)) continue;
    const unit = typeof each.unit === 'string' ? UNITS.get(sameWords(each.unit)) : undefined;
    if (unit === undefined) continue;
    const condition = [each.case, each.condition, each.note].find(
      text => typeof text === 'string' && text.trim() !== '',
    );
    const limit: Limit =
      typeof condition === 'string' ? { value: each.value, unit, condition } : { value: each.value, unit };
    found.set(limitText(limit), limit);
  }
  return [...found.values()];
}

/** Whether two limits may be the same; `days` leaves open which days are meant. */
export function sameLimit(left: Limit, right: Limit): boolean {
  if (left.value !== right.value) return false;
  const open = (unit: Limit['unit']): boolean => unit === 'days';
  return left.unit === right.unit || (isDays(left.unit) && isDays(right.unit) && (open(left.unit) || open(right.unit)));
}

const isDays = (unit: Limit['unit']): boolean => unit === 'days' || unit === 'workingDays' || unit === 'calendarDays';

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
