/**
 * Calls of the portal's service: sign-in, session, and what an answer means. A refused session is renewed and the call
 * repeated exactly once.
 */
import type { CauseCode } from '../../src/domain/causes.ts';
import { TransportFault } from '../../src/domain/errors.ts';
import { retryAfterMs } from '../../src/domain/retry-after.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import type { ConnectorContext, HttpAnswer, Session } from '../connector.ts';
import type { PortalSettings } from './dialect.ts';
import { isObject, objectsIn, textIn } from './read.ts';

/** A call that did not succeed, classified; `detail` holds no personal data. */
export class CallFault extends Error {
  readonly reason: CauseCode;
  /** May the call have taken effect nevertheless? */
  readonly unknown: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** The portal's own words for a refusal, for telling one refusal from another; never stored. */
  readonly said: string;
  constructor(
    reason: CauseCode,
    detail: string,
    more: { unknown?: boolean; status?: number; retryAfterMs?: number | undefined; said?: string } = {},
  ) {
    super(detail);
    this.name = 'CallFault';
    this.reason = reason;
    this.unknown = more.unknown ?? false;
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
    this.said = more.said ?? '';
  }
}

/** The portal as the connector calls it. */
export interface PortalClient {
  /** One service call, `{service, …body}`; answers the parsed answer when error_code is success. Throws CallFault. */
  call(service: string, body: JsonObject, headers?: Record<string, string>): Promise<JsonObject>;
  /** A look-up of the catalogue by sharePath; answers `result[]`. Throws CallFault. */
  share(service: string, body: JsonObject): Promise<JsonObject[]>;
  /** Signs in and forgets the session. Throws CallFault. */
  signIn(): Promise<Session>;
}

/** A client over the context's transport, secrets and shared session. */
export function portalClient(context: ConnectorContext, settings: PortalSettings): PortalClient {
  const post = async (path: string, body: JsonObject, headers: Record<string, string> = {}): Promise<JsonObject> => {
    let answer: HttpAnswer;
    try {
      answer = await context.http({
        method: 'POST',
        path,
        headers: {
          'content-type': 'application/json',
          charset: 'utf-8',
          accept: 'application/json',
          dstcode: settings.dstcode,
          ...headers,
        },
        body: JSON.stringify(body),
      });
    } catch (error) {
      throw transportFault(error);
    }
    return readAnswer(answer, context.now());
  };

  const signIn = async (): Promise<Session> => {
    let answer: JsonObject;
    try {
      answer = await post(settings.authPath, {
        username: context.secret('username'),
        password: context.secret('password'),
      });
    } catch (error) {
      // Nothing of the message itself was sent yet, whatever became of the sign-in.
      if (!(error instanceof CallFault)) throw error;
      const reason = error.reason === 'target-rejected' ? 'target-authentication' : error.reason;
      throw new CallFault(reason, `sign-in: ${error.message}`, {
        unknown: false,
        ...(error.status === undefined ? {} : { status: error.status }),
        retryAfterMs: error.retryAfterMs,
      });
    }
    const session = textIn(answer, 'session');
    if (!isSuccess(answer.error_code) || session === undefined) {
      throw new CallFault('target-authentication', `sign-in refused: ${saidBy(answer)}`);
    }
    return { token: session };
  };

  const inSession = async (
    path: string,
    service: string,
    body: JsonObject,
    headers: Record<string, string>,
  ): Promise<JsonObject> => {
    const once = (session: Session): Promise<JsonObject> =>
      post(path, { session: session.token, madonvi: settings.madonvi, service, ...body }, headers);
    const first = await context.session.current(signIn);
    try {
      return succeeded(await once(first));
    } catch (error) {
      if (!(error instanceof CallFault) || error.reason !== 'target-authentication') throw error;
    }
    return succeeded(await once(await context.session.renew(first, signIn)));
  };

  return {
    call: (service, body, headers = {}) => inSession(settings.integrationPath, service, body, headers),
    share: async (service, body) => objectsIn(await inSession(settings.sharePath, service, body, {}), 'result'),
    signIn,
  };
}

/** error_code is a number in one place and a text in another: 0, "0" and "00" all mean success. */
export function isSuccess(code: Json | undefined): boolean {
  return code === 0 || (typeof code === 'string' && /^0+$/.test(code));
}

/** The answer as JSON, for statuses that have one. Throws CallFault by HTTP status. */
function readAnswer(answer: HttpAnswer, now: Date): JsonObject {
  const { status } = answer;
  const wait = retryAfterMs(answer.headers, now);
  if (status === 429) throw new CallFault('target-throttled', `HTTP ${status}`, { status, retryAfterMs: wait });
  if (status === 401 || status === 403) throw new CallFault('target-authentication', `HTTP ${status}`, { status });
  if (status === 408) throw new CallFault('target-timeout', `HTTP ${status}`, { status, unknown: true });
  // 503 says that nothing was done; any other 5xx may come from a gateway in front of work that was done.
  if (status >= 500)
    throw new CallFault('target-unavailable', `HTTP ${status}`, {
      status,
      unknown: status !== 503,
      retryAfterMs: wait,
    });
  if (status >= 400)
    throw new CallFault('target-rejected', `HTTP ${status}: ${shorten(answer.body.toString('utf8'))}`, { status });
  const parsed = parseJson(answer.body);
  if (status >= 300 || parsed === undefined || parsed.error_code === undefined) {
    throw new CallFault('target-protocol', `HTTP ${status} without a readable answer`, { status, unknown: true });
  }
  return parsed;
}

function parseJson(body: Buffer): JsonObject | undefined {
  try {
    const parsed: Json = JSON.parse(body.toString('utf8'));
    return isObject(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Lets success pass; anything else by what the portal says of it. Throws CallFault. */
function succeeded(answer: JsonObject): JsonObject {
  if (isSuccess(answer.error_code)) return answer;
  const said = saidBy(answer);
  // No code for an expired session is documented: the words decide, in either language.
  if (/\bsession\b|phiên/iu.test(said)) throw new CallFault('target-authentication', said, { said });
  throw new CallFault('target-rejected', said, { said });
}

function saidBy(answer: JsonObject): string {
  return `error_code ${textIn(answer, 'error_code') ?? '?'}: ${shorten(textIn(answer, 'message') ?? '')}`;
}

/** Short, and with the digits of anything that may be an identity or telephone number masked. */
function shorten(text: string): string {
  const masked = text
    .replace(/\d{7,}/g, digits => `${'*'.repeat(digits.length - 3)}${digits.slice(-3)}`)
    .replace(/\s+/g, ' ');
  return masked.length > 300 ? `${masked.slice(0, 300)}…` : masked;
}

function transportFault(error: unknown): CallFault {
  if (!(error instanceof TransportFault)) throw error;
  const reason: CauseCode =
    error.kind === 'timeout'
      ? 'target-timeout'
      : error.kind === 'unavailable'
        ? 'target-unavailable'
        : 'target-protocol';
  return new CallFault(reason, error.message, { unknown: error.sent });
}
