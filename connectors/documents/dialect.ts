/**
 * The fixed words of edXML as it is met on the wire (QCVN 102:2016/BTTTT with Sửa đổi 1:2022): namespace, limits, code lists,
 * dates, and the faults that name their place. Everything else in this folder speaks these words.
 */
import { InputFault } from '../../src/domain/errors.ts';
import type { Bilingual } from '../../src/domain/words.ts';

export const NAMESPACE = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';

/** Bounds on what is read; a document over one of them is refused whole. */
export const LIMITS = {
  /** The whole message, attachments included. */
  messageBytes: 8 * 1024 * 1024,
  /** The message without the text of its attachments. */
  documentBytes: 2 * 1024 * 1024,
  depth: 64,
  elements: 10_000,
  attachments: 100,
  /** Unpacked size of one attachment, and how much larger than its ZIP it may be. */
  unpackedBytes: 64 * 1024 * 1024,
  ratio: 100,
  /** Largest file that travels inside an event; above it only size and hash do. */
  inlineBytes: 256 * 1024,
} as const;

/** BussinessDocType (spelled so in the schema) → canonical type. */
export const BUSINESS_TYPES: ReadonlyMap<string, string> = new Map([
  ['0', 'document.sent'],
  ['1', 'document.recalled'],
  ['2', 'document.updated'],
  ['3', 'document.replaced'],
]);
/** Canonical type → BussinessDocType. */
export const BUSINESS_CODES: ReadonlyMap<string, string> = new Map(
  [...BUSINESS_TYPES].map(([code, type]): [string, string] => [type, code]),
);

/** Levels of secrecy that keep a document out of the exchange altogether. */
const SECRET_WORDS: readonly string[] = ['mật', 'tối mật', 'tuyệt mật'];
/** Is this whole value a level of secrecy (also `Độ mật: Tối mật`), whatever its letters' case or form? */
export function isSecret(value: string): boolean {
  const word = value
    .normalize('NFC')
    .toLowerCase()
    .replace(/^\s*độ mật\s*:/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return SECRET_WORDS.includes(word);
}

/** A fault at a place of an XML text; the pointer is `line:column`, both from 1. */
export function xmlFault(place: { line: number; column: number }, code: string, detail: Bilingual): InputFault {
  return new InputFault(
    'invalid-edxml',
    400,
    { vi: 'Thông điệp edXML không hợp lệ.', en: 'The edXML message is not valid.' },
    { faults: [{ pointer: `${place.line}:${place.column}`, code, detail }] },
  );
}

const DATE = /^(\d{4})[/-](\d{2})[/-](\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2}))?$/;
/** Is this a date or time as edXML writes them (`yyyy/MM/dd`, `yyyy/MM/dd HH:mm:ss`) that the calendar knows? */
export function isDialectTime(value: string): boolean {
  const parts = DATE.exec(value);
  if (!parts) return false;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
}

/** `2025/07/02` → `2025-07-02`; the time of day, if there is one, is left out. */
export function toIsoDate(value: string): string {
  return value.slice(0, 10).replaceAll('/', '-');
}
/** `2025/07/02 08:30:00` → `2025-07-02T08:30:00+07:00`; a date alone means its beginning. */
export function toIsoTime(value: string): string {
  return `${toIsoDate(value)}T${value.length > 10 ? value.slice(11) : '00:00:00'}+07:00`;
}
/** RFC 3339 → `yyyy/MM/dd HH:mm:ss` of Việt Nam (UTC+7, no summer time); undefined when it is no time. */
export function toDialectTime(value: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return value.replaceAll('-', '/');
  const instant = Date.parse(value);
  if (Number.isNaN(instant)) return undefined;
  const local = new Date(instant + 7 * 3_600_000).toISOString();
  return `${local.slice(0, 10).replaceAll('-', '/')} ${local.slice(11, 19)}`;
}
/** RFC 3339 time or date → `yyyy/MM/dd` in Việt Nam. */
export function toDialectDate(value: string): string | undefined {
  return toDialectTime(value)?.slice(0, 10);
}

/**
 * Codes that the simulator makes up for its agencies, so that nobody takes them for real ones: no list of H19 codes for
 * the communes was found in a public source. `MAU` = mẫu, sample; the last group is the unit's code.
 */
const SAMPLE_AGENCY = /^H19\.MAU\.(\d{5})$/;
/** The sample agency code of a unit: a fiction of the simulator. */
export function sampleAgencyCode(unitCode: string): string {
  return `H19.MAU.${unitCode}`;
}
/** The unit that an agency code itself names: a sample code, or a plain five-digit unit code. Else undefined. */
export function unitNamedBy(agencyCode: string): string | undefined {
  return /^\d{5}$/.test(agencyCode) ? agencyCode : SAMPLE_AGENCY.exec(agencyCode)?.[1];
}
