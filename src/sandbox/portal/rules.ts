/**
 * What the simulated portal checks before it takes a dossier or a step: required fields, codes, times, lengths.
 */
import type { JsonObject } from '../../domain/words.ts';
import { isStamp } from './clock.ts';

const REQUIRED = (
  'MaHoSo MaTTHC TenTTHC MaLinhVuc TenLinhVuc KenhThucHien SoGiayToChuHoSo LoaiDoiTuong NgayTiepNhan TrangThaiHoSo ' +
  'DonViXuLy NoiNopHoSo HoSoCoThanhPhanSoHoa TaiKhoanDuocXacThucVoiVNeID DuocThanhToanTrucTuyen'
).split(' ');
const TIMES = ['NgayTiepNhan', 'NgayHenTra', 'NgayTra', 'NgayKetThucXuLy', 'NgayTuChoi', 'NgayNopHoSo'];
const CODES: Readonly<Record<string, readonly string[]>> = {
  KenhThucHien: ['1', '2', '3'],
  LoaiDoiTuong: ['1', '2', '3', '4'],
  HinhThuc: ['0', '1'],
  NoiNopHoSo: ['1', '2'],
  TrangThaiHoSo: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'],
};
const LENGTHS: Readonly<Record<string, number>> = {
  MaTTHC: 50,
  MaLinhVuc: 50,
  TenLinhVuc: 500,
  TrichYeuHoSo: 2000,
  GhiChu: 500,
};

/** What is wrong with a dossier, in the portal's words; undefined when nothing is. */
export function wrongDossier(dossier: JsonObject): string | undefined {
  const missing = REQUIRED.find(field => blank(dossier[field]));
  if (missing !== undefined) return `Thiếu trường bắt buộc ${missing}`;
  const time = TIMES.find(field => !blank(dossier[field]) && !isStamp(String(dossier[field])));
  if (time !== undefined) return `Trường ${time} không đúng định dạng yyyyMMddHHmmss`;
  for (const [field, codes] of Object.entries(CODES)) {
    if (!blank(dossier[field]) && !codes.includes(String(dossier[field])))
      return `Giá trị của trường ${field} không có trong danh mục`;
  }
  for (const [field, length] of Object.entries(LENGTHS)) {
    if (String(dossier[field] ?? '').length > length) return `Trường ${field} vượt quá ${length} ký tự`;
  }
  return (
    wrongEntry(dossier, 'TaiLieuNop', ['TenTepDinhKem', 'DuongDanTaiTepTin']) ??
    wrongEntry(dossier, 'DanhSachLePhi', ['TenPhiLePhi', 'HinhThucThu', 'Gia', 'LoaiPhiLePhi']) ??
    wrongEntry(dossier, 'DanhSachGiayToKetQua', ['TenGiayTo', 'DuongDanTepTinKetQua']) ??
    wrongEntry(dossier, 'DanhSachHoSoBoSung', [
      'HoSoBoSungId',
      'NguoiYeuCauBoSung',
      'NoiDungBoSung',
      'NgayBoSung',
      'TrangThaiBoSung',
      'NgayHenTraTruoc',
    ])
  );
}

/** What is wrong with a step. */
export function wrongStep(step: JsonObject): string | undefined {
  const missing = ['MaHoSo', 'NguoiXuLy', 'ThoiDiemXuLy', 'NoiDungXuLy', 'TrangThai'].find(field => blank(step[field]));
  if (missing !== undefined) return `Thiếu trường bắt buộc ${missing}`;
  if (!isStamp(String(step.ThoiDiemXuLy))) return 'Trường ThoiDiemXuLy không đúng định dạng yyyyMMddHHmmss';
  if (String(step.NguoiXuLy).length > 50) return 'Trường NguoiXuLy vượt quá 50 ký tự';
  return CODES.TrangThaiHoSo?.includes(String(step.TrangThai))
    ? undefined
    : 'Giá trị của trường TrangThai không có trong danh mục';
}

function wrongEntry(dossier: JsonObject, list: string, required: readonly string[]): string | undefined {
  const entries = dossier[list];
  if (blank(entries)) return undefined;
  if (!Array.isArray(entries)) return `Trường ${list} phải là danh sách`;
  for (const entry of entries as JsonObject[]) {
    const missing = required.find(field => blank(entry[field]));
    if (missing !== undefined) return `Thiếu trường bắt buộc ${missing} trong ${list}`;
  }
  return undefined;
}

function blank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
