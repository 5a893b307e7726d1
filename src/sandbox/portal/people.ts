/**
 * Made-up applicants of the simulator. Numbers begin with 0750990 and 0900000: nobody's; every record says it is a sample.
 */
import type { JsonObject } from '../../domain/words.ts';

const FAMILY = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Huỳnh', 'Hoàng', 'Vũ', 'Võ', 'Đặng', 'Bùi', 'Điểu', 'Thị'];
const MIDDLE = ['Văn', 'Thị', 'Minh', 'Ngọc', 'Thanh', 'Hữu', 'Đức', 'Kim', 'Quốc', 'Thu'];
const GIVEN = [
  'An',
  'Bình',
  'Châu',
  'Dũng',
  'Giang',
  'Hạnh',
  'Khoa',
  'Lan',
  'Nam',
  'Oanh',
  'Phúc',
  'Quyên',
  'Sơn',
  'Tâm',
  'Vy',
];

/** The applicant with number `no`, always the same one for the same number. */
export function samplePerson(no: number): JsonObject {
  const pick = (list: readonly string[], step: number): string => list[Math.floor(no / step) % list.length] ?? '';
  return {
    ChuHoSo: `${pick(FAMILY, 1)} ${pick(MIDDLE, FAMILY.length)} ${pick(GIVEN, 7)}`,
    SoGiayToChuHoSo: `0750990${String(no % 100_000).padStart(5, '0')}`,
    SoDienThoai: `09000${String(no % 100_000).padStart(5, '0')}`,
    Email: `mau${no}@example.com`,
    LoaiDoiTuong: '1',
  };
}

/** Units that file with the portal when an act names none: codes in force since 2025-07-01. */
export const SAMPLE_UNITS = ['26041', '26485', '26380', '26413', '26248', '26173', '26209', '26119'] as const;
/** Procedures that are filed when an act names none. */
export const SAMPLE_PROCEDURES = ['1.001193', '1.013225', '1.012783', '2.000815'] as const;
