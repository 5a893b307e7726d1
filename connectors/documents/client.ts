/**
 * Calls to the document system: sign-in, the received list, sending and looking up. Says what an answer means for delivery;
 * knows nothing of events.
 */
import { GatewayError, TransportFault } from '../../src/domain/errors.ts';
import { retryAfterMs } from '../../src/domain/retry-after.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import type { ConnectorContext, Delivery, HttpAnswer, HttpCall, LookUp, Outcome, Session } from '../connector.ts';

/** One line of the received list. Times in the dialect's form. */
export interface ListItem {
  id: string;
  type: string;
  from: string;
  createdAt: string;
  /** Level of secrecy, where the system says it before the document is fetched. */
  secrecy?: string;
}

export interface Client {
  signIn(): Promise<Session>;
  /** Sends the call with a session; signs in anew once where the first is refused. */
  call(call: HttpCall): Promise<HttpAnswer>;
  received(type: 'edoc' | 'status', from: string | undefined, page: number): Promise<ListItem[]>;
  /** The message as sent; undefined when it is no longer there (another poller was faster). */
  get(id: string): Promise<Buffer | undefined>;
  acknowledge(id: string, result: 'done' | 'fail', reason?: string): Promise<void>;
  send(delivery: Delivery): Promise<Outcome>;
  lookUp(delivery: Delivery): Promise<LookUp>;
  /** Documents the system holds: of one id, or changed in a window, a page at a time. */
  documents(query: Record<string, string>): Promise<JsonObject[]>;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** JSON of an answer; undefined where it is none. */
function jsonOf(answer: HttpAnswer): Json | undefined {
  try {
    return JSON.parse(answer.body.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}

/** An answer that cannot be understood, while nothing is being delivered. */
const protocolFault = (what: string): GatewayError =>
  new GatewayError('target-protocol', 502, {
    vi: `Không hiểu câu trả lời của hệ thống văn bản (${what}).`,
    en: `The document system's answer cannot be understood (${what}).`,
  });

/** `code` of a refusal; free text of the target is left out, it may hold personal data. */
function refusal(answer: HttpAnswer): string {
  const json = jsonOf(answer);
  const code = isObject(json) ? text(json.code) : undefined;
  return `HTTP ${answer.status}${code !== undefined && /^[\w.-]{1,40}$/.test(code) ? ` ${code}` : ''}`;
}

const query = (values: Record<string, string | undefined>): string =>
  new URLSearchParams(
    Object.entries(values).flatMap(([key, value]): [string, string][] => (value ? [[key, value]] : [])),
  ).toString();

/** What a failed call means for its sync. */
function transportOutcome(syncId: string, error: TransportFault): Outcome {
  const cause =
    error.kind === 'unavailable'
      ? 'target-unavailable'
      : error.kind === 'timeout'
        ? 'target-timeout'
        : 'target-protocol';
  return { syncId, result: 'failed', cause, detail: error.message, unknown: error.sent };
}

/** Outcome of an answered POST /api/edoc. */
function answeredOutcome(syncId: string, answer: HttpAnswer, now: Date): Outcome {
  const { status } = answer;
  const failed = (cause: Extract<Outcome, { result: 'failed' }>['cause'], unknown: boolean): Outcome => ({
    syncId,
    result: 'failed',
    cause,
    detail: refusal(answer),
    status,
    unknown,
  });
  if (status >= 200 && status < 300) {
    const json = jsonOf(answer);
    const id = isObject(json) ? text(json.id) : undefined;
    if (id) return { syncId, result: 'delivered', foreignId: id };
    return { ...failed('target-protocol', true), detail: `HTTP ${status} without an id` } as Outcome;
  }
  if (status === 429 || (status === 503 && answer.headers['retry-after'] !== undefined)) {
    const wait = retryAfterMs(answer.headers, now);
    const outcome = failed(status === 429 ? 'target-throttled' : 'target-unavailable', false);
    return wait === undefined ? outcome : ({ ...outcome, retryAfterMs: wait } as Outcome);
  }
  if (status === 401 || status === 403) return failed('target-authentication', false);
  if (status === 408 || status === 504) return failed('target-timeout', true);
  // A server error may have come after the effect: looked up before it is sent again.
  if (status >= 500) return failed('target-unavailable', true);
  if (status === 404) return failed('not-known-there', false);
  if (status === 409) return failed('target-conflict', false);
  if (status >= 400) return failed('target-rejected', false);
  return failed('target-protocol', true);
}

/** The calls of one document system. */
export function createClient(context: ConnectorContext): Client {
  const { http, session } = context;

  const signIn = async (): Promise<Session> => {
    const answer = await http({
      method: 'POST',
      path: '/api/token',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ systemId: context.secret('systemId'), secret: context.secret('secret') }),
    });
    if (answer.status === 401 || answer.status === 403) {
      throw new GatewayError('target-authentication', 502, {
        vi: 'Hệ thống văn bản từ chối mã hệ thống hoặc khóa bí mật.',
        en: 'The document system refuses the system id or secret.',
      });
    }
    if (answer.status >= 500) throw new TransportFault('unavailable', false, `sign-in: HTTP ${answer.status}`);
    const json = jsonOf(answer);
    const token = isObject(json) ? text(json.token) : undefined;
    if (answer.status !== 200 || !isObject(json) || !token) throw protocolFault(`sign-in: HTTP ${answer.status}`);
    return typeof json.expiresIn === 'number'
      ? { token, expiresAt: context.now().getTime() + json.expiresIn * 1000 }
      : { token };
  };

  const call = async (request: HttpCall): Promise<HttpAnswer> => {
    const withToken = (current: Session): HttpCall => ({
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${current.token}` },
    });
    const current = await session.current(signIn);
    const answer = await http(withToken(current));
    if (answer.status !== 401) return answer;
    return http(withToken(await session.renew(current, signIn)));
  };

  /** A call that only reads: anything but 200 (or 404 where allowed) is an error. */
  const read = async (path: string, accept: string): Promise<HttpAnswer> => {
    const answer = await call({ method: 'GET', path, headers: { accept } });
    if (answer.status === 200 || answer.status === 404) return answer;
    if (answer.status === 401 || answer.status === 403) {
      throw new GatewayError('target-authentication', 502, {
        vi: 'Hệ thống văn bản từ chối phiên đăng nhập.',
        en: 'The document system refuses the session.',
      });
    }
    if (answer.status >= 500 || answer.status === 429) {
      const fault = new TransportFault('unavailable', true, refusal(answer));
      const reason = answer.status === 429 ? 'target-throttled' : 'target-unavailable';
      throw Object.assign(fault, { reason, retryAfterMs: retryAfterMs(answer.headers, context.now()) });
    }
    throw protocolFault(refusal(answer));
  };
  const readList = async (path: string): Promise<JsonObject[]> => {
    const answer = await read(path, 'application/json');
    const json = jsonOf(answer);
    if (answer.status !== 200 || !Array.isArray(json) || !json.every(isObject))
      throw protocolFault(path.split('?')[0]!);
    return json;
  };

  return {
    signIn,
    call,
    received: async (type, from, page) => {
      const items = await readList(`/api/edoc/received?${query({ type, from, page: String(page) })}`);
      return items.map(item => {
        const id = text(item.id);
        const createdAt = text(item.createdAt);
        const secrecy = text(item.secrecy);
        if (!id || !createdAt) throw protocolFault('received list');
        return {
          id,
          createdAt,
          type: text(item.type) ?? type,
          from: text(item.from) ?? '',
          ...(secrecy === undefined ? {} : { secrecy }),
        };
      });
    },
    get: async id => {
      const answer = await read(`/api/edoc/${encodeURIComponent(id)}`, 'application/xml');
      return answer.status === 404 ? undefined : answer.body;
    },
    acknowledge: async (id, result, reason) => {
      const answer = await call({
        method: 'POST',
        path: `/api/edoc/${encodeURIComponent(id)}/ack`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(reason === undefined ? { result } : { result, reason }),
      });
      // 404 and 409: acknowledged before, by this process or another; nothing is left to do.
      if ((answer.status < 200 || answer.status >= 300) && answer.status !== 404 && answer.status !== 409) {
        throw new TransportFault('unavailable', true, `acknowledgement: ${refusal(answer)}`);
      }
    },
    send: async ({ syncId, message, headers }) => {
      const payload = message.payload;
      const xml = isObject(payload) ? text(payload.xml) : undefined;
      if (xml === undefined) {
        return { syncId, result: 'failed', cause: 'gateway-fault', detail: 'payload without xml', unknown: false };
      }
      try {
        const answer = await call({
          method: 'POST',
          path: '/api/edoc',
          headers: { ...headers, 'content-type': 'application/xml; charset=utf-8', accept: 'application/json' },
          body: xml,
        });
        return answeredOutcome(syncId, answer, context.now());
      } catch (error) {
        if (error instanceof TransportFault) return transportOutcome(syncId, error);
        if (!(error instanceof GatewayError)) throw error;
        const cause = error.code === 'target-authentication' ? 'target-authentication' : 'target-protocol';
        return { syncId, result: 'failed', cause, detail: error.message, unknown: false };
      }
    },
    lookUp: async ({ message }) => {
      const { code, expect } = message.ref;
      const statusCode = text(expect.statusCode);
      const found = await readList(`/api/edoc/sent?${query({ documentId: code, statusCode })}`);
      const mine = found.filter(
        item =>
          text(item.documentId) === code &&
          (statusCode === undefined ? text(item.statusCode) === undefined : text(item.statusCode) === statusCode) &&
          (expect.businessType === undefined || (item.businessType ?? '0') === expect.businessType),
      );
      // A system that tells no hash proves by id, business type and status alone.
      const equal = mine.find(item => item.sha256 === undefined || item.sha256 === expect.sha256);
      const other = equal ?? mine[0];
      if (!other) return { found: 'absent' };
      const foreignId = text(other.id);
      return { found: equal ? 'equal' : 'different', ...(foreignId === undefined ? {} : { foreignId }) };
    },
    documents: values => readList(`/api/edoc/documents?${query(values)}`),
  };
}
