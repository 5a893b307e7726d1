/**
 * What every answer carries, and the answer to what is not HTTP at all. Written out rather than taken from a plugin,
 * whose defaults allow inline styles and foreign fonts and upgrade to https where there is none.
 */
import type { Socket } from 'node:net';
import { GatewayError } from '../domain/errors.ts';
import type { Bilingual } from '../domain/words.ts';
import { toProblem } from './problem.ts';

/** On every answer; a route may set its own `cache-control` or policy afterwards. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Only behind https: a browser would otherwise refuse the sandbox on plain HTTP for a year. */
export const STRICT_TRANSPORT: Readonly<Record<string, string>> = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

const TOO_SLOW: Bilingual = { vi: 'Yêu cầu đến quá chậm.', en: 'The request came too slowly.' };
const HEAD_TOO_LARGE: Bilingual = { vi: 'Các header quá lớn.', en: 'The header fields are too large.' };
const NOT_HTTP: Bilingual = { vi: 'Yêu cầu HTTP không đúng dạng.', en: 'The request is not well-formed HTTP.' };
const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Answers a connection whose request node:http could not read, then closes it; others are not touched. */
export function answerSocketFault(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  let fault = new GatewayError('malformed-request', 400, NOT_HTTP);
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') fault = new GatewayError('request-timeout', 408, TOO_SLOW);
  if (error.code === 'HPE_HEADER_OVERFLOW') fault = new GatewayError('headers-too-large', 431, HEAD_TOO_LARGE);
  const answer = toProblem(fault);
  const body = JSON.stringify(answer.body);
  const headers = {
    ...answer.headers,
    ...SECURITY_HEADERS,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(
    [`HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? 'Bad Request'}`, ...head, '', body].join('\r\n'),
    () => socket.destroy(),
  );
}
