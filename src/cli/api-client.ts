/**
 * How commands speak with a running gateway: its HTTP API, found in LIENTHONG_URL and LIENTHONG_TOKEN or in first-run.json.
 * Refusals come back as the reader's next step; a request that the API calls wrong is wrong use (exit status 2).
 */
import { readFile } from 'node:fs/promises';
import { readEnvironment } from '../config/environment.ts';
import { firstRunFile } from './first-run.ts';
import { CommandFailed, type Io, wrongUse } from './io.ts';

/** An answer of the API; its members are read by name. */
export interface Answer {
  [member: string]: unknown;
}
export interface ApiClient {
  get(path: string, query?: Record<string, string | number | undefined>): Promise<Answer>;
  post(path: string, body: Record<string, unknown>): Promise<Answer>;
  put(path: string, body: Record<string, unknown>): Promise<Answer>;
  delete(path: string, body: Record<string, unknown>): Promise<Answer>;
}

/** Time for one call, ms. */
const PATIENCE_MS = 30_000;

interface Problem {
  code?: string;
  detail?: string;
  detailEn?: string;
  faults?: { pointer: string; detail: string }[];
  younger?: string[];
}

/** The gateway of this environment. Throws CommandFailed where neither variables nor first-run.json name one. */
export async function apiClient(io: Io): Promise<ApiClient> {
  const { url, token } = await whereAndWho(io);
  const call = async (method: string, path: string, body?: Record<string, unknown>): Promise<Answer> => {
    let response: Response;
    try {
      response = await fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch (cause) {
      throw new CommandFailed(
        `Không kết nối được ${url}; cổng liên thông có đang chạy không? (The gateway does not answer.)`,
        {
          cause,
        },
      );
    }
    const answer = (await response.json().catch(() => ({}))) as Answer;
    if (!response.ok) throw refusal(response.status, answer as Problem, io);
    return answer;
  };
  return {
    get: (path, query = {}) => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined);
      const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
      return call('GET', given.length === 0 ? path : `${path}?${search}`);
    },
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    delete: (path, body) => call('DELETE', path, body),
  };
}

async function whereAndWho(io: Io): Promise<{ url: string; token: string }> {
  const { LIENTHONG_URL, LIENTHONG_TOKEN } = io.env;
  if (LIENTHONG_URL && LIENTHONG_TOKEN) return { url: LIENTHONG_URL, token: LIENTHONG_TOKEN };
  const file = firstRunFile(readEnvironment(io.env, io.cwd).dataDir);
  try {
    const run = JSON.parse(await readFile(file, 'utf8')) as { url: string; apiToken: string };
    return { url: LIENTHONG_URL ?? run.url, token: LIENTHONG_TOKEN ?? run.apiToken };
  } catch (cause) {
    throw new CommandFailed(
      `Không đọc được ${file}. Hãy chạy \`lienthong start\`, hoặc đặt LIENTHONG_URL và LIENTHONG_TOKEN. (No gateway is known here.)`,
      { cause },
    );
  }
}

function refusal(status: number, problem: Problem, io: Io): Error {
  const lines = [
    problem.detail ?? `HTTP ${status}`,
    ...(problem.detailEn === undefined || problem.detailEn === problem.detail ? [] : [`(${problem.detailEn})`]),
    ...(problem.faults ?? []).map(fault => `  ${fault.pointer}: ${fault.detail}`),
    ...(problem.younger ?? []).map(id => `  ${id}`),
  ];
  const text = lines.join('\n');
  if (status !== 400) return new CommandFailed(text);
  return wrongUse(io, text, problem.code ?? 'invalid-request');
}
