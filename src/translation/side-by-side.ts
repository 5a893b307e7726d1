/**
 * A translation as people read it: the official text left, what the commune reads right, under each value the entry that made
 * it with its source, and in the texts the marked terms in brackets with their plain words below. Pure: what is shown is given.
 */
import { CAUSES, type CauseCode } from '../domain/causes.ts';
import type { GatewayEvent, Json, Mark, TraceEntry } from '../domain/words.ts';
import { beside, visible, wrap } from './columns.ts';
import { fieldName } from './field-names.ts';
import { cut, valueText } from './value-text.ts';

export interface Shown {
  /** What came in. */
  before: GatewayEvent;
  /** What goes out. */
  after: GatewayEvent;
  trace: readonly TraceEntry[];
  marks: readonly Mark[];
  /** What keeps it from going out. */
  parks?: readonly {
    cause: CauseCode;
    pointer: string;
    value: Json;
    candidates?: readonly { code: string; name: string }[];
  }[];
  /** Who receives it. */
  target: string;
  /** Name of the release. */
  release: string;
}

const GRADES: Readonly<Record<string, string>> = {
  equivalent: 'tương đương',
  broader: 'bên nhận rộng hơn, xem bản gốc',
  narrower: 'bên nhận hẹp hơn, xem bản gốc',
  related: 'không hẳn, xem bản gốc',
};
const CERTAINTIES: Readonly<Record<string, string>> = {
  confirmed: 'đã xác nhận',
  high: 'độ tin cậy cao',
  'medium-high': 'độ tin cậy khá cao',
  medium: 'độ tin cậy trung bình',
  low: 'độ tin cậy thấp',
  proposal: 'đề xuất, chờ rà soát',
};

/** The official words that stand beside a value which the event did not have. */
const OFFICIAL: Readonly<Record<string, readonly string[]>> = {
  '/data/plainTitle': ['/data/procedureName', '/data/procedure/name'],
  '/data/communeEntry/plainTitle': ['/data/procedure/name'],
  '/data/communeEntry/steps': ['/data/steps'],
};

/** Both texts as lines of `width` columns. */
export function sideBySide(shown: Shown, width = 110): string {
  const half = Math.max(20, Math.floor((width - 5) / 2));
  const { before, after, trace, marks, parks = [], target, release } = shown;
  const rule = `${'─'.repeat(half + 3)}┼${'─'.repeat(half + 1)}`;
  const pair = (left: string, right: string): string[] => beside(left, right, half).map(line => `  ${line}`);
  const lines = [
    ...wrap(`${before.type} · ${before.source} → ${target} · phiên bản danh mục ${release}`, width),
    '',
    ...pair('BẢN CHÍNH THỨC', 'BÊN NHẬN ĐỌC'),
    rule,
  ];
  const sources: string[] = [];
  for (const entry of trace) {
    const official = entry.from ?? officialOf(entry.pointer, before, after) ?? null;
    lines.push(
      heading(entry.pointer),
      ...pair(official === null ? '(bản gốc không có)' : valueText(official), valueText(entry.to)),
      ...wrap(whyText(entry, sources), width - 4).map(line => `    ${line}`),
    );
  }
  if (trace.length === 0) lines.push('Không có gì phải quy đổi; bản chính thức đi nguyên vẹn.');
  for (const [pointer, own] of Map.groupBy(marks, mark => mark.pointer)) {
    const text = at(after, pointer);
    if (typeof text !== 'string') continue;
    lines.push(rule, heading(pointer), ...pair(cut(text), cut(bracketed(text, own))));
    own.forEach((mark, index) => {
      const term = text.slice(mark.offset, mark.offset + mark.length);
      const meaning = `(${index + 1}) ${term} = ${mark.label}: ${mark.explanation}`;
      lines.push(...wrap(meaning, width - 4).map(line => `    ${line}`));
    });
  }
  if (parks.length > 0) lines.push(rule, 'GIỮ LẠI, CHƯA GỬI');
  for (const park of parks) {
    const title = `${CAUSES[park.cause].title.vi}: ${fieldName(park.pointer)} “${valueText(park.value)}”. ${CAUSES[park.cause].remedy.vi}`;
    lines.push(...wrap(title, width - 2).map(line => `  ${line}`));
    for (const { code, name } of park.candidates ?? []) {
      lines.push(...wrap(`có thể là ${code} ${name}`, width - 4).map(line => `    ${line}`));
    }
  }
  if (sources.length > 0) lines.push(rule, 'NGUỒN');
  sources.forEach((source, index) => {
    lines.push(...wrap(`[${index + 1}] ${source}`, width - 2).map(line => `  ${line}`));
  });
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

const heading = (pointer: string): string => {
  const name = fieldName(pointer);
  return visible(name.charAt(0).toLocaleUpperCase('vi') + name.slice(1));
};

/** The entry in a line; its source is numbered and stands once at the end. */
function whyText({ entry, grade, certainty, source }: TraceEntry, sources: string[]): string {
  if (!sources.includes(source)) sources.push(source);
  const number = sources.indexOf(source) + 1;
  return `↳ ${entry} · ${GRADES[grade] ?? grade} · ${CERTAINTIES[certainty] ?? certainty} · nguồn [${number}]`;
}

/** The text with each marked term in brackets and its number behind; marks that do not fit the text are passed over. */
export function bracketed(text: string, marks: readonly Mark[]): string {
  let shown = '';
  let end = 0;
  marks.forEach(({ offset, length }, index) => {
    if (offset < end || offset + length > text.length) return;
    shown += `${text.slice(end, offset)}[${text.slice(offset, offset + length)}](${index + 1})`;
    end = offset + length;
  });
  return shown + text.slice(end);
}

function officialOf(pointer: string, before: GatewayEvent, after: GatewayEvent): Json | undefined {
  for (const other of OFFICIAL[pointer] ?? []) {
    const value = at(before, other) ?? at(after, other);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The value at a JSON pointer (RFC 6901) from the event's root. */
function at(event: GatewayEvent, pointer: string): Json | undefined {
  const path = pointer.split('/').slice(1);
  return path.reduce<Json | undefined>(
    (value, part) => {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      if (value === null || typeof value !== 'object') return undefined;
      if (Array.isArray(value)) return /^[0-9]+$/.test(name) ? value[Number(name)] : undefined;
      return Object.hasOwn(value, name) ? value[name] : undefined;
    },
    event as unknown as Json,
  );
}
