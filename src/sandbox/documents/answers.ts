/**
 * Requests for approval or opinion inside the simulator: filed when they arrive, answered by an act or by a standing order,
 * with a document that văn thư numbers and files that carry a simulated signature, marked as such.
 */
import { sha256, stableUuid } from '../../../connectors/documents/attachments.ts';
import { sampleAgencyCode } from '../../../connectors/documents/dialect.ts';
import { requestOf } from '../../../connectors/documents/ids.ts';
import type { Attachment, EdxmlDocument } from '../../../connectors/documents/message.ts';
import { readMessage } from '../../../connectors/documents/message-read.ts';
import { emptyDocument } from '../../../connectors/documents/message-write.ts';
import { ACTS, DECISIONS, readLines, writeLines } from '../../../connectors/documents/request-lines.ts';
import { InputFault } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/words.ts';
import type { Act, Box } from '../box.ts';
import { KEPT, publish, stamp } from './mailbox.ts';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Files a request that the gateway sent; a second copy of it changes nothing. */
export function fileRequest(box: Box, document: EdxmlDocument, messageId: string): void {
  const key = requestOf(document.documentId);
  if (!key || box.store.get(KEPT.requests, key.requestId)) return;
  const request: JsonObject = {
    ...key,
    about: { ...key.about },
    documentId: document.documentId,
    messageId,
    state: 'open',
    subject: document.subject ?? '',
    receivedAt: stamp(box),
  };
  box.store.put(KEPT.requests, key.requestId, request);
  const order = box.store.list(KEPT.standing).find(item => fits(item, request));
  if (!order) return;
  if (order.always !== true) box.store.delete(KEPT.standing, String(order.key));
  answer(box, request, { ...(order.act as JsonObject), do: String(order.do), count: 1, silent: false });
}

/** Code of the dossier or document that a request is about. */
function codeOf(request: JsonObject): string {
  const about = request.about as JsonObject;
  return String(about.dossierCode ?? about.documentId ?? '');
}

/** Is this request one that the act (or standing order) means? */
function fits(wanted: JsonObject | Act, request: JsonObject): boolean {
  const opinion = request.act === 'opinion';
  if ((wanted.do === 'give-opinion') !== opinion) return false;
  return (
    (text(wanted.requestId) ?? request.requestId) === request.requestId &&
    (text(wanted.code) ?? codeOf(request)) === codeOf(request) &&
    (text(wanted.unitCode) ?? request.unitCode) === request.unitCode
  );
}

/** The officer who answers: as the act says, else who was granted the right last, else a made-up one. */
function officerOf(box: Box, unitCode: string, act: Act): { id: string; name: string; post: string } {
  const given = act.officer as JsonObject | string | undefined;
  const named: JsonObject = typeof given === 'object' && given !== null ? given : { name: given ?? '' };
  const right = box.store
    .list(KEPT.rights)
    .filter(item => item.donVi === unitCode && ['approve', 'sign', 'opinion'].includes(String(item.quyen)))
    .at(-1);
  const holder = right?.canBo as JsonObject | undefined;
  return {
    id: text(named.id) ?? text(holder?.ma) ?? `CB-MAU-${unitCode}`,
    name: text(named.name) ?? text(holder?.hoTen) ?? 'Nguyễn Văn Mẫu',
    post: text(act.post) ?? text(right?.chucDanh) ?? 'chu-tich',
  };
}

const POSITIONS: ReadonlyMap<string, string> = new Map([
  ['chu-tich', 'Chủ tịch UBND'],
  ['pho-chu-tich', 'Phó Chủ tịch UBND'],
]);

/** A signature that nobody can take for one: text beside the file, which itself stays as it came. */
function simulatedSignature(file: Attachment & { content: Buffer }, signer: string, at: string): Attachment {
  const lines = [
    'CHỮ KÝ SỐ MÔ PHỎNG – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ',
    'SIMULATED SIGNATURE – NO LEGAL EFFECT',
    `Tệp: ${file.name}`,
    `SHA-256: ${sha256(file.content)}`,
    `Người ký: ${signer}`,
    `Thời điểm: ${at}`,
    '',
  ];
  return {
    contentId: `cid:${stableUuid(`${file.contentId}|${at}|signature`)}`,
    name: `${file.name}.chu-ky-mo-phong.txt`,
    mediaType: 'text/plain',
    description: 'Chữ ký số mô phỏng, không có giá trị pháp lý',
    content: Buffer.from(lines.join('\n'), 'utf8'),
  };
}

/** The files of the request, byte for byte; where it had none, a result that says it is a sample. */
function filesToSign(box: Box, request: JsonObject): (Attachment & { content: Buffer })[] {
  const stored = box.store.get(KEPT.messages, String(request.messageId));
  const message = stored ? readMessage(Buffer.from(String(stored.xml), 'utf8')) : undefined;
  const attached = message?.kind === 'document' ? message.attachments : [];
  const files = attached.filter((file): file is Attachment & { content: Buffer } => file.content !== undefined);
  if (files.length > 0) return files;
  const content = Buffer.from(`VĂN BẢN MẪU của hệ thống văn bản mô phỏng\nHồ sơ: ${codeOf(request)}\n`, 'utf8');
  return [
    {
      contentId: `cid:${stableUuid(`${request.requestId}|result`)}`,
      name: 'ket-qua-mau.txt',
      mediaType: 'text/plain',
      content,
    },
  ];
}

/** Vietnamese words of a decision. */
function wordsOf(decision: string): string {
  const words = DECISIONS.get(decision);
  if (words !== undefined) return words;
  throw new InputFault('invalid-request', 400, {
    vi: 'decision là approved, refused hoặc returned.',
    en: 'decision is approved, refused or returned.',
  });
}

/** Answers one request and puts the answer before the gateway. */
function answer(box: Box, request: JsonObject, act: Act): JsonObject {
  const unitCode = String(request.unitCode);
  const opinion = request.act === 'opinion';
  const decision = text(act.decision) ?? 'approved';
  const words = wordsOf(decision);
  const officer = officerOf(box, unitCode, act);
  const at = stamp(box, text(act.at));
  const agency = sampleAgencyCode(unitCode);
  const signs = !opinion && decision === 'approved';
  // Only what is issued gets a number from văn thư; initials and refusals go back without one.
  const issued = signs && request.act !== 'initial';
  const number = issued ? String(box.store.next(`so-van-ban-${unitCode}`)) : undefined;
  const notation = issued ? (text(act.notation) ?? 'QĐ-UBND') : undefined;
  const documentId = issued
    ? `${agency},${at.slice(0, 10)},${number}/${notation}`
    : `${agency},${at.slice(0, 10)},tra-loi-${box.store.next('tra-loi')}`;
  const files = signs ? filesToSign(box, request) : [];
  const source = box.store.get(KEPT.messages, String(request.messageId));
  const asked = source ? readMessage(Buffer.from(String(source.xml), 'utf8')) : undefined;
  const { lines } = readLines(asked?.kind === 'document' ? asked.appendixes : []);
  const message: EdxmlDocument = {
    ...emptyDocument(documentId),
    from: { agencyCode: agency, name: 'Cơ quan mẫu của hệ thống văn bản mô phỏng' },
    to: [{ agencyCode: String(source?.from ?? agency) }],
    ...(number === undefined ? {} : { number }),
    ...(notation === undefined ? {} : { notation }),
    ...(issued ? { issuedOn: at.slice(0, 10) } : {}),
    documentKind: { name: issued ? 'Quyết định' : 'Công văn' },
    subject: text(act.subject) ?? `Trả lời: ${String(request.subject)}`,
    content:
      text(act.text) ??
      (opinion ? 'Thống nhất với đề xuất của đơn vị (ý kiến mẫu).' : `Kết quả: ${words} (hệ thống mô phỏng).`),
    signer: {
      ...(text(act.signAs) === undefined ? {} : { competence: `${text(act.signAs)}.` }),
      position: POSITIONS.get(officer.post) ?? officer.post,
      name: officer.name,
    },
    appendixes: writeLines({
      ...lines,
      requestId: String(request.requestId),
      act: ACTS.get(act.do === 'sign' ? 'sign' : String(request.act)),
      unitCode,
      post: officer.post,
      officerId: officer.id,
      decision: opinion ? undefined : words,
      signature: signs ? 'mô phỏng' : undefined,
    }),
    responseFor: [{ agencyCode: String(source?.from ?? ''), documentId: String(request.documentId) }],
    trace: [{ agencyCode: agency, at }],
    business: {
      type: '0',
      ...(text(act.reason) === undefined ? {} : { reason: String(act.reason) }),
      receivers: [],
      staff: { name: 'Văn thư mẫu' },
      replaces: [],
    },
    attachments: files.flatMap(file => [file, simulatedSignature(file, officer.name, at)]),
  };
  const messageId = publish(box, message, act.silent);
  const answered = { ...request, state: 'answered', decision: opinion ? 'opinion' : decision, answeredBy: documentId };
  box.store.put(KEPT.requests, String(request.requestId), answered);
  return {
    entity: 'approval',
    code: codeOf(request),
    requestId: request.requestId ?? '',
    documentId,
    messageId,
    decision: answered.decision,
    officer: { id: officer.id, name: officer.name },
    files: files.map(file => ({ name: file.name, sha256: sha256(file.content) })),
  };
}

/**
 * `give-approval`, `sign`, `give-opinion`: the newest open request that fits; with `auto: true` the next one that arrives
 * (with `always: true` every one).
 * @throws InputFault `no-open-request` 409 where nothing waits for an answer
 */
export function giveAnswer(box: Box, act: Act): JsonObject {
  wordsOf(text(act.decision) ?? 'approved');
  if (act.auto === true) {
    const key = `tu-dong-${box.store.next(KEPT.standing)}`;
    const wanted = Object.fromEntries(
      ['requestId', 'code', 'unitCode'].flatMap(name => (text(act[name]) ? [[name, String(act[name])]] : [])),
    );
    const { do: name, ...rest } = JSON.parse(JSON.stringify(act)) as JsonObject;
    box.store.put(KEPT.standing, key, { key, do: name ?? '', ...wanted, always: act.always === true, act: rest });
    return { entity: 'approval', code: key, standing: true };
  }
  const open = box.store.list(KEPT.requests).filter(request => request.state === 'open' && fits(act, request));
  const request = open.at(-1);
  if (!request) {
    throw new InputFault('no-open-request', 409, {
      vi: 'Không có đề nghị nào đang chờ trả lời.',
      en: 'No request is waiting for an answer.',
    });
  }
  return answer(box, request, act);
}
