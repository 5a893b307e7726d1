/**
 * Names every fault of a JSON text that json.ts has refused, each with its JSON pointer (RFC 6901). Off the hot path:
 * it reads the text again by the grammar of RFC 8259. The text is known to be no deeper than the limit, so it recurses.
 */
import type { Fault } from '../domain/errors.ts';
import type { Bilingual } from '../domain/words.ts';

/** More than anyone will read; the rest is counted. */
const MOST_FAULTS = 100;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
const WORD = /true|false|null/y;
/** Up to the next quote, escape or control character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the grammar forbids here
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** A segment of a JSON pointer. */
export const pointerSegment = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const LONGEST_POINTER = 512;

/**
 * A pointer as it may be answered and stored: cut, because a key may be a megabyte long and be named a hundred times, and
 * with U+FFFD for what a database refuses.
 */
export function safePointer(pointer: string): string {
  const cut = pointer.length > LONGEST_POINTER ? `${pointer.slice(0, LONGEST_POINTER)}…` : pointer;
  return cut.toWellFormed().replaceAll('\u0000', '\ufffd');
}

/** A key as it may be shown: cut, and lone surrogates made visible as U+FFFD. */
const shown = (key: string): string => safePointer(key.length > 64 ? `${key.slice(0, 64)}…` : key);

/** Ends the reading at a syntax error: nothing behind it can be named reliably. */
class Stop extends Error {}

class Reader {
  readonly faults: Fault[] = [];
  private more = 0;
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  read(): void {
    this.space();
    this.value('');
    this.space();
    if (this.at < this.text.length) this.syntax('', { vi: 'thừa ký tự sau giá trị', en: 'something after the value' });
  }

  finish(): Fault[] {
    if (this.more > 0) {
      this.faults.push({
        pointer: '',
        code: 'more-faults',
        detail: { vi: `Và ${this.more} lỗi nữa.`, en: `And ${this.more} more.` },
      });
    }
    return this.faults;
  }

  private add(pointer: string, code: string, detail: Bilingual): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push({ pointer: safePointer(pointer), code, detail });
    else this.more += 1;
  }

  private syntax(pointer: string, what: Bilingual): never {
    const before = this.text.slice(0, this.at);
    const line = before.split('\n').length;
    const column = this.at - before.lastIndexOf('\n');
    this.add(pointer, 'json-syntax', {
      vi: `Sai cú pháp JSON ở dòng ${line}, cột ${column}: ${what.vi}.`,
      en: `JSON syntax error at line ${line}, column ${column}: ${what.en}.`,
    });
    throw new Stop();
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private space(): void {
    this.match(SPACE);
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private value(pointer: string): void {
    const next = this.text[this.at];
    if (next === '{') this.object(pointer);
    else if (next === '[') this.array(pointer);
    else if (next === '"') this.checkText(pointer, this.string(pointer));
    else {
      const number = this.match(NUMBER);
      if (number !== undefined) this.checkNumber(pointer, number);
      else if (this.match(WORD) === undefined) this.syntax(pointer, { vi: 'thiếu giá trị', en: 'a value is missing' });
    }
  }

  private object(pointer: string): void {
    const keys = new Set<string>();
    this.at += 1;
    this.space();
    if (this.take('}')) return;
    do {
      this.space();
      if (this.text[this.at] !== '"') this.syntax(pointer, { vi: 'thiếu tên trường', en: 'a member name is missing' });
      const key = this.string(pointer);
      const place = `${pointer}/${pointerSegment(key)}`;
      this.checkText(place, key);
      this.checkKey(place, pointer, key);
      if (keys.has(key)) {
        this.add(place, 'duplicate-key', {
          vi: `Trường “${shown(key)}” có nhiều lần.`,
          en: `Member “${shown(key)}” is there more than once.`,
        });
      }
      keys.add(key);
      this.space();
      if (!this.take(':')) this.syntax(place, { vi: 'thiếu dấu hai chấm', en: 'a colon is missing' });
      this.space();
      this.value(place);
      this.space();
    } while (this.take(','));
    if (!this.take('}'))
      this.syntax(pointer, { vi: 'thiếu dấu phẩy hoặc dấu }', en: 'a comma or a closing } is missing' });
  }

  private array(pointer: string): void {
    this.at += 1;
    this.space();
    if (this.take(']')) return;
    let index = 0;
    do {
      this.space();
      this.value(`${pointer}/${index}`);
      this.space();
      index += 1;
    } while (this.take(','));
    if (!this.take(']'))
      this.syntax(pointer, { vi: 'thiếu dấu phẩy hoặc dấu ]', en: 'a comma or a closing ] is missing' });
  }

  private string(pointer: string): string {
    const start = this.at;
    this.at += 1;
    for (;;) {
      this.match(PLAIN);
      if (this.take('"')) return JSON.parse(this.text.slice(start, this.at)) as string;
      if (this.at >= this.text.length)
        this.syntax(pointer, { vi: 'thiếu dấu nháy kép đóng', en: 'a closing quote is missing' });
      if (this.text[this.at] !== '\\') {
        this.syntax(pointer, { vi: 'ký tự điều khiển trong chuỗi', en: 'a control character in a string' });
      }
      if (this.match(ESCAPE) === undefined)
        this.syntax(pointer, { vi: 'dãy thoát không hợp lệ', en: 'an unknown escape' });
    }
  }

  private checkText(pointer: string, text: string): void {
    if (text.includes('\u0000')) {
      this.add(pointer, 'null-character', {
        vi: 'Chuỗi có ký tự U+0000.',
        en: 'The string holds U+0000.',
      });
    }
    if (!text.isWellFormed()) {
      this.add(pointer, 'lone-surrogate', {
        vi: 'Chuỗi có nửa cặp thay thế UTF-16.',
        en: 'The string holds half a surrogate pair.',
      });
    }
  }

  private checkKey(place: string, parent: string, key: string): void {
    if (key === '__proto__' || (key === 'prototype' && /(?:^|\/)constructor$/.test(parent))) {
      this.add(place, 'forbidden-key', {
        vi: `Không được dùng tên trường “${key}” ở đây.`,
        en: `The member name “${key}” is not allowed here.`,
      });
    }
  }

  private checkNumber(pointer: string, number: string): void {
    const next = this.text[this.at] ?? '';
    if (next >= '0' && next <= '9') {
      // Most likely an identity or telephone number that lost its quotes.
      this.syntax(pointer, {
        vi: 'số bắt đầu bằng 0, hãy gửi dưới dạng chuỗi',
        en: 'a number begins with 0, send a string',
      });
    }
    if (Math.abs(Number(number)) <= Number.MAX_SAFE_INTEGER) return;
    this.add(pointer, 'number-too-large', {
      vi: 'Số vượt quá ±(2^53−1), sẽ bị sai lệch khi chuyển tiếp; hãy gửi dưới dạng chuỗi.',
      en: 'The number is beyond ±(2^53−1) and would change on the way; send it as a string.',
    });
  }
}

/** Every fault of a refused JSON text, at least one; after a syntax error nothing more can be named. */
export function explainJson(text: string): Fault[] {
  const reader = new Reader(text);
  try {
    reader.read();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  const faults = reader.finish();
  if (faults.length > 0) return faults;
  return [
    {
      pointer: '',
      code: 'json-syntax',
      detail: { vi: 'Sai cú pháp JSON.', en: 'JSON syntax error.' },
    },
  ];
}
