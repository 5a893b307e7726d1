/**
 * Values of mapping entries as cells that a reviewer reads and edits in a spreadsheet, and back. One line an item; parts of
 * an item are parted by ` | ` and named in Vietnamese. Reading back what was written always gives the same value.
 */
import type { Bilingual, Json, JsonObject } from '../domain/words.ts';

/** What a cell says cannot be understood: what is wrong and how to write it. */
export class CellFault extends Error {
  readonly text: Bilingual;
  constructor(vi: string, en: string) {
    super(en);
    this.name = 'CellFault';
    this.text = { vi, en };
  }
}

/** How one kind of value stands in a cell. An empty cell is no value. */
export interface Cell {
  write(value: Json): string;
  /** Throws CellFault. `text` is trimmed, NFC and not empty; `before` is what the entry holds now. */
  read(text: string, before: Json | undefined): Json;
}

/** Signs that part things in a cell are escaped within a text, so that a line stays a line and a part a part. */
const escaped = (text: string, signs: RegExp): string =>
  text.replaceAll(signs, sign => (sign === '\n' ? '\\n' : `\\${sign}`));
const IN_LINE = /[\\\n]/g;
const IN_PART = /[\\\n|]/g;
const IN_LIST = /[\\\n|;]/g;
const plain = (text: string): string =>
  text.replaceAll(/\\([\s\S])/g, (_whole, sign: string) => (sign === 'n' ? '\n' : sign));

/** The parts between signs that are not escaped, trimmed, themselves still escaped. */
const split = (text: string, part: RegExp): string[] =>
  (text.match(part) ?? []).map(each => each.trim()).filter(each => each !== '');
const LINE = /(?:\\[^\n]|[^\\\n]|\\$)+/gm;
const PART = /(?:\\[\s\S]|[^\\|]|\\$)+/g;
const LISTED = /(?:\\[\s\S]|[^\\;]|\\$)+/g;

const asObject = (value: Json): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
const asList = (value: Json): Json[] => (Array.isArray(value) ? value : []);

/** A text in one paragraph: a line break that a spreadsheet brings is a blank. */
export const TEXT: Cell = { write: String, read: text => text.replaceAll(/\s*\n\s*/g, ' ') };

/** A list, one item a line. A line that was not edited gives the very item that it stood for, whatever its blanks. */
function lines(write: (item: Json) => string, read: (line: string) => Json): Cell {
  return {
    write: value => asList(value).map(write).join('\n'),
    read: (text, before) => {
      const held = new Map(asList(before ?? null).map(item => [write(item).normalize('NFC').trim(), item]));
      return split(text, LINE).map(line => held.get(line) ?? read(line));
    },
  };
}

/** A list of texts, one a line. */
export const LINES: Cell = lines(text => escaped(String(text), IN_LINE), plain);

/** One of some words, shown in Vietnamese. */
export function choice(words: Readonly<Record<string, string>>): Cell {
  return {
    write: value => words[String(value)] ?? String(value),
    read: text => {
      const lower = text.toLowerCase();
      const found = Object.entries(words).find(([key, word]) => key === lower || word.toLowerCase() === lower);
      if (found !== undefined) return found[0];
      // a word this version does not show in Vietnamese is judged by the schema of the file
      if (/^[a-z]+[A-Z][A-Za-z]*$/.test(text)) return text;
      const allowed = Object.values(words).join(', ');
      throw new CellFault(`“${text}” phải là một trong: ${allowed}`, `"${text}" must be one of: ${allowed}`);
    },
  };
}

/** A list of such words, one a line. */
export function choices(words: Readonly<Record<string, string>>): Cell {
  const one = choice(words);
  return lines(one.write, line => one.read(line, undefined));
}

const UNITS: Readonly<Record<string, string>> = {
  workingDays: 'ngày làm việc',
  calendarDays: 'ngày liên tục',
  days: 'ngày',
  hours: 'giờ',
};

const durationText = (value: JsonObject): string =>
  value.unit === 'sameDay' ? 'trong ngày' : `${value.value} ${UNITS[String(value.unit)] ?? value.unit}`;

function duration(text: string): { value: number; unit: string } {
  if (/^(?:ngay )?trong ngày$/iu.test(text)) return { value: 0, unit: 'sameDay' };
  const [, number, word] = /^([0-9]{1,4})\s+(.+)$/u.exec(text) ?? [];
  const named = word?.toLowerCase().replace(/^ngày \((?:kể|tính) cả ngày nghỉ\)$/u, 'ngày liên tục');
  const unit = Object.keys(UNITS).find(key => UNITS[key] === named);
  if (number !== undefined && unit !== undefined) return { value: Number(number), unit };
  throw new CellFault(
    `không hiểu thời hạn “${text}”: viết như “7 ngày làm việc”, “15 ngày”, “30 ngày liên tục”, “4 giờ” hoặc “trong ngày”`,
    `the time limit "${text}" is not understood: write "7 ngày làm việc", "15 ngày", "30 ngày liên tục", "4 giờ" or "trong ngày"`,
  );
}

/** The number shown for a procedure; what else its entry holds stays. */
export const TIME_LIMIT: Cell = {
  write: value => durationText(asObject(value)),
  read: (text, before) => ({ ...REVIEWER, ...asObject(before ?? null), ...duration(text) }),
};

/** What a part that a reviewer adds carries until someone names a source. */
export const REVIEWER: JsonObject = { certainty: 'proposal', source: 'Người rà soát bổ sung, chưa nêu nguồn' };

type Head = { write(value: JsonObject): string; read(text: string): JsonObject };
type Tag = { label: string; key: string; kind: 'text' | 'count' | 'list' };

/** Items that begin with `head` and go on with named parts. */
function items(head: Head, tags: readonly Tag[]): Cell {
  const line = (value: Json): string => {
    const item = asObject(value);
    const parts = tags.flatMap(({ label, key, kind }) => {
      const part = item[key];
      if (part === undefined) return [];
      const text =
        kind === 'list'
          ? asList(part)
              .map(each => escaped(String(each), IN_LIST))
              .join('; ')
          : escaped(String(part), IN_PART);
      return [`${label}: ${text}`];
    });
    return [head.write(item), ...parts].join(' | ');
  };
  const item = (text: string): JsonObject => {
    const [first = '', ...rest] = split(text, PART);
    return Object.assign(head.read(first), ...rest.map(part => partOf(part, tags)));
  };
  return lines(line, item);
}

function partOf(part: string, tags: readonly Tag[]): JsonObject {
  const colon = part.indexOf(':');
  const label = part.slice(0, colon).trim().toLowerCase();
  const tag = colon < 0 ? undefined : tags.find(each => each.label === label);
  if (tag === undefined) {
    const known = tags.map(each => `“${each.label}: …”`).join(', ');
    throw new CellFault(`không hiểu phần “${part}”; sau dấu | chỉ có: ${known}`, `"${part}" is none of: ${known}`);
  }
  const text = part.slice(colon + 1).trim();
  if (tag.kind === 'list') return { [tag.key]: split(text, LISTED).map(plain) };
  if (tag.kind === 'text') return { [tag.key]: plain(text) };
  if (!/^[1-9][0-9]{0,3}$/.test(text)) {
    throw new CellFault(`“${tag.label}” phải là số nguyên dương, không phải “${text}”`, `"${text}" is no count`);
  }
  return { [tag.key]: Number(text) };
}

const CASE: Tag = { label: 'trường hợp', key: 'condition', kind: 'text' };

/** Time limits by case: `7 ngày làm việc | trường hợp: phải xác minh`. */
export const TIME_LIMITS: Cell = items({ write: durationText, read: text => duration(plain(text)) }, [CASE]);

/** Papers: `Tờ khai | bản chính: 1 | bản sao: 2 | mẫu: số 01 | trường hợp: khi ủy quyền`. */
export const PAPERS: Cell = items(
  { write: paper => escaped(String(paper.name), IN_PART), read: text => ({ name: plain(text) }) },
  [
    { label: 'bản chính', key: 'original', kind: 'count' },
    { label: 'bản sao', key: 'copies', kind: 'count' },
    { label: 'mẫu', key: 'form', kind: 'text' },
    CASE,
  ],
);

const NO_AMOUNT = '–';
/** Fees: `8000 đồng/bản sao | trường hợp: xin thêm bản sao | miễn: trẻ em; người có công`; `–` where no sum is known. */
export const FEES: Cell = items({ write: feeText, read: fee }, [CASE, { label: 'miễn', key: 'exempt', kind: 'list' }]);

function feeText({ amount, unit }: JsonObject): string {
  return [
    amount === undefined ? NO_AMOUNT : String(amount),
    ...(unit === undefined ? [] : [escaped(String(unit), IN_PART)]),
  ].join(' ');
}

function fee(text: string): JsonObject {
  if (plain(text).toLowerCase() === 'miễn phí') return { amount: 0, unit: 'đồng' };
  const [, number, unit] = /^(–|-|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,12})(?:\s+(.+))?$/su.exec(text) ?? [];
  if (number === undefined) {
    throw new CellFault(
      `không hiểu mức thu “${text}”: viết số tiền rồi đơn vị, như “8000 đồng/bản sao”, “miễn phí”, hoặc “–” khi chưa biết`,
      `the fee "${text}" is not understood: write the sum and its unit, "8000 đồng/bản sao", "miễn phí", or "–"`,
    );
  }
  return {
    ...(number === NO_AMOUNT || number === '-' ? {} : { amount: Number(number.replaceAll('.', '')) }),
    ...(unit === undefined ? {} : { unit: plain(unit) }),
  };
}
