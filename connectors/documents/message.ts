/**
 * An edXML message as typed data, close to the schema: what is between the XML and the canonical events. One table a
 * group says which element is which member, so that reading and writing cannot drift apart.
 */

/** [element, member] in the order of the schema. */
export type Table<T> = ReadonlyArray<readonly [string, keyof T & string]>;

/** From, To, and who sends a status. All texts as they stand. */
export interface Organisation {
  agencyCode?: string;
  inCharge?: string;
  name?: string;
  address?: string;
  email?: string;
  phone?: string;
  fax?: string;
  website?: string;
}
export const ORGANISATION: Table<Organisation> = [
  ['OrganId', 'agencyCode'],
  ['OrganizationInCharge', 'inCharge'],
  ['OrganName', 'name'],
  ['OrganAdd', 'address'],
  ['Email', 'email'],
  ['Telephone', 'phone'],
  ['Fax', 'fax'],
  ['Website', 'website'],
];

/** The document that a message answers. `issuedOn` as `yyyy/MM/dd`. */
export interface ResponseFor {
  agencyCode?: string;
  code?: string;
  issuedOn?: string;
  documentId?: string;
}
export const RESPONSE_FOR: Table<ResponseFor> = [
  ['OrganId', 'agencyCode'],
  ['Code', 'code'],
  ['PromulgationDate', 'issuedOn'],
  ['DocumentId', 'documentId'],
];

export interface Signer {
  competence?: string;
  position?: string;
  name?: string;
}
export const SIGNER: Table<Signer> = [
  ['Competence', 'competence'],
  ['Position', 'position'],
  ['FullName', 'name'],
];

export interface Staff {
  department?: string;
  name?: string;
  phone?: string;
  email?: string;
}
export const STAFF: Table<Staff> = [
  ['Department', 'department'],
  ['Staff', 'name'],
  ['Mobile', 'phone'],
  ['Email', 'email'],
];

export interface DocumentKind {
  type?: string;
  detail?: string;
  name?: string;
}
export const DOCUMENT_KIND: Table<DocumentKind> = [
  ['Type', 'type'],
  ['TypeDetail', 'detail'],
  ['TypeName', 'name'],
];

/** OtherInfo without its appendixes. */
export interface OtherInfo {
  priority?: string;
  sphere?: string;
  typist?: string;
  copies?: string;
  pages?: string;
}
export const OTHER_INFO: Table<OtherInfo> = [
  ['Priority', 'priority'],
  ['SphereOfPromulgation', 'sphere'],
  ['TyperNotation', 'typist'],
  ['PromulgationAmount', 'copies'],
  ['PageAmount', 'pages'],
];

/** One attachment. `content` is the file itself, unpacked; undefined where the message only names it. */
export interface Attachment {
  /** `cid:` + UUID, what ties Reference and Attachment together. */
  contentId: string;
  name: string;
  mediaType?: string;
  description?: string;
  content?: Buffer;
}

/** An element that this connector has no word for, by its path of local names below MessageHeader or Bussiness. */
export interface Unknown {
  path: string;
  value: string;
}

/** A document with its business type. Dates and times are texts in the dialect's form. */
export interface EdxmlDocument {
  kind: 'document';
  from: Organisation;
  to: Organisation[];
  documentId: string;
  number?: string;
  notation?: string;
  place?: string;
  issuedOn?: string;
  documentKind: DocumentKind;
  subject?: string;
  content?: string;
  signer: Signer;
  dueOn?: string;
  toPlaces: string[];
  other: OtherInfo;
  appendixes: string[];
  responseFor: ResponseFor[];
  steeringType?: string;
  trace: { agencyCode?: string; at?: string }[];
  business: {
    type: string;
    reason?: string;
    documentInfo?: string;
    documentReceiver?: string;
    receivers: { type?: string; agencyCode?: string }[];
    /** Of the recalled or updated document. */
    documentId?: string;
    staff: Staff;
    paper?: string;
    replaces: { documentId: string; agencyCodes: string[] }[];
  };
  attachments: Attachment[];
  unknown: Unknown[];
  /** True when the message carries an XML signature of its own; it is not passed on, since other bytes would not fit it. */
  xmlSigned: boolean;
  /** `line:column` of the header, for faults found later. */
  headerPlace: string;
}

/** What a receiver (or, for 13, the sender) says about a document. */
export interface EdxmlStatus {
  kind: 'status';
  responseFor: ResponseFor;
  from: Organisation;
  statusCode: string;
  description?: string;
  at?: string;
  staff: Staff;
  unknown: Unknown[];
  headerPlace: string;
}

export type EdxmlMessage = EdxmlDocument | EdxmlStatus;
