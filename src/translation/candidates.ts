/**
 * What a person is offered for a code that has no mapping: likely meanings, each with a score and the reasons for it. Reasons add
 * up (two that speak for the same choice say more than one), and none is ever certain. Who finds them: candidates-*.ts.
 */
import type { Bilingual } from '../domain/words.ts';
import type { Candidate } from './content.ts';

const FLOOR = 0.3;
const AT_MOST = 5;
/** No likeness is certainty. */
const CEILING = 0.98;

/** What the event says beside the code. */
export interface Hints {
  /** RFC 3339 or a day: what is offered is what holds then. */
  at: string;
  /** The name that came with the code. */
  name?: string;
}

interface Found {
  name: string;
  /** What remains of the doubt, 1 to 0. */
  doubt: number;
  why: Bilingual[];
  source?: string;
}

/** Collects what speaks for each choice. */
export class Reasons {
  readonly #by = new Map<string, Found>();

  /** `weight` 0 to 1: how much this reason alone would say. */
  add(code: string, name: string, weight: number, vi: string, en: string): void {
    const found: Found = this.#by.get(code) ?? { name, doubt: 1, why: [] };
    found.doubt *= 1 - weight;
    if (!found.why.some(each => each.vi === vi)) found.why.push({ vi, en });
    this.#by.set(code, found);
  }
  has(code: string): boolean {
    return this.#by.has(code);
  }
  /** The text that an entry behind a reason names. */
  cite(code: string, source: readonly string[]): void {
    const found = this.#by.get(code);
    if (found !== undefined) found.source ??= source.join('; ');
  }
  /** Something that speaks against a choice already made. */
  against(code: string, factor: number, vi: string, en: string): void {
    const found = this.#by.get(code);
    if (found === undefined) return;
    found.doubt = 1 - (1 - found.doubt) * factor;
    if (!found.why.some(each => each.vi === vi)) found.why.push({ vi, en });
  }
  best(): Candidate[] {
    return [...this.#by]
      .map(([code, { name, doubt, why, source }]) => ({
        code,
        name,
        score: Math.round(Math.min(CEILING, 1 - doubt) * 100) / 100,
        why: { vi: why.map(each => each.vi).join('; '), en: why.map(each => each.en).join('; ') },
        ...(source === undefined ? {} : { source }),
      }))
      .filter(each => each.score >= FLOOR)
      .sort((left, right) => right.score - left.score || (left.code < right.code ? -1 : 1))
      .slice(0, AT_MOST);
  }
}

/** `0.83` → `83 %`. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
/** `2025-07-01` → `01/07/2025`. */
export const dayText = (day: string): string => day.split('-').reverse().join('/');
