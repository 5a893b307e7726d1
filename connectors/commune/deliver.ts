/**
 * Carries out one message: finds the commune's own id where the operation needs it, calls, and says what came of it.
 */
import type { JsonObject } from '../../src/domain/words.ts';
import type { Delivery, Outcome } from '../connector.ts';
import { type Answer, CallFault, type Client, EXISTS, type Failure, failureFrom, failureOf } from './client.ts';
import { OPERATIONS } from './dialect.ts';
import { findDossier } from './find.ts';
import { objectOf, textOf, timeIn } from './values.ts';

const failed = (syncId: string, failure: Failure): Outcome => ({ syncId, result: 'failed', ...failure });

/** Delivers one message; never throws for what the system does. */
export async function deliverOne(client: Client, delivery: Delivery): Promise<Outcome> {
  const { syncId, message, foreignId } = delivery;
  try {
    if (!message.operation.includes('{id}')) return outcomeOf(delivery, await write(client, delivery));
    if (foreignId !== undefined) {
      const outcome = outcomeOf(delivery, await writeTo(client, delivery, foreignId), foreignId);
      if (outcome.result === 'delivered' || outcome.status !== 404) return outcome;
    }
    // Without an id, or with one that the system no longer has (restored from an older copy): by number.
    const id = await idOf(client, delivery);
    if (id === undefined || id === foreignId) return failed(syncId, NOT_THERE);
    return outcomeOf(delivery, await writeTo(client, delivery, id), id);
  } catch (error) {
    return failed(syncId, failureFrom(error));
  }
}

const NOT_THERE: Failure = {
  cause: 'not-known-there',
  detail: 'no dossier of this number in the commune system',
  unknown: false,
};

/** Runs what only reads: whatever fails there has changed nothing. */
async function reading<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new CallFault({ ...failureFrom(error), unknown: false });
  }
}

async function idOf(client: Client, { message }: Delivery): Promise<string | undefined> {
  const maSo = textOf(message.ref.expect.maSo);
  return textOf((await reading(findDossier(client, message.ref.code, maSo)))?.id);
}

/** Writes to the dossier `id`; a change of its data only over the version just read. */
async function writeTo(client: Client, delivery: Delivery, id: string): Promise<Answer> {
  if (delivery.message.operation !== OPERATIONS.update) return write(client, delivery, id);
  const first = await patch(client, delivery, id);
  // Someone saved the dossier between our read and our write: look again, once.
  return first.status === 412 ? patch(client, delivery, id) : first;
}

async function patch(client: Client, delivery: Delivery, id: string): Promise<Answer> {
  const now = await reading(client.call({ method: 'GET', path: `/api/ho-so/${encodeURIComponent(id)}` }));
  if (now.status !== 200 || now.body === undefined) {
    throw new CallFault({ ...failureOf(now), unknown: false });
  }
  const { phienBan } = objectOf(delivery.message.payload);
  if (isLater(textOf(now.body.nguoiNopCapNhatLuc), textOf(phienBan))) {
    throw new CallFault({
      cause: 'target-conflict',
      detail: "the applicant's data were changed later in the commune system",
      unknown: false,
    });
  }
  const etag = now.headers.etag;
  return write(client, delivery, id, etag === undefined ? {} : { 'if-match': etag });
}

/** Is `there` a later time than `ours`? Times that cannot be read prove nothing. */
export function isLater(there: string | undefined, ours: string | undefined): boolean {
  const [a, b] = [there, ours].map(value => Date.parse(timeIn(value ?? '') ?? ''));
  return a !== undefined && b !== undefined && a > b;
}

/**
 * A value as one part of a path. Ids of edXML have slashes, and an escaped slash does not come through every proxy:
 * it is written `~`, and the whole id stands in the payload.
 */
export const pathPart = (value: string): string => encodeURIComponent(value.replaceAll('/', '~'));

/** Sends the payload to the operation's path; `{id}` is the dossier, other places are members of the payload. */
async function write(
  client: Client,
  { message, headers }: Delivery,
  id?: string,
  more: Record<string, string> = {},
): Promise<Answer> {
  const payload: JsonObject = objectOf(message.payload);
  const [method, template = ''] = message.operation.split(' ');
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = name === 'id' ? id : textOf(payload[name]);
    return pathPart(value ?? '');
  });
  if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH') {
    throw new Error(`not an operation of this dialect: ${message.operation}`);
  }
  return client.call({ method, path, headers: { ...headers, ...more }, body: payload });
}

/** What an answer to a write means for the sync. */
function outcomeOf({ syncId, message }: Delivery, answer: Answer, id?: string): Outcome {
  const { status, body } = answer;
  const create = message.operation === OPERATIONS.submit;
  if (create && status === 409 && body?.maLoi === EXISTS) {
    const there = textOf(body.id);
    return { syncId, result: 'delivered', ...(there === undefined ? {} : { foreignId: there }), detail: EXISTS };
  }
  if (status < 200 || status > 204) return failed(syncId, failureOf(answer));
  if (body === undefined && !(answer.empty && status === 204)) {
    return failed(syncId, {
      cause: 'target-protocol',
      detail: `${status} without a JSON object`,
      status,
      unknown: true,
    });
  }
  const foreignId = create ? textOf(body?.id) : id;
  // "Đang xử lý" on a new dossier comes without an id: it is found by number later.
  if (create && status === 201 && foreignId === undefined) {
    return failed(syncId, { cause: 'target-protocol', detail: '201 without an id', status, unknown: true });
  }
  const maSo = create ? textOf(body?.maSo) : undefined;
  const notice = textOf(body?.thongBao);
  return {
    syncId,
    result: 'delivered',
    ...(foreignId === undefined ? {} : { foreignId }),
    ...(maSo === undefined ? {} : { codes: [{ code: maSo, kind: 'local' as const }] }),
    ...(notice === undefined ? {} : { detail: notice.slice(0, 100) }),
  };
}
