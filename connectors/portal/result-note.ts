/**
 * Number, date and signer of a result stand in one text field of the dialect (ThongTinTra); this writes and reads it.
 * The wording is our proposal: the dialect has no fields of its own for them.
 */
import type { JsonObject } from '../../src/domain/words.ts';
import { fromLocalTime, toLocalTime } from './dialect.ts';
import { objectIn, present, textIn } from './read.ts';

const NOTE = /^Số: (.+?); ngày ký: (\d{14}); người ký: (.+)$/s;

/** `Số: 12/GPXD; ngày ký: 20261124093000; người ký: Lê Văn A`, from a canonical result; undefined where a part is missing. */
export function writeResultNote(result: JsonObject): string | undefined {
  const signedAt = toLocalTime(textIn(result, 'signedAt') ?? '');
  const signer = objectIn(result, 'signer');
  const name = signer === undefined ? textIn(result, 'signer') : textIn(signer, 'name');
  const number = textIn(result, 'number');
  if (number === undefined || signedAt === undefined || name === undefined) return undefined;
  return `Số: ${number}; ngày ký: ${signedAt}; người ký: ${name}`;
}

/** What such a note says: `{number?, signedAt?, signer?}`; empty for any other text. */
export function readResultNote(note: string | undefined): JsonObject {
  const parts = NOTE.exec(note ?? '');
  if (parts === null) return {};
  const [, number = '', signedAt = '', signer = ''] = parts;
  return present({ number, signedAt: fromLocalTime(signedAt), signer: { name: signer } });
}
