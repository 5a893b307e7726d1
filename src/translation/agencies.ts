/**
 * Agency codes (`000.00.NN.H19`, `H19.NN`): which unit one leads to, and why it leads nowhere. Nothing is worked out from the form of a
 * code: only what a source says leads anywhere, and what is only surmised is offered to a person.
 */
import type { Bilingual } from '../domain/words.ts';
import { type EntryRef, entryRef, type FactRecord } from './content.ts';

/** A unit that an agency code stands for. */
export interface AgencyUnit {
  unitCode: string;
  entry: EntryRef;
  /** Sources are firm enough to go by. */
  sourced: boolean;
}
export interface Agencies {
  /** What the code stands for on a local day; an ended code still leads to its unit, which the succession follows. */
  unitOf(code: string, day: string): AgencyUnit | undefined;
  has(code: string): boolean;
  /** Level-1 codes that the province answers for (`H19`, `H10`). */
  own: ReadonlySet<string>;
}

/** Old and new form; the level-1 group stands last in the one and first in the other. */
const OLD_FORM = /^[0-9A-Z]{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2}\.([A-Z][0-9]{2})$/;
const NEW_FORM = /^([A-Z][0-9]{2})(?:\.[0-9A-Z]{1,4}){0,6}$/;

/** The level-1 group of an agency code (`H19`); undefined where it has not the form of one. */
export const levelOneOf = (code: string): string | undefined => (OLD_FORM.exec(code) ?? NEW_FORM.exec(code))?.[1];

const dayIn = ({ data }: FactRecord, name: string): string | undefined => {
  const day = data[name];
  return typeof day === 'string' ? day : undefined;
};

/** Builds the look-up from the facts of kind `agency`. */
export function compileAgencies(facts: readonly FactRecord[]): Agencies {
  const byCode = Map.groupBy(facts, fact => fact.id);
  return {
    own: new Set(facts.flatMap(fact => levelOneOf(fact.id) ?? [])),
    has: code => byCode.has(code),
    unitOf(code, day) {
      const begun = (byCode.get(code) ?? []).filter(fact => (dayIn(fact, 'validFrom') ?? '') <= day);
      const fact = begun.find(one => day <= (dayIn(one, 'validTo') ?? '9')) ?? begun.at(-1);
      const unitCode = fact?.data.unitCode;
      if (fact === undefined || typeof unitCode !== 'string') return undefined;
      return { unitCode, entry: entryRef(`agency:${code}`, fact, 'equivalent'), sourced: fact.certainty !== 'low' };
    },
  };
}

/** Why an agency code leads to no unit; undefined where the code has not the form of one. */
export function whyNoUnit(code: string, agencies: Agencies): Bilingual | undefined {
  const level = levelOneOf(code);
  if (level === undefined) return undefined;
  if (!agencies.own.has(level)) {
    return {
      vi: `${code} là mã định danh của nơi khác (${level}), không phải của tỉnh; không chuyển khi chưa có người xác định.`,
      en: `${code} is the code of an agency elsewhere (${level}), not of the province; nothing goes until a person says whose it is.`,
    };
  }
  if (agencies.has(code)) {
    return {
      vi: `Chưa có nguồn đủ chắc cho biết mã định danh ${code} là của đơn vị nào.`,
      en: `No source says firmly enough which unit the agency code ${code} belongs to.`,
    };
  }
  return {
    vi: `Mã định danh ${code} chưa có trong danh mục. Nhập theo quyết định của tỉnh (mappings/agencies), kèm ngày hiệu lực và nguồn.`,
    en: `The agency code ${code} is not recorded. Enter it from the province's decision (mappings/agencies), with its date and source.`,
  };
}
