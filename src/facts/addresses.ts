/**
 * Which hamlet and which street an address names, as people write them: `Tổ 5, ấp Tân Hữu, xã Xuân Tâm`, `12 Hùng Vương, KP.3`.
 * Only what follows a word for such a place (or a house number) counts, up to the next such word or comma. Pure.
 */
import { sameWords } from '../translation/same-words.ts';

/** A place that an address names. */
export interface Place {
  by: 'hamlet' | 'street';
  /** As written, in NFC, without the word for the kind. */
  name: string;
  /** Equal for two spellings of one place: case, Unicode form, place of the tone mark and leading zeros say nothing. */
  key: string;
}
interface Word {
  text: string;
  key: string;
}
interface Kind {
  by: Place['by'] | 'other';
  words: readonly string[];
  /** Kept in the key: a national road is no street of the same number. */
  prefix: string;
}

const kinds = (by: Kind['by'], names: readonly string[], prefix = ''): Kind[] =>
  names.map(name => ({ by, words: sameWords(name).split(' '), prefix }));

/** Longer ones first: `khu phố` is no `phố`. */
const KINDS: readonly Kind[] = [
  ...kinds('hamlet', ['tổ dân phố', 'khu phố', 'ấp', 'thôn', 'kp', 'tdp', 'bản', 'buôn', 'khóm', 'xóm', 'sóc']),
  ...kinds('other', [
    'thành phố',
    'thị trấn',
    'thị xã',
    'xã',
    'phường',
    'huyện',
    'quận',
    'tỉnh',
    'tp',
    'tx',
    'tt',
    'tổ',
  ]),
  ...kinds('other', ['hẻm', 'ngõ', 'ngách']),
  ...kinds('street', ['quốc lộ', 'ql'], 'ql '),
  ...kinds('street', ['tỉnh lộ', 'tl'], 'tl '),
  ...kinds('street', ['hương lộ'], 'hl '),
  ...kinds('street', ['đường', 'phố']),
].sort((a, b) => b.words.length - a.words.length);
const BETWEEN = sameWords('liên');
const NUMBER = sameWords('số');
const HOUSE = sameWords('nhà');

/** The words of each part of a text between commas, semicolons, brackets and dashes. */
export function partsOf(text: string): Word[][] {
  return text
    .normalize('NFC')
    .split(/[,;\n\r|()]|\s[-–—]\s/u)
    .map(part => (part.match(/[\p{L}\p{M}\p{N}]+(?:[-/][\p{L}\p{M}\p{N}]+)*/gu) ?? []).flatMap(wordsOf))
    .filter(words => words.length > 0);
}

const wordOf = (text: string): Word => ({ text, key: sameWords(text).replace(/^0+(?=\d)/, '') });

/** `KP3` is two words; any other token is one. */
function wordsOf(token: string): Word[] {
  const [, letters, rest] = /^([\p{L}\p{M}]+)(\d.*)$/u.exec(token) ?? [];
  if (letters === undefined || rest === undefined) return [wordOf(token)];
  const key = sameWords(letters);
  return KINDS.some(({ words }) => words.length === 1 && words[0] === key)
    ? [wordOf(letters), wordOf(rest)]
    : [wordOf(token)];
}

const startsWith = (words: readonly Word[], at: number, keys: readonly string[]): boolean =>
  keys.every((key, offset) => words[at + offset]?.key === key);

/** The place that is being read. */
interface Reading {
  by: Kind['by'];
  prefix: string;
  words: Word[];
  /** Begun by a house number: any word for a kind of place ends it. */
  implied: boolean;
}

/** Every place that `address` names, in its order; a unit's name after a hamlet's (`ấp 3 Xuân Tâm`) is no part of it. */
export function placesIn(address: string, unitNames: readonly string[] = []): Place[] {
  const units = unitNames.map(name => (partsOf(name)[0] ?? []).map(word => word.key)).filter(keys => keys.length > 0);
  return partsOf(address).flatMap(words => readPart(words).flatMap(reading => placeOf(reading, units)));
}

function readPart(words: readonly Word[]): Reading[] {
  const read: Reading[] = [];
  let current: Reading | undefined;
  let at = 0;
  if (words[at]?.key === NUMBER) at += 1;
  if (words[at]?.key === HOUSE) at += 1;
  if (/^\d/.test(words[at]?.text ?? '')) {
    at += 1;
    current = { by: 'street', prefix: '', words: [], implied: true };
  } else at = 0;
  while (at < words.length) {
    const kind = KINDS.find(each => startsWith(words, at, each.words));
    const nameless = current?.words.length === 0 && current.by === 'street' && !current.implied;
    // `đường Ấp Chợ` is a street, `đường liên ấp` names no hamlet
    if (kind === undefined || words[at - 1]?.key === BETWEEN || (nameless && kind.by === 'hamlet')) {
      current?.words.push(words[at] as Word);
      at += 1;
      continue;
    }
    if (current !== undefined) read.push(current);
    current = { by: kind.by, prefix: kind.prefix, words: [], implied: false };
    at += kind.words.length;
  }
  return current === undefined ? read : [...read, current];
}

function placeOf({ by, prefix, words }: Reading, units: readonly (readonly string[])[]): Place[] {
  const unit = units.find(keys => words.length > keys.length && startsWith(words, words.length - keys.length, keys));
  const named = unit === undefined ? words : words.slice(0, -unit.length);
  if (by === 'other' || named.length === 0) return [];
  return [{ by, name: named.map(word => word.text).join(' '), key: prefix + named.map(word => word.key).join(' ') }];
}
