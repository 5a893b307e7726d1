/**
 * The fields of one dossier for DongBoHoSoMC, from the event and the entity beneath it. What the dialect requires and nobody
 * said is a FormatFault: a made-up value would stand in the citizen's record.
 */
import { FormatFault } from '../../src/domain/errors.ts';
import type { JsonObject } from '../../src/domain/words.ts';
import type { FormatInput } from '../connector.ts';
import type { CodeList } from './dialect.ts';
import { LIMITS, LISTS, NATIONAL_STATUSES, toLocalTime } from './dialect.ts';
import type { FormatTools } from './format.ts';
import { objectIn, present, textIn } from './read.ts';

/** The dossier as of this event: what the event says laid over what was known. */
export function merged(input: FormatInput): JsonObject {
  const { entity, event } = input;
  const applicant = { ...objectIn(entity, 'applicant'), ...objectIn(event.data, 'applicant') };
  return { ...entity, ...event.data, ...(Object.keys(applicant).length > 0 ? { applicant } : {}) };
}

/** The national status that goes out: the event's own, for a change of other fields the one the dossier has. */
export function statusFor(input: FormatInput): string {
  const status = textIn(input.event.data, 'status') ?? textIn(input.entity, 'status');
  if (status === undefined || !NATIONAL_STATUSES.has(status)) {
    throw missing('/data/status', 'trạng thái quốc gia của hồ sơ', 'the national status of the dossier');
  }
  return status;
}

/** All fields but the lists. `status` is national; `code` the number the portal knows. Throws FormatFault. */
export function formatDossier(input: FormatInput, tools: FormatTools, code: string, status: string): JsonObject {
  const data = merged(input);
  const kept = objectIn(objectIn(data, 'more') ?? {}, tools.system.id) ?? {};
  const at = textIn(input.event.data, 'at') ?? input.event.time;
  const procedureCode = textIn(data, 'procedureCode');
  if (procedureCode === undefined) throw missing('/data/procedureCode', 'mã thủ tục', 'the code of the procedure');
  const unit = textIn(data, 'unitCode');
  if (unit === undefined) throw missing('/data/unitCode', 'mã xã, phường', 'the code of the commune or ward');
  const channel = textIn(data, 'channel') ?? (data.filedAt === 'national' ? 'online' : undefined);
  if (channel === undefined) throw missing('/data/channel', 'kênh nộp hồ sơ', 'the filing channel');
  const returnMethod = textIn(data, 'returnMethod');
  const fields = present({
    ...kept,
    MaHoSo: code,
    MaTTHC: procedureCode,
    ...procedureFields(input, tools, procedureCode, kept),
    KenhThucHien: encode(input, LISTS.channel, channel, '/data/channel'),
    ...applicantFields(input, tools, objectIn(data, 'applicant') ?? {}),
    TrichYeuHoSo: textIn(data, 'summary'),
    NgayNopHoSo: time(data, 'submittedAt'),
    NgayTiepNhan: receivedAt(data, status, at),
    NgayHenTra: time(data, 'dueAt'),
    TrangThaiHoSo: status,
    NgayTuChoi: status === '3' ? localOr(at, '/data/at') : undefined,
    NgayKetThucXuLy: finishedAt(data, status, at),
    NgayTra: status === '10' ? localOr(at, '/data/at') : undefined,
    // Result by electronic means has no code in this list; the field is optional and stays out.
    HinhThuc:
      returnMethod === undefined || returnMethod === 'online'
        ? undefined
        : encode(input, LISTS.returnMethod, returnMethod, '/data/returnMethod'),
    DonViXuLy: unit,
    GhiChu: reasonOf(input.event.data),
    NoiNopHoSo: encode(
      input,
      LISTS.filedAt,
      textIn(data, 'filedAt') ?? (channel === 'online' ? 'national' : 'local'),
      '/data/filedAt',
    ),
    // The three flags count what is known: without a word of it a dossier is not digitised, verified or paid online.
    HoSoCoThanhPhanSoHoa: flag(data.digitised ?? (Array.isArray(data.files) && data.files.length > 0)),
    TaiKhoanDuocXacThucVoiVNeID: flag(data.accountVerified),
    DuocThanhToanTrucTuyen:
      data.paidOnline === undefined ? (textIn(kept, 'DuocThanhToanTrucTuyen') ?? '0') : flag(data.paidOnline),
  });
  checkLengths(fields);
  return fields;
}

/** Names of the procedure: as the portal gave them with this dossier, else as the catalogue has them. */
function procedureFields(input: FormatInput, tools: FormatTools, code: string, kept: JsonObject): JsonObject {
  const entry = input.book.procedure(code);
  const same = textIn(input.entity, 'procedureCode') === undefined || textIn(input.entity, 'procedureCode') === code;
  const name = (same ? textIn(kept, 'TenTTHC') : undefined) ?? entry?.name;
  const field = (same ? textIn(kept, 'TenLinhVuc') : undefined) ?? entry?.field;
  if (name === undefined || field === undefined) {
    throw missing(
      '/data/procedureCode',
      'tên và lĩnh vực của thủ tục trong danh mục',
      'name and field of the procedure in the catalogue',
    );
  }
  return present({
    TenTTHC: name,
    TenLinhVuc: field,
    // Where nobody here knows the code of the field, client.ts takes it from the portal's own catalogue before it sends.
    MaLinhVuc:
      (same ? textIn(kept, 'MaLinhVuc') : undefined) ??
      input.book.encode('portal/MaLinhVuc', field) ??
      tools.settings.fieldCodes[field],
  });
}

function applicantFields(input: FormatInput, tools: FormatTools, applicant: JsonObject): JsonObject {
  const identity = objectIn(applicant, 'identity') ?? {};
  const number = textIn(applicant, 'identityNumber') ?? textIn(identity, 'number') ?? tools.settings.dummyIdentity;
  if (textIn(applicant, 'kind') === 'anonymous') {
    throw new FormatFault('/data/applicant/kind', {
      vi: 'Hồ sơ ẩn danh (tố cáo) không gửi sang Cổng dịch vụ công.',
      en: 'An anonymous dossier (denunciation) does not go to the portal.',
    });
  }
  if (number === undefined)
    throw missing('/data/applicant/identityNumber', 'số giấy tờ của chủ hồ sơ', "the applicant's identity number");
  const kind = textIn(applicant, 'kind') ?? kindByNumber(textIn(identity, 'type'), number);
  if (kind === undefined) throw missing('/data/applicant/kind', 'loại đối tượng', 'the kind of applicant');
  return present({
    SoGiayToChuHoSo: number,
    ChuHoSo: textIn(applicant, 'name'),
    LoaiDoiTuong: encode(input, LISTS.applicantKind, kind, '/data/applicant/kind'),
    Email: textIn(applicant, 'email'),
    SoDienThoai: textIn(applicant, 'phone'),
  });
}

/** A personal number belongs to a citizen, a tax or business code to an enterprise. */
function kindByNumber(type: string | undefined, number: string): string | undefined {
  if (type === 'tax-code' || type === 'business-code') return 'enterprise';
  return type === 'cccd' || type === 'cmnd' || (type === undefined && /^\d{12}$/.test(number)) ? 'citizen' : undefined;
}

/** Required by the dialect even before reception: then the time of filing stands there. */
function receivedAt(data: JsonObject, status: string, at: string): string {
  const given = time(data, 'receivedAt') ?? (status === '2' ? localOr(at, '/data/at') : time(data, 'submittedAt'));
  if (given === undefined) throw missing('/data/receivedAt', 'ngày tiếp nhận', 'the date of reception');
  return given;
}

function finishedAt(data: JsonObject, status: string, at: string): string | undefined {
  if (status !== '9' && status !== '10') return undefined;
  const signed = textIn(objectIn(data, 'result') ?? {}, 'signedAt');
  if (signed !== undefined) return localOr(signed, '/data/result/signedAt');
  return status === '9' ? localOr(at, '/data/at') : undefined;
}

/** A reason stands under the name its kind of change gives it. */
function reasonOf(data: JsonObject): string | undefined {
  const inside = (member: string): string | undefined => textIn(objectIn(data, member) ?? {}, 'reason');
  return textIn(data, 'reason') ?? inside('closing') ?? inside('pause') ?? inside('reopen');
}

/** A code of the dialect: the vocabulary's where it has the list, else the fixed one. Throws FormatFault for a value without code. */
export function encode(input: FormatInput, list: CodeList, canonical: string, pointer: string): string {
  const code = input.book.encode(list.name, canonical) ?? list.encode[canonical];
  if (code === undefined) {
    throw new FormatFault(pointer, {
      vi: `Giá trị "${canonical}" chưa có mã trong danh mục ${list.name}.`,
      en: `The value "${canonical}" has no code in the list ${list.name}.`,
    });
  }
  return code;
}

function time(data: JsonObject, member: string): string | undefined {
  const given = textIn(data, member);
  return given === undefined ? undefined : localOr(given, `/data/${member}`);
}

/** RFC 3339 → local time, or the fault that says where it stands. */
export function localOr(given: string, pointer: string): string {
  const local = toLocalTime(given);
  if (local === undefined) {
    throw new FormatFault(pointer, {
      vi: 'Thời điểm không đọc được; cần dạng RFC 3339 có múi giờ.',
      en: 'The time cannot be read; RFC 3339 with an offset is needed.',
    });
  }
  return local;
}

function flag(value: unknown): string {
  return value === true ? '1' : '0';
}

/** A FormatFault for what the dialect requires and neither event nor entity says. */
export function missing(pointer: string, vi: string, en: string): FormatFault {
  return new FormatFault(pointer, {
    vi: `Thiếu ${vi}, Cổng dịch vụ công bắt buộc phải có.`,
    en: `The portal requires ${en}, which is missing.`,
  });
}

const CANONICAL_OF: Readonly<Record<string, string>> = {
  TrichYeuHoSo: '/data/summary',
  GhiChu: '/data/reason',
  MaTTHC: '/data/procedureCode',
  NguoiXuLy: '/data/step/actor',
};

/** Refuses what the portal would cut or refuse. Throws FormatFault at the canonical field. */
export function checkLengths(fields: JsonObject): void {
  for (const [field, limit] of Object.entries(LIMITS)) {
    const value = textIn(fields, field);
    if (value === undefined || value.length <= limit) continue;
    throw new FormatFault(CANONICAL_OF[field] ?? '/data/procedureCode', {
      vi: `Dài ${value.length} ký tự, Cổng dịch vụ công chỉ nhận ${limit} (${field}).`,
      en: `${value.length} characters long, the portal takes ${limit} (${field}).`,
    });
  }
}
