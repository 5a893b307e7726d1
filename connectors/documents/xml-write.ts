/**
 * A tree of elements → XML text with the prefixes that readers in the field expect: the edXML namespace is the default on
 * the root, and the same one is bound to `edXML:` inside (some readers look elements up by that prefix).
 */
import { create } from 'xmlbuilder2';
import { NAMESPACE } from './dialect.ts';

/** What is to be written: an element with text or with children. Undefined children are left out. */
export interface Node {
  name: string;
  /** Written without the `edXML:` prefix. */
  bare?: boolean;
  attributes?: Record<string, string>;
  content: string | ReadonlyArray<Node | undefined>;
}

/** An element with children or text. */
export function node(name: string, content: Node['content'], attributes?: Record<string, string>): Node {
  return attributes ? { name, content, attributes } : { name, content };
}
/** An element with text; undefined (left out) where there is none. */
export function leaf(name: string, value: string | undefined): Node | undefined {
  return value === undefined || value === '' ? undefined : { name, content: value };
}
/** An element with children; undefined where it would be empty. */
export function group(name: string, children: ReadonlyArray<Node | undefined>): Node | undefined {
  return children.some(child => child !== undefined) ? { name, content: children } : undefined;
}

type Builder = ReturnType<typeof create>;

function add(parent: Builder, item: Node): void {
  // Bare elements stand in no namespace while building: the serialiser would otherwise drop every prefix, since both
  // prefix and default name the same namespace. The default is put on the root afterwards.
  const element = item.bare ? parent.ele(item.name) : parent.ele(NAMESPACE, `edXML:${item.name}`);
  for (const [name, value] of Object.entries(item.attributes ?? {})) element.att(name, value);
  if (typeof item.content === 'string') {
    // The serialiser leaves `&lt;` and the like untouched, taking them for escapes; `&` is therefore escaped here.
    element.txt(item.content.replaceAll('&', '&amp;'));
    return;
  }
  for (const child of item.content) if (child) add(element, child);
}

/**
 * Writes the message; the same tree always gives the same bytes.
 * @param children of the root `edXML`
 */
export function writeXml(children: ReadonlyArray<Node | undefined>): string {
  const document = create({ version: '1.0', encoding: 'UTF-8' });
  const root = document.ele('edXML');
  for (const child of children) if (child) add(root, child);
  return (
    document
      .end()
      .replace('<edXML>', `<edXML xmlns="${NAMESPACE}">`)
      // A carriage return in a text would be read back as a line feed (XML 1.0 §2.11).
      .replaceAll('\r', '&#13;')
  );
}
