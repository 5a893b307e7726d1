/**
 * The catalogue of the simulated portal: sample texts of four procedures, and for every other listed code a short text made
 * of its name and field. What an act publishes or withdraws is laid over it in the store.
 */
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import { stamp } from './clock.ts';
import catalogue from './samples/catalogue.json' with { type: 'json' };
import samples from './samples/texts.json' with { type: 'json' };

const FIELDS: Readonly<Record<string, string>> = catalogue.fields;
const TEXTS = new Map<string, JsonObject>(samples.texts.map(text => [text.MATTHC, text as JsonObject]));
const LISTED = new Map(
  catalogue.procedures.map(([code = '', name = '', field = '', level = '']) => [code, { code, name, field, level }]),
);

/** A procedure as the portal holds it now, in full; undefined for a code it does not have. */
export function procedureText(box: Box, code: string): JsonObject | undefined {
  return box.store.get('procedure', code) ?? TEXTS.get(code) ?? shortText(code);
}

/** Code and name of all procedures. */
export function procedureList(box: Box): JsonObject[] {
  const own = box.store.list('procedure').map(text => ({ MATTHC: text.MATTHC ?? '', TENTTHC: text.TENTTHC ?? '' }));
  const held = new Set(own.map(entry => entry.MATTHC));
  const listed = [...LISTED.values()].filter(entry => !held.has(entry.code));
  return [...own, ...listed.map(entry => ({ MATTHC: entry.code, TENTTHC: entry.name }))];
}

/** Publishes a procedure anew, or withdraws it; a code nobody listed becomes a sample under `name`. Answers the text. */
export function publish(box: Box, code: string, name: string | undefined, inForce: boolean, at: Date): JsonObject {
  const known = procedureText(box, code) ?? textOf(code, `Thủ tục mẫu ${code}`, 'LV27', 'xã');
  const text: JsonObject = {
    ...known,
    ...(name === undefined ? {} : { TENTTHC: name }),
    TRANGTHAI: inForce ? '1' : '0',
    NGAYCAPNHAT: stamp(at),
  };
  box.store.put('procedure', code, text);
  return text;
}

/** Does the province decide it? Its dossiers are then handled in the portal. */
export function decidedByProvince(code: string): boolean {
  return LISTED.get(code)?.level === 'tỉnh';
}

/** Name and field of a procedure for the fields of a dossier. */
export function procedureNames(
  box: Box,
  code: string,
): { MaTTHC: string; TenTTHC: string; MaLinhVuc: string; TenLinhVuc: string } {
  const text = procedureText(box, code) ?? textOf(code, `Thủ tục mẫu ${code}`, 'LV27', 'xã');
  const field = Array.isArray(text.LINHVUCTHUCHIEN) ? (text.LINHVUCTHUCHIEN[0] as JsonObject | undefined) : undefined;
  return {
    MaTTHC: code,
    TenTTHC: String(text.TENTTHC),
    MaLinhVuc: String(field?.MALINHVUC ?? 'LV27'),
    TenLinhVuc: String(field?.TENLINHVUC ?? FIELDS.LV27),
  };
}

function shortText(code: string): JsonObject | undefined {
  const entry = LISTED.get(code);
  return entry === undefined ? undefined : textOf(entry.code, entry.name, entry.field, entry.level);
}

function textOf(code: string, name: string, field: string, level: string): JsonObject {
  const agency = level === 'tỉnh' ? 'Cơ quan chuyên môn thuộc Ủy ban nhân dân cấp tỉnh' : 'Ủy ban nhân dân cấp xã';
  return {
    MATTHC: code,
    TENTTHC: name,
    LINHVUCTHUCHIEN: [{ MALINHVUC: field, TENLINHVUC: FIELDS[field] ?? '' }],
    TRINHTUTHUCHIEN: [
      {
        TRUONGHOP: 'Trình tự chung (nội dung mẫu)',
        TRINHTU: [
          {
            TENTRINHTU:
              'Bước 1: Tổ chức, cá nhân nộp hồ sơ; Bộ phận Một cửa kiểm tra thành phần hồ sơ, tiếp nhận và hẹn trả kết quả.',
          },
          { TENTRINHTU: 'Bước 2: Cơ quan có thẩm quyền thẩm định hồ sơ, lấy ý kiến cơ quan có liên quan (nếu có).' },
          { TENTRINHTU: 'Bước 3: Ký, ban hành kết quả và trả cho tổ chức, cá nhân.' },
        ],
      },
    ],
    CACHTHUCTHUCHIEN: [
      { KENH: '1', THOIGIAN: [] },
      { KENH: '2', THOIGIAN: [] },
    ],
    THANHPHANHOSO: [
      {
        TRUONGHOP: 'Thành phần chung (nội dung mẫu)',
        GIAYTO: [
          {
            MAGIAYTO: 'MAU-DON',
            TENGIAYTO: 'Đơn đề nghị giải quyết thủ tục',
            TENMAUDON: '',
            URL: '',
            SOBANCHINH: '1',
            SOBANSAO: '0',
          },
        ],
      },
    ],
    YEUCAU: '',
    MOTADOITUONGTHUCHIEN: 'Công dân Việt Nam; Tổ chức',
    KETQUATHUCHIEN: [{ MAKETQUA: 'MAU-KQ', TENKETQUA: 'Văn bản giải quyết thủ tục' }],
    CANCUPHAPLY: [],
    COQUANTHUCHIEN: [{ MADONVI: '', TENDONVI: agency }],
    TRANGTHAI: '1',
  };
}
