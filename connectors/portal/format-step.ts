/**
 * One step of processing for CapNhatTienDoHoSoMC.
 */
import type { JsonObject } from '../../src/domain/words.ts';
import type { FormatInput } from '../connector.ts';
import type { PortalSettings } from './dialect.ts';
import { NATIONAL_STATUSES } from './dialect.ts';
import { checkLengths, localOr, missing } from './format-dossier.ts';
import { objectIn, present, textIn } from './read.ts';

/** `step` → the fields of one entry. Who, what, when and the status are required. Throws FormatFault. */
export function formatStep(input: FormatInput, code: string, settings: PortalSettings): JsonObject {
  const step = objectIn(input.event.data, 'step') ?? {};
  const actor = objectIn(step, 'actor') ?? {};
  const name = textIn(actor, 'name') ?? textIn(step, 'actor');
  const content = textIn(step, 'content');
  const started = textIn(step, 'startedAt');
  const ended = textIn(step, 'endedAt');
  const dealt = ended ?? started;
  // A step's own status may be a word of its workflow; only a national one has a place here.
  const status = [textIn(step, 'status'), textIn(input.event.data, 'status'), textIn(input.entity, 'status')].find(
    candidate => candidate !== undefined && NATIONAL_STATUSES.has(candidate),
  );
  if (name === undefined) throw missing('/data/step/actor/name', 'người xử lý', 'who carried the step out');
  if (content === undefined) throw missing('/data/step/content', 'nội dung xử lý', 'what was done');
  if (dealt === undefined) throw missing('/data/step/startedAt', 'thời điểm xử lý', 'when the step was carried out');
  if (status === undefined)
    throw missing('/data/step/status', 'trạng thái quốc gia của hồ sơ', 'the national status of the dossier');
  const due = textIn(step, 'dueAt');
  const fields = present({
    MaHoSo: code,
    NguoiXuLy: name,
    ChucDanh: textIn(step, 'post') ?? textIn(actor, 'post'),
    ThoiDiemXuLy: localOr(dealt, ended === undefined ? '/data/step/startedAt' : '/data/step/endedAt'),
    PhongBanXuLy: textIn(step, 'department') ?? textIn(actor, 'department'),
    NoiDungXuLy: content,
    TrangThai: status,
    NgayBatDau: started === undefined || ended === undefined ? undefined : localOr(started, '/data/step/startedAt'),
    NgayKetThucTheoQuyDinh: due === undefined ? undefined : localOr(due, '/data/step/dueAt'),
    // Our proposal: the dialect numbers no steps, and two steps of one minute could not be told apart.
    SoThuTu: settings.onlySeenFields || typeof step.no !== 'number' ? undefined : step.no,
  });
  checkLengths(fields);
  return fields;
}
