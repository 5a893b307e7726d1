/**
 * Made-up people, units and papers for what an act leaves out. Names and numbers are invented; codes of units and procedures are real.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../domain/words.ts';

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;

const FAMILIES = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Huỳnh', 'Võ', 'Đặng', 'Bùi', 'Hồ', 'Đỗ', 'Điểu', 'Thị'] as const;
const MIDDLES = ['Thị Thu', 'Văn', 'Minh', 'Ngọc', 'Thanh', 'Hoàng', 'Thị Kim', 'Quốc', 'Thị Mỹ', 'Đức'] as const;
const GIVEN = ['Hà', 'Long', 'Phương', 'Tuấn', 'Linh', 'Dũng', 'Yến', 'Khánh', 'Bình', 'Trang', 'Sơn'] as const;

/** The n-th person's name; neighbours differ in every part. */
const personName = (n: number): string => `${pick(FAMILIES, n)} ${pick(MIDDLES, n * 3 + 1)} ${pick(GIVEN, n * 7 + 2)}`;

/** Units an act takes by turns when it names none. */
export const UNITS: readonly { ma: string; ten: string }[] = [
  { ma: '26041', ten: 'Phường Trấn Biên' },
  { ma: '26485', ten: 'Xã Nhơn Trạch' },
  { ma: '26380', ten: 'Phường Long Hưng' },
  { ma: '26413', ten: 'Xã Long Phước' },
  { ma: '26248', ten: 'Xã Trảng Bom' },
];
/** One unit that the system still lists by a code of the old list as well. */
export const OLD_CODES: Readonly<Record<string, string>> = { '26041': '26011' };

/** Procedures filed by turns when an act names none: code, name, days of handling (0 = the same day). */
export const PROCEDURES: readonly { ma: string; ten: string; linhVuc: string; ngay: number }[] = [
  { ma: '2.000815', ten: 'Chứng thực bản sao từ bản chính giấy tờ, văn bản', linhVuc: 'Chứng thực', ngay: 0 },
  { ma: '1.001193', ten: 'Đăng ký khai sinh', linhVuc: 'Hộ tịch', ngay: 0 },
  {
    ma: '1.013225',
    ten: 'Cấp giấy phép xây dựng mới đối với công trình cấp III, cấp IV và nhà ở riêng lẻ',
    linhVuc: 'Hoạt động xây dựng; nhà ở',
    ngay: 15,
  },
  { ma: '1.012812', ten: 'Hòa giải tranh chấp đất đai', linhVuc: 'Đất đai (xã)', ngay: 30 },
];

/** An applicant of Đồng Nai (identity numbers begin with the province's 075). */
export function applicant(n: number, unitName: string): JsonObject {
  const born = 60 + ((n * 7) % 40);
  return {
    loai: 'cong-dan',
    hoTen: personName(n),
    soDinhDanh: `075${n % 2}${born}${String((n * 7919) % 1_000_000).padStart(6, '0')}`,
    dienThoai: `09${String((n * 104_729) % 100_000_000).padStart(8, '0')}`,
    diaChi: `Tổ ${1 + (n % 12)}, ${unitName}, Đồng Nai`,
  };
}

/** The officer of a post in a unit: always the same person. */
export function officer(unit: string, post: string): JsonObject {
  const seed = [...`${unit}/${post}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_973, 7);
  return { id: `cb-${unit}-${post}`, hoTen: personName(seed), chucDanh: post };
}

/** A small file in the form of a PDF, with its hash over the bytes. */
export function paper(id: string, name: string, words: string, signed = false): JsonObject {
  const bytes = Buffer.from(
    `%PDF-1.7\n% ${name}\n1 0 obj<</Type/Catalog>>endobj\n% ${words}\ntrailer<</Root 1 0 R>>\n%%EOF\n`,
    'utf8',
  );
  return {
    ma: id,
    ten: name,
    loai: 'application/pdf',
    kichThuoc: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    noiDung: bytes.toString('base64'),
    daKy: signed,
  };
}

/** The promised day: `days` working days after `from`, at 17:00 (weekends only; holidays are not the simulator's business). */
export function dueAfter(from: Date, days: number): string {
  const local = new Date(from.getTime() + 7 * 3_600_000);
  let left = days;
  while (left > 0) {
    local.setUTCDate(local.getUTCDate() + 1);
    if (local.getUTCDay() !== 0 && local.getUTCDay() !== 6) left -= 1;
  }
  return `${local.toISOString().slice(0, 10)}T17:00:00+07:00`;
}
