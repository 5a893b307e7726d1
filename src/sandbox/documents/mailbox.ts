/**
 * What the simulated document system keeps: messages waiting for the gateway, documents, requests for a signature.
 * All of it lies in the frame's store, so it survives a kill.
 */
import { sha256 } from '../../../connectors/documents/attachments.ts';
import { toDialectTime } from '../../../connectors/documents/dialect.ts';
import type { EdxmlMessage } from '../../../connectors/documents/message.ts';
import { writeMessage } from '../../../connectors/documents/message-write.ts';
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';

/** Collections of the store. */
export const KEPT = {
  /** Everything that ever stood in the received list, with the XML. */
  messages: 'messages',
  documents: 'documents',
  /** What the gateway sent here, one record a call that took effect. */
  sent: 'sent',
  requests: 'requests',
  rights: 'rights',
  /** Answers to be given by themselves to requests that are still to come. */
  standing: 'standing',
} as const;

/** A time as the dialect writes it, now or at the RFC 3339 time given. */
export function stamp(box: Box, at?: string): string {
  return toDialectTime(at ?? box.now().toISOString()) ?? toDialectTime(box.now().toISOString()) ?? '';
}

const id = (prefix: string, number: number): string => `${prefix}-${String(number).padStart(8, '0')}`;

/** Puts a message where the gateway pulls it from; `state: filed` keeps it out of the list. Returns the message's id. */
export function keepMessage(
  box: Box,
  message: { kind: 'edoc' | 'status'; from: string; to: string; xml: string; secrecy?: string },
  state: 'waiting' | 'filed',
): string {
  const key = id('edoc', box.store.next(KEPT.messages));
  box.store.put(KEPT.messages, key, { id: key, ...message, state, createdAt: stamp(box) });
  return key;
}

/** What the system knows of one document; `copies` counts how often the same one was sent here. */
export function fileDocument(box: Box, message: EdxmlMessage, messageId: string, origin: 'own' | 'gateway'): void {
  if (message.kind === 'status') return;
  const earlier =
    message.business.type === '1' || message.business.type === '2' ? message.business.documentId : undefined;
  const documentId = earlier ?? message.documentId;
  const known = box.store.get(KEPT.documents, documentId);
  box.store.put(KEPT.documents, documentId, {
    ...known,
    documentId,
    id: messageId,
    origin,
    businessType: message.business.type,
    subject: message.subject ?? '',
    from: message.from.agencyCode ?? '',
    to: message.to.flatMap(receiver => receiver.agencyCode ?? []),
    ...(message.number === undefined ? {} : { number: message.number }),
    ...(message.notation === undefined ? {} : { notation: message.notation }),
    status: known?.status ?? (origin === 'gateway' ? '01' : ''),
    copies: known?.businessType === message.business.type && origin === 'gateway' ? Number(known.copies ?? 1) + 1 : 1,
    changedAt: stamp(box),
  });
}

/** Records a status of a document; false when the system has no such document. */
export function setStatus(box: Box, documentId: string, status: string, agencyCode: string): boolean {
  const known = box.store.get(KEPT.documents, documentId);
  if (!known) return false;
  const history = Array.isArray(known.statuses) ? known.statuses : [];
  const statuses = [...history, { status, agencyCode, at: stamp(box) }];
  box.store.put(KEPT.documents, documentId, { ...known, status, statuses, changedAt: stamp(box) });
  return true;
}

/** A message of the system's own: filed, and put before the gateway unless `silent`. Returns the message's id. */
export function publish(box: Box, message: EdxmlMessage, silent: boolean, secrecy?: string): string {
  const xml = writeMessage(message);
  const to = message.kind === 'document' ? (message.to[0]?.agencyCode ?? '') : (message.responseFor.agencyCode ?? '');
  const messageId = keepMessage(
    box,
    {
      kind: message.kind === 'document' ? 'edoc' : 'status',
      from: message.from.agencyCode ?? '',
      to,
      xml,
      ...(secrecy === undefined ? {} : { secrecy }),
    },
    silent ? 'filed' : 'waiting',
  );
  fileDocument(box, message, messageId, 'own');
  return messageId;
}

/** What the gateway sent, for its look-ups. */
export function recordSent(box: Box, message: EdxmlMessage, body: Buffer, messageId: string): JsonObject {
  const record: JsonObject = {
    id: messageId,
    documentId: message.kind === 'document' ? message.documentId : (message.responseFor.documentId ?? ''),
    ...(message.kind === 'document' ? { businessType: message.business.type } : { statusCode: message.statusCode }),
    sha256: sha256(body),
    createdAt: stamp(box),
  };
  box.store.put(KEPT.sent, messageId, record);
  return record;
}
