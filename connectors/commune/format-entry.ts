/**
 * The commune-level entry that the translation made, in the dialect's names (`capXa`): plain words, checklist, three steps, and how
 * sure each of it is. It stands beside the official text; nothing official is read from here or replaced by it.
 */
import type { Json, JsonObject } from '../../src/domain/words.ts';
import { codes, type Field, isObject, list, listOf, objectOf, record, same, time, toWire } from './values.ts';

/** Parts of an entry → their names in the dialect, also where an entry lists parts. */
const PARTS: Readonly<Record<string, string>> = {
  code: 'ma',
  nationalCode: 'maQuocGia',
  officialName: 'tenChinhThuc',
  name: 'tenChinhThuc',
  plainTitle: 'tenDeHieu',
  field: 'linhVuc',
  level: 'phanCap',
  desk: 'quay',
  titles: 'cachGoi',
  explanation: 'giaiThich',
  steps: 'buoc',
  deskSteps: 'buoc',
  papers: 'giayTo',
  timeLimit: 'thoiHan',
  timeLimits: 'thoiHan',
  timeLimitDifficultArea: 'thoiHanVungKhoKhan',
  timeLimitText: 'thoiHanGon',
  fees: 'phiLePhi',
  feeText: 'phiGon',
  results: 'ketQua',
  legalBasis: 'canCuPhapLy',
  gaps: 'chuaCoNguon',
  aliases: 'maCu',
};
const part = codes(PARTS, 'open');
const parts = list(part);
const certainty = codes(
  { confirmed: 'da-xac-nhan', high: 'cao', 'medium-high': 'kha', medium: 'vua', low: 'thap', proposal: 'de-xuat' },
  'open',
);
const grade = codes(
  { equivalent: 'tuong-duong', broader: 'khong-han', narrower: 'khong-han', related: 'khong-han' },
  'open',
);
const LIMIT = record([
  ['value', 'so', same],
  [
    'unit',
    'donVi',
    codes(
      {
        workingDays: 'ngay-lam-viec',
        calendarDays: 'ngay-lien-tuc',
        days: 'ngay-chua-ro',
        hours: 'gio',
        sameDay: 'trong-ngay',
      },
      'open',
    ),
  ],
  ['condition', 'truongHop', same],
]);
const NUMBERED = record([
  ['number', 'so', same],
  ['date', 'ngay', time],
]);
const SOURCED: readonly Field[] = [
  ['source', 'nguon', same],
  ['certainty', 'doTinCay', certainty],
  ['asOf', 'tinhDen', same],
];
const DESK_STEPS = record([
  ['receive', 'tiepNhan', same],
  ['process', 'giaiQuyet', same],
  ['return', 'traKetQua', same],
]);

const ENTRY: readonly Field[] = [
  ['nationalCode', 'maQuocGia', same],
  ['code', 'ma', same],
  ['officialName', 'tenChinhThuc', same],
  ['plainTitle', 'tenDeHieu', same],
  ['field', 'linhVuc', same],
  [
    'level',
    'phanCap',
    record([
      ['decides', 'capGiaiQuyet', same],
      ['commune', 'vaiTroCapXa', codes({ decides: 'giai-quyet', receives: 'chi-tiep-nhan' }, 'open')],
      ['text', 'dienGiai', same],
    ]),
  ],
  ['desk', 'quay', same],
  ['titles', 'cachGoi', same],
  ['explanation', 'giaiThich', same],
  [
    'steps',
    'buoc',
    list(
      record([
        ['no', 'so', same],
        ['name', 'ten', same],
        ['text', 'viec', same],
      ]),
    ),
  ],
  [
    'papers',
    'giayTo',
    list(
      record([
        ['name', 'ten', same],
        ['original', 'banChinh', same],
        ['copies', 'banSao', same],
        ['form', 'bieuMau', same],
        ['condition', 'truongHop', same],
      ]),
    ),
  ],
  ['timeLimits', 'thoiHan', list(LIMIT)],
  ['timeLimitDifficultArea', 'thoiHanVungKhoKhan', LIMIT],
  ['timeLimitText', 'thoiHanGon', same],
  [
    'fees',
    'phiLePhi',
    list(
      record([
        ['amount', 'soTien', same],
        ['unit', 'donVi', same],
        ['condition', 'truongHop', same],
        ['exempt', 'mienCho', same],
      ]),
    ),
  ],
  ['feeText', 'phiGon', same],
  ['results', 'ketQua', same],
  ['legalBasis', 'canCuPhapLy', list(NUMBERED)],
  [
    'gaps',
    'chuaCoNguon',
    record([
      ['timeLimits', 'thoiHan', same],
      ['fees', 'phiLePhi', same],
      ['legalBasis', 'canCuPhapLy', same],
    ]),
  ],
  [
    'aliases',
    'maCu',
    list(
      record([
        ['code', 'ma', same],
        ['validFrom', 'thayTuNgay', time],
      ]),
    ),
  ],
  [
    'validity',
    'hieuLuc',
    record([
      ['validFrom', 'tuNgay', time],
      ['validTo', 'denNgay', time],
      ['replacedBy', 'thayThe', same],
      ['recordedAsOf', 'banChepTinhDen', same],
      ['recordedDecision', 'quyetDinhBanChep', NUMBERED],
      ['doubt', 'nghiVan', same],
    ]),
  ],
  [
    'differences',
    'khacBiet',
    list(
      record([['part', 'phan', part], ['official', 'banChinhThuc', same], ['recorded', 'danhMuc', same], ...SOURCED]),
    ),
  ],
  [
    'contradictions',
    'mauThuan',
    list(
      record([
        ['part', 'phan', part],
        ['values', 'giaTri', list(record([['text', 'noiDung', same], ...SOURCED]))],
      ]),
    ),
  ],
  [
    'overridden',
    'goiRieng',
    list(record([['part', 'phan', part], ['common', 'cachGoiChung', same], ['entry', 'muc', same], ...SOURCED])),
  ],
  [
    'overrides',
    'cachGoiRieng',
    list(
      record([
        ['unit', 'donVi', same],
        ['unitName', 'tenDonVi', same],
        ['validFrom', 'tuNgay', time],
        ['validTo', 'denNgay', time],
        ['plainTitle', 'tenDeHieu', same],
        ['desk', 'quay', same],
        ['deskSteps', 'buoc', DESK_STEPS],
        ['titles', 'cachGoi', same],
        ['entry', 'muc', same],
        ...SOURCED,
      ]),
    ),
  ],
  ['complete', 'dayDu', same],
  ['missing', 'conThieu', parts],
  ['grade', 'mucKhop', grade],
  ['proposals', 'deXuat', parts],
];

/** The entry as `capXa`; undefined where the translation made none. */
export function entryOut(value: Json | undefined): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const { certainty: sure, ...rest } = value;
  const wire = toWire(ENTRY, rest, '/data/communeEntry');
  const doTinCay = Object.entries(objectOf(sure)).map(([name, how]) => [
    PARTS[name] ?? name,
    certainty.out(how, `/data/communeEntry/certainty/${name}`),
  ]);
  return { ...wire, doTinCay: Object.fromEntries(doTinCay) };
}

/** The plain sentence of each of the three steps, in their order. */
export function stepTexts(value: Json | undefined): (string | undefined)[] {
  return listOf(objectOf(value).steps).map(step => {
    const { text } = objectOf(step);
    return typeof text === 'string' ? text : undefined;
  });
}
