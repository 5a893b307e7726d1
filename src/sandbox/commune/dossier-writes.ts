/**
 * What the gateway may do to a dossier of the simulated commune system: new, changed, status, step, result. Each tells the gateway
 * back what it wrote, word for word, when the system echoes.
 */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import { checkProcedure } from './catalogue.ts';
import type { Late } from './late.ts';
import {
  addStep,
  atSeven,
  CLOSED,
  cut,
  DialectFault,
  DOSSIERS,
  findDossier,
  isObject,
  keepDossier,
  numberFor,
  only,
  tellOf,
  text,
} from './model.ts';

/** The fields of a dossier that the system knows; others are dropped without a word. */
const FIELDS = [
  'maQuocGia',
  'maThuTuc',
  'tenThuTuc',
  'tenChinhThuc',
  'tieuDe',
  'trichYeu',
  'donVi',
  'trangThai',
  'tenTrangThai',
  'trangThaiPhu',
  'danhMucTrangThaiPhu',
  'nguoiNop',
  'nguoiNopThay',
  'donViTiepNhan',
  'coQuanGiaiQuyet',
  'donViTra',
  'hinhThucTra',
  'kenhNop',
  'thoiDiemNop',
  'thoiDiemTiepNhan',
  'hanTra',
  'tepDinhKem',
  'phiLePhi',
  'daSoHoa',
  'taiKhoanXacThuc',
  'nopTrucTuyen',
  'noiNop',
  'lienKet',
  'thanhPhan',
  'nguoiTiepNhan',
  'chuThich',
] as const;
const OF_APPLICANT = [
  'nguoiNop',
  'nguoiNopThay',
  'hinhThucTra',
  'donViTra',
  'trichYeu',
  'tieuDe',
  'tepDinhKem',
  'taiKhoanXacThuc',
  'daSoHoa',
] as const;
const STATUS_FIELDS = [
  'trangThai',
  'thoiDiem',
  'tenTrangThai',
  'trangThaiPhu',
  'danhMucTrangThaiPhu',
  'maThuTuc',
  'nguoiXuLy',
  'lyDo',
  'thoiDiemTiepNhan',
  'hanTra',
  'tamDung',
  'boSung',
  'phiLePhi',
  'ketThuc',
  'moLai',
] as const;
const RESULT_FIELDS = ['ketQua', 'ketLuan', 'trangThai', 'thoiDiem', 'maThuTuc'] as const;

function need(body: JsonObject, names: readonly string[]): void {
  const absent = names.filter(name => body[name] === undefined || body[name] === '' || body[name] === null);
  if (absent.length > 0) throw new DialectFault(422, 'THIEU_TRUONG', 'Thiếu trường bắt buộc.', absent);
}
const echo = (box: Box, suKien: string, dossier: JsonObject, at: string, duLieu: JsonObject): void => {
  if (box.faults().echo) tellOf(box, suKien, dossier, at, duLieu);
};
const nowOf = (box: Box): string => atSeven(box.now());

/** `POST /api/ho-so`. */
export function createDossier(box: Box, body: JsonObject): JsonObject {
  need(body, ['maQuocGia', 'maThuTuc', 'donVi', 'trangThai']);
  const there = findDossier(box, String(body.maQuocGia));
  if (there !== undefined) {
    throw new DialectFault(409, 'DA_TON_TAI', 'Hồ sơ đã có.', ['maQuocGia'], { id: there.id ?? '' });
  }
  checkProcedure(box, String(body.maThuTuc));
  const at = nowOf(box);
  const dossier = keepDossier(box, {
    ...cut(only(body, FIELDS), ['tieuDe', 'tenThuTuc']),
    id: randomUUID(),
    maSo: numberFor(box, String(body.donVi)),
    trangThaiDau: body.trangThai ?? '',
    trangThaiLuc: text(body.thoiDiemNop) ?? at,
    taoLuc: at,
  });
  echo(box, 'ho-so.moi', dossier, at, { trangThai: dossier.trangThai ?? '' });
  return { id: dossier.id ?? '', maSo: dossier.maSo ?? '' };
}

/** `PATCH /api/ho-so/{id}`: the applicant's data only. */
export function changeDossier(
  box: Box,
  dossier: JsonObject,
  body: JsonObject,
  ifMatch: string | undefined,
): JsonObject {
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etagOf(dossier)) {
    throw new DialectFault(412, 'PHIEN_BAN_CU', 'Hồ sơ đã được sửa sau khi bạn đọc.');
  }
  const changes = cut(only(body, OF_APPLICANT), ['tieuDe']);
  const at = text(body.phienBan) ?? nowOf(box);
  const next = keepDossier(box, dossier, { ...changes, nguoiNopCapNhatLuc: at });
  const { tieuDe: _title, ...told } = changes;
  echo(box, 'ho-so.cap-nhat', next, at, { ...told, thayDoi: Object.keys(told) });
  return { id: next.id ?? '', phienBan: next.phienBan ?? 0 };
}
export const etagOf = (dossier: JsonObject): string => `"v${String(dossier.phienBan)}"`;

/** `POST …/trang-thai`: at once, or by the habit of some systems a little later. */
export function takeStatus(box: Box, late: Late, dossier: JsonObject, body: JsonObject): JsonObject {
  need(body, ['trangThai', 'thoiDiem']);
  if (CLOSED.has(String(dossier.trangThai)) && !isObject(body.moLai)) {
    throw new DialectFault(409, 'HO_SO_DA_DONG', 'Hồ sơ đã kết thúc, không nhận trạng thái mới.');
  }
  const id = String(dossier.id);
  if (late.isNext()) {
    late.add(id, body);
    return { id, thongBao: 'Đang xử lý' };
  }
  applyStatus(box, id, body);
  return { id, trangThai: body.trangThai ?? '' };
}

/** Makes a status of the gateway's true; a dossier that is gone meanwhile is none of its business. */
export function applyStatus(box: Box, id: string, body: JsonObject): void {
  const dossier = box.store.get(DOSSIERS, id);
  if (dossier === undefined) return;
  const known = only(body, STATUS_FIELDS);
  const at = text(body.thoiDiem) ?? nowOf(box);
  const next = keepDossier(box, dossier, {
    trangThai: body.trangThai ?? '',
    trangThaiLuc: at,
    ...only(body, [
      'tenTrangThai',
      'trangThaiPhu',
      'thoiDiemTiepNhan',
      'hanTra',
      'tamDung',
      'boSung',
      'phiLePhi',
      'ketThuc',
    ]),
  });
  echo(box, 'ho-so.trang-thai', next, at, known);
}

/** `POST …/buoc`. */
export function takeStep(box: Box, dossier: JsonObject, body: JsonObject): JsonObject {
  const step = body.buoc;
  if (!isObject(step)) throw new DialectFault(422, 'THIEU_TRUONG', 'Thiếu trường bắt buộc.', ['buoc']);
  need(step, ['so', 'noiDung']);
  addStep(box, dossier, step);
  keepDossier(box, dossier);
  echo(box, 'ho-so.buoc', dossier, nowOf(box), only(body, ['buoc', 'maThuTuc']));
  return { id: dossier.id ?? '', so: step.so ?? null };
}

/** `POST …/ket-qua`: the result lies at the counter from now on. */
export function takeResult(box: Box, dossier: JsonObject, body: JsonObject): JsonObject {
  const result = body.ketQua;
  if (!isObject(result)) throw new DialectFault(422, 'THIEU_TRUONG', 'Thiếu trường bắt buộc.', ['ketQua']);
  need(result, ['soHieu']);
  const known = only(body, RESULT_FIELDS);
  const at = text(body.thoiDiem) ?? nowOf(box);
  const next = keepDossier(box, dossier, {
    ketQua: [...resultsOf(dossier), known],
    ...(CLOSED.has(String(dossier.trangThai)) ? {} : { trangThai: 'cho-tra-ket-qua', trangThaiLuc: at }),
  });
  echo(box, 'ho-so.ket-qua', next, at, known);
  return { id: next.id ?? '', soHieu: result.soHieu ?? '' };
}
export const resultsOf = (dossier: JsonObject): JsonObject[] =>
  Array.isArray(dossier.ketQua) ? dossier.ketQua.filter(isObject) : [];
