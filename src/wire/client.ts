/**
 * The outgoing HTTP client that connectors get: axios, held down to what a gateway may do.
 * No redirects, no proxies of the environment, no absolute addresses, bounded in time and size, and errors that carry nothing
 * of what was sent (an axios error given to a log would bring the sign-in and a citizen's data with it).
 */
import http from 'node:http';
import https from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { Axios, AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import type { HttpAnswer, HttpCall, HttpClient } from '../../connectors/connector.ts';
import { TransportFault } from '../domain/errors.ts';
import { guardedLookup, readBaseAddress } from './address.ts';
import { type Line, Outgoing, send } from './transport.ts';

export interface HttpClientOptions {
  /** https, or http of this machine. */
  baseUrl: string;
  /** Whole time of one call (30,000). */
  timeoutMs?: number;
  /** Most bytes of an answer (5 MiB). */
  maxBytes?: number;
  /** Most connections at once; further calls wait, within their time (64). */
  concurrency?: number;
  /** Plain http to other machines, for closed networks of a province. */
  allowPlainHttp?: boolean;
  /** Client certificate and trusted roots, where the system asks for them. */
  tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase'>;
}
/** The client; `close` lets go of the connections kept open. */
export type ClosableHttpClient = HttpClient & { close(): void };

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 5 * 1024 * 1024;
const CONCURRENCY = 64;
/** Idle connections are given up before the usual 5 s of servers, so that a call rarely meets one being closed. */
const IDLE_MS = 4_000;

/** Makes the client of one system. Throws ConfigurationFault when the address may not be called. */
export function createHttpClient(options: HttpClientOptions): ClosableHttpClient {
  const base = readBaseAddress(options.baseUrl, options.allowPlainHttp === true);
  const agentOptions = {
    keepAlive: true,
    maxSockets: options.concurrency ?? CONCURRENCY,
    maxFreeSockets: options.concurrency ?? CONCURRENCY,
    timeout: IDLE_MS,
    lookup: guardedLookup(base.loopback),
  };
  const line: Line = {
    base,
    agent: base.secure
      ? new https.Agent({ ...agentOptions, minVersion: 'TLSv1.2', ...options.tls })
      : new http.Agent(agentOptions),
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    maxBytes: options.maxBytes ?? MAX_BYTES,
  };
  const authority = `${base.host.includes(':') ? `[${base.host}]` : base.host}:${base.port}`;
  const axios = new Axios({
    // No prototype: a polluted Object.prototype cannot add a proxy, a host or a header to it.
    __proto__: null,
    adapter: async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => ({
      data: await send(line, config.data as Outgoing),
      status: 0,
      statusText: '',
      headers: new AxiosHeaders(),
      config,
    }),
    // Body and headers pass in `data` as they are: axios's own handling of them costs five times the call itself.
    // Address, redirects and proxies are the adapter's, and each setting more is merged anew at every call.
    transformRequest: [],
    transformResponse: [],
  } as ConstructorParameters<typeof Axios>[0]);

  const call = async (wish: HttpCall): Promise<HttpAnswer> => {
    const outgoing = prepare(wish, base.path, authority);
    const { data } = await axios.request<HttpAnswer, AxiosResponse<HttpAnswer>, Outgoing>({
      method: wish.method,
      data: outgoing,
    });
    return data;
  };
  return Object.assign(call, { close: () => line.agent.destroy() });
}

/** A path of visible ASCII, one slash at its start, without the ways to leave the base path or to name another host. */
const PATH = /^\/(?![/\\])[\x21-\x22\x24-\x5b\x5d-\x7e]{0,8191}$/;
const UPWARDS = /\/(?:\.|%2e){1,2}(?:$|[/?]|%2f|%5c)|%2f|%5c|%00/i;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** What belongs to the connection is not for a connector to say. */
const OURS = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'keep-alive',
]);

/** The call, checked, with its bytes. Throws TransportFault with `sent: false`. */
function prepare(wish: HttpCall, basePath: string, authority: string): Outgoing {
  const refuse = (detail: string): TransportFault => new TransportFault('protocol', false, detail);
  const question = wish.path.indexOf('?');
  if (!PATH.test(wish.path) || UPWARDS.test(question < 0 ? wish.path : wish.path.slice(0, question)))
    throw refuse('the path of the call is not allowed');
  const headers: Record<string, string | number> = { host: authority, 'accept-encoding': 'identity' };
  for (const [name, value] of Object.entries(wish.headers ?? {})) {
    const lower = name.toLowerCase();
    if (!NAME.test(name) || OURS.has(lower) || lower.startsWith('proxy-') || lower === '__proto__')
      throw refuse('the name of a header of the call is not allowed');
    if (!VALUE.test(value)) throw refuse(`the value of the header ${lower} of the call is not allowed`);
    headers[lower] = value;
  }
  if (wish.body === undefined) {
    if (wish.method !== 'GET' && wish.method !== 'DELETE') headers['content-length'] = 0;
    return new Outgoing(wish.method, basePath + wish.path, headers, undefined);
  }
  const body = typeof wish.body === 'string' ? Buffer.from(wish.body) : wish.body;
  headers['content-length'] = body.length;
  return new Outgoing(wish.method, basePath + wish.path, headers, body);
}
