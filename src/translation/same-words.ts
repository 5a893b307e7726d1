/**
 * When two Vietnamese texts are the same words: case, Unicode form and the place of the tone mark (`hoà`, `hòa`) say nothing.
 * Only for comparing; what people read is never rewritten.
 */

/** Grave, acute, tilde, hook above, dot below: the five tones. */
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;

/** A key that is equal exactly for texts that are the same words. Each syllable's tone goes to its end. */
export function sameWords(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[\p{L}\p{M}]+/gu, syllable => {
      const tones = syllable.match(TONES) ?? [];
      return syllable.replace(TONES, '').normalize('NFC') + tones.join('');
    })
    .replace(/\s+/g, ' ')
    .trim();
}
