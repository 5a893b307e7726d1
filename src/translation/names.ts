/**
 * Tells whether a phrase in a text is part of a name (`Luật Tố cáo`, `Sở Xây dựng`, `bà Trần Thị Thửa`, `đường Hộ Tịch`):
 * a capital where the official spelling has none, next to another capital or to a word that announces a name.
 */
import { isWordUnit, visible } from './syllables.ts';

/** Words before the name of a person or a place. */
const ANNOUNCES = new Set(
  (
    'ông bà anh chị cô chú bác em cháu cụ đ/c đường phố hẻm ngõ ấp thôn xóm bản khóm tổ xã phường huyện quận tỉnh ' +
    'cầu chợ trường chùa ty'
  ).split(' '),
);
/** How far a neighbouring word is looked for. */
const REACH = 40;

/** Is `text[start..end)` part of a name, where the entry's own spelling is `form`? */
export function isNamePart(text: string, start: number, end: number, form: string): boolean {
  // Nearly every phrase begins with a small letter, and that settles it.
  if (!startsCapital(text.charAt(start))) return false;
  const words = visible(text.slice(start, end)).normalize('NFC').split(/\s+/);
  const spelt = form.split(/\s+/);
  // What the law itself writes with a capital there is no sign of a name; a text all in capitals is none either.
  if (!isTitled(words[0] ?? '') || startsCapital(spelt[0] ?? '')) return false;
  const before = wordBefore(text, start);
  if (before !== '' && (startsCapital(before) || ANNOUNCES.has(before.toLowerCase()))) return true;
  return words.length > 1 && words.every(isTitled) && startsCapital(wordAfter(text, end));
}

function startsCapital(word: string): boolean {
  return /^\p{Lu}/u.test(word);
}

/** A capital and then small letters. */
function isTitled(word: string): boolean {
  return /^\p{Lu}/u.test(word) && (word.length === 1 || word !== word.toUpperCase());
}

/** The word just before, when only spaces or a dash stand between. */
function wordBefore(text: string, start: number): string {
  const near = visible(text.slice(Math.max(0, start - REACH), start)).normalize('NFC');
  return /([\p{L}\p{M}/]+)(?:\s+|\s*[-–]\s*)$/u.exec(near)?.[1] ?? '';
}

function wordAfter(text: string, end: number): string {
  if (isWordUnit(text, end)) return '';
  const near = visible(text.slice(end, end + REACH)).normalize('NFC');
  return /^[ \t]+([\p{L}\p{M}]+)/u.exec(near)?.[1] ?? '';
}
