/**
 * What the portal connector's tests share: a context over real (nocked) HTTP, a shared session in memory, a small code book.
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type {
  ConnectorContext,
  FormatInput,
  HttpClient,
  InboundRequest,
  Session,
} from '../../../connectors/connector.ts';
import type { CodeBook } from '../../../src/domain/code-book.ts';
import { TransportFault } from '../../../src/domain/errors.ts';
import type { GatewayEvent, Json, JsonObject } from '../../../src/domain/words.ts';

export const BASE = 'http://portal.test';
export const NOW = new Date('2026-11-24T02:30:00Z');

/** Plain node:http, with errors as the gateway's own client gives them. */
export function httpOver(base: string): HttpClient {
  return call =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(call.path, base),
        { method: call.method, headers: call.headers ?? {} },
        answer => {
          const parts: Buffer[] = [];
          answer.on('data', part => parts.push(part));
          answer.on('end', () => {
            const headers = answer.headers as Record<string, string | undefined>;
            resolve({ status: answer.statusCode ?? 0, headers, body: Buffer.concat(parts) });
          });
        },
      );
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        const kind = error.code === 'ETIMEDOUT' ? 'timeout' : 'unavailable';
        reject(new TransportFault(kind, error.code !== 'ECONNREFUSED', error.code ?? 'error'));
      });
      outgoing.end(call.body);
    });
}

/** A context of the system `portal`; `settings` as in the systems file. */
export function contextOf(settings: JsonObject = {}, base = BASE, now = () => NOW): ConnectorContext {
  let session: Session | undefined;
  return {
    system: { id: 'portal', role: 'portal', profile: 'dvcqg', baseUrl: base, statusList: 'national', settings },
    http: httpOver(base),
    session: {
      current: async signIn => {
        session ??= await signIn();
        return session;
      },
      renew: async (_refused, signIn) => {
        session = await signIn();
        return session;
      },
    },
    secret: name => (name === 'username' ? 'lien-thong' : 'mat-khau-mau'),
    now,
  };
}

/** A code book that knows one procedure and no lists. */
export const book: CodeBook = {
  encode: (list, canonical) => (list === 'portal/MaLinhVuc' && canonical === 'Hộ tịch' ? 'LV04' : undefined),
  decode: () => undefined,
  procedure: code =>
    code === '1.001193'
      ? { code, name: 'Đăng ký khai sinh', plainTitle: 'Làm giấy khai sinh', field: 'Hộ tịch', level: 'xã' }
      : undefined,
  unitName: () => undefined,
};

export function eventOf(type: string, data: JsonObject, time = '2026-11-24T09:30:00+07:00'): GatewayEvent {
  return { specversion: '1.0', id: 'e1', source: 'commune', type, subject: String(data.dossierCode ?? ''), time, data };
}
export function inputOf(event: GatewayEvent, entity: JsonObject = {}, codes: FormatInput['codes'] = []): FormatInput {
  return { event, entity, codes, book };
}

/** A request as intake hands it over. */
export function requestOf(json: Json, messageId: string | undefined = 'msg_1'): InboundRequest {
  return {
    headers: {},
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(json)),
    json,
    ...(messageId === undefined ? {} : { messageId }),
    receivedAt: NOW,
  };
}

/** A recorded example, written after the public description of the dialect. */
export function example(name: string): JsonObject {
  return JSON.parse(readFileSync(new URL(`examples/${name}.json`, import.meta.url), 'utf8')) as JsonObject;
}

/** A complete dossier in canonical form, as a commune's counter reports it. */
export const COUNTER_DOSSIER: JsonObject = {
  dossierCode: 'H19.26041-261124-0007',
  procedureCode: '1.001193',
  unitCode: '26041',
  status: '2',
  channel: 'counter',
  applicant: { kind: 'citizen', name: 'Nguyễn Thị Mẫu', identityNumber: '075099000123', phone: '0900000123' },
  summary: 'Đăng ký khai sinh (mẫu)',
  submittedAt: '2026-11-24T08:00:00+07:00',
  receivedAt: '2026-11-24T08:05:10+07:00',
  dueAt: '2026-11-25T17:00:00+07:00',
  returnMethod: 'counter',
  filedAt: 'local',
  digitised: true,
  accountVerified: false,
  paidOnline: false,
  files: [{ id: 't1', name: 'to-khai.pdf', url: 'http://commune.test/api/tep/t1', component: 'MAU-TKKS' }],
  fees: [{ code: 'PHI-BS', name: 'Bản sao trích lục', amount: 8000, takenAt: 'on-reception', kind: 'ordinary' }],
};
