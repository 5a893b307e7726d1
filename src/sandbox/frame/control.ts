/**
 * The calls beside the dialect: `/_sandbox/act`, `records`, `received`, `faults`, `outbox`. They stand in for the system's own
 * user and for a look over its shoulder; they are open without a sign-in, but only to this machine and never to a web page.
 */
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError, InputFault } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/words.ts';
import type { Act, Box, SandboxSystem } from '../box.ts';
import type { FaultBox } from './faults.ts';
import type { ReceivedLog } from './received.ts';
import type { State } from './state.ts';

/** The acts of all systems (design 4.8). */
export const ACTS = [
  'submit-dossier',
  'receive',
  'publish-procedure',
  'change-status',
  'ask-supplement',
  'give-supplement',
  'pay',
  'ask-withdrawal',
  'extend',
  'transfer',
  'finish-step',
  'issue-result',
  'return-result',
  'send-document',
  'request-approval',
  'give-approval',
  'give-opinion',
  'sign',
  'grant-right',
  'revoke-right',
  'assign-post',
  'delete',
] as const;

const MOST_ACTS = 100_000;
const ACTS_WITHOUT_A_BREAK = 50;

export interface ControlParts {
  system: SandboxSystem;
  box: Box;
  faults: FaultBox;
  received: ReceivedLog;
  state: State;
  /** Called when the faults were set anew, with the connection of the call that did it. */
  onFaults(asking: Socket): void;
}

/** Adds the `/_sandbox` calls. */
export function addControl(
  app: FastifyInstance,
  { system, box, faults, received, state, onFaults }: ControlParts,
): void {
  app.addHook('onRequest', async request => {
    if (!fromThisMachine(request)) {
      throw new GatewayError('loopback-only', 403, {
        vi: 'Các lời gọi /_sandbox chỉ dùng được trên chính máy này, không dùng được từ trang web',
        en: 'The calls under /_sandbox work on this machine only, and not from a web page',
      });
    }
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const known = error instanceof GatewayError ? error : undefined;
    const status = known?.status ?? error.statusCode ?? 500;
    reply
      .code(status)
      .type('application/problem+json; charset=utf-8')
      .serializer(JSON.stringify)
      .send({
        type: known?.code ?? (status === 500 ? 'simulator-fault' : 'bad-request'),
        title: known?.text.vi ?? 'Bộ mô phỏng gặp lỗi',
        status,
        detail: error.message,
        faults: known?.faults ?? [],
        ...known?.extra,
      });
  });

  app.post('/_sandbox/act', async request => {
    const act = checkAct(request.body);
    const done: JsonObject[] = [];
    for (let turn = 0; turn < act.count; turn += 1) {
      let one: JsonObject | undefined;
      try {
        one = await system.act(box, { ...act });
      } catch (error) {
        // What was done before stays done: the answer says how far it came.
        if (error instanceof GatewayError) Object.assign(error.extra, { done });
        throw error;
      }
      if (one === undefined) throw unknownAct(act.do, system.acts ?? ACTS);
      done.push(one);
      if (turn % ACTS_WITHOUT_A_BREAK === ACTS_WITHOUT_A_BREAK - 1) await new Promise(setImmediate);
    }
    return { ...(act.count === 1 ? done[0] : {}), do: act.do, done };
  });

  app.get('/_sandbox/records', async request => {
    const { entity, code, cursor, limit } = request.query as Record<string, unknown>;
    const all = system
      .records(box)
      .filter(record => entity === undefined || record.entity === entity)
      .filter(record => code === undefined || record.code === code || record.codes?.includes(String(code)) === true);
    const start = whole('cursor', cursor, 0, Number.MAX_SAFE_INTEGER, 0);
    const end = start + whole('limit', limit, 1, 1_000, 200);
    return { items: all.slice(start, end), next: end < all.length ? String(end) : null };
  });

  app.get('/_sandbox/received', async request => {
    const { cursor, limit } = request.query as Record<string, unknown>;
    const after = whole('cursor', cursor, 0, Number.MAX_SAFE_INTEGER, 0);
    const page = received.page(after, whole('limit', limit, 1, 2_000, 200));
    return { items: page.items, next: page.more ? String(page.items.at(-1)?.seq ?? after) : null };
  });

  app.get('/_sandbox/faults', async () => faults.current());
  app.put('/_sandbox/faults', async request => {
    const now = faults.set(objectOf(request.body));
    onFaults(request.raw.socket);
    return now;
  });

  app.get('/_sandbox/outbox', async () => ({
    waiting: state.owed.size,
    oldest: state.owed.values().next().value?.id ?? null,
    refused: state.refused.map(({ id, status, answer, at, body }) => ({ id, status, answer, at, body })),
  }));
}

const wrong = (pointer: string, vi: string, en: string): InputFault =>
  new InputFault('invalid-request', 400, { vi, en }, { faults: [{ pointer, code: 'invalid', detail: { vi, en } }] });

/** The refusal of an act this system does not know; names the ones it could do. */
function unknownAct(name: string, allowed: readonly string[]): InputFault {
  return new InputFault(
    'unknown-act',
    400,
    {
      vi: `Hệ thống này không có việc "${name}"; các việc có thể làm: ${allowed.join(', ')}`,
      en: `This system does not know the act "${name}"; allowed: ${allowed.join(', ')}`,
    },
    { extra: { allowed: [...allowed] } },
  );
}

function objectOf(body: unknown): JsonObject {
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw wrong('', 'Cần một đối tượng JSON', 'A JSON object is needed');
  return body as JsonObject;
}

/** The act asked for, its common members checked; the others are for the system to judge. */
function checkAct(body: unknown): Act {
  const wish = objectOf(body);
  const { count = 1, silent = false, at, unitCode } = wish;
  if (typeof wish.do !== 'string' || wish.do === '')
    throw wrong('/do', 'Thiếu tên việc cần làm', 'The name of the act is missing');
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MOST_ACTS)
    throw wrong('/count', `count là số nguyên từ 1 đến ${MOST_ACTS}`, `count is a whole number from 1 to ${MOST_ACTS}`);
  if (typeof silent !== 'boolean') throw wrong('/silent', 'silent là true hoặc false', 'silent is true or false');
  if (at !== undefined && (typeof at !== 'string' || Number.isNaN(Date.parse(at))))
    throw wrong('/at', 'at là thời điểm theo RFC 3339', 'at is an RFC 3339 time');
  if (unitCode !== undefined && typeof unitCode !== 'string')
    throw wrong('/unitCode', 'unitCode là mã đơn vị dạng chữ', 'unitCode is the code of a unit, as text');
  return { ...wish, do: wish.do, count, silent } as Act;
}

/** A whole number of the query. */
function whole(name: string, value: unknown, least: number, most: number, without: number): number {
  if (value === undefined) return without;
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most))
    throw wrong(
      `?${name}`,
      `${name} là số nguyên từ ${least} đến ${most}`,
      `${name} is a whole number from ${least} to ${most}`,
    );
  return number;
}

/** From a loopback address, addressed by a loopback name (no DNS rebinding), and not on behalf of another site's page. */
function fromThisMachine(request: FastifyRequest): boolean {
  const address = request.socket.remoteAddress ?? '';
  const site = request.headers['sec-fetch-site'];
  return (
    /^(?:::ffff:)?127\.|^::1$/.test(address) &&
    /^(?:127(?:\.\d+){3}|localhost|\[::1\])(?::\d+)?$/.test(request.headers.host ?? '') &&
    (site === undefined || site === 'none' || site === 'same-origin')
  );
}
