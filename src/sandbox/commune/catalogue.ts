/**
 * The simulated commune system's catalogue: which procedures it knows, and the calls that publish and withdraw them.
 */
import type { Json, JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import { cut, DialectFault, only, PROCEDURES, text } from './model.ts';

/** Codes of the renumbering of August to October 2026: this system has them only once they are published to it. */
const NOT_YET = /^1\.11[56]\d{3}$/;
const NATIONAL_CODE = /^\d\.\d{6}$/;

const FIELDS = [
  'ma',
  'tenThuTuc',
  'tenChinhThuc',
  'linhVuc',
  'cap',
  'quay',
  'giayTo',
  'buoc',
  'phienBan',
  'banGoc',
  'capXa',
  'noiTiepNhan',
  'coQuanQuyetDinh',
  'truongHop',
  'thoiHan',
  'phiLePhi',
  'ketQua',
  'kenhNop',
  'gioChot',
  'canCuPhapLy',
  'quyetDinh',
  'hieuLucTu',
  'hieuLucDen',
  'thayThe',
  'chuThich',
] as const;

/** Refuses a dossier of a procedure that is not there, as commune.md has it; a withdrawn one takes no new dossiers. */
export function checkProcedure(box: Box, code: string): void {
  const kept = box.store.get(PROCEDURES, code);
  if (kept?.trangThai === 'da-ngung') {
    throw new DialectFault(422, 'THU_TUC_DA_NGUNG', 'Thủ tục đã ngừng áp dụng.', ['maThuTuc']);
  }
  // The system came with the usual procedures already entered; a code of no known form is none of them.
  if (kept === undefined && (NOT_YET.test(code) || !NATIONAL_CODE.test(code))) {
    throw new DialectFault(422, 'THU_TUC_CHUA_CO', 'Thủ tục chưa có trong danh mục.', ['maThuTuc']);
  }
}

const timeOf = (value: Json | undefined): number => Date.parse(text(value) ?? '');

function checkVersion(kept: JsonObject | undefined, version: Json | undefined): void {
  if (timeOf(kept?.phienBan) > timeOf(version)) {
    throw new DialectFault(412, 'PHIEN_BAN_CU', 'Đã có phiên bản mới hơn của thủ tục này.', ['phienBan']);
  }
}

/** `PUT /api/thu-tuc/{ma}`. */
export function publish(box: Box, ma: string, body: JsonObject): JsonObject {
  const absent = ['tenThuTuc', 'tenChinhThuc', 'buoc'].filter(name => body[name] === undefined);
  if (absent.length > 0) throw new DialectFault(422, 'THIEU_TRUONG', 'Thiếu trường bắt buộc.', absent);
  const kept = box.store.get(PROCEDURES, ma);
  checkVersion(kept, body.phienBan);
  const entry = cut({ ...only(body, FIELDS), ma, trangThai: 'dang-ap-dung' }, ['tenThuTuc']);
  box.store.put(PROCEDURES, ma, { ...entry, capNhatLuc: box.now().toISOString() });
  return { ma, phienBan: entry.phienBan ?? null };
}

/** `POST /api/thu-tuc/{ma}/ngung`. */
export function withdraw(box: Box, ma: string, body: JsonObject): JsonObject {
  const kept = box.store.get(PROCEDURES, ma);
  checkVersion(kept, body.thoiDiem);
  const phienBan = text(body.thoiDiem) ?? null;
  const end = only(body, ['hieuLucDen', 'thayThe', 'quyetDinh']);
  const entry: JsonObject = { ...kept, ...end, ma, phienBan, trangThai: 'da-ngung' };
  box.store.put(PROCEDURES, ma, { ...entry, capNhatLuc: box.now().toISOString() });
  return { ma, trangThai: 'da-ngung' };
}
