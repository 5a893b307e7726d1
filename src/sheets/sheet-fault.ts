/** A spreadsheet file that cannot be read: the row, what is wrong and what to do, in both languages. */
import type { Bilingual } from '../domain/words.ts';

export class SheetFault extends Error {
  readonly row: number;
  readonly text: Bilingual;
  constructor(row: number, vi: string, en: string) {
    super(en);
    this.name = 'SheetFault';
    this.row = row;
    this.text = { vi, en };
  }
}
