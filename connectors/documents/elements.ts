/**
 * Picking elements and texts out of a tree: single ones checked to be single, codes trimmed, dates checked.
 */
import type { InputFault } from '../../src/domain/errors.ts';
import { isDialectTime, NAMESPACE, xmlFault } from './dialect.ts';
import type { Table } from './message.ts';
import type { XmlElement } from './xml-read.ts';

/** Members that are codes: white space around them is the layout of the file, not part of the value. */
const CODES: ReadonlySet<string> = new Set([
  'OrganId',
  'DocumentId',
  'StatusCode',
  'BussinessDocType',
  'ReceiverType',
  'ContentId',
  'SteeringType',
  'Priority',
]);
const TIMES: ReadonlySet<string> = new Set(['PromulgationDate', 'DueDate', 'Timestamp']);

export const fault = (at: XmlElement, code: string, vi: string, en: string): InputFault =>
  xmlFault(at, code, { vi, en });

/** All children of that name in the edXML namespace. */
export const all = (parent: XmlElement | undefined, name: string): XmlElement[] =>
  parent?.children.filter(child => child.name === name && child.uri === NAMESPACE) ?? [];
/** The one child of that name; two are refused, since two readers could take different ones. */
export function one(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  const found = all(parent, name);
  if (found[1]) throw fault(found[1], 'edxml-doubled', `Phần tử ${name} bị lặp.`, `Element ${name} stands twice.`);
  return found[0];
}
/** Text of an element; undefined where it is empty. */
export function textOf(element: XmlElement | undefined): string | undefined {
  if (!element) return undefined;
  if (element.children.length > 0) {
    throw fault(element, 'edxml-not-text', `${element.name} phải là chữ.`, `${element.name} must be text.`);
  }
  const isTime = TIMES.has(element.name);
  const text = isTime || CODES.has(element.name) ? element.text.trim() : element.text;
  if (text === '') return undefined;
  if (isTime && !isDialectTime(text)) {
    throw fault(
      element,
      'edxml-time',
      `${element.name}: không phải ngày giờ hợp lệ.`,
      `${element.name}: no valid date.`,
    );
  }
  return text;
}
export const text = (parent: XmlElement | undefined, name: string): string | undefined => textOf(one(parent, name));

/** Members of a group by its table; what is not there stays out. */
export function members<T extends { [K in keyof T]?: string }>(parent: XmlElement | undefined, table: Table<T>): T {
  const found: Record<string, string> = {};
  for (const [element, member] of table) {
    const value = text(parent, element);
    if (value !== undefined) found[member] = value;
  }
  return found as T;
}
/** `{key: value}`, or nothing where there is no value: members that are absent stay absent. */
export const maybe = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
