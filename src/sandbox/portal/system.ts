/**
 * The simulated portal: the province's procedure system as the face of the National Portal, speaking the `dvcqg` dialect.
 * A simulator for trying and testing; it holds made-up people only.
 */
import type { Box, SandboxRecord, SandboxSystem } from '../box.ts';
import { doAct, PORTAL_ACTS } from './acts.ts';
import { rfc3339 } from './clock.ts';
import { addService } from './service.ts';

/** The portal for the sandbox frame. */
export const portalSandbox: SandboxSystem = {
  role: 'portal',
  acts: PORTAL_ACTS,
  register: addService,
  act: doAct,
  records: box => [...dossiers(box), ...steps(box), ...procedures(box)],
};

function dossiers(box: Box): SandboxRecord[] {
  return box.store.list('dossier').map(held => ({
    entity: 'dossier',
    code: String(held.MaHoSo),
    codes: [String(held.MaHoSo)],
    status: String(held.TrangThaiHoSo),
    updatedAt: rfc3339(String(held.NgayCapNhat)),
    data: held,
  }));
}

function steps(box: Box): SandboxRecord[] {
  return box.store.list('step').map(step => ({
    entity: 'step',
    code: String(step.MaHoSo),
    status: String(step.TrangThai),
    updatedAt: rfc3339(String(step.ThoiDiemXuLy)),
    data: step,
  }));
}

/** Those that were published or withdrawn here; the catalogue behind them is asked by LayDanhSachTTHC. */
function procedures(box: Box): SandboxRecord[] {
  return box.store.list('procedure').map(text => ({
    entity: 'procedure',
    code: String(text.MATTHC),
    status: String(text.TRANGTHAI),
    updatedAt: rfc3339(String(text.NGAYCAPNHAT)),
    data: text,
  }));
}
