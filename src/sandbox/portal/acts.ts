/**
 * What the portal's own users do: citizens file, the province publishes, handles and returns. Each act changes the store and
 * tells the gateway in the portal's own words, unless it is to be silent.
 */
import { InputFault } from '../../domain/errors.ts';
import type { Json, JsonObject } from '../../domain/words.ts';
import type { Act, Box } from '../box.ts';
import { decidedByProvince, procedureNames, publish } from './catalogue.ts';
import { stamp } from './clock.ts';
import { addStep, keep, tell, tellDossier, tellStep } from './dossiers.ts';
import { SAMPLE_PROCEDURES, SAMPLE_UNITS, samplePerson } from './people.ts';
import { PATHS } from './service.ts';

type Do = (box: Box, act: Act, at: Date) => JsonObject;

const ACTS: Readonly<Record<string, Do>> = {
  'submit-dossier': submitDossier,
  'publish-procedure': publishProcedure,
  'change-status': changeStatus,
  'update-dossier': updateDossier,
  'finish-step': finishStep,
  'issue-result': issueResult,
  'return-result': returnResult,
  delete: deleteDossier,
};
/** The acts this system knows. */
export const PORTAL_ACTS: readonly string[] = Object.keys(ACTS);

/** Does one act; undefined when the portal knows none of that name. Throws InputFault for an option that does not fit. */
export async function doAct(box: Box, act: Act): Promise<JsonObject | undefined> {
  const at = act.at === undefined ? box.now() : new Date(act.at);
  return ACTS[act.do]?.(box, act, at);
}

/** Options: procedureCode, unitCode, code, at, and `fields` laid over the made-up ones. */
function submitDossier(box: Box, act: Act, at: Date): JsonObject {
  const no = box.store.next('person');
  const unit = act.unitCode ?? SAMPLE_UNITS[no % SAMPLE_UNITS.length] ?? '26041';
  const procedure = textOf(act, 'procedureCode') ?? SAMPLE_PROCEDURES[no % SAMPLE_PROCEDURES.length] ?? '1.001193';
  const code = textOf(act, 'code') ?? nextCode(box, unit, at);
  if (box.store.get('dossier', code) !== undefined)
    throw wrong('code', `Mã hồ sơ ${code} đã có.`, `Dossier ${code} is already there.`);
  const names = procedureNames(box, procedure);
  const dossier: JsonObject = {
    MaHoSo: code,
    ...names,
    KenhThucHien: '2',
    ...samplePerson(no),
    TrichYeuHoSo: `${names.TenTTHC} (hồ sơ mẫu)`.slice(0, 1000),
    NgayNopHoSo: stamp(at),
    TrangThaiHoSo: '1',
    HinhThuc: no % 3 === 0 ? '1' : '0',
    DonViXuLy: unit,
    NoiNopHoSo: '1',
    HoSoCoThanhPhanSoHoa: '1',
    TaiKhoanDuocXacThucVoiVNeID: '1',
    DuocThanhToanTrucTuyen: '0',
    TaiLieuNop: [
      {
        TepDinhKemId: `${code}/1`,
        TenTepDinhKem: 'Tờ khai (mẫu).pdf',
        IsDeleted: false,
        MaThanhPhanHoSo: 'MAU-DON',
        DuongDanTaiTepTin: fileUrl(box, `${code}-1`),
      },
    ],
    DuLieuMau: true,
    ...objectOf(act, 'fields'),
  };
  const { held } = keep(box, dossier, at);
  if (!act.silent) tell(box, held, { service: 'DongBoHoSoMC', isUpdating: 'False', data: [held] });
  return {
    entity: 'dossier',
    code,
    status: '1',
    unitCode: unit,
    procedureCode: procedure,
    decidedByProvince: decidedByProvince(procedure),
  };
}

/** Options: procedureCode, name, withdrawn. */
function publishProcedure(box: Box, act: Act, at: Date): JsonObject {
  const code = textOf(act, 'procedureCode') ?? textOf(act, 'code') ?? '1.012783';
  const inForce = act.withdrawn !== true;
  const text = publish(box, code, textOf(act, 'name'), inForce, at);
  const status = inForce ? '1' : '0';
  if (!act.silent) tell(box, {}, { service: 'CongBoTTHC', MaTTHC: code, TrangThai: status });
  return { entity: 'procedure', code, status, name: text.TENTTHC ?? '' };
}

/** Options: code, status, note. */
function changeStatus(box: Box, act: Act, at: Date): JsonObject {
  const dossier = dossierOf(box, act);
  const status = textOf(act, 'status');
  if (status === undefined || !/^([1-9]|10)$/.test(status))
    throw wrong('status', 'status là 1 đến 10.', 'status is 1 to 10.');
  const dates: Readonly<Record<string, string>> = {
    2: 'NgayTiepNhan',
    3: 'NgayTuChoi',
    9: 'NgayKetThucXuLy',
    10: 'NgayTra',
  };
  const date = dates[status];
  const note = textOf(act, 'note') ?? textOf(act, 'reason');
  const change = {
    MaHoSo: dossier.MaHoSo ?? '',
    TrangThaiHoSo: status,
    ...(date === undefined ? {} : { [date]: stamp(at) }),
    GhiChu: note ?? '',
  };
  const { held } = keep(box, change, at);
  if (!act.silent) tellDossier(box, held, 'TrangThai');
  return { entity: 'dossier', code: String(dossier.MaHoSo), status };
}

/** Options: code, `fields` to change. */
function updateDossier(box: Box, act: Act, at: Date): JsonObject {
  const dossier = dossierOf(box, act);
  const fields = objectOf(act, 'fields');
  const { held } = keep(box, { ...fields, MaHoSo: dossier.MaHoSo ?? '' }, at);
  if (!act.silent) tellDossier(box, held, 'ThongTin');
  return { entity: 'dossier', code: String(dossier.MaHoSo), changed: Object.keys(fields) };
}

/** Options: code, status (4), officer, post, department, content. */
function finishStep(box: Box, act: Act, at: Date): JsonObject {
  const dossier = dossierOf(box, act);
  const code = String(dossier.MaHoSo);
  const done = box.store.list('step').filter(step => step.MaHoSo === code).length;
  const step: JsonObject = {
    MaHoSo: code,
    NguoiXuLy: textOf(act, 'officer') ?? 'Trần Thị Mẫu',
    ChucDanh: textOf(act, 'post') ?? 'Chuyên viên',
    PhongBanXuLy: textOf(act, 'department') ?? 'Phòng nghiệp vụ (mẫu)',
    NoiDungXuLy: textOf(act, 'content') ?? 'Thẩm định hồ sơ',
    ThoiDiemXuLy: stamp(at),
    TrangThai: textOf(act, 'status') ?? '4',
    SoThuTu: done + 1,
  };
  addStep(box, step, at);
  if (!act.silent) tellStep(box, step);
  return { entity: 'step', code, no: done + 1, status: step.TrangThai ?? '' };
}

/** Options: code, number, signer, file name and url. The dossier becomes 9. */
function issueResult(box: Box, act: Act, at: Date): JsonObject {
  const dossier = dossierOf(box, act);
  const code = String(dossier.MaHoSo);
  const number = textOf(act, 'number') ?? `${box.store.next('result')}/KQ-MAU`;
  const signer = textOf(act, 'signer') ?? 'Lê Văn Mẫu';
  const change: JsonObject = {
    MaHoSo: code,
    TrangThaiHoSo: '9',
    NgayKetThucXuLy: stamp(at),
    ThongTinTra: `Số: ${number}; ngày ký: ${stamp(at)}; người ký: ${signer}`,
    DanhSachGiayToKetQua: [
      {
        TenGiayTo: textOf(act, 'name') ?? 'Kết quả giải quyết (mẫu).pdf',
        GiayToId: `${code}/KQ`,
        MaGiayToKetQua: number,
        DuongDanTepTinKetQua: textOf(act, 'url') ?? fileUrl(box, `${code}-KQ`),
      },
    ],
  };
  const { held } = keep(box, change, at);
  if (!act.silent) tellDossier(box, held, 'KetQua');
  return { entity: 'dossier', code, status: '9', number };
}

/** Options: code, content. The dossier becomes 10. */
function returnResult(box: Box, act: Act, at: Date): JsonObject {
  const dossier = dossierOf(box, act);
  const code = String(dossier.MaHoSo);
  const content = textOf(act, 'content') ?? 'Đã trả kết quả cho người nộp';
  const { held } = keep(box, { MaHoSo: code, TrangThaiHoSo: '10', NgayTra: stamp(at) }, at);
  if (!act.silent) {
    tell(box, held, {
      service: 'ThongBaoHoSo',
      data: [{ MaHoSo: code, Loai: 'TraKetQua', ThoiDiem: stamp(at), NoiDung: content }],
    });
  }
  return { entity: 'dossier', code, status: '10' };
}

/** The portal has no message for a dossier that is gone: only reconciliation can see it. */
function deleteDossier(box: Box, act: Act): JsonObject {
  const code = String(dossierOf(box, act).MaHoSo);
  box.store.delete('dossier', code);
  return { entity: 'dossier', code, deleted: true };
}

/** The dossier an act names, else the one that came last. */
function dossierOf(box: Box, act: Act): JsonObject {
  const code = textOf(act, 'code');
  const found = code === undefined ? box.store.list('dossier').at(-1) : box.store.get('dossier', code);
  if (found === undefined) {
    throw wrong(
      'code',
      `Không có hồ sơ ${code ?? 'nào'}.`,
      code === undefined ? 'There is no dossier.' : `There is no dossier ${code}.`,
    );
  }
  return found;
}

/** `H19.TT.<unit>-yymmdd-NNNN`: TT keeps the numbers of online filings apart from those a counter gives. A sample form. */
function nextCode(box: Box, unit: string, at: Date): string {
  for (;;) {
    const code = `H19.TT.${unit}-${stamp(at).slice(2, 8)}-${String(box.store.next('dossier')).padStart(4, '0')}`;
    if (box.store.get('dossier', code) === undefined) return code;
  }
}

function fileUrl(box: Box, id: string): string {
  const url = box.store.get('own', 'address')?.url ?? 'http://127.0.0.1:8181';
  return `${String(url)}${PATHS.files}/${encodeURIComponent(id)}.pdf`;
}

function textOf(act: Act, name: string): string | undefined {
  const value = act[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function objectOf(act: Act, name: string): JsonObject {
  const value = act[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : {};
}

function wrong(option: string, vi: string, en: string): InputFault {
  return new InputFault(
    'invalid-act',
    400,
    { vi, en },
    { faults: [{ pointer: `/${option}`, code: 'invalid', detail: { vi, en } }] },
  );
}
