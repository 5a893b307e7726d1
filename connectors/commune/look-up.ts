/**
 * After an unknown outcome: does the commune system hold what a message should have done? Compared in the dialect's own terms.
 */
import type { JsonObject } from '../../src/domain/words.ts';
import type { Delivery, LookUp } from '../connector.ts';
import type { Client } from './client.ts';
import { canonical } from './compare.ts';
import { isLater, pathPart } from './deliver.ts';
import { OPERATIONS } from './dialect.ts';
import { findDossier, findIn, readJson } from './find.ts';
import { isObject, listOf, objectOf, textOf } from './values.ts';

/** Looks one message up. Throws CallFault or TransportFault when the system does not say. */
export async function lookUpOne(client: Client, delivery: Delivery): Promise<LookUp> {
  const { operation, ref } = delivery.message;
  const { expect } = ref;
  switch (operation) {
    case OPERATIONS.publish:
    case OPERATIONS.withdraw:
      return versioned(await readJson(client, `/api/thu-tuc/${pathPart(ref.code)}`), expect, 'trangThai', 'phienBan');
    case OPERATIONS.answer: {
      const request = await listed(client, '/api/y-kien', 'maYeuCau', textOf(expect.maYeuCau) ?? '');
      return { found: isObject(request?.traLoi) ? 'equal' : 'absent' };
    }
    case OPERATIONS.document: {
      const document = await listed(client, '/api/van-ban', 'maVanBan', ref.code);
      return versioned(document, expect, 'nghiepVu', 'thoiDiem');
    }
    case OPERATIONS.documentStatus: {
      const document = await listed(client, '/api/van-ban', 'maVanBan', ref.code);
      const told = listOf(document?.trangThaiGui).filter(isObject);
      const there = told.some(one => one.coQuan === expect.coQuan && one.trangThai === expect.trangThai);
      return { found: there ? 'equal' : 'absent' };
    }
    default:
      return inDossier(client, delivery);
  }
}

/** One entry of a list by its own name, also where the system does not filter; ids with slashes are safe in a query. */
function listed(client: Client, path: string, name: string, value: string): Promise<JsonObject | undefined> {
  return findIn(client, path, { [name]: value }, item => item[name] === value);
}

/** Equal by version and mark; a later version there is newer, an earlier one means that ours did not take effect. */
function versioned(there: JsonObject | undefined, expect: JsonObject, mark: string, version: string): LookUp {
  if (there === undefined) return { found: 'absent' };
  if (isLater(textOf(there[version]), textOf(expect[version]))) return { found: 'newer' };
  const equal = there[mark] === expect[mark] && !isLater(textOf(expect[version]), textOf(there[version]));
  return { found: equal ? 'equal' : 'absent' };
}

async function inDossier(client: Client, { message, foreignId }: Delivery): Promise<LookUp> {
  const { operation, ref } = message;
  const { expect } = ref;
  const dossier =
    (foreignId === undefined ? undefined : await readJson(client, `/api/ho-so/${encodeURIComponent(foreignId)}`)) ??
    (await findDossier(client, ref.code, textOf(expect.maSo)));
  const id = textOf(dossier?.id);
  if (dossier === undefined || id === undefined) return { found: 'absent' };
  const path = `/api/ho-so/${encodeURIComponent(id)}`;
  const answer = (found: LookUp['found']): LookUp => (found === 'absent' ? { found } : { found, foreignId: id });
  const among = (things: JsonObject[], same: (one: JsonObject) => boolean): LookUp =>
    answer(things.some(same) ? 'equal' : 'absent');
  switch (operation) {
    case OPERATIONS.submit:
      return answer(dossier.maThuTuc === expect.maThuTuc && dossier.donVi === expect.donVi ? 'equal' : 'different');
    case OPERATIONS.status: {
      if (dossier.trangThai === expect.trangThai) return answer('equal');
      return answer(isLater(textOf(dossier.trangThaiLuc), textOf(expect.thoiDiem)) ? 'newer' : 'absent');
    }
    case OPERATIONS.step: {
      const { so, noiDung, batDau } = expect;
      const same = (step: JsonObject): boolean =>
        step.so === so && step.noiDung === noiDung && (batDau === undefined || step.batDau === batDau);
      return answer((await findIn(client, `${path}/tien-trinh`, {}, same)) === undefined ? 'absent' : 'equal');
    }
    case OPERATIONS.result: {
      const whole = (await readJson(client, path)) ?? {};
      return among(listOf(whole.ketQua).filter(isObject), one => objectOf(one.ketQua).soHieu === expect.soHieu);
    }
    case OPERATIONS.update: {
      const whole = (await readJson(client, path)) ?? {};
      const { maSo: _maSo, phienBan, ...fields } = expect;
      const equal = Object.entries(fields).every(([name, value]) => canonical(whole[name]) === canonical(value));
      if (equal) return answer('equal');
      return answer(isLater(textOf(whole.nguoiNopCapNhatLuc), textOf(phienBan)) ? 'newer' : 'absent');
    }
    default:
      throw new Error(`not an operation of this dialect: ${operation}`);
  }
}
