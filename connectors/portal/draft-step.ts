/**
 * Events about a part of a dossier: a step of its processing, and what the portal gives notice of.
 */
import type { Fault } from '../../src/domain/errors.ts';
import { InputFault } from '../../src/domain/errors.ts';
import type { JsonObject } from '../../src/domain/words.ts';
import type { SystemFacts } from '../connector.ts';
import { fromLocalTime, NATIONAL_STATUSES } from './dialect.ts';
import type { Draft } from './draft-dossier.ts';
import { missing } from './draft-dossier.ts';
import { unitIn } from './parse-dossier.ts';
import { present, textIn } from './read.ts';

/** One step of a message; `counts` numbers the steps of each dossier. Faults are added with pointers below `pointer`. */
export function step(
  item: JsonObject,
  pointer: string,
  unit: string | undefined,
  counts: Map<string, number>,
  system: SystemFacts,
  faults: Fault[],
): Draft {
  const code = textIn(item, 'MaHoSo') ?? '';
  const unitCode = unitIn(textIn(item, 'DonViXuLy') ?? '') ?? unit;
  if (unitCode === undefined) faults.push(missing(`${pointer}/DonViXuLy`));
  const position = (counts.get(code) ?? 0) + 1;
  counts.set(code, position);
  const status = textIn(item, 'TrangThai') ?? '';
  if (system.statusList === 'national' && !NATIONAL_STATUSES.has(status)) {
    faults.push({
      pointer: `${pointer}/TrangThai`,
      code: 'unknown-status',
      detail: {
        vi: `Trạng thái ${status} không có trong danh mục quốc gia.`,
        en: `Status ${status} is not in the national list.`,
      },
    });
  }
  return stepDraft(item, code, unitCode, position, system);
}

const STEP_FIELDS =
  'MaHoSo NguoiXuLy ChucDanh ThoiDiemXuLy PhongBanXuLy NoiDungXuLy TrangThai NgayBatDau NgayKetThucTheoQuyDinh SoThuTu DonViXuLy'.split(
    ' ',
  );

/** One step of CapNhatTienDoHoSoMC; the dialect has no number of a step, so its position counts where SoThuTu is missing. */
export function stepDraft(
  item: JsonObject,
  code: string,
  unitCode: string | undefined,
  position: number,
  system: SystemFacts,
): Draft {
  const at = fromLocalTime(textIn(item, 'ThoiDiemXuLy') ?? '');
  const started = fromLocalTime(textIn(item, 'NgayBatDau') ?? '');
  const left = Object.entries(item).filter(([field]) => !STEP_FIELDS.includes(field));
  return {
    type: 'dossier.step-changed',
    subject: code,
    changedAt: at,
    data: present({
      dossierCode: code,
      unitCode,
      step: present({
        no: typeof item.SoThuTu === 'number' ? item.SoThuTu : position,
        content: textIn(item, 'NoiDungXuLy'),
        actor: present({ name: textIn(item, 'NguoiXuLy') }),
        post: textIn(item, 'ChucDanh'),
        department: textIn(item, 'PhongBanXuLy'),
        startedAt: started ?? at,
        // A step that names its beginning apart was dealt with at ThoiDiemXuLy; one time alone is its beginning.
        endedAt: started === undefined ? undefined : at,
        dueAt: fromLocalTime(textIn(item, 'NgayKetThucTheoQuyDinh') ?? ''),
        status: textIn(item, 'TrangThai'),
      }),
      statusList: system.statusList,
      more: left.length === 0 ? undefined : { [system.id]: Object.fromEntries(left) },
    }),
  };
}

/** Of the notices, the return of a result is a status; the others belong to types that this release does not carry. */
export function notice(
  item: JsonObject,
  pointer: string,
  unit: string | undefined,
  system: SystemFacts,
  faults: Fault[],
): Draft {
  const kind = textIn(item, 'Loai') ?? '';
  if (kind !== 'TraKetQua') {
    throw new InputFault(
      'not-supported-yet',
      422,
      {
        vi: `Cổng liên thông chưa hỗ trợ thông báo loại ${kind}; bản tin không được lưu.`,
        en: `The gateway does not support notices of the kind ${kind} yet; nothing was stored.`,
      },
      {
        faults: [
          {
            pointer: `${pointer}/Loai`,
            code: 'not-supported-yet',
            detail: { vi: 'Hiện chỉ tiếp nhận loại TraKetQua.', en: 'Only TraKetQua is taken at present.' },
          },
        ],
      },
    );
  }
  const code = textIn(item, 'MaHoSo') ?? '';
  const unitCode = unitIn(textIn(item, 'DonViXuLy') ?? '') ?? unit;
  if (unitCode === undefined) faults.push(missing(`${pointer}/DonViXuLy`));
  const left = Object.entries(item).filter(
    ([field]) => !['MaHoSo', 'Loai', 'ThoiDiem', 'NoiDung', 'DonViXuLy'].includes(field),
  );
  return {
    type: 'dossier.status-changed',
    subject: code,
    changedAt: fromLocalTime(textIn(item, 'ThoiDiem') ?? ''),
    data: present({
      dossierCode: code,
      unitCode,
      status: '10',
      statusList: 'national',
      reason: textIn(item, 'NoiDung'),
      more: left.length === 0 ? undefined : { [system.id]: Object.fromEntries(left) },
    }),
  };
}
