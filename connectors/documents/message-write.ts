/**
 * EdxmlMessage → XML, in the order of the schema. Pure: the same message always gives the same bytes.
 */
import { pack } from './attachments.ts';
import {
  type Attachment,
  DOCUMENT_KIND,
  type EdxmlDocument,
  type EdxmlMessage,
  type EdxmlStatus,
  ORGANISATION,
  OTHER_INFO,
  RESPONSE_FOR,
  SIGNER,
  STAFF,
  type Table,
  type Unknown,
} from './message.ts';
import { group, leaf, type Node, node, writeXml } from './xml-write.ts';

function members<T extends { [K in keyof T]?: string }>(name: string, values: T, table: Table<T>): Node | undefined {
  return group(
    name,
    table.map(([element, member]) => leaf(element, values[member])),
  );
}

/** Unknown elements below `prefix`, nested again by their paths. */
function restore(unknown: readonly Unknown[], prefix: string): Node[] {
  const heads = new Map<string, Unknown[]>();
  const nodes: Node[] = [];
  for (const item of unknown) {
    if (!item.path.startsWith(prefix)) continue;
    const [head = '', ...rest] = item.path.slice(prefix.length).split('/');
    if (rest.length === 0) nodes.push(node(head, item.value));
    else heads.set(head, [...(heads.get(head) ?? []), { path: rest.join('/'), value: item.value }]);
  }
  for (const [head, items] of heads) nodes.push(node(head, restore(items, '')));
  return nodes;
}

function header(document: EdxmlDocument): Node {
  const inOther = (item: Unknown): boolean => item.path.startsWith('MessageHeader/OtherInfo/');
  return node('MessageHeader', [
    members('From', document.from, ORGANISATION),
    ...document.to.map(receiver => members('To', receiver, ORGANISATION)),
    group('Code', [leaf('CodeNumber', document.number), leaf('CodeNotation', document.notation)]),
    group('PromulgationInfo', [leaf('Place', document.place), leaf('PromulgationDate', document.issuedOn)]),
    members('DocumentType', document.documentKind, DOCUMENT_KIND),
    leaf('Subject', document.subject),
    leaf('Content', document.content),
    members('SignerInfo', document.signer, SIGNER),
    leaf('DueDate', document.dueOn),
    group(
      'ToPlaces',
      document.toPlaces.map(place => leaf('Place', place)),
    ),
    group('OtherInfo', [
      ...OTHER_INFO.map(([element, member]) => leaf(element, document.other[member])),
      group(
        'Appendixes',
        document.appendixes.map(appendix => leaf('Appendix', appendix)),
      ),
      ...restore(document.unknown, 'MessageHeader/OtherInfo/'),
    ]),
    ...document.responseFor.map(item => members('ResponseFor', item, RESPONSE_FOR)),
    leaf('SteeringType', document.steeringType),
    leaf('DocumentId', document.documentId),
    ...restore(
      document.unknown.filter(item => !inOther(item)),
      'MessageHeader/',
    ),
  ]);
}

function business({ business: item, unknown }: EdxmlDocument): Node {
  return node('Bussiness', [
    leaf('BussinessDocType', item.type),
    leaf('BussinessDocReason', item.reason),
    group('BussinessDocumentInfo', [
      leaf('DocumentInfo', item.documentInfo),
      leaf('DocumentReceiver', item.documentReceiver),
      group(
        'ReceiverList',
        item.receivers.map(receiver =>
          group('Receiver', [leaf('ReceiverType', receiver.type), leaf('OrganId', receiver.agencyCode)]),
        ),
      ),
    ]),
    leaf('DocumentId', item.documentId),
    members('StaffInfo', item.staff, STAFF),
    leaf('Paper', item.paper),
    group(
      'ReplacementInfoList',
      item.replaces.map(replaced =>
        group('ReplacementInfo', [
          leaf('DocumentId', replaced.documentId),
          group(
            'OrganIdList',
            replaced.agencyCodes.map(code => leaf('OrganId', code)),
          ),
        ]),
      ),
    ),
    ...restore(unknown, 'Bussiness/'),
  ]);
}

/** Elements of AttachmentEncoded carry no prefix, but for ContentTransferEncoded. */
const bare = (name: string, content: Node['content']): Node => ({ name, content, bare: true });

function encoded(attachment: Attachment & { content: Buffer }): Node {
  return bare('Attachment', [
    bare('ContentType', 'application/zip'),
    bare('ContentId', attachment.contentId),
    attachment.description === undefined ? undefined : bare('Description', attachment.description),
    node('ContentTransferEncoded', pack(attachment.content, attachment.name).toString('base64')),
    bare('AttachmentName', attachment.name),
  ]);
}

function writeDocument(document: EdxmlDocument): string {
  const withContent = document.attachments.filter(
    (attachment): attachment is Attachment & { content: Buffer } => attachment.content !== undefined,
  );
  return writeXml([
    node('edXMLEnvelope', [
      node('edXMLHeader', [
        header(document),
        node('TraceHeaderList', [
          ...document.trace.map(item =>
            group('TraceHeader', [leaf('OrganId', item.agencyCode), leaf('Timestamp', item.at)]),
          ),
          business(document),
        ]),
      ]),
      document.attachments.length === 0
        ? undefined
        : node('edXMLBody', [
            node(
              'edXMLManifest',
              document.attachments.map(attachment =>
                group('Reference', [
                  leaf('ContentId', attachment.contentId),
                  leaf('ContentType', attachment.mediaType),
                  leaf('AttachmentName', attachment.name),
                  leaf('Description', attachment.description),
                ]),
              ),
              { version: '1.0' },
            ),
          ]),
    ]),
    withContent.length === 0 ? undefined : bare('AttachmentEncoded', withContent.map(encoded)),
  ]);
}

function writeStatus(status: EdxmlStatus): string {
  return writeXml([
    node('edXMLEnvelope', [
      node('edXMLHeader', [
        node('MessageStatus', [
          members('ResponseFor', status.responseFor, RESPONSE_FOR),
          members('From', status.from, ORGANISATION),
          leaf('StatusCode', status.statusCode),
          leaf('Description', status.description),
          leaf('Timestamp', status.at),
          members('StaffInfo', status.staff, STAFF),
          ...restore(status.unknown, 'MessageStatus/'),
        ]),
      ]),
    ]),
  ]);
}

/** Writes a message as edXML text. */
export function writeMessage(message: EdxmlMessage): string {
  return message.kind === 'document' ? writeDocument(message) : writeStatus(message);
}

/** A document with nothing in it but what is given: for messages that this side makes up itself. */
export function emptyDocument(documentId: string): EdxmlDocument {
  return {
    kind: 'document',
    from: {},
    to: [],
    documentId,
    documentKind: {},
    signer: {},
    toPlaces: [],
    other: {},
    appendixes: [],
    responseFor: [],
    trace: [],
    business: { type: '0', receivers: [], staff: {}, replaces: [] },
    attachments: [],
    unknown: [],
    xmlSigned: false,
    headerPlace: '1:1',
  };
}
