/**
 * The dossiers of the simulated portal: taken from the gateway or changed by the portal's own user, kept in the store.
 */
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import { stamp } from './clock.ts';
import { wrongDossier, wrongStep } from './rules.ts';

/** Answers as the service writes them. */
export interface ServiceAnswer extends JsonObject {
  error_code: string | number;
  message: string;
}
export const refused = (code: string, message: string): ServiceAnswer => ({ error_code: code, message });

/** Whether a change is about the status, the information or a result; the portal says so when it tells the gateway. */
export type ChangeKind = 'TrangThai' | 'ThongTin' | 'KetQua';

/** Keeps a dossier with the time of this change. Answers what is held now and what the change was about. */
export function keep(box: Box, dossier: JsonObject, at: Date): { held: JsonObject; kind: ChangeKind } {
  const code = String(dossier.MaHoSo);
  const before = box.store.get('dossier', code);
  const held: JsonObject = { ...before, ...dossier, NgayCapNhat: stamp(at) };
  // A note belongs to the change it came with.
  if (dossier.TrangThaiHoSo !== undefined && dossier.GhiChu === undefined) delete held.GhiChu;
  box.store.put('dossier', code, held);
  if (before === undefined) return { held, kind: 'TrangThai' };
  if (JSON.stringify(before.DanhSachGiayToKetQua) !== JSON.stringify(held.DanhSachGiayToKetQua))
    return { held, kind: 'KetQua' };
  const sameStatus = String(before.TrangThaiHoSo) === String(held.TrangThaiHoSo);
  return { held, kind: sameStatus && !sameContent(before, dossier) ? 'ThongTin' : 'TrangThai' };
}

/** Does an update say nothing new of the dossier itself? */
function sameContent(before: JsonObject, update: JsonObject): boolean {
  return Object.entries(update).every(([field, value]) => JSON.stringify(before[field]) === JSON.stringify(value));
}

/** Steps of one dossier, in the order they came. */
export function stepsOf(box: Box, code: string): JsonObject[] {
  return box.store.list('step').filter(step => step.MaHoSo === code);
}

/** Keeps one more step; its status becomes the dossier's. */
export function addStep(box: Box, step: JsonObject, at: Date): void {
  const code = String(step.MaHoSo);
  box.store.put('step', `${code}#${box.store.next('step')}`, step);
  const dossier = box.store.get('dossier', code);
  if (dossier !== undefined)
    box.store.put('dossier', code, { ...dossier, TrangThaiHoSo: step.TrangThai ?? null, NgayCapNhat: stamp(at) });
}

/** DongBoHoSoMC as the gateway calls it: all or nothing. */
export function takeDossiers(box: Box, body: JsonObject): ServiceAnswer {
  const items = objects(body.data);
  if (body.isUpdating !== 'True' && body.isUpdating !== 'False')
    return refused('12', 'isUpdating phải là "True" hoặc "False"');
  if (items.length === 0) return refused('11', 'Thiếu dữ liệu hồ sơ (data)');
  const updating = body.isUpdating === 'True';
  for (const item of items) {
    const wrong = wrongDossier(item);
    if (wrong !== undefined) return refused('13', wrong);
    const exists = box.store.get('dossier', String(item.MaHoSo)) !== undefined;
    if (exists && !updating) return refused('3', 'Hồ sơ đã tồn tại');
    if (!exists && updating) return refused('4', 'Hồ sơ không tồn tại');
  }
  for (const item of items) {
    const { held, kind } = keep(box, item, box.now());
    if (box.faults().echo) tellDossier(box, held, kind);
  }
  return { error_code: '00', message: 'Thành công' };
}

/** CapNhatTienDoHoSoMC as the gateway calls it: at most ten steps, all or nothing. */
export function takeSteps(box: Box, body: JsonObject): ServiceAnswer {
  const items = objects(body.data);
  if (items.length === 0) return refused('11', 'Thiếu dữ liệu tiến độ (data)');
  if (items.length > 10) return refused('14', 'Mỗi lần gửi tối đa 10 bước xử lý');
  for (const item of items) {
    const wrong = wrongStep(item);
    if (wrong !== undefined) return refused('13', wrong);
    if (box.store.get('dossier', String(item.MaHoSo)) === undefined) return refused('4', 'Hồ sơ không tồn tại');
  }
  for (const item of items) addStep(box, item, box.now());
  if (box.faults().echo) for (const item of items) tellStep(box, item);
  return { error_code: '0', message: 'Thành công' };
}

/** TraCuuHoSo: one dossier with its steps; or, as this simulator offers it, what changed in a window, a hundred a page. */
export function lookUp(box: Box, body: JsonObject): JsonObject {
  if (typeof body.MaHoSo === 'string') {
    const held = box.store.get('dossier', body.MaHoSo);
    const result = held === undefined ? [] : [{ ...held, DanhSachTienDo: stepsOf(box, body.MaHoSo) }];
    return { error_code: 0, message: '', result };
  }
  const from = String(body.TuNgay ?? '');
  const to = String(body.DenNgay ?? '99999999999999');
  const page = Number(body.Trang ?? 0);
  const all = box.store
    .list('dossier')
    .filter(held => String(held.NgayCapNhat) >= from && String(held.NgayCapNhat) <= to)
    .sort((a, b) => (`${a.NgayCapNhat} ${a.MaHoSo}` < `${b.NgayCapNhat} ${b.MaHoSo}` ? -1 : 1));
  return {
    error_code: 0,
    message: '',
    result: all.slice(page * 100, page * 100 + 100),
    ConNua: all.length > page * 100 + 100,
  };
}

/** Tells the gateway of a change of a dossier. */
export function tellDossier(box: Box, held: JsonObject, kind: ChangeKind): void {
  tell(box, held, { service: 'DongBoHoSoMC', isUpdating: 'True', data: [{ ...held, LoaiCapNhat: kind }] });
}

/** Tells the gateway of a step. */
export function tellStep(box: Box, step: JsonObject): void {
  tell(box, box.store.get('dossier', String(step.MaHoSo)) ?? {}, { service: 'CapNhatTienDoHoSoMC', data: [step] });
}

/** Any message; `madonvi` is the unit the dossier lies with. */
export function tell(box: Box, about: JsonObject, message: JsonObject): void {
  const body = JSON.stringify({ ...message, madonvi: about.DonViXuLy ?? '75' });
  box.tell({ contentType: 'application/json', body });
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is JsonObject => typeof entry === 'object' && entry !== null)
    : [];
}
