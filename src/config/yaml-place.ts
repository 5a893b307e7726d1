/** Turns a JSON pointer into the line and column of a YAML file, for faults that people must find. */
import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml';

export interface YamlFile {
  path: string;
  document: Document;
  lines: LineCounter;
}

/** `file:line:column /pointer`: of the value, or of its key. What is not in the file is placed at the nearest thing around it. */
export function placeInYaml(file: YamlFile, pointer: string, part: 'value' | 'key' = 'value'): string {
  const path = pointer
    .split('/')
    .slice(1)
    .map(segment => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  const offset = (part === 'key' ? keyOffset(file.document, path) : undefined) ?? valueOffset(file.document, path);
  const { line, col } = file.lines.linePos(offset);
  return `${file.path}:${line}:${col}${pointer === '' ? '' : ` ${pointer}`}`;
}

function valueOffset(document: Document, path: string[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length).map(asKey), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document, path: string[]): number | undefined {
  const parent: unknown = path.length > 1 ? document.getIn(path.slice(0, -1).map(asKey), true) : document.contents;
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(item => isScalar(item.key) && String(item.key.value) === path.at(-1));
  return pair && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
}

function asKey(segment: string): string | number {
  return /^\d+$/.test(segment) ? Number(segment) : segment;
}
