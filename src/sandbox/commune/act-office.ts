/**
 * What the staff of the simulated commune system do beside dossiers: ask for signatures and opinions, give rights and posts; and who
 * is there on the first day.
 */
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import { SAMPLE_UNITS, SINCE } from '../first-day.ts';
import { type DoAct, dossierNamed, timeOf } from './act-dossier.ts';
import { atSeven, isObject, keepDossier, OFFICERS, REQUESTS, RIGHTS, tell, tellOf, text, wireTime } from './model.ts';
import { officer, paper, UNITS } from './sample.ts';

const WORK: Readonly<Record<string, string>> = {
  initial: 'ky-nhay',
  approve: 'phe-duyet',
  sign: 'ky-ban-hanh',
  seal: 'dong-dau',
  opinion: 'cho-y-kien',
};

/** Trình ký, or with `act: "opinion"` xin ý kiến. */
export const requestApproval: DoAct = (box, act) => {
  const dossier = dossierNamed(box, act);
  const at = timeOf(box, act);
  const viec = WORK[text(act.act) ?? 'sign'] ?? 'ky-ban-hanh';
  const opinion = viec === 'cho-y-kien';
  const maYeuCau =
    text(act.requestId) ?? `YC-${String(dossier.donVi)}-${String(box.store.next('yeu-cau')).padStart(5, '0')}`;
  const file = paper(`${maYeuCau}/1`, 'du-thao.pdf', `Dự thảo kết quả hồ sơ ${String(dossier.maSo)}`);
  const duLieu: JsonObject = {
    maYeuCau,
    viec,
    chucDanh: text(act.post) ?? 'chu-tich',
    trichYeu: `${opinion ? 'Xin ý kiến về' : 'Trình ký'} hồ sơ ${String(dossier.maQuocGia ?? dossier.maSo)}`,
    nguoiXuLy: officer(String(dossier.donVi), 'chuyen-vien'),
    thoiDiem: at,
    tep: [file],
    ...(text(act.dueAt) === undefined ? {} : { han: wireTime(String(act.dueAt)) }),
    ...(opinion ? { noiDung: text(act.content) ?? 'Đề nghị cho ý kiến về hồ sơ nêu trên.' } : {}),
  };
  box.store.put(REQUESTS, maYeuCau, { ...duLieu, id: dossier.id ?? '', capNhatLuc: atSeven(box.now()) });
  const trangThai = opinion ? 'cho-y-kien-co-quan-khac' : 'trinh-ky';
  const next = keepDossier(box, dossier, { trangThai, trangThaiLuc: at });
  const maThuTuc = next.maThuTuc ?? '';
  if (!act.silent) {
    tellOf(box, 'ho-so.trang-thai', next, at, { trangThai, thoiDiem: at, maThuTuc, nguoiXuLy: duLieu.nguoiXuLy ?? '' });
    tellOf(box, opinion ? 'xin-y-kien' : 'trinh-ky', next, at, { maThuTuc, ...duLieu });
  }
  return {
    entity: 'approval',
    code: text(next.maQuocGia) ?? String(next.maSo),
    requestId: maYeuCau,
    unitCode: next.donVi ?? '',
    act: text(act.act) ?? 'sign',
    sha256: file.sha256 ?? '',
  };
};

/** The officer an act names, else the sample one of the post. */
function officerOf(
  box: Parameters<DoAct>[0],
  act: Parameters<DoAct>[1],
  post: string,
): { unit: string; person: JsonObject } {
  const unit = act.unitCode ?? UNITS[0]?.ma ?? '26041';
  const sample = officer(unit, post);
  const person: JsonObject = {
    id: text(act.officerId) ?? String(sample.id),
    hoTen: text(act.officerName) ?? String(sample.hoTen),
  };
  const kept = box.store.get(OFFICERS, String(person.id));
  box.store.put(OFFICERS, String(person.id), { ...person, viTri: [], ...kept });
  return { unit, person };
}

/** The paper a right or post rests on: the one named, else a sample decision of the unit's chairman. */
function basis(act: Parameters<DoAct>[1], unit: string, at: string): JsonObject {
  if (text(act.legalBasis) !== undefined) return { canCu: String(act.legalBasis) };
  const given = isObject(act.document) ? act.document : {};
  const [year = '', month = '', day = ''] = at.slice(0, 10).split('-');
  return {
    vanBan: {
      so: text(given.number) ?? `15/QĐ-UBND-${unit}`,
      ngay: text(given.date) !== undefined ? wireTime(String(given.date)) : `${day}/${month}/${year}`,
      nguoiKy: text(given.signer) ?? String(officer(unit, 'chu-tich').hoTen),
    },
  };
}

const changeRight =
  (hanhDong: 'cap' | 'thu-hoi'): DoAct =>
  (box, act) => {
    const post = text(act.post) ?? 'cong-chuc-mot-cua';
    const { unit, person } = officerOf(box, act, post);
    const at = timeOf(box, act);
    const quyen = text(act.right) ?? 'receive';
    const tu = wireTime(text(act.from) ?? at);
    const code = `${unit}/${post}/${quyen}`;
    const duLieu: JsonObject = {
      hanhDong,
      canBo: person,
      chucDanh: post,
      viTri: text(act.seat) ?? `${unit}/${post}`,
      quyen,
      ...(text(act.field) === undefined ? {} : { linhVuc: String(act.field) }),
      ...(text(act.signAs) === undefined ? {} : { kyVoiTuCach: String(act.signAs) }),
      heThong: text(act.system) ?? 'commune',
      tu,
      ...(hanhDong === 'thu-hoi'
        ? { den: wireTime(text(act.to) ?? at) }
        : text(act.to) === undefined
          ? {}
          : { den: wireTime(String(act.to)) }),
      ...basis(act, unit, at),
    };
    if (hanhDong === 'cap') {
      box.store.put(RIGHTS, code, { ...duLieu, code, donVi: unit, canBoId: person.id ?? '', capNhatLuc: at });
    } else box.store.delete(RIGHTS, code);
    if (!act.silent)
      tell(box, { suKien: 'can-bo.quyen', id: person.id ?? '', maSo: '', donVi: unit, thoiDiem: at, duLieu });
    return { entity: 'right', code, unitCode: unit, post, right: quyen, officer: person };
  };
export const grantRight = changeRight('cap');
export const revokeRight = changeRight('thu-hoi');

/** Puts an officer on a post, or with `end: true` takes them off it. */
export const assignPost: DoAct = (box, act) => {
  const post = text(act.post) ?? 'chuyen-vien';
  const { unit, person } = officerOf(box, act, post);
  const at = timeOf(box, act);
  const viTri = text(act.seat) ?? `${unit}/${post}`;
  const ends = act.end === true;
  const tu = wireTime(text(act.from) ?? at);
  const kept = box.store.get(OFFICERS, String(person.id)) ?? person;
  const seats = (Array.isArray(kept.viTri) ? kept.viTri : []).filter(seat => !isObject(seat) || seat.viTri !== viTri);
  box.store.put(OFFICERS, String(person.id), {
    ...kept,
    viTri: ends ? seats : [...seats, { viTri, donVi: unit, chucDanh: post, tu }],
    capNhatLuc: at,
  });
  const duLieu: JsonObject = {
    hanhDong: ends ? 'thoi' : 'nhan',
    canBo: person,
    chucDanh: post,
    viTri,
    tu,
    ...(ends
      ? { den: wireTime(text(act.to) ?? at) }
      : text(act.to) === undefined
        ? {}
        : { den: wireTime(String(act.to)) }),
    ...basis(act, unit, at),
  };
  if (!act.silent)
    tell(box, { suKien: 'can-bo.vi-tri', id: person.id ?? '', maSo: '', donVi: unit, thoiDiem: at, duLieu });
  return { entity: 'right', code: viTri, unitCode: unit, post, officer: person };
};

/** The people of the first day: in every unit the head of the office takes up what comes in and gives it to somebody. */
export function beginCommune(box: Box): void {
  for (const unitCode of SAMPLE_UNITS) {
    grantRight(box, {
      do: 'grant-right',
      count: 1,
      silent: false,
      unitCode,
      post: 'chanh-van-phong',
      right: 'assign',
      from: SINCE,
      document: { number: '01/QĐ-MAU', date: SINCE },
    });
  }
}
