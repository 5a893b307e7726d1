/**
 * Rights and posts as the document system reports them: a small JSON form of ours, since edXML has none (a proposal).
 * `{suKien, id?, canBo {ma, hoTen}, donVi, chucDanh, viTri?, quyen?, linhVuc?, kyThay?, tuNgay, denNgay?, vanBan? {so, ngay,
 * nguoiKy} | canCu?, thoiDiem?}`; dates `yyyy/MM/dd` or with a time, UTC+7. `canBo.thuDienTu` is the official address. A list of such reports
 * (the state of all accounts, say) may come as one array.
 */
import { type Fault, InputFault } from '../../src/domain/errors.ts';
import type { GatewayEvent, Json, JsonObject } from '../../src/domain/words.ts';
import { sha256 } from './attachments.ts';
import { isDialectTime, toIsoDate, toIsoTime } from './dialect.ts';
import { compact } from './event-parts.ts';
import { eventId } from './ids.ts';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['quyen.cap', 'right.granted'],
  ['quyen.thu', 'right.revoked'],
  ['vi-tri.giao', 'post.assigned'],
  ['vi-tri.thoi', 'post.ended'],
]);

/** Most reports of one list. */
const MOST = 1_000;

/** One report or a list of them → their events, all or none. Throws InputFault as below, with the place in the list. */
export function rightEvents(
  json: Json | undefined,
  around: { source: string; receivedAt: Date; messageId?: string },
): GatewayEvent[] {
  if (!Array.isArray(json)) return [rightEvent(json, around)];
  if (json.length === 0 || json.length > MOST) {
    const detail = { vi: `Danh sách cần từ 1 đến ${MOST} mục.`, en: `A list holds 1 to ${MOST} reports.` };
    throw new InputFault('invalid-input', 422, detail, { faults: [{ pointer: '', code: 'length', detail }] });
  }
  const { messageId } = around;
  return json.map((item, place) => {
    try {
      return rightEvent(item, messageId === undefined ? around : { ...around, messageId: `${messageId}.${place}` });
    } catch (error) {
      if (!(error instanceof InputFault)) throw error;
      const faults = error.faults.map(fault => ({ ...fault, pointer: `/${place}${fault.pointer}` }));
      throw new InputFault(error.code, error.status, error.text, { faults });
    }
  });
}

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Reads members one by one and collects every fault with its pointer. */
function reader(root: JsonObject) {
  const faults: Fault[] = [];
  const at = (path: string): Json | undefined =>
    path.split('.').reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), root);
  const add = (path: string, code: string, vi: string, en: string): void => {
    faults.push({ pointer: `/${path.replaceAll('.', '/')}`, code, detail: { vi, en } });
  };
  const optional = (path: string): string | undefined => {
    const value = at(path);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    add(path, 'type', 'Phải là chuỗi ký tự.', 'Must be text.');
    return undefined;
  };
  const required = (path: string): string => {
    const value = optional(path);
    if (value === undefined) add(path, 'required', 'Thiếu trường bắt buộc.', 'A required member is missing.');
    return value ?? '';
  };
  const date = (path: string, needed: boolean): string | undefined => {
    const value = needed ? required(path) : optional(path);
    if (!value) return undefined;
    if (isDialectTime(value)) return value;
    add(path, 'date', 'Phải là ngày dạng yyyy/MM/dd.', 'Must be a date like yyyy/MM/dd.');
    return undefined;
  };
  return { faults, add, optional, required, date };
}

/**
 * One report of a right or a post → its event.
 * @param source id of the system
 * @throws InputFault naming every fault with its JSON pointer
 */
function rightEvent(
  json: Json | undefined,
  around: { source: string; receivedAt: Date; messageId?: string },
): GatewayEvent {
  const { faults, add, optional, required, date } = reader(isObject(json) ? json : {});
  const type = TYPES.get(required('suKien'));
  if (type === undefined) {
    add('suKien', 'enum', 'Một trong: quyen.cap, quyen.thu, vi-tri.giao, vi-tri.thoi.', 'One of the four known words.');
  }
  const officer = compact({
    id: required('canBo.ma'),
    name: required('canBo.hoTen'),
    email: optional('canBo.thuDienTu'),
  });
  const unitCode = required('donVi');
  const post = required('chucDanh');
  const right = type?.startsWith('right.') ? required('quyen') : optional('quyen');
  const from = date('tuNgay', true);
  const to = date('denNgay', false);
  const at = date('thoiDiem', false);
  const issued = date('vanBan.ngay', false);
  const document = compact({
    number: optional('vanBan.so'),
    date: issued === undefined ? undefined : toIsoDate(issued),
    signer: optional('vanBan.nguoiKy'),
  });
  const legalBasis = optional('canCu');
  if (Object.keys(document).length === 0 && legalBasis === undefined) {
    add('vanBan', 'required', 'Cần văn bản (vanBan) hoặc căn cứ (canCu).', 'vanBan or canCu is needed.');
  }
  const data = compact({
    officer,
    post,
    unitCode,
    from: from === undefined ? undefined : toIsoDate(from),
    to: to === undefined ? undefined : toIsoDate(to),
    seat: optional('viTri'),
    right,
    field: optional('linhVuc'),
    signAs: optional('kyThay'),
    system: around.source,
    document,
    legalBasis,
  });
  if (type === undefined || faults.length > 0) {
    throw new InputFault(
      'invalid-input',
      422,
      { vi: 'Thông báo quyền, vị trí công tác không hợp lệ.', en: 'The report of a right or post is not valid.' },
      { faults },
    );
  }
  const id =
    around.messageId ??
    eventId(['quyen', optional('id') ?? sha256(JSON.stringify([type, data])), at, optional('suKien')]);
  return {
    specversion: '1.0',
    id,
    source: around.source,
    type,
    subject: optional('viTri') ?? `${unitCode}/${post}`,
    ...(at === undefined ? { time: around.receivedAt.toISOString(), timeassumed: true } : { time: toIsoTime(at) }),
    datacontenttype: 'application/json',
    data,
  };
}
