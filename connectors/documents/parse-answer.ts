/**
 * The answer to a request of ours → approval.given or opinion.given.
 */
import type { GatewayEvent, JsonObject } from '../../src/domain/words.ts';
import { toIsoDate } from './dialect.ts';
import { type Around, compact, event, file, lastTrace, organisation, timeOf } from './event-parts.ts';
import { eventId, type RequestKey } from './ids.ts';
import type { EdxmlDocument } from './message.ts';
import { actOf, decisionOf, readLines } from './request-lines.ts';

/** An answer to one of our requests; undefined where the document does not say what was decided. */
export function answerEvent(document: EdxmlDocument, request: RequestKey, around: Around): GatewayEvent | undefined {
  const { lines } = readLines(document.appendixes);
  const opinion = request.act === 'opinion';
  const decision = decisionOf(lines.decision ?? '');
  if (opinion ? document.content === undefined : decision === undefined) return undefined;
  const at = lastTrace(document);
  const time = timeOf(at, document.issuedOn, around);
  const name = document.signer.name ?? document.business.staff.name;
  const officer = name === undefined ? undefined : compact({ id: lines.officerId, name });
  const files = document.attachments.map(file);
  const data: JsonObject = {
    about: { ...request.about },
    unitCode: request.unitCode,
    ...(opinion ? { text: document.content ?? '' } : { decision: decision ?? '' }),
    ...compact({
      inReplyTo: request.requestId,
      act: actOf(lines.act ?? '') ?? request.act,
      officer,
      post: lines.post,
      at: time.time,
      document: compact({
        documentId: document.documentId,
        number: document.number,
        notation: document.notation,
        issuedAt: document.issuedOn === undefined ? undefined : toIsoDate(document.issuedOn),
      }),
      signer: compact({ ...document.signer }),
      reason: document.business.reason,
      subject: document.subject,
      text: opinion ? undefined : document.content,
      from: organisation(document.from, around),
      signature: lines.signature,
      signedFiles: opinion ? undefined : files.map(item => ({ ...item, signed: true })),
      files: opinion ? files : undefined,
    }),
  };
  const id = around.messageId ?? eventId(['answer', document.documentId, document.from.agencyCode, request.requestId]);
  const subject = 'dossierCode' in request.about ? request.about.dossierCode : request.about.documentId;
  return event(around, opinion ? 'opinion.given' : 'approval.given', id, subject, time, data);
}
