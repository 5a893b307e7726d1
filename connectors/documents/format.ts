/**
 * Canonical events → edXML. Pure: the same input always gives the same bytes, so that a look-up can compare hashes.
 */
import { FormatFault } from '../../src/domain/errors.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import type { FormatInput, Message } from '../connector.ts';
import { sha256 } from './attachments.ts';
import { BUSINESS_CODES, toDialectDate, toDialectTime } from './dialect.ts';
import { filesOf } from './format-files.ts';
import { requestMessage } from './format-request.ts';
import { type AgencyOf, list, maybe, members, needed, object, organisation, text, time } from './format-values.ts';
import {
  DOCUMENT_KIND,
  type EdxmlDocument,
  type EdxmlMessage,
  type EdxmlStatus,
  OTHER_INFO,
  type ResponseFor,
  SIGNER,
  STAFF,
  type Unknown,
} from './message.ts';
import { emptyDocument, writeMessage } from './message-write.ts';
import { writeLines } from './request-lines.ts';

/** XML 1.0 has no place for these characters, escaped or not. */
function speakable(value: Json, pointer: string): void {
  if (typeof value === 'string') {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(value) || !value.isWellFormed()) {
      throw new FormatFault(pointer, {
        vi: 'Có ký tự điều khiển mà XML không cho phép.',
        en: 'It holds a control character that XML does not allow.',
      });
    }
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      speakable(item, `${pointer}/${index}`);
    });
  } else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) speakable(item, `${pointer}/${key}`);
  }
}

const references = (value: Json | undefined): ResponseFor[] =>
  list(value).map((item, index) => {
    const source = object(item);
    return {
      ...maybe('agencyCode', text(source.agencyCode)),
      ...maybe('code', text(source.code)),
      ...maybe('issuedOn', time(source.issuedAt, `/data/responseFor/${index}/issuedAt`, toDialectDate)),
      ...maybe('documentId', text(source.documentId)),
    };
  });

const unknown = (value: Json | undefined): Unknown[] =>
  list(value).flatMap(item => {
    const path = text(object(item).path);
    const content = text(object(item).value);
    const names = path?.split('/').every(name => /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name));
    return path !== undefined && content !== undefined && names ? [{ path, value: content }] : [];
  });

const FROM_ENTITY: ReadonlySet<string> = new Set(
  'from to subject number notation issuedAt place documentType documentTypeCode signer'.split(' '),
);

function documentMessage({ event, entity }: FormatInput, agencyOf: AgencyOf): EdxmlDocument {
  // A recall may name little; what identifies the document to people stands in the entity.
  const before = Object.entries(entity).filter(([key]) => FROM_ENTITY.has(key));
  const data: JsonObject = { ...Object.fromEntries(before), ...event.data };
  const documentId = needed(event.data, 'documentId');
  const own = text(data.messageDocumentId) ?? documentId;
  const change = object(data.change);
  const kind = object(data.documentTypeCode);
  return {
    ...emptyDocument(own),
    from: organisation(data.from, agencyOf),
    to: list(data.to).map(receiver => organisation(receiver, agencyOf)),
    ...maybe('number', text(data.number)),
    ...maybe('notation', text(data.notation)),
    ...maybe('place', text(data.place)),
    ...maybe('issuedOn', time(data.issuedAt, '/data/issuedAt', toDialectDate)),
    documentKind: members({ ...kind, name: data.documentType ?? '' }, DOCUMENT_KIND),
    ...maybe('subject', text(data.subject)),
    ...maybe('content', text(data.content)),
    signer: members(typeof data.signer === 'string' ? { name: data.signer } : data.signer, SIGNER),
    ...maybe('dueOn', time(data.dueAt, '/data/dueAt', toDialectTime)),
    toPlaces: list(data.toPlaces).flatMap(place => text(place) ?? []),
    other: members(data, OTHER_INFO),
    appendixes: [
      ...list(data.appendixes).flatMap(appendix => text(appendix) ?? []),
      ...writeLines({ dossierCode: text(object(data.about).dossierCode) }),
    ],
    responseFor: references(data.responseFor),
    ...maybe('steeringType', text(data.steeringType)),
    trace: list(data.trace).map((item, index) => ({
      ...maybe('agencyCode', text(object(item).agencyCode)),
      ...maybe('at', time(object(item).at, `/data/trace/${index}/at`, toDialectTime)),
    })),
    business: {
      type: BUSINESS_CODES.get(event.type) ?? '0',
      ...maybe('reason', text(data.reason)),
      ...maybe('documentInfo', text(change.documentInfo)),
      ...maybe('documentReceiver', text(change.documentReceiver)),
      receivers: list(change.receivers).map(item => ({
        ...maybe('type', text(object(item).type)),
        ...maybe('agencyCode', text(object(item).agencyCode)),
      })),
      ...maybe(
        'documentId',
        event.type === 'document.sent' || event.type === 'document.replaced' ? undefined : documentId,
      ),
      staff: members(data.staff, STAFF),
      ...maybe('paper', text(change.paper)),
      replaces: list(data.replaces).map(item => ({
        documentId: text(item) ?? text(object(item).documentId) ?? '',
        agencyCodes: list(object(item).agencyCodes).flatMap(code => text(code) ?? []),
      })),
    },
    attachments: filesOf(event.data.files, documentId),
    unknown: unknown(data.unknown),
  };
}

function statusMessage({ event }: FormatInput, agencyOf: AgencyOf): EdxmlStatus {
  const { data } = event;
  const [about] = references(data.responseFor === undefined ? [] : [data.responseFor]);
  const from = organisation({ ...object(data.from), agencyCode: needed(data, 'agencyCode') }, agencyOf);
  return {
    kind: 'status',
    responseFor: { ...about, documentId: needed(data, 'documentId') },
    from,
    statusCode: needed(data, 'status'),
    ...maybe('description', text(data.description) ?? text(data.reason)),
    ...maybe('at', time(data.at ?? event.time, '/data/at', toDialectTime)),
    staff: members(data.staff, STAFF),
    unknown: unknown(data.unknown),
    headerPlace: '1:1',
  };
}

function messageFor(input: FormatInput, agencyOf: AgencyOf): EdxmlMessage | undefined {
  const { type } = input.event;
  if (type === 'document.status-changed') return statusMessage(input, agencyOf);
  if (BUSINESS_CODES.has(type)) return documentMessage(input, agencyOf);
  if (type === 'approval.requested' || type === 'opinion.requested') return requestMessage(input, agencyOf);
  return undefined;
}

/** Types that have an edXML form. */
export const FORMATS: readonly string[] = [
  ...BUSINESS_CODES.keys(),
  'document.status-changed',
  'approval.requested',
  'opinion.requested',
];

/**
 * One event as an edXML message to be posted; payload `{xml}`.
 * @throws FormatFault naming the member that is missing or cannot be said in XML
 */
export function formatMessage(input: FormatInput, agencyOf: AgencyOf): Message {
  speakable(input.event.data, '/data');
  const message = messageFor(input, agencyOf);
  if (message === undefined) {
    throw new FormatFault('/type', {
      vi: `Hệ thống văn bản không nhận loại ${input.event.type}.`,
      en: `The document system takes no ${input.event.type}.`,
    });
  }
  const xml = writeMessage(message);
  const code = message.kind === 'status' ? (message.responseFor.documentId ?? '') : message.documentId;
  const expect: JsonObject = { sha256: sha256(xml) };
  if (message.kind === 'status') expect.statusCode = message.statusCode;
  else expect.businessType = message.business.type;
  return { operation: 'POST /api/edoc', payload: { xml }, ref: { kind: 'document', code, expect } };
}
