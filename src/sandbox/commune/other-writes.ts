/**
 * What the gateway may tell the simulated commune system beside dossiers: answers to requests, documents and their statuses, files.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import {
  atSeven,
  cut,
  DialectFault,
  DOCUMENTS,
  FILES,
  findDossier,
  isObject,
  keepDossier,
  only,
  REQUESTS,
  tellOf,
  text,
} from './model.ts';

/** Largest file (commune.md). */
export const FILE_LIMIT = 50 * 1024 * 1024;

const ANSWER_FIELDS = ['ketLuan', 'noiDung', 'viec', 'canBo', 'chucDanh', 'thoiDiem', 'vanBan', 'tepDaKy'] as const;
const DOCUMENT_FIELDS = [
  'maVanBan',
  'nghiepVu',
  'tieuDe',
  'trichYeu',
  'noiGui',
  'noiNhan',
  'so',
  'kyHieu',
  'loaiVanBan',
  'doKhan',
  'loaiChiDao',
  'ngayBanHanh',
  'thoiDiem',
  'han',
  'nguoiKy',
  'tep',
  'thayThe',
  'traLoi',
  'lyDo',
  'veViec',
] as const;

/** `POST /api/y-kien/{maYeuCau}`: keeps the answer; the dossier goes on or back a step, which is this system's own doing. */
export function takeAnswer(box: Box, maYeuCau: string, body: JsonObject): JsonObject {
  const request = box.store.get(REQUESTS, maYeuCau);
  if (request === undefined) throw new DialectFault(404, 'KHONG_TIM_THAY', 'Không có yêu cầu này.');
  if (body.ketLuan === undefined && body.noiDung === undefined) {
    throw new DialectFault(422, 'THIEU_TRUONG', 'Thiếu trường bắt buộc.', ['ketLuan']);
  }
  for (const file of Array.isArray(body.tepDaKy) ? body.tepDaKy.filter(isObject) : []) checkHash(file);
  box.store.put(REQUESTS, maYeuCau, { ...request, traLoi: only(body, ANSWER_FIELDS), capNhatLuc: atSeven(box.now()) });
  const dossier = findDossier(box, text(request.id) ?? '');
  if (dossier !== undefined && request.viec !== 'cho-y-kien' && text(body.ketLuan) !== undefined) {
    const trangThai = body.ketLuan === 'dong-y' ? 'da-ky-cho-ban-giao' : 'tra-buoc-truoc';
    const at = atSeven(box.now());
    const next = keepDossier(box, dossier, { trangThai, trangThaiLuc: at });
    tellOf(box, 'ho-so.trang-thai', next, at, {
      trangThai,
      thoiDiem: at,
      maThuTuc: next.maThuTuc ?? '',
      ...(isObject(body.canBo) ? { nguoiXuLy: body.canBo } : {}),
    });
  }
  return { maYeuCau };
}

/** A signed file must arrive byte for byte: content that does not have its hash is refused. */
function checkHash(file: JsonObject): void {
  const content = text(file.noiDung);
  const sha256 = text(file.sha256);
  if (content === undefined || sha256 === undefined) return;
  if (createHash('sha256').update(Buffer.from(content, 'base64')).digest('hex') === sha256) return;
  throw new DialectFault(422, 'TEP_SAI_MA_BAM', 'Tệp không khớp mã băm.', ['tepDaKy']);
}

/** `POST /api/van-ban`: sent, updated, recalled, replaced. */
export function takeDocument(box: Box, body: JsonObject): JsonObject {
  const ma = text(body.maVanBan);
  if (ma === undefined || text(body.nghiepVu) === undefined) {
    throw new DialectFault(422, 'THIEU_TRUONG', 'Thiếu trường bắt buộc.', ['maVanBan', 'nghiepVu']);
  }
  const kept = box.store.get(DOCUMENTS, ma) ?? {};
  const known = cut(only(body, DOCUMENT_FIELDS), ['tieuDe']);
  // A recall waits for the receiver's word (QCVN 102:2016/BTTTT, statuses 15 and 16): the document stays until then.
  const trangThai = body.nghiepVu === 'thu-hoi' ? 'cho-thu-hoi' : 'da-den';
  box.store.put(DOCUMENTS, ma, { ...kept, ...known, trangThai, capNhatLuc: atSeven(box.now()) });
  return { maVanBan: ma };
}

/** `POST /api/van-ban/{maVanBan}/trang-thai`: how a document that this system sent fares at the receiver. */
export function takeDocumentStatus(box: Box, ma: string, body: JsonObject): JsonObject {
  const absent = ['coQuan', 'trangThai'].filter(name => text(body[name]) === undefined);
  if (absent.length > 0) throw new DialectFault(422, 'THIEU_TRUONG', 'Thiếu trường bắt buộc.', absent);
  const kept = box.store.get(DOCUMENTS, ma) ?? { maVanBan: ma };
  const told = Array.isArray(kept.trangThaiGui) ? kept.trangThaiGui : [];
  const one = only(body, ['coQuan', 'trangThai', 'thoiDiem', 'moTa', 'lyDo', 'nguoiXuLy']);
  box.store.put(DOCUMENTS, ma, { ...kept, trangThaiGui: [...told, one], capNhatLuc: atSeven(box.now()) });
  return { maVanBan: ma, trangThai: body.trangThai ?? '' };
}

/** `POST /api/tep` → `{id, sha256}`. */
export function keepFile(box: Box, bytes: Buffer, type: string): JsonObject {
  if (bytes.length > FILE_LIMIT) throw new DialectFault(413, 'TEP_QUA_LON', 'Tệp lớn hơn 50 MB.');
  const id = randomUUID();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  box.store.put(FILES, id, { id, sha256, loai: type, noiDung: bytes.toString('base64') });
  return { id, sha256 };
}

/** The first file of a multipart/form-data body (RFC 7578), as far as this simulator needs it; undefined when there is none. */
export function firstPart(body: Buffer, contentType: string): { bytes: Buffer; type: string } | undefined {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return undefined;
  const mark = Buffer.from(`--${boundary}`);
  let start = body.indexOf(mark);
  while (start >= 0) {
    const end = body.indexOf(mark, start + mark.length);
    if (end < 0) return undefined;
    const head = body.indexOf('\r\n\r\n', start);
    if (head > 0 && head < end) {
      const headers = body.subarray(start, head).toString('utf8');
      if (/filename=/i.test(headers)) {
        const type = /content-type:\s*([^\r\n]+)/i.exec(headers)?.[1] ?? 'application/octet-stream';
        return { bytes: body.subarray(head + 4, end - 2), type: type.trim() };
      }
    }
    start = end;
  }
  return undefined;
}
