/**
 * Changes values of entries in a mapping file and nothing else: comments, order, quotes and line breaks of what is not edited
 * stay byte for byte. A file whose layout could not be kept so is refused, not reformatted.
 */
import { isMap, isScalar, isSeq, type Node, parseDocument, Scalar, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Json } from '../domain/words.ts';

/** One value to set, or to remove where `value` is undefined. */
export interface EntryEdit {
  /** Which of the file's entries, from 0. */
  index: number;
  /** Member names below the entry: `['details', 'desk']`. */
  path: readonly string[];
  value: Json | undefined;
}

/** The file's layout would not survive: `line` is the first that would change. */
export class LayoutFault extends Error {
  readonly line: number;
  constructor(line: number) {
    super(`line ${line} would be laid out anew`);
    this.name = 'LayoutFault';
    this.line = line;
  }
}

const LAYOUT = { lineWidth: 0, flowCollectionPadding: false } as const;

/** The text of the file with `edits` made. Throws LayoutFault; the text must parse (read-yaml.ts). */
export function editEntries(text: string, edits: readonly EntryEdit[]): string {
  const crlf = text.includes('\r\n');
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const unix = text.slice(mark.length).replaceAll('\r\n', '\n');
  const document = parseDocument(unix, { version: '1.2', schema: 'core', merge: false, stringKeys: true });
  refuseOtherLayout(unix, document.toString(LAYOUT));
  const entries = document.get('entries', true);
  if (!isSeq(entries)) throw new Error('a mapping file without entries');
  for (const { index, path, value } of edits) {
    const entry = entries.items[index];
    if (!isMap(entry)) throw new Error(`no entry ${index}`);
    setAt(entry, path, value, (plain, flow) => document.createNode(plain, { flow }));
    quoteLineBreaks(entry);
  }
  const edited = document.toString(LAYOUT);
  return mark + (crlf ? edited.replaceAll('\n', '\r\n') : edited);
}

/** A plain text with a line break may be written so that it cannot be read again: such texts are quoted. */
function quoteLineBreaks(entry: YAMLMap): void {
  visit(entry, {
    Scalar(_key, node) {
      const plain = node.type === undefined || node.type === Scalar.PLAIN;
      if (plain && typeof node.value === 'string' && node.value.includes('\n')) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
}

type MakeNode = (value: Json, flow: boolean) => Node;

function refuseOtherLayout(text: string, again: string): void {
  if (text === again) return;
  const lines = again.split('\n');
  const changed = text.split('\n').findIndex((line, index) => line !== lines[index]);
  throw new LayoutFault(changed < 0 ? lines.length : changed + 1);
}

function setAt(map: YAMLMap, path: readonly string[], value: Json | undefined, make: MakeNode): void {
  const [key = '', ...rest] = path;
  const held = map.get(key, true);
  if (value === undefined) {
    if (rest.length === 0) map.delete(key);
    else if (isMap(held)) setAt(held, rest, undefined, make);
    return;
  }
  const nested = rest.reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
  if (rest.length > 0 && isMap(held)) setAt(held, rest, value, make);
  else if (held === undefined || !isSame(held, nested)) put(map, key, held, nested, make);
}

/** Sets `key`, keeping as much of what stands there as fits: the node of a scalar, the unchanged items of a list. */
function put(map: YAMLMap, key: string, held: unknown, value: Json, make: MakeNode): void {
  if (isScalar(held) && !isCollection(value)) held.value = value;
  else if (isSeq(held) && Array.isArray(value)) putItems(held, value, make);
  else if (isMap(held) && isCollection(value) && !Array.isArray(value)) {
    const wanted = value as { [name: string]: Json };
    for (const name of Object.keys(held.toJSON())) if (!(name in wanted)) held.delete(name);
    for (const [name, inner] of Object.entries(wanted)) setAt(held, [name], inner, make);
  } else map.set(key, make(value, map.flow === true));
}

/** Items that stay keep their node and comments; they are found from both ends, so that one taken out moves no other. */
function putItems(seq: YAMLSeq, values: readonly Json[], make: MakeNode): void {
  const held = seq.items;
  let front = 0;
  while (front < held.length && front < values.length && isSame(held[front], values[front])) front += 1;
  let back = 0;
  while (
    back < held.length - front &&
    back < values.length - front &&
    isSame(held[held.length - 1 - back], values[values.length - 1 - back])
  ) {
    back += 1;
  }
  const middle = values.slice(front, values.length - back).map((value, offset) => {
    const old = held[front + offset];
    if (front + offset < held.length - back && isScalar(old) && !isCollection(value)) {
      old.value = value;
      return old;
    }
    return make(value, seq.flow === true);
  });
  seq.items = [...held.slice(0, front), ...middle, ...held.slice(held.length - back)];
}

const isCollection = (value: Json): boolean => value !== null && typeof value === 'object';

function isSame(node: unknown, value: Json | undefined): boolean {
  const plain: unknown =
    node !== null && typeof node === 'object' && 'toJSON' in node ? (node as { toJSON(): unknown }).toJSON() : node;
  return JSON.stringify(plain) === JSON.stringify(value);
}
