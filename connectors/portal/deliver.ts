/**
 * Sends messages and says for each sync what became of it; finds out later what became of those that nobody answered.
 */
import type { JsonObject } from '../../src/domain/words.ts';
import type { Delivery, LookUp, Outcome } from '../connector.ts';
import type { PortalClient } from './client.ts';
import { CallFault } from './client.ts';
import { SERVICES, STEPS_A_CALL } from './dialect.ts';
import { digest } from './format.ts';
import { isObject, objectIn, objectsIn, textIn } from './read.ts';

/** What sending needs beside the client: the code of a procedure's field as the portal's catalogue has it. */
export interface DeliverTools {
  client: PortalClient;
  fieldCode(procedureCode: string): Promise<string | undefined>;
}

/** Sends deliveries of one operation: dossiers one a call, steps up to ten a call. One outcome each, in their order. */
export async function deliverAll(deliveries: Delivery[], tools: DeliverTools): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const group of calls(deliveries)) {
    const first = group[0];
    if (first === undefined) continue;
    outcomes.push(
      ...(first.message.operation === SERVICES.step
        ? await sendSteps(group, tools)
        : [await settle(first, () => sendDossier(first, tools))]),
    );
  }
  return outcomes;
}

/** Steps next to each other that travel in one call: at most ten, and never trial traffic beside official. */
function calls(deliveries: Delivery[]): Delivery[][] {
  const groups: Delivery[][] = [];
  for (const delivery of deliveries) {
    const open = groups.at(-1);
    const fits =
      open?.[0] !== undefined &&
      delivery.message.operation === SERVICES.step &&
      open[0].message.operation === SERVICES.step &&
      open.length < STEPS_A_CALL &&
      open[0].headers['x-lienthong-mode'] === delivery.headers['x-lienthong-mode'];
    if (fits) open.push(delivery);
    else groups.push([delivery]);
  }
  return groups;
}

async function sendDossier(delivery: Delivery, tools: DeliverTools): Promise<string | undefined> {
  const payload = isObject(delivery.message.payload) ? delivery.message.payload : {};
  const data: JsonObject[] = [];
  for (const item of objectsIn(payload, 'data')) data.push(await withFieldCode(item, tools));
  const body = { ...payload, data };
  try {
    await tools.client.call(SERVICES.dossier, body, delivery.headers);
    return undefined;
  } catch (error) {
    if (!(error instanceof CallFault) || error.reason !== 'target-rejected') throw error;
    if (payload.isUpdating === 'False' && /đã tồn tại|already exists?/iu.test(error.said)) {
      await tools.client.call(SERVICES.dossier, { ...body, isUpdating: 'True' }, delivery.headers);
      return 'already there, sent again as an update';
    }
    if (payload.isUpdating === 'True') throw notKnown(error);
    throw error;
  }
}

/** A refusal because the dossier is not there yet heals by itself; any other refusal stays what it is. */
function notKnown(error: CallFault): CallFault {
  const absent = /(hồ sơ|dossier).*(không tồn tại|chưa tồn tại|does not exist|not found)/iu.test(error.said);
  return absent ? new CallFault('not-known-there', error.message) : error;
}

/** The dialect requires the code of the procedure's field; where nobody here knows it, the portal's own catalogue does. */
async function withFieldCode(item: JsonObject, tools: DeliverTools): Promise<JsonObject> {
  if (item.MaLinhVuc !== undefined) return item;
  const procedure = textIn(item, 'MaTTHC') ?? '';
  const code = await tools.fieldCode(procedure);
  if (code === undefined) {
    throw new CallFault(
      'invalid-for-target',
      `MaLinhVuc of procedure ${procedure} is neither in the vocabulary nor in the portal's catalogue`,
    );
  }
  return { ...item, MaLinhVuc: code };
}

/** One call for the group; a refusal of several is asked again one by one, so that each gets an answer of its own. */
async function sendSteps(group: Delivery[], tools: DeliverTools): Promise<Outcome[]> {
  const data = group.flatMap(delivery =>
    isObject(delivery.message.payload) ? objectsIn(delivery.message.payload, 'data') : [],
  );
  try {
    await tools.client.call(SERVICES.step, { data }, joined(group));
    return group.map(delivery => delivered(delivery, undefined));
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    const fault = error.reason === 'target-rejected' ? notKnown(error) : error;
    const refused = error.reason === 'target-rejected';
    if (!refused || group.length === 1) return group.map(delivery => failed(delivery, fault));
  }
  const outcomes: Outcome[] = [];
  for (const delivery of group) outcomes.push(...(await sendSteps([delivery], tools)));
  return outcomes;
}

/** Headers of several syncs on one call: their values side by side, in the order of the data. */
function joined(group: Delivery[]): Record<string, string> {
  const headers: Record<string, string> = { ...group[0]?.headers };
  if (group.length === 1) return headers;
  for (const name of ['idempotency-key', 'x-lienthong-sync']) {
    const values = group.map(delivery => delivery.headers[name]).filter(value => value !== undefined);
    if (values.length === group.length) headers[name] = values.join(', ');
  }
  return headers;
}

async function settle(delivery: Delivery, send: () => Promise<string | undefined>): Promise<Outcome> {
  try {
    return delivered(delivery, await send());
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    return failed(delivery, error);
  }
}

function delivered(delivery: Delivery, detail: string | undefined): Outcome {
  return {
    syncId: delivery.syncId,
    result: 'delivered',
    foreignId: delivery.message.ref.code,
    ...(detail === undefined ? {} : { detail }),
  };
}

function failed(delivery: Delivery, fault: CallFault): Outcome {
  return {
    syncId: delivery.syncId,
    result: 'failed',
    cause: fault.reason,
    detail: fault.message,
    unknown: fault.unknown,
    ...(fault.status === undefined ? {} : { status: fault.status }),
    ...(fault.retryAfterMs === undefined ? {} : { retryAfterMs: fault.retryAfterMs }),
  };
}

/**
 * Did a message take effect? By TraCuuHoSo. `newer` needs the portal's time of change (NgayCapNhat), which not every portal
 * tells; a step can only be proven where the answer lists the steps (DanhSachTienDo): else nobody may send it once more.
 */
export async function lookUpDelivery(delivery: Delivery, client: PortalClient): Promise<LookUp> {
  const { ref } = delivery.message;
  const held = objectsIn(await client.call(SERVICES.lookUp, { MaHoSo: ref.code }), 'result')[0];
  if (held === undefined) return { found: 'absent' };
  const foreignId = textIn(held, 'MaHoSo') ?? ref.code;
  const step = textIn(ref.expect, 'step');
  if (step !== undefined) {
    if (!Array.isArray(held.DanhSachTienDo)) return { found: 'unproven', foreignId };
    const fields = ['NguoiXuLy', 'ThoiDiemXuLy', 'NoiDungXuLy'];
    const there = objectsIn(held, 'DanhSachTienDo').some(
      entry => digest(fields.map(field => entry[field] ?? null)) === step,
    );
    return there ? { found: 'equal', foreignId } : { found: 'absent' };
  }
  const fields = objectIn(ref.expect, 'fields') ?? {};
  const equal = Object.entries(fields).every(([field, expected]) =>
    typeof expected === 'string' && expected.startsWith('sha256:')
      ? digest(held[field] ?? null) === expected
      : textIn(held, field) === expected,
  );
  if (equal) return { found: 'equal', foreignId };
  const changedAt = textIn(held, 'NgayCapNhat');
  const at = textIn(ref.expect, 'at');
  const newer = changedAt !== undefined && at !== undefined && changedAt > at;
  return { found: newer ? 'newer' : 'different', foreignId };
}
