/**
 * A request for approval or opinion → a document that people can read and whose answer names it (README: how requests travel).
 */
import { FormatFault } from '../../src/domain/errors.ts';
import type { FormatInput } from '../connector.ts';
import { toDialectDate, toDialectTime } from './dialect.ts';
import { filesOf } from './format-files.ts';
import { type AgencyOf, list, maybe, needed, object, organisation, text, time } from './format-values.ts';
import { requestDocumentId } from './ids.ts';
import type { EdxmlDocument, Organisation } from './message.ts';
import { emptyDocument } from './message-write.ts';
import { ACTS, writeLines } from './request-lines.ts';

/** Longest DocumentId that a status about the request can name again (schemas/events: documentId). */
const LONGEST_ID = 200;

/** A request for approval or opinion as a document that its receivers can read and answer (README: the form of requests). */
export function requestMessage({ event, entity, book, codes }: FormatInput, agencyOf: AgencyOf): EdxmlDocument {
  const { data } = event;
  const about = object(data.about);
  const dossierCode = text(about.dossierCode);
  const documentId = text(about.documentId);
  if (dossierCode === undefined && documentId === undefined) {
    throw new FormatFault('/data/about', { vi: 'Thiếu mã hồ sơ hoặc mã văn bản.', en: 'No dossier or document code.' });
  }
  const unitCode = needed(data, 'unitCode');
  const act = text(data.act) ?? (event.type === 'opinion.requested' ? 'opinion' : 'approve');
  const requestId = text(data.requestId) ?? event.id;
  const procedureCode = text(data.procedureCode) ?? text(entity.procedureCode);
  const procedure = procedureCode === undefined ? undefined : book.procedure(procedureCode);
  const verb = ACTS.get(act) ?? act;
  const name = book.unitName(unitCode);
  const unit: Organisation = {
    agencyCode: agencyOf(unitCode) ?? book.encode('documents/agency', unitCode) ?? unitCode,
    ...maybe('name', name === undefined ? undefined : `UBND ${name}`),
  };
  const what = dossierCode === undefined ? `văn bản ${documentId}` : `hồ sơ ${dossierCode}`;
  const receivers = list(data.to).map(receiver => organisation(receiver, agencyOf));
  const others = codes.filter(item => item.code !== dossierCode).map(item => `Số khác của hồ sơ: ${item.code}`);
  const actor = object(data.actor);
  const key = dossierCode === undefined ? { documentId: documentId ?? '' } : { dossierCode };
  const id = requestDocumentId({ act, unitCode, requestId, about: key });
  if (id.length > LONGEST_ID) {
    throw new FormatFault('/data/requestId', {
      vi: 'Mã đề nghị và mã hồ sơ quá dài cho DocumentId.',
      en: 'The ids of request and dossier are too long for a DocumentId.',
    });
  }
  return {
    ...emptyDocument(id),
    from: unit,
    to: receivers.length > 0 ? receivers : [unit],
    documentKind: { name: act === 'opinion' ? 'Công văn' : 'Tờ trình' },
    subject: text(data.subject) ?? `Đề nghị ${verb}: ${what}`,
    ...maybe('content', text(data.content) ?? text(data.summary) ?? procedure?.name),
    ...maybe('dueOn', time(data.dueAt, '/data/dueAt', toDialectDate)),
    other: { priority: text(data.priority) ?? '0' },
    appendixes: [
      ...writeLines({
        dossierCode,
        documentId,
        requestId,
        act: verb,
        unitCode,
        procedureCode,
        post: text(data.post),
      }),
      ...others,
    ],
    steeringType: text(data.steeringType) ?? '1',
    trace: [{ ...maybe('agencyCode', unit.agencyCode), ...maybe('at', toDialectTime(event.time)) }],
    business: {
      type: '0',
      receivers: [],
      staff: { ...maybe('department', text(actor.department)), ...maybe('name', text(actor.name)) },
      replaces: [],
    },
    attachments: filesOf(data.files, id),
  };
}
