/**
 * Orders what a person is offered when a code is unknown. It only suggests: one vendor's habit of matching names above a
 * floor and going on sent dossiers to wrong procedures, so nothing here decides.
 */
import type { Candidate } from './content.ts';

const FLOOR = 0.35;
const AT_MOST = 5;

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

/** The likeliest of `choices`, best first, at most five: by code (a slip of a digit or two) and by name where there is one. */
export function likeliest(choices: readonly Candidate[], code: string, name?: string): Candidate[] {
  const wanted = name === undefined ? undefined : pairs(fold(name));
  return choices
    .map(choice => {
      const byCode = 1 - distance(code, choice.code) / 4;
      const byName = wanted === undefined ? 0 : overlap(wanted, pairs(fold(choice.name)));
      return { choice, score: Math.max(byCode, byName) + Math.min(byCode, byName, 0.5) * 0.1 };
    })
    .filter(each => each.score >= FLOOR)
    .sort((left, right) => right.score - left.score || (left.choice.code < right.choice.code ? -1 : 1))
    .slice(0, AT_MOST)
    .map(each => each.choice);
}

function pairs(text: string): Set<string> {
  const found = new Set<string>();
  for (let index = 0; index + 1 < text.length; index++) found.add(text.slice(index, index + 2));
  return found;
}

/** Sørensen–Dice of two sets of letter pairs, 0 to 1. */
function overlap(left: Set<string>, right: Set<string>): number {
  if (left.size === 0 || right.size === 0) return 0;
  let common = 0;
  for (const pair of left) if (right.has(pair)) common++;
  return (2 * common) / (left.size + right.size);
}

/** Levenshtein distance; codes are short, and anything over 20 characters counts as far. */
function distance(left: string, right: string): number {
  if (left.length > 20) return 20;
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1;
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + same));
    }
    previous = current;
  }
  return previous[right.length]!;
}
