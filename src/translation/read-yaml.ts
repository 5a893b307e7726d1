/**
 * Reads one file of mappings/: YAML 1.2 core, nothing clever (no merge keys, no aliases, no doubled keys), bounded in size,
 * every fault with file and line, so that an editor who knows the law and not the machine finds the place at once.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Json } from '../domain/words.ts';

/** Largest file that is read; split a file before it grows there. */
const MOST_BYTES = 1024 * 1024;

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

/** All files of `dir`, sorted by name. Throws what the file system throws when `dir` cannot be read. */
export async function listMappingFiles(dir: string): Promise<string[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found
    .filter(each => each.isFile() && /\.ya?ml$/.test(each.name))
    .map(each => relative(dir, join(each.parentPath, each.name)).split(sep).join('/'))
    .sort();
}

/** Text of a file in NFC, or the fault that it is too large. */
export async function readMappingText(dir: string, file: string): Promise<string | MappingFault> {
  const path = join(dir, file);
  const { size } = await stat(path);
  if (size > MOST_BYTES) return { file, line: 1, text: `tệp lớn hơn 1 MB (${size} byte): hãy tách tệp` };
  // Names typed on another keyboard may be decomposed; the vocabulary speaks NFC throughout.
  return (await readFile(path, 'utf8')).normalize('NFC');
}

/** Parses the text of `file`; its faults instead when it is not the YAML that is allowed here. */
export function parseMappingFile(file: string, text: string): MappingFile | MappingFault[] {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    return problems.map(problem => ({ file, line: lines.linePos(problem.pos[0]).line, text: problem.message }));
  }
  try {
    const data: Json = document.toJS({ maxAliasCount: 0 });
    return { file, data, lineOf: path => lineOf(document, lines, path) };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return [{ file, line: 1, text: 'không dùng neo (&) và bí danh (*) của YAML trong danh mục' }];
  }
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
