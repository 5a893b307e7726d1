/**
 * What users of the simulated document system do besides answering: send documents, report statuses, delete. Everything made up says that it is a sample.
 */
import { stableUuid } from '../../../connectors/documents/attachments.ts';
import { sampleAgencyCode } from '../../../connectors/documents/dialect.ts';
import type { EdxmlDocument } from '../../../connectors/documents/message.ts';
import { emptyDocument } from '../../../connectors/documents/message-write.ts';
import { writeLines } from '../../../connectors/documents/request-lines.ts';
import { InputFault } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/words.ts';
import type { Act, Box } from '../box.ts';
import { giveAnswer } from './answers.ts';
import { KEPT, publish, setStatus, stamp } from './mailbox.ts';
import { RIGHT_WORDS, report } from './people.ts';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const object = (value: unknown): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};

/** H19 is the one agency code of Đồng Nai that has a public source; the communes' are samples. */
const PROVINCE = { agencyCode: 'H19', name: 'UBND Đồng Nai (văn bản mẫu)' };
const DEFAULT_UNIT = '26041';

const absent = (vi: string, en: string): InputFault => new InputFault('not-found', 404, { vi, en });

/** `send-document {unitCode?, about?, subject?, documentId?, business? "1"|"2"|"3", secrecy?, steeringType?, dueAt?}`. */
function sendDocument(box: Box, act: Act): JsonObject {
  const unitCode = act.unitCode ?? DEFAULT_UNIT;
  const at = stamp(box, act.at);
  const business = text(act.business) ?? '0';
  const earlier = business === '0' ? undefined : (text(act.documentId) ?? newestOwn(box));
  const number = String(box.store.next('so-van-ban-tinh'));
  const notation = 'UBND-VP';
  const fresh = `${PROVINCE.agencyCode},${at.slice(0, 10)},${number}/${notation}`;
  const own = business === '0' ? (text(act.documentId) ?? fresh) : business === '3' ? fresh : (earlier ?? fresh);
  const dossierCode = text(act.code) ?? text(object(act.about).dossierCode);
  const secrecy = text(act.secrecy);
  const content = Buffer.from(`Nội dung văn bản mẫu số ${number}/${notation}.\n`, 'utf8');
  const message: EdxmlDocument = {
    ...emptyDocument(own),
    from: PROVINCE,
    to: [{ agencyCode: sampleAgencyCode(unitCode), name: 'Cơ quan mẫu' }],
    number,
    notation,
    place: 'Đồng Nai',
    issuedOn: at.slice(0, 10),
    documentKind: { name: text(act.documentType) ?? 'Công văn' },
    subject: text(act.subject) ?? `Văn bản mẫu số ${number} về phối hợp giải quyết thủ tục hành chính`,
    ...(text(act.content) === undefined ? {} : { content: String(act.content) }),
    signer: { competence: 'TM.', position: 'Chủ tịch', name: 'Trần Thị Mẫu' },
    other: { priority: text(act.priority) ?? '0' },
    appendixes: [...writeLines({ dossierCode }), ...(secrecy === undefined ? [] : [`Độ mật: ${secrecy}`])],
    steeringType: text(act.steeringType) ?? '1',
    ...(text(act.dueAt) === undefined ? {} : { dueOn: stamp(box, String(act.dueAt)) }),
    trace: [{ agencyCode: PROVINCE.agencyCode, at }],
    business: {
      type: business,
      ...(text(act.reason) === undefined ? {} : { reason: String(act.reason) }),
      receivers: [],
      ...(earlier !== undefined && business !== '3' ? { documentId: earlier } : {}),
      staff: { name: 'Văn thư mẫu' },
      replaces: business === '3' && earlier !== undefined ? [{ documentId: earlier, agencyCodes: [] }] : [],
    },
    attachments: [
      { contentId: `cid:${stableUuid(own + at)}`, name: `van-ban-${number}.txt`, mediaType: 'text/plain', content },
    ],
  };
  const messageId = publish(box, message, act.silent, secrecy);
  return { entity: 'document', code: earlier !== undefined && business !== '3' ? earlier : own, messageId, unitCode };
}

function newestOwn(box: Box): string {
  const own = box.store.list(KEPT.documents).filter(item => item.origin === 'own');
  const newest = own.at(-1);
  if (!newest)
    throw absent('Chưa có văn bản nào để thu hồi hoặc cập nhật.', 'There is no document to recall or update.');
  return String(newest.documentId);
}

/** `change-status {documentId?, status?, agencyCode?, description?}`: what a receiver says about a document. */
function changeStatus(box: Box, act: Act): JsonObject {
  const wanted = text(act.documentId) ?? text(act.code);
  const known = wanted === undefined ? box.store.list(KEPT.documents).at(-1) : box.store.get(KEPT.documents, wanted);
  if (!known) throw absent('Không có văn bản này.', 'There is no such document.');
  const documentId = String(known.documentId);
  const status = text(act.status) ?? '03';
  const receivers = Array.isArray(known.to) ? known.to : [];
  const agencyCode =
    text(act.agencyCode) ??
    (act.unitCode ? sampleAgencyCode(act.unitCode) : (text(receivers[0]) ?? PROVINCE.agencyCode));
  setStatus(box, documentId, status, agencyCode);
  const messageId = publish(
    box,
    {
      kind: 'status',
      responseFor: { agencyCode: String(known.from ?? ''), documentId },
      from: { agencyCode, name: 'Cơ quan mẫu' },
      statusCode: status,
      ...(text(act.description) === undefined ? {} : { description: String(act.description) }),
      at: stamp(box, act.at),
      staff: { name: 'Văn thư mẫu' },
      unknown: [],
      headerPlace: '1:1',
    },
    act.silent,
  );
  return { entity: 'document', code: documentId, status, messageId };
}

function deleteDocument(box: Box, act: Act): JsonObject {
  const documentId = text(act.documentId) ?? text(act.code) ?? newestOwn(box);
  if (!box.store.get(KEPT.documents, documentId)) throw absent('Không có văn bản này.', 'There is no such document.');
  box.store.delete(KEPT.documents, documentId);
  return { entity: 'document', code: documentId, deleted: true };
}

/** Acts this system knows. */
export const ACT_NAMES: readonly string[] = [
  'send-document',
  'give-approval',
  'sign',
  'give-opinion',
  'change-status',
  ...RIGHT_WORDS.keys(),
  'delete',
];

/** Does one act; undefined for one that this system does not know (a commune asks for approval, not this system). */
export function doAct(box: Box, act: Act): JsonObject | undefined {
  const word = RIGHT_WORDS.get(act.do);
  if (word !== undefined) return report(box, act, word);
  switch (act.do) {
    case 'send-document':
      return sendDocument(box, act);
    case 'give-approval':
    case 'sign':
    case 'give-opinion':
      return giveAnswer(box, act);
    case 'change-status':
      return changeStatus(box, act);
    case 'delete':
      return deleteDocument(box, act);
    default:
      return undefined;
  }
}
