/**
 * How alike two codes or two names are. It only orders what a person is offered: one vendor's habit of matching names above a
 * floor and going on sent dossiers to wrong procedures, so nothing decides by these figures.
 */

/** Lower case, without tones and marks, words only; `đ` folds to `d`. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** Pairs of neighbouring letters of a folded text. */
export function letterPairs(folded: string): Set<string> {
  const found = new Set<string>();
  for (let index = 0; index + 1 < folded.length; index++) found.add(folded.slice(index, index + 2));
  return found;
}

/** Sørensen–Dice of two sets of letter pairs, 0 to 1. */
export function overlap(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  if (left.size === 0 || right.size === 0) return 0;
  let common = 0;
  for (const pair of left) if (right.has(pair)) common++;
  return (2 * common) / (left.size + right.size);
}

/** Codes longer than this are no slip of a code of ours. */
const LONGEST = 24;

/**
 * Slips of the hand between two codes: characters added, left out, replaced, or two neighbours swapped. Codes are short;
 * what is over 24 characters, or differs by more than `most` in length, counts as far.
 */
export function slips(left: string, right: string, most: number): number {
  if (left === right) return 0;
  if (left.length > LONGEST || Math.abs(left.length - right.length) > most) return LONGEST;
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const line = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1;
      let least = Math.min(above[column]! + 1, line[column - 1]! + 1, above[column - 1]! + same);
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) least = Math.min(least, before[column - 2]! + 1);
      line.push(least);
    }
    before = above;
    above = line;
  }
  return above[right.length]!;
}
