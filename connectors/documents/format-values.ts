/**
 * Reading canonical data while formatting: members by kind, times into the dialect's form, organisations with their codes.
 */
import { FormatFault } from '../../src/domain/errors.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import { ORGANISATION, type Organisation, type Table } from './message.ts';

/** Agency code of a unit in the document system, where the systems file or the vocabulary knows it. */
export type AgencyOf = (unitCode: string) => string | undefined;

export const object = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
export const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
export const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
export const maybe = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });

export function needed(data: JsonObject, key: string): string {
  const value = text(data[key]);
  if (value === undefined) {
    throw new FormatFault(`/data/${key}`, { vi: `Thiếu ${key}.`, en: `${key} is missing.` });
  }
  return value;
}
export function time(value: Json | undefined, pointer: string, convert: (value: string) => string | undefined) {
  const given = text(value);
  if (given === undefined) return undefined;
  const converted = convert(given);
  if (converted === undefined) {
    throw new FormatFault(pointer, { vi: 'Không phải ngày giờ hợp lệ.', en: 'It is no valid date or time.' });
  }
  return converted;
}

export function members<T extends { [K in keyof T]?: string }>(value: Json | undefined, table: Table<T>): T {
  const source = object(value);
  const found: Record<string, string> = {};
  for (const [, member] of table) {
    const item = text(source[member]);
    if (item !== undefined) found[member] = item;
  }
  return found as T;
}

/** An organisation; where only its unit is known, its agency code, else the unit's own code, which is no invention. */
export function organisation(value: Json | undefined, agencyOf: AgencyOf): Organisation {
  const known = members(value, ORGANISATION);
  const unitCode = text(object(value).unitCode);
  if (known.agencyCode !== undefined || unitCode === undefined) return known;
  return { agencyCode: agencyOf(unitCode) ?? unitCode, ...known };
}
