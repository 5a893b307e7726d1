/**
 * Characters that nobody sees and marks that no plain text has. In a file of mappings they are always an accident or a trick (a name
 * that reads like another, a line that is shown in another order), so they are refused; texts in events pass untouched instead.
 */
import type { Json } from '../domain/words.ts';

/** A fault in a file that the caller names. */
export interface TextFault {
  line: number;
  text: string;
}

/**
 * Control characters but tab and line ends, no-break and odd spaces, soft hyphen, zero-width and bidirectional characters,
 * variation selectors, tags, and U+FFFD, which stands where text was lost.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u00a0\u00ad\u061c\u115f\u1160\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\ufff9-\ufffd]|\u034f|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]/u;
const MARKUP = /<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?\/?>|<!--|&(?:#[0-9]+|#x[0-9a-f]+|amp|lt|gt|quot|apos|nbsp);/i;

/** The hidden characters of a file's text, comments included, by line. */
export function hiddenIn(text: string): TextFault[] {
  if (!HIDDEN.test(text)) return [];
  return text.split('\n').flatMap((line, index) => {
    const found = HIDDEN.exec(line);
    return found === null ? [] : [{ line: index + 1, text: hiddenText(found[0]) }];
  });
}

/** What is wrong with the texts of a parsed file: hidden characters written as escapes, and HTML. */
export function textFaults(data: Json, lineOf: (path: readonly (string | number)[]) => number): TextFault[] {
  const faults: TextFault[] = [];
  const look = (text: string, path: readonly (string | number)[]): void => {
    const hidden = HIDDEN.exec(text);
    const markup = hidden === null ? MARKUP.exec(text) : null;
    if (hidden === null && markup === null) return;
    faults.push({ line: lineOf(path), text: hidden === null ? markupText(markup?.[0] ?? '') : hiddenText(hidden[0]) });
  };
  const walk = (value: Json, path: (string | number)[]): void => {
    if (typeof value === 'string') look(value, path);
    else if (Array.isArray(value)) value.forEach((each, index) => void walk(each, [...path, index]));
    else if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) {
        look(key, [...path, key]);
        walk(inner, [...path, key]);
      }
    }
  };
  walk(data, []);
  return faults;
}

function hiddenText(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `có ký tự ẩn U+${code}: gõ lại dòng này, không dán từ nơi khác`;
}

function markupText(found: string): string {
  return `có mã HTML "${found.slice(0, 40)}": danh mục chỉ ghi chữ thường, không ghi thẻ`;
}
