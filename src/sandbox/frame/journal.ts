/**
 * The one file of a sandbox system: JSON lines, appended to, so that a simulator killed at any moment finds its state again.
 * Lines of one stretch of work are written together: a record and what the gateway is to be told of it stand or fall as one.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Json } from '../../domain/words.ts';

/** An append-only file of JSON lines. */
export interface Journal {
  /** Keeps a line; it is on its way to the file at the latest when the present stretch of work ends. */
  append(line: Json): void;
  /** Writes what is kept, now: before anybody is answered. */
  flush(): void;
  /** Puts `lines` in the place of the whole file, atomically. */
  rewrite(lines: Iterable<Json>): void;
  /** Bytes appended since it was opened or rewritten. */
  grown(): number;
  close(): void;
}

/**
 * Lines of a journal file in order; none when there is no file. A last line that a kill cut short is dropped, any other that
 * cannot be read is an error: the file was changed by somebody else.
 */
export function readLines(path: string): Json[] {
  if (!existsSync(path)) return [];
  const texts = readFileSync(path, 'utf8').split('\n');
  // A whole file ends with a line break, so the last part is empty, or the torn line.
  texts.pop();
  return texts.map((text, index) => {
    try {
      return JSON.parse(text) as Json;
    } catch (cause) {
      throw new Error(`${path}:${index + 1}: this line of the journal cannot be read`, { cause });
    }
  });
}

/** Opens a journal for appending; the file and its folder are made when missing. */
export function openJournal(path: string): Journal {
  mkdirSync(dirname(path), { recursive: true });
  let file = openSync(path, 'a', 0o600);
  let kept: string[] = [];
  let bytes = 0;
  let closed = false;

  const flush = (): void => {
    if (kept.length === 0 || closed) return;
    const block = Buffer.from(`${kept.join('\n')}\n`);
    kept = [];
    for (let done = 0; done < block.length; ) done += writeSync(file, block, done);
    bytes += block.length;
  };
  return {
    append: line => {
      if (closed) return;
      if (kept.length === 0) process.nextTick(flush);
      kept.push(JSON.stringify(line));
    },
    flush,
    rewrite: lines => {
      kept = [];
      const beside = `${path}.new`;
      const texts: string[] = [];
      for (const line of lines) texts.push(JSON.stringify(line));
      writeFileSync(beside, texts.length === 0 ? '' : `${texts.join('\n')}\n`, { mode: 0o600 });
      closeSync(file);
      renameSync(beside, path);
      file = openSync(path, 'a', 0o600);
      bytes = 0;
    },
    grown: () => bytes,
    close: () => {
      if (closed) return;
      flush();
      closed = true;
      closeSync(file);
    },
  };
}
