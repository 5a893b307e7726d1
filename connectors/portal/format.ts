/**
 * Canonical events → messages of the portal. Pure: the same event, entity and vocabulary always give the same message.
 */
import { createHash } from 'node:crypto';
import { FormatFault } from '../../src/domain/errors.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import type { FormatInput, Message, SystemFacts } from '../connector.ts';
import type { PortalSettings } from './dialect.ts';
import { SERVICES, toLocalTime } from './dialect.ts';
import { encode, formatDossier, statusFor } from './format-dossier.ts';
import { formatFees, formatFiles, formatResult, formatSupplement } from './format-lists.ts';
import { formatStep } from './format-step.ts';
import { objectIn, textIn } from './read.ts';

/** Types that this connector can write. */
export const TYPES_OUT = [
  'dossier.submitted',
  'dossier.updated',
  'dossier.status-changed',
  'dossier.step-changed',
  'dossier.result-issued',
];

/** What formatting needs of its connector. */
export interface FormatTools {
  system: SystemFacts;
  settings: PortalSettings;
}

/**
 * One event as one message. There is no call for a status alone, so every change of a dossier goes as DongBoHoSoMC with all
 * required fields, taken from the entity the gateway keeps. Throws FormatFault naming the canonical field that is missing.
 */
export function formatEvent(input: FormatInput, tools: FormatTools): Message {
  const type = input.event.type;
  if (!TYPES_OUT.includes(type)) {
    throw new FormatFault('/type', {
      vi: `Sự kiện ${type} không gửi được sang Cổng dịch vụ công.`,
      en: `The portal takes no events of the type ${type}.`,
    });
  }
  const code = codeFor(input, tools.system.id);
  if (type === 'dossier.step-changed') {
    const step = formatStep(input, code, tools.settings);
    const fields = ['NguoiXuLy', 'ThoiDiemXuLy', 'NoiDungXuLy'];
    return {
      operation: SERVICES.step,
      payload: { data: [step] },
      ref: {
        kind: 'dossier',
        code,
        expect: { step: digest(fields.map(field => step[field] ?? null)), at: timeOf(input) },
      },
    };
  }
  const status = type === 'dossier.result-issued' ? '9' : statusFor(input);
  const item: JsonObject = { ...formatDossier(input, tools, code, status), ...listsFor(input, tools, status) };
  return {
    operation: SERVICES.dossier,
    payload: { isUpdating: type === 'dossier.submitted' ? 'False' : 'True', data: [item] },
    ref: { kind: 'dossier', code, expect: { fields: expected(input, item), at: timeOf(input) } },
  };
}

/** The number under which the portal knows the dossier, else the national one, else the one the event names. */
function codeFor(input: FormatInput, systemId: string): string {
  const known =
    input.codes.find(entry => entry.system === systemId) ?? input.codes.find(entry => entry.kind === 'national');
  const code = known?.code ?? textIn(input.event.data, 'dossierCode');
  if (code === undefined) {
    throw new FormatFault('/data/dossierCode', { vi: 'Thiếu mã hồ sơ.', en: 'The code of the dossier is missing.' });
  }
  return code;
}

/** Lists go only with the event that brings them: a status must not depend on a file that went long before. */
function listsFor(input: FormatInput, tools: FormatTools, status: string): JsonObject {
  const { data, type } = input.event;
  const lists: JsonObject = {};
  if (type !== 'dossier.result-issued' && Array.isArray(data.files)) {
    lists.TaiLieuNop = formatFiles(data.files, tools.settings, tools.system.id);
  }
  if (Array.isArray(data.fees)) {
    lists.DanhSachLePhi = formatFees(
      data.fees,
      value => encode(input, value.list, value.canonical, value.pointer),
      tools.system.id,
    );
  }
  if (status === '5' && objectIn(data, 'supplement') !== undefined) Object.assign(lists, formatSupplement(input));
  if (type === 'dossier.result-issued') Object.assign(lists, formatResult(input, tools.settings));
  return lists;
}

/**
 * What the portal must hold if the message took effect. Codes stand as they are; texts as hashes, since an expectation is
 * stored beside the sync and may hold no personal data.
 */
function expected(input: FormatInput, item: JsonObject): JsonObject {
  const { type, data } = input.event;
  if (type === 'dossier.submitted') return { MaTTHC: item.MaTTHC ?? null };
  if (type === 'dossier.status-changed') return { TrangThaiHoSo: item.TrangThaiHoSo ?? null };
  if (type === 'dossier.result-issued') {
    return { TrangThaiHoSo: '9', DanhSachGiayToKetQua: digest(item.DanhSachGiayToKetQua ?? null) };
  }
  const fields: JsonObject = {};
  for (const name of CHANGEABLE) {
    const value = item[name.field];
    if (data[name.member] !== undefined && value !== undefined) fields[name.field] = digest(value);
  }
  return fields;
}

/** Canonical members that an update may carry, with one field of the dialect each that shows it. */
const CHANGEABLE = [
  ...['SoGiayToChuHoSo', 'ChuHoSo', 'SoDienThoai', 'Email'].map(field => ({ member: 'applicant', field })),
  { member: 'summary', field: 'TrichYeuHoSo' },
  { member: 'dueAt', field: 'NgayHenTra' },
  { member: 'returnMethod', field: 'HinhThuc' },
  { member: 'files', field: 'TaiLieuNop' },
  { member: 'fees', field: 'DanhSachLePhi' },
];

/** Hash of a value in a stable form: members in the order of their names. */
export function digest(value: Json): string {
  return `sha256:${createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, 32)}`;
}
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

function timeOf(input: FormatInput): string {
  return toLocalTime(textIn(input.event.data, 'at') ?? input.event.time) ?? '';
}
