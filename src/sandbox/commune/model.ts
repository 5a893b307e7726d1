/**
 * What the simulated commune system keeps and how its parts are found: dossiers by any number, steps, times at +07:00.
 */
import { GatewayError } from '../../domain/errors.ts';
import type { Json, JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';

/** Collections of the store. */
export const DOSSIERS = 'ho-so';
export const PROCEDURES = 'thu-tuc';
const STEPS = 'tien-trinh';
export const REQUESTS = 'yeu-cau';
export const DOCUMENTS = 'van-ban';
export const OFFICERS = 'can-bo';
export const RIGHTS = 'quyen';
export const FILES = 'tep';
const NUMBERS = 'so-ho-so';

/** A refusal in the dialect's own form, `{maLoi, thongBao, truong[]}`. */
export class DialectFault extends Error {
  readonly status: number;
  readonly body: JsonObject;
  constructor(status: number, maLoi: string, thongBao: string, truong: string[] = [], more: JsonObject = {}) {
    super(maLoi);
    this.name = 'DialectFault';
    this.status = status;
    this.body = { maLoi, thongBao, truong, ...more };
  }
}

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
export const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const HOURS_7 = 7 * 3_600_000;
/** An instant as the dialect writes it, `2026-11-24T08:00:00+07:00`. */
export function atSeven(instant: Date): string {
  const iso = new Date(instant.getTime() + HOURS_7).toISOString();
  return `${iso.slice(0, 19)}${iso.slice(19, 23) === '.000' ? '' : iso.slice(19, 23)}+07:00`;
}
/** The same from any RFC 3339 text. */
export const momentOf = (at: string): string => atSeven(new Date(at));

/** A time or date that an act names, as the dialect writes it: dd/MM/yyyy for a date alone. */
export function wireTime(at: string): string {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(at);
  if (day !== null) return `${day[3]}/${day[2]}/${day[1]}`;
  return Number.isNaN(Date.parse(at)) ? at : momentOf(at);
}

/** Statuses after which a dossier takes no more statuses from elsewhere. */
export const CLOSED: ReadonlySet<string> = new Set([
  'tu-choi-tiep-nhan',
  'da-rut',
  'dung-giai-quyet',
  'da-tra-ket-qua',
]);

/** A dossier by its id, local number or national number. */
export function findDossier(box: Box, code: string): JsonObject | undefined {
  const id = text(box.store.get(NUMBERS, code)?.id) ?? code;
  return box.store.get(DOSSIERS, id);
}

/** The dossier an act or a call names; fails as a 404 that says so. */
export function dossierFor(box: Box, code: string): JsonObject {
  const found = findDossier(box, code);
  if (found !== undefined) return found;
  throw new GatewayError('unknown-dossier', 404, {
    vi: 'Hệ thống cấp xã (mô phỏng) không có hồ sơ này.',
    en: 'The simulated commune system has no such dossier.',
  });
}

/** Keeps a dossier as its next version; `changes` are laid over what it is now. */
export function keepDossier(box: Box, dossier: JsonObject, changes: JsonObject = {}): JsonObject {
  const version = typeof dossier.phienBan === 'number' ? dossier.phienBan + 1 : 1;
  const next: JsonObject = { ...dossier, ...changes, phienBan: version, capNhatLuc: atSeven(box.now()) };
  const id = String(next.id);
  box.store.put(DOSSIERS, id, next);
  for (const number of [next.maSo, next.maQuocGia]) {
    if (typeof number === 'string' && box.store.get(NUMBERS, number)?.id !== id) box.store.put(NUMBERS, number, { id });
  }
  return next;
}

/** Forgets a dossier and its numbers. */
export function dropDossier(box: Box, dossier: JsonObject): void {
  box.store.delete(DOSSIERS, String(dossier.id));
  for (const number of [dossier.maSo, dossier.maQuocGia]) {
    if (typeof number === 'string') box.store.delete(NUMBERS, number);
  }
}

/** The next local number of a unit, counted by day: `H19.26041-261124-00001` (a sample form, not the province's). */
export function numberFor(box: Box, unit: string): string {
  const day = atSeven(box.now()).slice(2, 10).replaceAll('-', '');
  return `H19.${unit}-${day}-${String(box.store.next(`maSo/${unit}/${day}`)).padStart(5, '0')}`;
}

/** Steps of a dossier, oldest first. */
export function stepsOf(box: Box, dossier: JsonObject): JsonObject[] {
  const kept = box.store.get(STEPS, String(dossier.id))?.noiDung;
  return Array.isArray(kept) ? kept.filter(isObject) : [];
}
export function addStep(box: Box, dossier: JsonObject, step: JsonObject): void {
  box.store.put(STEPS, String(dossier.id), { noiDung: [...stepsOf(box, dossier), step] });
}

/** Numbers of a dossier as webhooks and answers carry them. */
const nationalOf = (dossier: JsonObject): JsonObject =>
  typeof dossier.maQuocGia === 'string' ? { maQuocGia: dossier.maQuocGia } : {};

/** Tells the gateway something of a dossier: `{suKien, id, maSo, donVi, thoiDiem, duLieu}`. */
export function tellOf(box: Box, suKien: string, dossier: JsonObject, thoiDiem: string, duLieu: JsonObject): void {
  const { id = '', maSo = '', donVi = '' } = dossier;
  tell(box, { suKien, id, maSo, donVi, thoiDiem, duLieu: { ...nationalOf(dossier), ...duLieu } });
}
export function tell(box: Box, message: JsonObject): void {
  box.tell({ contentType: 'application/json', body: JSON.stringify(message) });
}

/** Only the members named; the system drops what it does not know. */
export function only(body: JsonObject, names: readonly string[]): JsonObject {
  const kept: JsonObject = {};
  for (const name of names) {
    const value: Json | undefined = body[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

const TITLE_LIMIT = 250;
/** The habit of cutting long titles without a word. */
export function cut(body: JsonObject, names: readonly string[]): JsonObject {
  const next = { ...body };
  for (const name of names) {
    const value = next[name];
    if (typeof value === 'string') next[name] = [...value].slice(0, TITLE_LIMIT).join('');
  }
  return next;
}
