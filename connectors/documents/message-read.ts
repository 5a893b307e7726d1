/**
 * XML tree → EdxmlMessage. Goes by namespace and local name; much may be missing (real clients send four elements), but
 * what is there must be sound: no doubled single elements, dates that the calendar knows, attachments that unpack.
 */
import { attachmentsOf } from './attachments-read.ts';
import { NAMESPACE } from './dialect.ts';
import { all, fault, maybe, members, one, text, textOf } from './elements.ts';
import {
  DOCUMENT_KIND,
  type EdxmlDocument,
  type EdxmlMessage,
  type EdxmlStatus,
  ORGANISATION,
  OTHER_INFO,
  RESPONSE_FOR,
  SIGNER,
  STAFF,
  type Unknown,
} from './message.ts';
import { readXml, type XmlElement } from './xml-read.ts';

/** Leaves below `parent` whose top element is not known, so that nothing a sender adds is lost. */
function unknownBelow(parent: XmlElement | undefined, known: ReadonlySet<string>, prefix: string): Unknown[] {
  const leaves = (element: XmlElement, path: string): Unknown[] =>
    element.children.length > 0
      ? element.children.flatMap(child => leaves(child, `${path}/${child.name}`))
      : element.text.trim() === ''
        ? []
        : [{ path, value: element.text }];
  return (parent?.children ?? [])
    .filter(child => child.uri !== NAMESPACE || !known.has(child.name))
    .flatMap(child => leaves(child, `${prefix}${child.name}`));
}
const names = (table: ReadonlyArray<readonly [string, string]>): string[] => table.map(([element]) => element);

const HEADER_KNOWN = new Set(
  'From To Code PromulgationInfo DocumentType Subject Content SignerInfo DueDate ToPlaces OtherInfo ResponseFor SteeringType DocumentId'.split(
    ' ',
  ),
);
const OTHER_KNOWN = new Set([...names(OTHER_INFO), 'Appendixes']);
const BUSINESS_KNOWN = new Set(
  'BussinessDocType BussinessDocReason BussinessDocumentInfo DocumentId StaffInfo Paper ReplacementInfoList'.split(' '),
);
const STATUS_KNOWN = new Set('ResponseFor From StatusCode Description Timestamp StaffInfo'.split(' '));

/** ResponseFor, whose Code some senders write as text and some as CodeNumber and CodeNotation. */
function responseFor(element: XmlElement): EdxmlStatus['responseFor'] {
  const code = one(element, 'Code');
  const joined = [text(code, 'CodeNumber'), text(code, 'CodeNotation')].filter(Boolean).join('/');
  const rest = members(
    element,
    RESPONSE_FOR.filter(([name]) => name !== 'Code'),
  );
  return { ...rest, ...maybe('code', code && code.children.length > 0 ? joined || undefined : textOf(code)) };
}

function readBusiness(element: XmlElement | undefined): EdxmlDocument['business'] {
  const info = one(element, 'BussinessDocumentInfo');
  return {
    // A message without a trace is a new document: that is what the smallest real clients send.
    type: text(element, 'BussinessDocType') ?? '0',
    ...maybe('reason', text(element, 'BussinessDocReason')),
    ...maybe('documentInfo', text(info, 'DocumentInfo')),
    ...maybe('documentReceiver', text(info, 'DocumentReceiver')),
    receivers: all(one(info, 'ReceiverList'), 'Receiver').map(receiver => ({
      ...maybe('type', text(receiver, 'ReceiverType')),
      ...maybe('agencyCode', text(receiver, 'OrganId')),
    })),
    ...maybe('documentId', text(element, 'DocumentId')),
    staff: members(one(element, 'StaffInfo'), STAFF),
    ...maybe('paper', text(element, 'Paper')),
    replaces: all(one(element, 'ReplacementInfoList'), 'ReplacementInfo').map(item => ({
      documentId: text(item, 'DocumentId') ?? '',
      agencyCodes: all(one(item, 'OrganIdList'), 'OrganId').flatMap(organ => textOf(organ) ?? []),
    })),
  };
}

function readDocument(root: XmlElement, envelope: XmlElement, header: XmlElement, outer: XmlElement): EdxmlDocument {
  const documentId = text(header, 'DocumentId');
  if (documentId === undefined) {
    throw fault(header, 'edxml-document-id', 'Thiếu DocumentId.', 'DocumentId is missing.');
  }
  const code = one(header, 'Code');
  const issued = one(header, 'PromulgationInfo');
  const other = one(header, 'OtherInfo');
  const trace = one(outer, 'TraceHeaderList');
  const business = one(trace, 'Bussiness') ?? one(outer, 'Bussiness');
  return {
    kind: 'document',
    from: members(one(header, 'From'), ORGANISATION),
    to: all(header, 'To').map(receiver => members(receiver, ORGANISATION)),
    documentId,
    ...maybe('number', text(code, 'CodeNumber')),
    ...maybe('notation', text(code, 'CodeNotation')),
    ...maybe('place', text(issued, 'Place')),
    ...maybe('issuedOn', text(issued, 'PromulgationDate')),
    documentKind: members(one(header, 'DocumentType'), DOCUMENT_KIND),
    ...maybe('subject', text(header, 'Subject')),
    ...maybe('content', text(header, 'Content')),
    signer: members(one(header, 'SignerInfo'), SIGNER),
    ...maybe('dueOn', text(header, 'DueDate')),
    toPlaces: all(one(header, 'ToPlaces'), 'Place').flatMap(place => textOf(place) ?? []),
    other: members(other, OTHER_INFO),
    appendixes: all(one(other, 'Appendixes'), 'Appendix').flatMap(appendix => textOf(appendix) ?? []),
    responseFor: all(header, 'ResponseFor').map(responseFor),
    ...maybe('steeringType', text(header, 'SteeringType')),
    trace: all(trace, 'TraceHeader').map(item => ({
      ...maybe('agencyCode', text(item, 'OrganId')),
      ...maybe('at', text(item, 'Timestamp')),
    })),
    business: readBusiness(business),
    attachments: attachmentsOf(root, envelope),
    unknown: [
      ...unknownBelow(header, HEADER_KNOWN, 'MessageHeader/'),
      ...unknownBelow(other, OTHER_KNOWN, 'MessageHeader/OtherInfo/'),
      ...unknownBelow(business, BUSINESS_KNOWN, 'Bussiness/'),
    ],
    xmlSigned: outer.children.some(child => child.name === 'Signature'),
    headerPlace: `${header.line}:${header.column}`,
  };
}

function readStatus(status: XmlElement): EdxmlStatus {
  const about = one(status, 'ResponseFor');
  const statusCode = text(status, 'StatusCode');
  if (statusCode === undefined || !about) {
    throw fault(status, 'edxml-status', 'Thiếu StatusCode hoặc ResponseFor.', 'StatusCode or ResponseFor is missing.');
  }
  return {
    kind: 'status',
    responseFor: responseFor(about),
    from: members(one(status, 'From'), ORGANISATION),
    statusCode,
    ...maybe('description', text(status, 'Description')),
    ...maybe('at', text(status, 'Timestamp')),
    staff: members(one(status, 'StaffInfo'), STAFF),
    unknown: unknownBelow(status, STATUS_KNOWN, 'MessageStatus/'),
    headerPlace: `${status.line}:${status.column}`,
  };
}

/**
 * Reads one edXML message, document or status.
 * @param bytes as received
 * @throws InputFault `invalid-edxml` with `line:column` of what is wrong
 */
export function readMessage(bytes: Buffer): EdxmlMessage {
  const root = readXml(bytes);
  if (root.name !== 'edXML' || root.uri !== NAMESPACE) {
    throw fault(root, 'edxml-root', 'Phần tử gốc không phải edXML của QCVN 102.', 'The root is not edXML of QCVN 102.');
  }
  const envelope = one(root, 'edXMLEnvelope');
  const outer = one(envelope, 'edXMLHeader');
  const header = one(outer, 'MessageHeader');
  // Found as MessageStatus in descriptions and as Status in senders' code.
  const status = one(outer, 'MessageStatus') ?? one(outer, 'Status');
  if (envelope && outer && header && !status) return readDocument(root, envelope, header, outer);
  if (status && !header) return readStatus(status);
  throw fault(root, 'edxml-header', 'Không có MessageHeader hoặc MessageStatus.', 'No MessageHeader or MessageStatus.');
}
