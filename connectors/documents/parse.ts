/**
 * EdxmlMessage → canonical events. What edXML does not say is left out, never guessed: a decision that no line names makes
 * a document, not an approval; a unit stands beside an agency only where its code or the systems file proves it.
 */
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { sha256 } from './attachments.ts';
import { BUSINESS_TYPES, isSecret, toIsoDate, toIsoTime } from './dialect.ts';
import { type Around, compact, event, fault, file, lastTrace, organisation, reference, timeOf } from './event-parts.ts';
import { eventId, requestOf } from './ids.ts';
import type { EdxmlDocument, EdxmlMessage, EdxmlStatus } from './message.ts';
import { answerEvent } from './parse-answer.ts';
import { LINES, readLines, unknownAsData } from './request-lines.ts';

/** Sender and id of a document that is out of the exchange's scope because of its secrecy; undefined for all others. */
export function secretOf(message: EdxmlMessage): { sender: string; documentId: string } | undefined {
  if (message.kind === 'status') return undefined;
  const values = [
    ...Object.values(message.other),
    ...Object.values(message.documentKind),
    ...message.appendixes,
    ...message.unknown.map(item => item.value),
    message.subject,
  ];
  if (!values.some(value => typeof value === 'string' && isSecret(value))) return undefined;
  return { sender: message.from.agencyCode ?? '', documentId: message.documentId };
}

/** A day where the document names a day, a time where it names one. */
const dueAt = (value: string | undefined): string | undefined =>
  value === undefined || value.length > 10 ? value && toIsoTime(value) : toIsoDate(value);

/** All of a document but what makes it an answer. */
function documentData(document: EdxmlDocument, documentId: string, around: Around): JsonObject {
  const { business, other } = document;
  const { lines } = readLines(document.appendixes);
  const rest = document.appendixes.filter(appendix => appendix !== `${LINES.dossierCode}: ${lines.dossierCode}`);
  const answered = document.responseFor.map(item => requestOf(item.documentId ?? '')).find(Boolean);
  const dossierCode =
    lines.dossierCode ?? (answered && 'dossierCode' in answered.about ? answered.about.dossierCode : undefined);
  return {
    documentId,
    from: organisation(document.from, around),
    to: document.to.map(receiver => organisation(receiver, around)),
    subject: document.subject ?? '',
    ...compact({
      messageDocumentId: documentId === document.documentId ? undefined : document.documentId,
      number: document.number,
      notation: document.notation,
      place: document.place,
      issuedAt: document.issuedOn === undefined ? undefined : toIsoDate(document.issuedOn),
      documentType: document.documentKind.name,
      documentTypeCode: compact({ type: document.documentKind.type, detail: document.documentKind.detail }),
      content: document.content,
      signer: compact({ ...document.signer }),
      dueAt: dueAt(document.dueOn),
      toPlaces: document.toPlaces,
      ...other,
      appendixes: rest,
      responseFor: document.responseFor.map(reference),
      steeringType: document.steeringType,
      trace: document.trace.map(item =>
        compact({ agencyCode: item.agencyCode, at: item.at === undefined ? undefined : toIsoTime(item.at) }),
      ),
      reason: business.reason,
      change: compact({
        documentInfo: business.documentInfo,
        documentReceiver: business.documentReceiver,
        receivers: business.receivers.map(item => compact({ ...item })),
        paper: business.paper,
      }),
      staff: compact({ ...business.staff }),
      replaces: business.replaces.map(item => compact({ ...item })),
      files: document.attachments.map(file),
      about: compact({ dossierCode }),
      xmlSigned: document.xmlSigned || undefined,
      unknown: unknownAsData(document.unknown),
    }),
  };
}

function documentEvents(document: EdxmlDocument, around: Around): GatewayEvent[] {
  // Our own request coming back is no news: the document system never makes such an id itself.
  if (requestOf(document.documentId)) return [];
  const type = BUSINESS_TYPES.get(document.business.type);
  if (type === undefined) {
    throw fault(
      document.headerPlace,
      'edxml-business-type',
      `BussinessDocType không rõ: ${document.business.type}.`,
      `Unknown BussinessDocType: ${document.business.type}.`,
    );
  }
  if (document.from.agencyCode === undefined) {
    throw fault(document.headerPlace, 'edxml-from', 'Thiếu From/OrganId.', 'From/OrganId is missing.');
  }
  if (type === 'document.sent') {
    const request = document.responseFor.map(item => requestOf(item.documentId ?? '')).find(Boolean);
    const answer = request && answerEvent(document, request, around);
    if (answer) return [answer];
  }
  const ofEarlier = type === 'document.recalled' || type === 'document.updated';
  const documentId = (ofEarlier ? document.business.documentId : undefined) ?? document.documentId;
  const at = lastTrace(document);
  const data = documentData(document, documentId, around);
  // A document may be updated and recalled more than once: what tells two of them apart is their own time, else the
  // system's own name of the message, else the content.
  const again = type === 'document.sent' ? undefined : (at ?? around.pulled?.id ?? sha256(JSON.stringify(data)));
  const id =
    around.messageId ??
    eventId(['document', document.documentId, document.from.agencyCode, document.business.type, again]);
  return [event(around, type, id, documentId, timeOf(at, document.issuedOn, around), data)];
}

function statusEvent(status: EdxmlStatus, around: Around): GatewayEvent {
  const { documentId } = status.responseFor;
  const { agencyCode } = status.from;
  if (documentId === undefined || agencyCode === undefined) {
    throw fault(
      status.headerPlace,
      'edxml-status',
      'Thiếu ResponseFor/DocumentId hoặc From/OrganId.',
      'ResponseFor/DocumentId or From/OrganId is missing.',
    );
  }
  const time = timeOf(status.at, undefined, around);
  const request = requestOf(documentId);
  // 02 and 16 are refusals: their description is the reason.
  const refusal = status.statusCode === '02' || status.statusCode === '16';
  const data: JsonObject = {
    documentId,
    agencyCode,
    status: status.statusCode,
    statusList: 'edxml',
    ...compact({
      at: time.time,
      description: status.description,
      reason: refusal ? status.description : undefined,
      from: organisation(status.from, around),
      responseFor: reference(status.responseFor),
      staff: compact({ ...status.staff }),
      about: request ? { ...request.about } : undefined,
      unknown: unknownAsData(status.unknown),
    }),
  };
  const again = status.at ?? around.pulled?.id ?? sha256(JSON.stringify(data));
  const id = around.messageId ?? eventId(['status', documentId, agencyCode, status.statusCode, again]);
  return event(around, 'document.status-changed', id, documentId, time, data);
}

/**
 * Events of one message; none for a request of ours that comes back.
 * @throws InputFault where what every event needs is missing
 */
export function eventsOf(message: EdxmlMessage, around: Around): GatewayEvent[] {
  return message.kind === 'document' ? documentEvents(message, around) : [statusEvent(message, around)];
}
