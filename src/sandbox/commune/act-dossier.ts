/**
 * What the staff of the simulated commune system do with dossiers: take them in at the counter, move them on, hand out.
 */
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/words.ts';
import type { Act, Box } from '../box.ts';
import { resultsOf } from './dossier-writes.ts';
import { settleOwed } from './late.ts';
import {
  addStep,
  atSeven,
  DOSSIERS,
  dossierFor,
  dropDossier,
  findDossier,
  isObject,
  keepDossier,
  momentOf,
  numberFor,
  REQUESTS,
  stepsOf,
  tellOf,
  text,
} from './model.ts';
import { applicant, dueAfter, officer, PROCEDURES, paper, UNITS } from './sample.ts';
import { OF_NATIONAL } from './statuses.ts';

export type DoAct = (box: Box, act: Act) => JsonObject;

export const timeOf = (box: Box, act: Act): string => (act.at === undefined ? atSeven(box.now()) : momentOf(act.at));

/** What an act answers about a dossier. */
const doneWith = (dossier: JsonObject, more: JsonObject = {}): JsonObject => ({
  entity: 'dossier',
  code: text(dossier.maQuocGia) ?? String(dossier.maSo),
  codes: [dossier.maQuocGia, dossier.maSo].filter(code => typeof code === 'string'),
  id: dossier.id ?? '',
  unitCode: dossier.donVi ?? '',
  status: dossier.trangThai ?? '',
  ...more,
});

/** The dossier named, or the youngest that is still open. */
export function dossierNamed(box: Box, act: Act): JsonObject {
  const code = text(act.code);
  if (code !== undefined) {
    // What the system still owes to the dossier comes first, or it would undo what is done now.
    settleOwed(box, text(dossierFor(box, code).id));
    return dossierFor(box, code);
  }
  const open = box.store
    .list(DOSSIERS)
    .filter(dossier => dossier.trangThai !== 'da-tra-ket-qua')
    .filter(dossier => act.unitCode === undefined || dossier.donVi === act.unitCode)
    .at(-1);
  if (open !== undefined) return open;
  throw new GatewayError('no-dossier', 409, {
    vi: 'Chưa có hồ sơ nào đang mở; hãy nêu mã hồ sơ.',
    en: 'There is no open dossier; name one by its code.',
  });
}

const tellUnless = (box: Box, act: Act, kind: string, dossier: JsonObject, at: string, more: JsonObject): void => {
  if (!act.silent) tellOf(box, kind, dossier, at, { maThuTuc: dossier.maThuTuc ?? '', ...more });
};

/** At the counter: numbered here, taken in at once unless the act says otherwise. */
export const submitDossier: DoAct = (box, act) => {
  const n = box.store.next('ho-so-mau');
  const unit = act.unitCode ?? UNITS[n % UNITS.length]?.ma ?? '26041';
  const unitName = UNITS.find(({ ma }) => ma === unit)?.ten ?? `đơn vị ${unit}`;
  const maThuTuc = text(act.procedureCode) ?? PROCEDURES[n % PROCEDURES.length]?.ma ?? '2.000815';
  const sample = PROCEDURES.find(({ ma }) => ma === maThuTuc);
  const maSo = text(act.code) ?? numberFor(box, unit);
  if (findDossier(box, maSo) !== undefined) {
    throw new GatewayError('dossier-exists', 409, { vi: 'Mã số này đã có.', en: 'This number is taken.' });
  }
  const at = timeOf(box, act);
  const trangThai = localStatus(text(act.status) ?? 'da-tiep-nhan');
  const nguoiNop = isObject(act.nguoiNop) ? act.nguoiNop : applicant(n, unitName);
  const received: JsonObject =
    trangThai === 'cho-tiep-nhan'
      ? {}
      : {
          thoiDiemTiepNhan: at,
          hanTra: dueAfter(new Date(at), sample?.ngay ?? 5),
          nguoiTiepNhan: officer(unit, 'cong-chuc-mot-cua'),
        };
  const ten = sample?.ten ?? `Thủ tục ${maThuTuc}`;
  const dossier = keepDossier(box, {
    id: randomUUID(),
    maSo,
    maThuTuc,
    tenThuTuc: ten,
    tieuDe: ten,
    trichYeu: text(act.summary) ?? `${ten} của ${String(nguoiNop.hoTen ?? 'người nộp')}`,
    donVi: unit,
    trangThai,
    trangThaiDau: trangThai,
    trangThaiLuc: at,
    nguoiNop,
    hinhThucTra: 'tai-quay',
    kenhNop: 'truc-tiep',
    noiNop: 'dia-phuong',
    thoiDiemNop: at,
    ...received,
    tepDinhKem: [paper(`${maSo}/1`, 'to-khai.pdf', `Tờ khai ${maSo}`)],
    daSoHoa: true,
    taoLuc: at,
  });
  if (!act.silent) tellOf(box, 'ho-so.moi', dossier, at, { trangThai });
  return doneWith(dossier, { procedureCode: maThuTuc });
};

const localStatus = (status: string): string => OF_NATIONAL[status] ?? status;

/** Sets a status; `changes` are kept with the dossier, `told` goes out with the news. */
function moveTo(
  box: Box,
  act: Act,
  dossier: JsonObject,
  status: string,
  { changes = {}, told = {} }: { changes?: JsonObject; told?: JsonObject } = {},
): JsonObject {
  const at = timeOf(box, act);
  const trangThai = localStatus(status);
  const next = keepDossier(box, dossier, { trangThai, trangThaiLuc: at, ...changes });
  const national = act.statusList === 'national' && OF_NATIONAL[status] !== undefined;
  const post = trangThai === 'da-tiep-nhan' ? 'cong-chuc-mot-cua' : 'chuyen-vien';
  tellUnless(box, act, 'ho-so.trang-thai', next, at, {
    trangThai: national ? status : trangThai,
    ...(national ? { danhMuc: 'quoc-gia' } : {}),
    thoiDiem: at,
    nguoiXuLy: officer(String(next.donVi), post),
    ...(text(act.reason) === undefined ? {} : { lyDo: String(act.reason) }),
    ...told,
  });
  return doneWith(next);
}

export const receive: DoAct = (box, act) => {
  const dossier = dossierNamed(box, act);
  const at = timeOf(box, act);
  const days = PROCEDURES.find(({ ma }) => ma === dossier.maThuTuc)?.ngay ?? 5;
  const changes: JsonObject = {
    thoiDiemTiepNhan: at,
    hanTra: text(dossier.hanTra) ?? dueAfter(new Date(at), days),
    nguoiTiepNhan: officer(String(dossier.donVi), 'cong-chuc-mot-cua'),
  };
  const { thoiDiemTiepNhan = at, hanTra = '' } = changes;
  return moveTo(box, act, dossier, 'da-tiep-nhan', { changes, told: { thoiDiemTiepNhan, hanTra } });
};

export const changeStatus: DoAct = (box, act) =>
  moveTo(box, act, dossierNamed(box, act), text(act.status) ?? 'dang-tham-dinh');

export const askSupplement: DoAct = (box, act) => {
  const boSung: JsonObject = {
    lan: typeof act.round === 'number' ? act.round : 1,
    giayTo: ['Giấy tờ chứng minh nơi cư trú'],
    noiDung: text(act.content) ?? 'Bản chụp bị mờ, đề nghị nộp lại bản rõ.',
    hanBoSung: dueAfter(box.now(), 5),
  };
  return moveTo(box, act, dossierNamed(box, act), 'cho-bo-sung', { changes: { boSung }, told: { boSung } });
};

const STEP_NAMES = ['Tiếp nhận hồ sơ', 'Thẩm định hồ sơ', 'Trình ký, chuyển trả kết quả'] as const;
const STEP_POSTS = ['cong-chuc-mot-cua', 'chuyen-vien', 'chu-tich'] as const;

export const finishStep: DoAct = (box, act) => {
  const dossier = dossierNamed(box, act);
  const done = stepsOf(box, dossier);
  const so = Math.min(3, done.length + 1);
  const at = timeOf(box, act);
  const began = text(done.at(-1)?.ketThuc) ?? text(dossier.thoiDiemTiepNhan) ?? text(dossier.thoiDiemNop) ?? at;
  const chucDanh = STEP_POSTS[so - 1] ?? 'chuyen-vien';
  const buoc: JsonObject = {
    so,
    noiDung: text(act.content) ?? STEP_NAMES[so - 1] ?? 'Xử lý hồ sơ',
    nguoiXuLy: officer(String(dossier.donVi), chucDanh),
    chucDanh,
    batDau: began,
    ketThuc: at,
  };
  addStep(box, dossier, buoc);
  const next = keepDossier(box, dossier);
  tellUnless(box, act, 'ho-so.buoc', next, at, { buoc });
  return doneWith(next, { step: so });
};

/** The signed file that came back from the document system, else a made-up one. */
function resultFiles(box: Box, dossier: JsonObject, soHieu: string): JsonObject[] {
  const answered = box.store
    .list(REQUESTS)
    .filter(request => request.id === dossier.id && isObject(request.traLoi))
    .at(-1)?.traLoi;
  const signed = isObject(answered) && Array.isArray(answered.tepDaKy) ? answered.tepDaKy.filter(isObject) : [];
  if (signed.length > 0) return signed;
  return [paper(`${String(dossier.maSo)}/ket-qua`, 'ket-qua.pdf', `Kết quả ${soHieu}`, true)];
}

/** The signed result lies at the counter: status 9 nationally, told with the result. */
export const issueResult: DoAct = (box, act) => {
  const dossier = dossierNamed(box, act);
  const at = timeOf(box, act);
  const year = at.slice(0, 4);
  const soHieu = text(act.number) ?? `${box.store.next('so-ket-qua')}/${year}/KQ-UBND`;
  const ketLuan = act.outcome === 'refused' ? 'tu-choi' : act.outcome === 'partly' ? 'mot-phan' : 'chap-thuan';
  const result: JsonObject = {
    ketQua: {
      soHieu,
      ngayKy: at,
      nguoiKy: officer(String(dossier.donVi), 'chu-tich'),
      tep: resultFiles(box, dossier, soHieu),
    },
    ketLuan,
    trangThai: 'cho-tra-ket-qua',
    thoiDiem: at,
  };
  const next = keepDossier(box, dossier, {
    ketQua: [...resultsOf(dossier), result],
    trangThai: 'cho-tra-ket-qua',
    trangThaiLuc: at,
  });
  tellUnless(box, act, 'ho-so.ket-qua', next, at, result);
  return doneWith(next, { result: soHieu });
};

export const returnResult: DoAct = (box, act) => {
  const dossier = dossierNamed(box, act);
  const at = timeOf(box, act);
  const next = keepDossier(box, dossier, { trangThai: 'da-tra-ket-qua', trangThaiLuc: at });
  const taker = isObject(dossier.nguoiNop) ? text(dossier.nguoiNop.hoTen) : undefined;
  tellUnless(box, act, 'ho-so.da-tra', next, at, {
    thoiDiem: at,
    hinhThuc: text(dossier.hinhThucTra) ?? 'tai-quay',
    ...(taker === undefined ? {} : { nguoiNhan: taker }),
    nguoiXuLy: officer(String(next.donVi), 'cong-chuc-mot-cua'),
  });
  return doneWith(next);
};

/** Removed here without a word: the gateway must not make a status of it. */
export const remove: DoAct = (box, act) => {
  const dossier = dossierNamed(box, act);
  dropDossier(box, dossier);
  return doneWith(dossier, { deleted: true });
};
