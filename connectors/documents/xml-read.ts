/**
 * Bytes → a tree of elements, strictly: what one reader could take differently from another is refused.
 * No DTD, no entities but the five, no unclosed tags, no control characters; every value stays text.
 */
import { SaxesParser } from 'saxes';
import { LIMITS, xmlFault } from './dialect.ts';

/** An element by namespace and local name; prefixes are forgotten on purpose. */
export interface XmlElement {
  name: string;
  uri: string;
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
  /** All character data directly inside, in order; only leaves have any but white space. */
  text: string;
  line: number;
  column: number;
}

/** Elements whose text is an attachment and does not count towards the document's size. */
const BULK = 'ContentTransferEncoded';

/** Line and column (from 1) of a byte of the text, for faults found before parsing. */
function placeOf(bytes: Buffer, index: number): { line: number; column: number } {
  const before = bytes.subarray(0, index).toString('latin1');
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}

/** Refuses declarations before any parser sees them (external entities, nested entities: OWASP XXE). */
function refuseDeclarations(bytes: Buffer): void {
  const found = bytes.toString('latin1').search(/<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i);
  if (found >= 0) {
    throw xmlFault(placeOf(bytes, found), 'xml-doctype', {
      vi: 'Không nhận thông điệp có khai báo DOCTYPE hoặc ENTITY.',
      en: 'A message with a DOCTYPE or ENTITY declaration is not taken.',
    });
  }
}

/** UTF-8 → text; anything else is refused rather than repaired. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw xmlFault({ line: 1, column: 1 }, 'xml-encoding', {
      vi: 'Thông điệp không phải là văn bản UTF-8.',
      en: 'The message is not UTF-8 text.',
    });
  }
}

/**
 * Reads one XML document.
 * @param bytes as received, at most LIMITS.messageBytes
 * @returns the root element
 * @throws InputFault `invalid-edxml` with the line and column
 */
export function readXml(bytes: Buffer): XmlElement {
  if (bytes.length > LIMITS.messageBytes) {
    throw xmlFault({ line: 1, column: 1 }, 'xml-too-large', {
      vi: 'Thông điệp vượt quá 8 MB.',
      en: 'The message is larger than 8 MB.',
    });
  }
  refuseDeclarations(bytes);
  const text = decode(bytes);

  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  let bulk = 0;
  let start = { line: 1, column: 1 };
  const here = () => ({ line: parser.line, column: parser.column + 1 });

  parser.on('error', error => {
    const reason = error.message.replace(/^\d+:\d+: /, '');
    throw xmlFault(here(), 'xml-malformed', {
      vi: `XML sai cú pháp: ${reason}`,
      en: `Malformed XML: ${reason}`,
    });
  });
  parser.on('doctype', () => {
    throw xmlFault(here(), 'xml-doctype', { vi: 'Không nhận DOCTYPE.', en: 'DOCTYPE is not taken.' });
  });
  parser.on('xmldecl', declaration => {
    const encoding = declaration.encoding?.toLowerCase() ?? 'utf-8';
    if ((declaration.version ?? '1.0') !== '1.0' || encoding !== 'utf-8') {
      throw xmlFault(here(), 'xml-declaration', {
        vi: 'Chỉ nhận XML 1.0, mã hóa UTF-8.',
        en: 'Only XML 1.0 in UTF-8 is taken.',
      });
    }
  });
  parser.on('opentagstart', tag => {
    // The parser stands behind the name and the character that ends it.
    start = { line: parser.line, column: Math.max(1, parser.column - tag.name.length - 1) };
    elements += 1;
    if (elements > LIMITS.elements || open.length >= LIMITS.depth) {
      throw xmlFault(start, elements > LIMITS.elements ? 'xml-too-many-elements' : 'xml-too-deep', {
        vi: `Quá ${LIMITS.elements} phần tử hoặc lồng sâu quá ${LIMITS.depth} cấp.`,
        en: `More than ${LIMITS.elements} elements, or nested deeper than ${LIMITS.depth}.`,
      });
    }
  });
  parser.on('opentag', tag => {
    const attributes = new Map(
      Object.values(tag.attributes)
        .filter(attribute => attribute.prefix !== 'xmlns' && attribute.name !== 'xmlns')
        .map((attribute): [string, string] => [attribute.local, attribute.value]),
    );
    const element: XmlElement = { name: tag.local, uri: tag.uri, attributes, children: [], text: '', ...start };
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
    open.push(element);
  });
  const addText = (piece: string): void => {
    const element = open.at(-1);
    if (!element) return;
    // saxes checks literal characters; a numeric reference to a control character must be caught here.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(piece)) {
      throw xmlFault(here(), 'xml-control-character', {
        vi: 'Có ký tự điều khiển không được phép.',
        en: 'A control character that is not allowed.',
      });
    }
    element.text += piece;
    if (element.name === BULK) bulk += piece.length;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element && element.children.length > 0 && element.text.trim() !== '') {
      throw xmlFault(element, 'xml-mixed-content', {
        vi: `Phần tử ${element.name} vừa có chữ vừa có phần tử con.`,
        en: `Element ${element.name} holds text beside elements.`,
      });
    }
  });
  parser.write(text).close();

  if (!root) throw xmlFault(here(), 'xml-malformed', { vi: 'Không có phần tử gốc.', en: 'There is no root element.' });
  if (bytes.length - bulk > LIMITS.documentBytes) {
    throw xmlFault(root, 'xml-too-large', {
      vi: 'Văn bản (không kể tệp kèm) vượt quá 2 MB.',
      en: 'The document without its attachments is larger than 2 MB.',
    });
  }
  return root;
}
