/**
 * One dossier of DongBoHoSoMC or TraCuuHoSo → canonical data. Fields without a canonical name are kept in `more.<system>`.
 */
import type { Fault } from '../../src/domain/errors.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import type { CodeList } from './dialect.ts';
import { fromLocalTime, LISTS, NATIONAL_STATUSES } from './dialect.ts';
import { objectsIn, present, textIn } from './read.ts';
import { readResultNote } from './result-note.ts';

/** A dossier read: its canonical parts, apart because they go into different events. */
export interface ReadDossier {
  code: string;
  unitCode: string | undefined;
  procedureCode: string | undefined;
  status: string;
  /** What belongs to the dossier itself: applicant, channel, dates, files … with `more`. */
  content: JsonObject;
  /** What belongs to its present status: reason, supplement. */
  statusParts: JsonObject;
  /** Result papers, where there are any. */
  result: JsonObject | undefined;
  /** When it last changed there, RFC 3339; undefined where the message has no time for its status. */
  changedAt: string | undefined;
}

/** The date that belongs to a status. */
const STATUS_TIME: Readonly<Record<string, string>> = {
  1: 'NgayNopHoSo',
  2: 'NgayTiepNhan',
  3: 'NgayTuChoi',
  9: 'NgayKetThucXuLy',
  10: 'NgayTra',
};

/** Fields that have a canonical name, or that only steer the message; all others go to `more`. */
const KNOWN = new Set(
  (
    'MaHoSo MaTTHC KenhThucHien SoGiayToChuHoSo ChuHoSo LoaiDoiTuong Email SoDienThoai TrichYeuHoSo NgayTiepNhan NgayHenTra ' +
    'TrangThaiHoSo HinhThuc NgayKetThucXuLy NgayTra NgayTuChoi DonViXuLy GhiChu NgayNopHoSo NoiNopHoSo ' +
    'HoSoCoThanhPhanSoHoa TaiKhoanDuocXacThucVoiVNeID DuocThanhToanTrucTuyen TaiLieuNop DanhSachLePhi DanhSachHoSoBoSung ' +
    'DanhSachGiayToKetQua ThongTinTra NgayCapNhat LoaiCapNhat DanhSachTienDo'
  ).split(' '),
);

/**
 * Reads one dossier that the schema found well formed.
 * Faults of its codes are added to `faults` with pointers below `pointer`; `more` is kept under the system's id.
 */
export function readDossier(
  item: JsonObject,
  pointer: string,
  systemId: string,
  statusList: string,
  faults: Fault[],
): ReadDossier {
  const more: JsonObject = {};
  const code = (field: string, list: CodeList): string | undefined => {
    const given = textIn(item, field);
    if (given === undefined) return undefined;
    const value = list.decode[given];
    if (value === undefined) faults.push(unknownCode(`${pointer}/${field}`, given));
    return value;
  };
  const time = (field: string): string | undefined => fromLocalTime(textIn(item, field) ?? '');
  const flag = (field: string): boolean | undefined => {
    const given = textIn(item, field);
    if (given === '0' || given === '1') return given === '1';
    // 3 was seen for DuocThanhToanTrucTuyen; its meaning is not known, so it is passed on as it is.
    if (given !== undefined) more[field] = given;
    return undefined;
  };

  const status = textIn(item, 'TrangThaiHoSo') ?? '';
  if (statusList === 'national' && !NATIONAL_STATUSES.has(status)) {
    faults.push({
      pointer: `${pointer}/TrangThaiHoSo`,
      code: 'unknown-status',
      detail: {
        vi: `Trạng thái ${status} không có trong danh mục quốc gia (1–10).`,
        en: `Status ${status} is not in the national list (1–10).`,
      },
    });
  }
  const content = present({
    channel: code('KenhThucHien', LISTS.channel),
    applicant: applicantOf(item, code('LoaiDoiTuong', LISTS.applicantKind)),
    summary: textIn(item, 'TrichYeuHoSo'),
    submittedAt: time('NgayNopHoSo'),
    receivedAt: time('NgayTiepNhan'),
    dueAt: time('NgayHenTra'),
    returnMethod: code('HinhThuc', LISTS.returnMethod),
    filedAt: code('NoiNopHoSo', LISTS.filedAt),
    digitised: flag('HoSoCoThanhPhanSoHoa'),
    accountVerified: flag('TaiKhoanDuocXacThucVoiVNeID'),
    paidOnline: flag('DuocThanhToanTrucTuyen'),
    files: listOf(item, 'TaiLieuNop', (file, index) => submittedFile(file, index, systemId)),
    fees: listOf(item, 'DanhSachLePhi', (fee, index) =>
      feeOf(fee, `${pointer}/DanhSachLePhi/${index}`, systemId, faults),
    ),
  });
  for (const [field, value] of Object.entries(item)) if (!KNOWN.has(field)) more[field] = value;
  const rounds = objectsIn(item, 'DanhSachHoSoBoSung');
  if (rounds.length > 1) more.DanhSachHoSoBoSung = rounds;
  const papers = objectsIn(item, 'DanhSachGiayToKetQua');
  const note = textIn(item, 'ThongTinTra');
  if (papers.length === 0 && note !== undefined) more.ThongTinTra = note;

  const desk = textIn(item, 'DonViXuLy');
  const unitCode = desk === undefined ? undefined : unitIn(desk);
  if (desk !== undefined && desk !== unitCode) more.DonViXuLy = desk;

  const given = textIn(item, 'MaTTHC');
  // Provinces add their agency to the national code (`1.001193.000.00.00.H19`): the code is the first part.
  const procedureCode = given === undefined ? undefined : (/^\d\.\d{6}(?=\.|$)/.exec(given)?.[0] ?? given);
  if (given !== procedureCode && given !== undefined) more.MaTTHC = given;
  if (Object.keys(more).length > 0) content.more = { [systemId]: more };
  return {
    code: textIn(item, 'MaHoSo') ?? '',
    unitCode,
    procedureCode,
    status,
    content,
    statusParts: present({
      reason: textIn(item, 'GhiChu'),
      supplement: status === '5' ? supplementOf(rounds.at(-1)) : undefined,
    }),
    result: papers.length === 0 ? undefined : resultOf(item, papers, note),
    changedAt: time('NgayCapNhat') ?? time(STATUS_TIME[status] ?? ''),
  };
}

/** DonViXuLy is a code, or a code with the name behind it (`26041 - Phường Trấn Biên`); a name alone names no unit. */
export function unitIn(desk: string): string | undefined {
  return /^[!-~]+$/.test(desk) ? desk : /^\d{5}(?=\D)/.exec(desk)?.[0];
}

/** A fault for a code that its list lacks. */
export function unknownCode(pointer: string, given: string): Fault {
  return {
    pointer,
    code: 'unknown-code',
    detail: {
      vi: `Mã ${given} không có trong danh mục của trường này.`,
      en: `Code ${given} is not in the list of this field.`,
    },
  };
}

function listOf(
  item: JsonObject,
  field: string,
  read: (entry: JsonObject, index: number) => JsonObject,
): Json | undefined {
  const entries = objectsIn(item, field);
  return entries.length === 0 ? undefined : entries.map(read);
}

function applicantOf(item: JsonObject, kind: string | undefined): JsonObject | undefined {
  const number = textIn(item, 'SoGiayToChuHoSo');
  const taxpayer = kind === 'enterprise' && number !== undefined;
  const applicant = present({
    kind,
    name: textIn(item, 'ChuHoSo'),
    identityNumber: taxpayer ? undefined : number,
    identity: taxpayer ? { type: 'tax-code', number } : undefined,
    phone: textIn(item, 'SoDienThoai'),
    email: textIn(item, 'Email'),
  });
  return Object.keys(applicant).length === 0 ? undefined : applicant;
}

/** The members that `taken` does not name, under the system's id. */
function rest(entry: JsonObject, taken: string[], systemId: string): JsonObject | undefined {
  const left = Object.fromEntries(Object.entries(entry).filter(([field]) => !taken.includes(field)));
  return Object.keys(left).length === 0 ? undefined : { [systemId]: left };
}

function submittedFile(file: JsonObject, index: number, systemId: string): JsonObject {
  return present({
    id: textIn(file, 'TepDinhKemId') ?? String(index + 1),
    name: textIn(file, 'TenTepDinhKem'),
    url: textIn(file, 'DuongDanTaiTepTin'),
    component: textIn(file, 'MaThanhPhanHoSo'),
    deleted: file.IsDeleted === true ? true : undefined,
    more: rest(file, ['TepDinhKemId', 'TenTepDinhKem', 'DuongDanTaiTepTin', 'MaThanhPhanHoSo', 'IsDeleted'], systemId),
  });
}

function feeOf(fee: JsonObject, pointer: string, systemId: string, faults: Fault[]): JsonObject {
  const code = (field: string, list: CodeList): string | undefined => {
    const given = textIn(fee, field);
    if (given !== undefined && list.decode[given] === undefined) faults.push(unknownCode(`${pointer}/${field}`, given));
    return given === undefined ? undefined : list.decode[given];
  };
  return present({
    code: textIn(fee, 'MaPhiLePhi'),
    name: textIn(fee, 'TenPhiLePhi'),
    amount: Number(fee.Gia),
    takenAt: code('HinhThucThu', LISTS.feeTaken),
    kind: code('LoaiPhiLePhi', LISTS.feeKind),
    more: rest(fee, ['MaPhiLePhi', 'TenPhiLePhi', 'Gia', 'HinhThucThu', 'LoaiPhiLePhi'], systemId),
  });
}

function supplementOf(round: JsonObject | undefined): JsonObject | undefined {
  if (round === undefined) return undefined;
  return present({
    round: Number(round.HoSoBoSungId ?? 1),
    content: textIn(round, 'NoiDungBoSung'),
    papers: objectsIn(round, 'DanhSachGiayToBoSung').map(paper => textIn(paper, 'TenGiayTo') ?? ''),
    requestedBy: textIn(round, 'NguoiYeuCauBoSung'),
    requestedAt: fromLocalTime(textIn(round, 'NgayBoSung') ?? ''),
  });
}

/** Where no note names number, date and signer, the paper's own code and the end of processing stand for the first two. */
function resultOf(item: JsonObject, papers: JsonObject[], note: string | undefined): JsonObject {
  const said = readResultNote(note);
  const first = papers[0] ?? {};
  return present({
    number: said.number ?? textIn(first, 'MaGiayToKetQua') ?? textIn(first, 'GiayToId'),
    signedAt: said.signedAt ?? fromLocalTime(textIn(item, 'NgayKetThucXuLy') ?? ''),
    signer: said.signer,
    note: said.number === undefined ? note : undefined,
    files: papers.map((paper, index) =>
      present({
        id: textIn(paper, 'GiayToId') ?? String(index + 1),
        name: textIn(paper, 'TenGiayTo'),
        url: textIn(paper, 'DuongDanTepTinKetQua'),
        component: textIn(paper, 'MaThanhPhanHoSo'),
      }),
    ),
  });
}
