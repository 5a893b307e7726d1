/**
 * A text as the syllables it is made of, each folded to one spelling: case, NFC or NFD, tone placement (`hoà`, `hòa`) and
 * i/y (`kí`, `ký`) make no difference, tones do. Offsets always point into the text as it was given.
 */

/** No word at all: a code, an address on the net, a file name, the border between two paragraphs. */
export const OPAQUE = -1;

/** The tokens of a text side by side: words, numbers and single punctuation marks. */
export interface Tokens {
  /** What `idOf` made of each; OPAQUE where nothing may match. */
  ids: number[];
  /** First UTF-16 unit of each, and the one after its last. */
  starts: number[];
  ends: number[];
}

const PUNCTUATION = 0;
const SPACE = 1;
const LETTER = 2;
const DIGIT = 3;
const IGNORED = 4;
/** Punctuation that ties letters and digits to one code, an abbreviation or a compound when no space is around. */
const JOINER = 5;

const IGNORED_UNITS = '\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff';
const IGNORED_ONE = new RegExp(`^[${IGNORED_UNITS}]$`);
const IGNORED_ALL = new RegExp(`[${IGNORED_UNITS}]`, 'g');
const JOINERS = new Set([..."./-_@&:+#'’=%\\*‐‑"]);
/** Marks of the five tones; the breve, circumflex and horn belong to the letter. */
const TONES = new Set(['\u0300', '\u0301', '\u0303', '\u0309', '\u0323']);
/** Up to here classes are looked up; what lies beyond (CJK and the like) is seldom met. */
const TABLE_END = 0x2100;

const CLASSES = Uint8Array.from({ length: TABLE_END }, (_, unit) => classify(String.fromCharCode(unit)));

function classify(char: string): number {
  if (IGNORED_ONE.test(char)) return IGNORED;
  if (/\s/.test(char)) return SPACE;
  if (/[\p{L}\p{M}]/u.test(char)) return LETTER;
  if (/\p{Nd}/u.test(char)) return DIGIT;
  return JOINERS.has(char) ? JOINER : PUNCTUATION;
}

function classAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < TABLE_END) return CLASSES[unit]!;
  // Half of a pair is no letter of ours; it stands alone and matches nothing.
  return unit >= 0xd800 && unit <= 0xdfff ? PUNCTUATION : classify(text.charAt(at));
}

/** One token in the spelling that is compared. */
export function foldToken(raw: string): string {
  const apart = raw.replaceAll(IGNORED_ALL, '').toLowerCase().normalize('NFD');
  let letters = '';
  let tones = '';
  for (const char of apart) {
    if (TONES.has(char)) tones += char;
    // Look-alikes of đ that old keyboards leave behind.
    else
      letters +=
        char === 'ð' || char === 'ɖ' ? 'đ' : char === '–' || char === '—' || char === '‐' || char === '‑' ? '-' : char;
  }
  return letters.replace(/^(qu|[hklmst])y$/, '$1i') + tones;
}

/** The text without what cannot be seen. */
export function visible(text: string): string {
  return text.replaceAll(IGNORED_ALL, '');
}

/** Is the unit at `at` a letter or a digit? False outside the text. */
export function isWordUnit(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const kind = classAt(text, at);
  return kind === LETTER || kind === DIGIT;
}

/** Takes a text apart in one pass; `idOf` names a token by its raw spelling. */
export function tokenise(text: string, idOf: (raw: string) => number): Tokens {
  const tokens: Tokens = { ids: [], starts: [], ends: [] };
  const push = (id: number, start: number, end: number): void => {
    tokens.ids.push(id);
    tokens.starts.push(start);
    tokens.ends.push(end);
  };
  const word = (start: number, end: number): void => push(idOf(text.slice(start, end)), start, end);
  const { length } = text;
  let at = 0;
  while (at < length) {
    const kind = classAt(text, at);
    if (kind === SPACE || kind === IGNORED) {
      const from = at;
      let lines = 0;
      for (; at < length; at++) {
        const here = classAt(text, at);
        if (here !== SPACE && here !== IGNORED) break;
        if (text.charCodeAt(at) === 10) lines++;
      }
      if (lines > 1) push(OPAQUE, from, at);
      continue;
    }
    if (kind === PUNCTUATION) {
      word(at, ++at);
      continue;
    }
    at = piece(text, at, word, push);
  }
  return tokens;
}

/** A run without spaces or hard punctuation: syllables, an abbreviation, a number, or a code that is passed over whole. */
function piece(
  text: string,
  from: number,
  word: (start: number, end: number) => void,
  push: (id: number, start: number, end: number) => void,
): number {
  let end = from;
  let first = -1;
  let last = from;
  let letters = false;
  let digits = false;
  /** A joiner between letters or digits; one at either end is plain punctuation. */
  let joined = false;
  let pending = false;
  for (; end < text.length; end++) {
    const kind = classAt(text, end);
    if (kind === SPACE || kind === PUNCTUATION) break;
    if (kind === IGNORED) continue;
    if (kind === JOINER) {
      pending = first >= 0;
      continue;
    }
    if (pending) joined = true;
    pending = false;
    if (kind === LETTER) letters = true;
    else digits = true;
    if (first < 0) first = end;
    last = end + 1;
  }
  if (first < 0) first = last = end;
  marks(text, from, first, word);
  if (first < last) {
    if (!joined) word(first, last);
    else if (digits || isPath(text.slice(first, last))) push(OPAQUE, first, last);
    else if (letters) syllables(text, first, last, word);
  }
  marks(text, last, end, word);
  return end;
}

/** An address, a file name or a name in the net: nothing in it is read. */
function isPath(core: string): boolean {
  return /[@_=\\]|:\/\/|^[a-z.]*[a-z]{2}[a-z.]*$/.test(core);
}

function marks(text: string, from: number, to: number, word: (start: number, end: number) => void): void {
  for (let at = from; at < to; at++) if (classAt(text, at) === JOINER) word(at, at + 1);
}

function syllables(text: string, from: number, to: number, word: (start: number, end: number) => void): void {
  let start = -1;
  let last = from;
  for (let at = from; at < to; at++) {
    const kind = classAt(text, at);
    if (kind === IGNORED) continue;
    if (kind === LETTER) {
      if (start < 0) start = at;
      last = at + 1;
      continue;
    }
    if (start >= 0) word(start, last);
    start = -1;
    word(at, at + 1);
  }
  if (start >= 0) word(start, last);
}
