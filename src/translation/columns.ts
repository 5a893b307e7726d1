/**
 * Texts in two columns for a terminal or a printed sheet: wrapped at words, letters counted as people see them (a letter with
 * its marks is one), control and direction signs made visible so that a foreign text can neither move the cursor nor read backwards.
 */

const letters = new Intl.Segmenter('vi', { granularity: 'grapheme' });

/** Letters of one code unit each: precomposed Vietnamese and common signs. */
const SIMPLE = /^[ -~\u00a0-\u02ff\u1e00-\u1eff\u2010-\u2027\u2190-\u257f]*$/;

/** How many columns a text takes. */
export function widthOf(text: string): number {
  if (SIMPLE.test(text)) return text.length;
  let width = 0;
  for (const _letter of letters.segment(text)) width += 1;
  return width;
}

/** The text with every sign that acts on a terminal or turns the direction of reading shown as `·`; length stays. */
export function visible(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '·');
}

/** Lines no wider than `width`; a word that is longer is cut. */
export function wrap(text: string, width: number): string[] {
  return visible(text)
    .split('\n')
    .flatMap(line => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  let used = 0;
  for (const word of line.split(' ').flatMap(each => cut(each, width))) {
    const size = widthOf(word);
    if (used > 0 && used + 1 + size > width) {
      lines.push(current);
      current = word;
      used = size;
    } else {
      current = used === 0 ? word : `${current} ${word}`;
      used = used === 0 ? size : used + 1 + size;
    }
  }
  return [...lines, current];
}

function cut(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const { segment } of letters.segment(word)) {
    if (used === width) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += segment;
    used += 1;
  }
  return [...parts, part];
}

/** Two texts beside each other, each `width` wide, with a rule between. */
export function beside(left: string, right: string, width: number): string[] {
  const one = wrap(left, width);
  const other = wrap(right, width);
  return Array.from({ length: Math.max(one.length, other.length) }, (_, index) => {
    const text = one[index] ?? '';
    return `${text}${' '.repeat(Math.max(0, width - widthOf(text)))} │ ${other[index] ?? ''}`.trimEnd();
  });
}
