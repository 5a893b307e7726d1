/**
 * The names of the commune system's dialect: operations, code lists, tables of fields. No behaviour.
 * The dialect is a proposal of this project (README.md); fields marked there as additions are not in its first description.
 */
import { codes, type Field, list, record, same, time } from './values.ts';

/** Longest plain title the system keeps; it cuts longer ones without saying so. */
export const TITLE_LIMIT = 250;
/** Name of the status list that the commune system speaks. */
export const STATUS_LIST = 'xa-3b';
export const TOKEN_PATH = '/auth/realms/xa/protocol/openid-connect/token';

/** What the gateway writes; `{…}` is filled from the message, or by look-up for `{id}`. */
export const OPERATIONS = {
  publish: 'PUT /api/thu-tuc/{ma}',
  withdraw: 'POST /api/thu-tuc/{ma}/ngung',
  submit: 'POST /api/ho-so',
  update: 'PATCH /api/ho-so/{id}',
  status: 'POST /api/ho-so/{id}/trang-thai',
  step: 'POST /api/ho-so/{id}/buoc',
  result: 'POST /api/ho-so/{id}/ket-qua',
  answer: 'POST /api/y-kien/{maYeuCau}',
  document: 'POST /api/van-ban',
  documentStatus: 'POST /api/van-ban/{maVanBan}/trang-thai',
} as const;

/** Status codes of `xa-3b`, by the three steps. */
export const STATUSES: ReadonlySet<string> = new Set([
  'cho-tiep-nhan',
  'da-tiep-nhan',
  'tu-choi-tiep-nhan',
  'cho-bo-sung',
  'da-bo-sung-cho-kiem-tra',
  'xin-rut-cho-duyet',
  'da-rut',
  'cho-phan-cong',
  'dang-tham-dinh',
  'cho-y-kien-co-quan-khac',
  'tam-dung-tinh-han',
  'cho-thong-bao-thue',
  'cho-nop-tien',
  'dung-giai-quyet',
  'trinh-ky',
  'tra-buoc-truoc',
  'da-ky-cho-ban-giao',
  'cho-tra-ket-qua',
  'dang-gui-buu-chinh',
  'da-tra-ket-qua',
]);

const RETURN_METHODS = codes({ counter: 'tai-quay', post: 'buu-chinh', online: 'truc-tuyen' });
const CHANNELS = codes({ counter: 'truc-tiep', post: 'buu-chinh', online: 'truc-tuyen' }, 'open');
const APPLICANT_KINDS = codes({
  citizen: 'cong-dan',
  'household-business': 'ho-kinh-doanh',
  enterprise: 'doanh-nghiep',
  cooperative: 'hop-tac-xa',
  organisation: 'to-chuc',
  'state-agency': 'co-quan-nha-nuoc',
  foreigner: 'nguoi-nuoc-ngoai',
  'overseas-vietnamese': 'nguoi-viet-o-nuoc-ngoai',
  anonymous: 'an-danh',
});
const IDENTITY_TYPES = codes({
  cccd: 'can-cuoc',
  cmnd: 'cmnd',
  passport: 'ho-chieu',
  'tax-code': 'ma-so-thue',
  'business-code': 'ma-so-doanh-nghiep',
  none: 'khong-co',
});
const FEE_STATES = codes({ due: 'chua-nop', paid: 'da-nop', waived: 'mien', refunded: 'da-hoan' });
const FILED_AT = codes({ national: 'cong-quoc-gia', local: 'dia-phuong' });
const PAUSES = codes({
  supplement: 'cho-bo-sung',
  payment: 'cho-nop-tien',
  'tax-authority': 'cho-co-quan-thue',
  'other-agency': 'cho-co-quan-khac',
  'posting-period': 'niem-yet',
  extension: 'gia-han',
  'force-majeure': 'bat-kha-khang',
});
const ACTS = codes({
  initial: 'ky-nhay',
  approve: 'phe-duyet',
  sign: 'ky-ban-hanh',
  seal: 'dong-dau',
  opinion: 'cho-y-kien',
});
const DECISIONS = codes({ approved: 'dong-y', refused: 'khong-dong-y', returned: 'tra-lai' });
const OUTCOMES = codes({ granted: 'chap-thuan', refused: 'tu-choi', partly: 'mot-phan' });
const FILE_FIELDS: readonly Field[] = [
  ['id', 'ma', same],
  ['name', 'ten', same],
  ['mediaType', 'loai', same],
  ['size', 'kichThuoc', same],
  ['sha256', 'sha256', same],
  ['url', 'duongDan', same],
  ['content', 'noiDung', same],
  ['signed', 'daKy', same],
];
const FILES = list(record(FILE_FIELDS));
const PERSON = record([
  ['id', 'id', same],
  ['name', 'hoTen', same],
  ['email', 'thuDienTu', same],
  ['post', 'chucDanh', same],
  ['department', 'phongBan', same],
]);
const FEES = list(
  record([
    ['code', 'ma', same],
    ['name', 'ten', same],
    ['amount', 'soTien', same],
    ['state', 'tinhTrang', FEE_STATES],
  ]),
);
const APPLICANT = record([
  ['kind', 'loai', APPLICANT_KINDS],
  ['name', 'hoTen', same],
  ['identityNumber', 'soDinhDanh', same],
  [
    'identity',
    'giayTo',
    record([
      ['type', 'loai', IDENTITY_TYPES],
      ['number', 'so', same],
    ]),
  ],
  ['phone', 'dienThoai', same],
  ['email', 'email', same],
  ['address', 'diaChi', same],
]);
const AGENCY = record([
  ['code', 'ma', same],
  ['level', 'cap', same],
  ['name', 'ten', same],
]);

/** A dossier, in `POST /api/ho-so`, `GET /api/ho-so/{id}`, `PATCH` and `ho-so.cap-nhat`. */
export const DOSSIER: readonly Field[] = [
  ['procedureCode', 'maThuTuc', same],
  ['unitCode', 'donVi', same],
  ['status', 'trangThai', same],
  ['statusName', 'tenTrangThai', same],
  ['subStatus', 'trangThaiPhu', same],
  ['subStatusList', 'danhMucTrangThaiPhu', same],
  ['applicant', 'nguoiNop', APPLICANT],
  ['submitter', 'nguoiNopThay', APPLICANT],
  ['receivingUnit', 'donViTiepNhan', same],
  ['decidingAgency', 'coQuanGiaiQuyet', AGENCY],
  ['returnUnit', 'donViTra', same],
  ['returnMethod', 'hinhThucTra', RETURN_METHODS],
  ['summary', 'trichYeu', same],
  ['channel', 'kenhNop', CHANNELS],
  ['submittedAt', 'thoiDiemNop', time],
  ['receivedAt', 'thoiDiemTiepNhan', time],
  ['dueAt', 'hanTra', time],
  ['files', 'tepDinhKem', FILES],
  ['fees', 'phiLePhi', FEES],
  ['digitised', 'daSoHoa', same],
  ['accountVerified', 'taiKhoanXacThuc', same],
  ['paidOnline', 'nopTrucTuyen', same],
  ['filedAt', 'noiNop', FILED_AT],
  ['links', 'lienKet', same],
  ['parts', 'thanhPhan', same],
  ['actor', 'nguoiTiepNhan', PERSON],
];

/** A status, in `POST …/trang-thai` and `ho-so.trang-thai`. */
export const STATUS: readonly Field[] = [
  ['status', 'trangThai', same],
  ['at', 'thoiDiem', time],
  ['statusName', 'tenTrangThai', same],
  ['subStatus', 'trangThaiPhu', same],
  ['subStatusList', 'danhMucTrangThaiPhu', same],
  ['procedureCode', 'maThuTuc', same],
  ['actor', 'nguoiXuLy', PERSON],
  ['reason', 'lyDo', same],
  ['receivedAt', 'thoiDiemTiepNhan', time],
  ['dueAt', 'hanTra', time],
  [
    'pause',
    'tamDung',
    record([
      ['reason', 'lyDo', PAUSES],
      ['since', 'tu', time],
      ['clockStops', 'dungTinhHan', same],
    ]),
  ],
  [
    'supplement',
    'boSung',
    record([
      ['round', 'lan', same],
      ['papers', 'giayTo', same],
      ['content', 'noiDung', same],
      ['answerBy', 'hanBoSung', time],
    ]),
  ],
  ['fees', 'phiLePhi', FEES],
  ['closing', 'ketThuc', record([['reason', 'lyDo', same]])],
  [
    'reopen',
    'moLai',
    record([
      ['basis', 'canCu', same],
      ['approvedBy', 'nguoiDuyet', same],
      ['reason', 'lyDo', same],
    ]),
  ],
];

/** A processing step inside `buoc`. */
const STEP: readonly Field[] = [
  ['no', 'so', same],
  ['code', 'ma', same],
  ['content', 'noiDung', same],
  ['actor', 'nguoiXuLy', PERSON],
  ['startedAt', 'batDau', time],
  ['endedAt', 'ketThuc', time],
  ['dueAt', 'han', time],
  ['department', 'phongBan', same],
  ['post', 'chucDanh', same],
  ['status', 'trangThai', same],
  ['internal', 'noiBo', same],
];

/** A result inside `ketQua`. */
const RESULT: readonly Field[] = [
  ['number', 'soHieu', same],
  ['name', 'ten', same],
  ['signedAt', 'ngayKy', time],
  ['signer', 'nguoiKy', PERSON],
  ['files', 'tep', FILES],
];
export const STEP_EVENT: readonly Field[] = [
  ['step', 'buoc', record(STEP)],
  ['procedureCode', 'maThuTuc', same],
];
export const RESULT_EVENT: readonly Field[] = [
  ['result', 'ketQua', record(RESULT)],
  ['outcome', 'ketLuan', OUTCOMES],
  ['status', 'trangThai', same],
  ['at', 'thoiDiem', time],
  ['procedureCode', 'maThuTuc', same],
];

/** Handing over to the citizen, `ho-so.da-tra`. */
export const RETURN: readonly Field[] = [
  ['at', 'thoiDiem', time],
  ['method', 'hinhThuc', RETURN_METHODS],
  ['receivedBy', 'nguoiNhan', same],
  ['postal', 'buuChinh', same],
  ['actor', 'nguoiXuLy', PERSON],
  ['procedureCode', 'maThuTuc', same],
];

/** A request for a signature or an opinion, `trinh-ky` and `xin-y-kien`. */
export const REQUEST: readonly Field[] = [
  ['requestId', 'maYeuCau', same],
  ['act', 'viec', ACTS],
  ['procedureCode', 'maThuTuc', same],
  ['post', 'chucDanh', same],
  ['to', 'noiNhan', same],
  ['dueAt', 'han', time],
  ['at', 'thoiDiem', time],
  ['content', 'noiDung', same],
  ['subject', 'trichYeu', same],
  ['actor', 'nguoiXuLy', PERSON],
  ['files', 'tep', FILES],
];

/** The answer to it, `POST /api/y-kien/{maYeuCau}`. */
export const ANSWER: readonly Field[] = [
  ['inReplyTo', 'maYeuCau', same],
  ['decision', 'ketLuan', DECISIONS],
  ['text', 'noiDung', same],
  ['act', 'viec', ACTS],
  ['unitCode', 'donVi', same],
  ['officer', 'canBo', PERSON],
  ['post', 'chucDanh', same],
  ['at', 'thoiDiem', time],
  [
    'document',
    'vanBan',
    record([
      ['documentId', 'ma', same],
      ['number', 'so', same],
      ['notation', 'kyHieu', same],
      ['issuedAt', 'ngayBanHanh', time],
    ]),
  ],
  ['signedFiles', 'tepDaKy', FILES],
];

const OFFICE = record([
  ['agencyCode', 'ma', same],
  ['name', 'ten', same],
  ['unitCode', 'donVi', same],
]);

/** A document addressed to the unit, `POST /api/van-ban` (an addition of ours). */
export const DOCUMENT: readonly Field[] = [
  ['documentId', 'maVanBan', same],
  ['from', 'noiGui', OFFICE],
  ['to', 'noiNhan', list(OFFICE)],
  ['subject', 'trichYeu', same],
  ['number', 'so', same],
  ['notation', 'kyHieu', same],
  ['documentType', 'loaiVanBan', same],
  ['priority', 'doKhan', same],
  ['steeringType', 'loaiChiDao', same],
  ['promulgatedAt', 'ngayBanHanh', time],
  ['at', 'thoiDiem', time],
  ['dueAt', 'han', time],
  ['signer', 'nguoiKy', PERSON],
  ['files', 'tep', FILES],
  ['replaces', 'thayThe', same],
  ['responseFor', 'traLoi', same],
  ['reason', 'lyDo', same],
  ['about', 'veViec', same],
];

/** A document's way, `van-ban.trang-thai` and `POST /api/van-ban/{maVanBan}/trang-thai` (additions of ours). */
export const DOCUMENT_STATUS: readonly Field[] = [
  ['documentId', 'maVanBan', same],
  ['agencyCode', 'coQuan', same],
  ['status', 'trangThai', same],
  ['at', 'thoiDiem', time],
  ['description', 'moTa', same],
  ['reason', 'lyDo', same],
  ['actor', 'nguoiXuLy', PERSON],
];

/** Rights and posts, `can-bo.quyen` and `can-bo.vi-tri`. */
export const OFFICER: readonly Field[] = [
  ['officer', 'canBo', PERSON],
  ['post', 'chucDanh', same],
  ['seat', 'viTri', same],
  ['right', 'quyen', same],
  ['field', 'linhVuc', same],
  ['signAs', 'kyVoiTuCach', same],
  ['system', 'heThong', same],
  ['from', 'tu', time],
  ['to', 'den', time],
  [
    'document',
    'vanBan',
    record([
      ['number', 'so', same],
      ['date', 'ngay', time],
      ['signer', 'nguoiKy', same],
    ]),
  ],
  ['legalBasis', 'canCu', same],
];
