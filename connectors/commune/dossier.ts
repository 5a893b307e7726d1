/**
 * A dossier as the commune system holds it → canonical data and events (thin notices, pulls, reconciliation).
 */

import type { Fault } from '../../src/domain/errors.ts';
import type { GatewayEvent, Json, JsonObject } from '../../src/domain/words.ts';
import type { SystemFacts } from '../connector.ts';
import { DOSSIER, RESULT_EVENT } from './dialect.ts';
import { atSeven, fromWire, isObject, listOf, textOf, timeIn } from './values.ts';

/**
 * The code a dossier goes by, national before local, and all its numbers.
 * `system` is the one that told us: it does not say who gave a national number.
 */
export function identify(system: string, maSo: string, maQuocGia: Json | undefined): { code: string; codes: Json[] } {
  const national = textOf(maQuocGia);
  const codes = [
    ...(national === undefined ? [] : [{ system, code: national, kind: 'national' }]),
    ...(maSo === '' || maSo === national ? [] : [{ system, code: maSo, kind: 'local' }]),
  ];
  return { code: national ?? maSo, codes };
}
/** `codes` as a member to spread, left out when there is none. */
export const withCodes = (codes: Json[]): JsonObject => (codes.length > 0 ? { codes } : {});

/** What the system keeps for itself or derives: never part of the canonical dossier. */
const OWN: ReadonlySet<string> = new Set([
  'id',
  'maSo',
  'maQuocGia',
  'tenThuTuc',
  'tenChinhThuc',
  'tieuDe',
  'trangThaiLuc',
  'trangThaiDau',
  'nguoiNopCapNhatLuc',
  'capNhatLuc',
  'taoLuc',
  'phienBan',
  'ketQua',
]);

/** Canonical data of `dossier.submitted`; unknown fields in `more`. */
export function dossierData(system: SystemFacts, dossier: JsonObject, faults: Fault[], pointer: string): JsonObject {
  const { code, codes } = identify(system.id, textOf(dossier.maSo) ?? '', dossier.maQuocGia);
  const data = fromWire(DOSSIER, dossier, pointer, faults, OWN);
  return { dossierCode: code, ...withCodes(codes), ...data, statusList: system.statusList };
}

/** A dossier as events: that it was submitted, its results, its status now. Faults are the caller's to judge. */
export function dossierEvents(system: SystemFacts, dossier: JsonObject, faults: Fault[], now: Date): GatewayEvent[] {
  const data = dossierData(system, dossier, faults, '');
  const id = textOf(dossier.id) ?? String(data.dossierCode);
  const moment = (value: Json | undefined): string | undefined => timeIn(textOf(value) ?? '');
  const filed = moment(dossier.thoiDiemNop) ?? moment(dossier.taoLuc) ?? moment(dossier.capNhatLuc);
  const event = (kind: string, type: string, time: string | undefined, content: JsonObject): GatewayEvent => ({
    specversion: '1.0',
    id: `${id}:${kind}`,
    source: system.id,
    type,
    subject: String(data.dossierCode),
    time: time ?? atSeven(now),
    ...(time === undefined ? { timeassumed: true } : {}),
    datacontenttype: 'application/json',
    data: content,
  });
  const first = textOf(dossier.trangThaiDau);
  const events = [event('moi', 'dossier.submitted', filed, first === undefined ? data : { ...data, status: first })];
  const { dossierCode, codes, unitCode, procedureCode, status, subStatus, statusList } = data;
  const head: JsonObject = {
    dossierCode: dossierCode ?? null,
    ...withCodes(listOf(codes)),
    unitCode: unitCode ?? null,
  };
  for (const result of listOf(dossier.ketQua).filter(isObject)) {
    const content = fromWire(RESULT_EVENT, result, '/ketQua', faults);
    const at = moment(result.thoiDiem);
    events.push(
      event(
        `ket-qua:${textOf(isObject(result.ketQua) ? result.ketQua.soHieu : undefined) ?? ''}`,
        'dossier.result-issued',
        at ?? filed,
        {
          ...head,
          ...content,
        },
      ),
    );
  }
  const since = moment(dossier.trangThaiLuc);
  if (first !== undefined && first !== status && since !== undefined) {
    events.push(
      event(`trang-thai:${since}`, 'dossier.status-changed', since, {
        ...head,
        ...(procedureCode === undefined ? {} : { procedureCode }),
        status: status ?? null,
        ...(subStatus === undefined ? {} : { subStatus }),
        statusList: statusList ?? null,
        at: since,
      }),
    );
  }
  return events;
}
