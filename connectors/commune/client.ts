/**
 * Calls to the commune system: OAuth2 client credentials (RFC 6749 §4.4) shared by all workers, renewed once when it refuses the
 * token, and answers read as JSON. Knows nothing of dossiers.
 */

import type { CauseCode } from '../../src/domain/causes.ts';
import { TransportFault } from '../../src/domain/errors.ts';
import { retryAfterMs } from '../../src/domain/retry-after.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import type { ConnectorContext, HttpAnswer, HttpCall, Session } from '../connector.ts';
import { TOKEN_PATH } from './dialect.ts';
import { isObject, textOf } from './values.ts';

/** An answer read: `body` is undefined when it is no JSON object. */
export interface Answer {
  status: number;
  headers: HttpAnswer['headers'];
  body: JsonObject | undefined;
  /** True when there was no body at all. */
  empty: boolean;
  /** From Retry-After. */
  retryAfterMs: number | undefined;
}
export interface Call {
  method: HttpCall['method'];
  path: string;
  headers?: Record<string, string>;
  body?: Json;
}
export interface Client {
  /** One call as signed-in. Throws TransportFault, or CallFault when signing in fails. */
  call(call: Call): Promise<Answer>;
  /** Signs in and forgets the token. */
  signIn(): Promise<Session>;
}

/** Why a call did not do what it should, in the gateway's words. */
export interface Failure {
  cause: CauseCode;
  detail: string;
  status?: number;
  retryAfterMs?: number;
  unknown: boolean;
}
/** A call that failed by the system's own answer. The message carries no body, header or address. */
export class CallFault extends Error {
  readonly failure: Failure;
  /** As delivery reads them off a look-up that failed. */
  readonly reason: CauseCode;
  readonly retryAfterMs: number | undefined;
  constructor(failure: Failure) {
    super(failure.detail);
    this.name = 'CallFault';
    this.failure = failure;
    this.reason = failure.cause;
    this.retryAfterMs = failure.retryAfterMs;
  }
}

/** A client over the context's transport; keeps nothing itself. */
export function createClient(context: ConnectorContext): Client {
  const signIn = (): Promise<Session> => askToken(context);
  const send = async (call: Call, session: Session): Promise<Answer> => {
    const { body } = call;
    const answer = await context.http({
      method: call.method,
      path: call.path,
      headers: {
        ...call.headers,
        accept: 'application/json',
        authorization: `Bearer ${session.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return read(answer, context.now());
  };
  return {
    signIn,
    call: async call => {
      const session = await context.session.current(signIn);
      const answer = await send(call, session);
      if (answer.status !== 401) return answer;
      // The token ran out, perhaps during a long outage: one of all workers signs in anew, then once more.
      return send(call, await context.session.renew(session, signIn));
    },
  };
}

function read({ status, headers, body }: HttpAnswer, now: Date): Answer {
  const common = { status, headers, retryAfterMs: retryAfterMs(headers, now) };
  if (body.length === 0) return { ...common, body: undefined, empty: true };
  try {
    const json = JSON.parse(body.toString('utf8')) as Json;
    return { ...common, body: isObject(json) ? json : undefined, empty: false };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ...common, body: undefined, empty: false };
  }
}

async function askToken(context: ConnectorContext): Promise<Session> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: context.secret('clientId'),
    client_secret: context.secret('clientSecret'),
  });
  const answer = read(
    await context.http({
      method: 'POST',
      path: TOKEN_PATH,
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    }),
    context.now(),
  );
  if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
    throw new CallFault({
      cause: 'target-authentication',
      detail: `sign-in refused (${answer.status} ${oauthError(answer.body)})`,
      status: answer.status,
      unknown: false,
    });
  }
  if (answer.status !== 200) throw new CallFault({ ...failureOf(answer), unknown: false });
  const token = textOf(answer.body?.access_token);
  if (token === undefined) {
    throw new CallFault({
      cause: 'target-protocol',
      detail: 'the token endpoint answered without access_token',
      status: 200,
      unknown: false,
    });
  }
  const seconds = answer.body?.expires_in;
  return typeof seconds === 'number' ? { token, expiresAt: context.now().getTime() + seconds * 1000 } : { token };
}

/** The error code of RFC 6749 §5.2; nothing else of the answer is repeated. */
function oauthError(body: JsonObject | undefined): string {
  const code = textOf(body?.error) ?? textOf(body?.maLoi) ?? '';
  return /^[A-Za-z_]{1,40}$/.test(code) ? code : 'without a reason';
}

/** Codes of the dialect that change what a refusal means. */
export const EXISTS = 'DA_TON_TAI';
const NO_PROCEDURE = 'THU_TUC_CHUA_CO';

/** What an answer that is no success means (commune.md; README.md says why for each). */
export function failureOf(answer: Answer): Failure {
  const { status } = answer;
  const retryAfter = answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs };
  const base = { detail: detailOf(answer), status, unknown: false };
  const fault = textOf(answer.body?.maLoi);
  if (status === 401) return { ...base, cause: 'target-authentication' };
  if (status === 404) return { ...base, cause: 'not-known-there' };
  if (status === 408) return { ...base, cause: 'target-timeout', unknown: true };
  if (status === 409 || status === 412) return { ...base, cause: 'target-conflict' };
  if (status === 413) return { ...base, cause: 'file-too-large' };
  if (status === 422 && fault === NO_PROCEDURE) return { ...base, cause: 'not-known-there' };
  if (status === 429) return { ...base, cause: 'target-throttled', ...retryAfter };
  // 503 says that nothing was done; behind any other 5xx the change may stand.
  if (status >= 500) return { ...base, cause: 'target-unavailable', unknown: status !== 503, ...retryAfter };
  if (status >= 400) return { ...base, cause: 'target-rejected' };
  return { ...base, cause: 'target-protocol', unknown: status < 300 };
}

const LONGEST_DETAIL = 300;

/** The system's own words, shortened, with what could name a person taken out. */
export function detailOf({ status, body }: Answer): string {
  const code = textOf(body?.maLoi);
  const notice = textOf(body?.thongBao);
  const places = Array.isArray(body?.truong)
    ? body.truong
        .map(place => (isObject(place) ? textOf(place.ten) : textOf(place)))
        .filter(place => place !== undefined)
    : [];
  const parts = [String(status), code, notice === undefined ? undefined : withoutPersons(notice)];
  const text = parts.filter(part => part !== undefined).join(' ');
  return `${text}${places.length > 0 ? ` [${places.map(withoutPersons).join(', ')}]` : ''}`.slice(0, LONGEST_DETAIL);
}

/** Identity numbers, telephone numbers, e-mail addresses and quoted values do not belong in a ledger's detail. */
function withoutPersons(text: string): string {
  return text
    .replace(/[^\s@]+@[^\s@]+\.[^\s@]+/g, '•••')
    .replace(/["“'‘«][^"”'’»]*["”'’»]/g, '"•••"')
    .replace(/\+?\d[\d .]{7,}\d/g, '•••');
}

/** A fault of the transport as a failure: whether a byte may have arrived decides what is known. */
function transportFailure(fault: TransportFault): Failure {
  const cause: CauseCode =
    fault.kind === 'unavailable'
      ? 'target-unavailable'
      : fault.kind === 'timeout'
        ? 'target-timeout'
        : 'target-protocol';
  return { cause, detail: fault.message, unknown: fault.sent };
}

/** Whatever a call threw, as a failure; a bug is thrown on. */
export function failureFrom(error: unknown): Failure {
  if (error instanceof CallFault) return error.failure;
  if (error instanceof TransportFault) return transportFailure(error);
  throw error;
}
