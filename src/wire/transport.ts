/**
 * The last step of an outgoing call: axios's adapter over node:http and node:https, thin because every sync passes here.
 * It decides what may be told of a failure, and above all whether the request may have taken effect (`sent`).
 */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { HttpAnswer } from '../../connectors/connector.ts';
import { TransportFault } from '../domain/errors.ts';
import type { BaseAddress } from './address.ts';
import { holderOfNow } from './held.ts';

/** One call, checked and complete. A class, so that axios hands it on untouched instead of copying it field by field. */
export class Outgoing {
  readonly method: string;
  /** From the root of the host, base path included. */
  readonly path: string;
  readonly headers: Record<string, string | number>;
  readonly body: Buffer | undefined;
  constructor(method: string, path: string, headers: Record<string, string | number>, body: Buffer | undefined) {
    this.method = method;
    this.path = path;
    this.headers = headers;
    this.body = body;
  }
}

/** What all calls of a client share. */
export interface Line {
  base: BaseAddress;
  agent: http.Agent | https.Agent;
  /** From the call to the last byte of the answer, waiting for a connection included. */
  timeoutMs: number;
  /** Most bytes of an answer's body. */
  maxBytes: number;
}

/** Errors that only a connection that never came about has. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EFORBIDDENADDRESS',
]);

const LATE = 'not sent: the lease of the lane had run out';

/** Sends; rejects with TransportFault and nothing else. */
export function send(line: Line, call: Outgoing): Promise<HttpAnswer> {
  const held = holderOfNow();
  if (!held()) return Promise.reject(new TransportFault('unavailable', false, LATE));
  return new Promise((resolve, reject) => {
    let socket: Socket | undefined;
    let reused = false;
    let settled = false;
    const request = (line.base.secure ? https : http).request({
      host: line.base.host,
      port: line.base.port,
      path: call.path,
      method: call.method,
      headers: call.headers,
      agent: line.agent,
      setDefaultHeaders: true,
    });
    /** Has the request got a connection that stands? Before that no byte of it is on its way. */
    const underWay = (): boolean => socket !== undefined && (reused || !socket.connecting) && handshaken(socket);
    const fail = (kind: TransportFault['kind'], sent: boolean, detail: string): void => {
      if (settled) return;
      settled = true;
      clearTimeout(deadline);
      request.destroy();
      reject(new TransportFault(kind, sent, detail));
    };
    const deadline = setTimeout(
      () => fail('timeout', underWay(), `no complete answer within ${line.timeoutMs} ms`),
      line.timeoutMs,
    );
    request.on('socket', assigned => {
      socket = assigned;
      reused = request.reusedSocket;
      // the last moments before a byte leaves: a connection was given, or has come about
      const ask = (): void => {
        if (!held()) fail('unavailable', false, LATE);
      };
      ask();
      if (assigned.connecting) assigned.prependOnceListener('connect', ask);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? 'unknown error';
      const kind = code.startsWith('HPE_') ? 'protocol' : 'unavailable';
      fail(kind, !neverSent(error, line.base.secure, underWay()), code);
    });
    request.on('response', answer => {
      const parts: Buffer[] = [];
      let bytes = 0;
      const tooLarge = (): void => fail('too-large', true, `the answer is larger than ${line.maxBytes} bytes`);
      if (Number(answer.headers['content-length']) > line.maxBytes) return tooLarge();
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > line.maxBytes) tooLarge();
        else parts.push(part);
      });
      answer.on('error', (error: NodeJS.ErrnoException) =>
        fail('unavailable', true, `the answer broke off: ${error.code ?? 'unknown error'}`),
      );
      answer.on('end', () => {
        if (settled) return;
        settled = true;
        clearTimeout(deadline);
        resolve({
          status: answer.statusCode ?? 0,
          headers: single(answer.headers),
          body: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, bytes),
        });
      });
      return undefined;
    });
    request.end(call.body);
  });
}

/** A TLS connection carries a request only after its handshake. */
function handshaken(socket: Socket): boolean {
  return !('secureConnecting' in socket && socket.secureConnecting === true);
}

/**
 * Is it certain that the system did not get the whole request? Either there was no connection, or the kernel refused to take
 * the request's end (EPIPE: an idle connection that the other side had closed). Under TLS a refused write may be the goodbye.
 */
function neverSent(error: NodeJS.ErrnoException, secure: boolean, underWay: boolean): boolean {
  const code = error.code ?? '';
  if (NEVER_CONNECTED.has(code) || error.syscall === 'connect' || error.syscall === 'getaddrinfo') return true;
  // A broken handshake: an error of the system with its call named, or of TLS itself (certificates). A bare reset proves nothing.
  if (!underWay && (error.syscall !== undefined || /^(?!E[A-Z]+$)[A-Z]/.test(code))) return true;
  return !secure && code === 'EPIPE' && error.syscall === 'write';
}

/** Headers with one text each; only `set-cookie` comes as a list. */
function single(headers: http.IncomingHttpHeaders): Record<string, string | undefined> {
  const cookies = headers['set-cookie'];
  if (cookies === undefined) return headers as Record<string, string | undefined>;
  return { ...headers, 'set-cookie': cookies.join(', ') } as Record<string, string | undefined>;
}
