/**
 * Reads one file of mappings/: YAML 1.2 core, nothing clever (no merge keys, no aliases, no tags, no doubled keys), bounded in
 * size, UTF-8 and nothing hidden in it; every fault with file and line, so that an editor who knows the law and not the machine finds the place at once.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Json } from '../domain/words.ts';
import { hiddenIn, textFaults } from './check-text.ts';

/** Largest file that is read; split a file before it grows there. */
const MOST_BYTES = 1024 * 1024;
/** Faults told of one file; after a slip at the top all the rest is noise. */
const MOST_FAULTS = 100;

export interface Place {
  /** Path from the mappings folder, with `/`. */
  file: string;
  line: number;
}
export interface MappingFault extends Place {
  text: string;
}

/** One file as data, with a way back from a path in it to the line. */
export interface MappingFile {
  file: string;
  data: Json;
  /** The line of the value at `path` (`['entries', 3, 'code']`), or of the nearest thing above it. */
  lineOf(path: readonly (string | number)[]): number;
}

const IS_YAML = /\.ya?ml$/i;

/** All files of `dir`, sorted by name. Throws what the file system throws when `dir` cannot be read. */
export async function listMappingFiles(dir: string): Promise<string[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found
    .filter(each => each.isFile() && IS_YAML.test(each.name))
    .map(each => relative(dir, join(each.parentPath, each.name)).split(sep).join('/'))
    .sort();
}

/**
 * What looks like a file of mappings and is none: folders, links, pipes. They are told rather than passed over, so that nobody
 * wonders why an edit has no effect. Names with a dot in front belong to editors and tools.
 */
export async function oddEntries(dir: string): Promise<MappingFault[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found
    .filter(each => !each.isFile() && !each.name.startsWith('.') && (IS_YAML.test(each.name) || each.isSymbolicLink()))
    .map(each => {
      const file = relative(dir, join(each.parentPath, each.name)).split(sep).join('/');
      const what = each.isDirectory()
        ? 'một thư mục'
        : each.isSymbolicLink()
          ? 'một liên kết'
          : 'không phải tệp thường';
      return { file, line: 1, text: `đây là ${what}: danh mục chỉ đọc tệp thường, hãy chép tệp vào đây` };
    })
    .sort((left, right) => (left.file < right.file ? -1 : 1));
}

/** Text of a file in NFC, or the fault that it is too large or no UTF-8. */
export async function readMappingText(dir: string, file: string): Promise<string | MappingFault> {
  const path = join(dir, file);
  const { size } = await stat(path);
  if (size > MOST_BYTES) return { file, line: 1, text: `tệp lớn hơn 1 MB (${size} byte): hãy tách tệp` };
  const bytes = await readFile(path);
  // Names typed on another keyboard may be decomposed; the vocabulary speaks NFC throughout.
  const text = decoded(bytes);
  if (text !== undefined) return text.normalize('NFC');
  let line = 1;
  for (let start = 0, end = 0; end !== -1; start = end + 1, line++) {
    end = bytes.indexOf('\n', start);
    if (decoded(bytes.subarray(start, end === -1 ? bytes.length : end)) === undefined) break;
  }
  return { file, line, text: 'không phải UTF-8: hãy lưu lại tệp với bảng mã UTF-8' };
}

/** Bytes as text, without a byte order mark; undefined where they are no UTF-8 (a replaced letter would be a silent change). */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Parses the text of `file`; its faults instead when it is not the YAML that is allowed here. */
export function parseMappingFile(file: string, text: string): MappingFile | MappingFault[] {
  const hidden = hiddenIn(text);
  if (hidden.length > 0) return atMost(hidden.map(fault => ({ file, ...fault })));
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    stringKeys: true,
    resolveKnownTags: false,
    prettyErrors: false,
    lineCounter: lines,
  });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    const faultOf = (problem: (typeof problems)[number]): MappingFault => {
      return { file, line: lines.linePos(problem.pos[0]).line, text: problem.message };
    };
    return atMost(problems.map(faultOf));
  }
  try {
    const data: Json = document.toJS({ maxAliasCount: 0 });
    const parsed: MappingFile = { file, data, lineOf: path => lineOf(document, lines, path) };
    const faults = textFaults(data, parsed.lineOf);
    return faults.length > 0 ? atMost(faults.map(fault => ({ file, ...fault }))) : parsed;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return [{ file, line: 1, text: 'không dùng neo (&) và bí danh (*) của YAML trong danh mục' }];
  }
}

/** The first faults of a file, and how many more there are. */
export function atMost(faults: MappingFault[]): MappingFault[] {
  const last = faults[MOST_FAULTS];
  if (last === undefined) return faults;
  const more = faults.length - MOST_FAULTS;
  return [...faults.slice(0, MOST_FAULTS), { ...last, text: `và ${more} lỗi khác từ đây: sửa các lỗi trên trước` }];
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const start = startOf(document, path.slice(0, length));
    if (start !== undefined) return lines.linePos(start).line;
  }
  return 1;
}

/** Where the key of a map's value stands, else where the value stands. */
function startOf(document: Document.Parsed, path: readonly (string | number)[]): number | undefined {
  const last = path.at(-1);
  const holder = path.length === 0 ? undefined : document.getIn(path.slice(0, -1), true);
  if (isMap(holder)) {
    const pair = holder.items.find(item => isScalar(item.key) && item.key.value === last);
    if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0];
  }
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
