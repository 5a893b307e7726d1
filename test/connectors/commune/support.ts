/**
 * What the tests of the commune connector share: a context over the gateway's own client, examples, canonical events.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { create } from '../../../connectors/commune/create.ts';
import type {
  Connector,
  ConnectorContext,
  Delivery,
  FormatInput,
  InboundRequest,
} from '../../../connectors/connector.ts';
import type { CodeBook } from '../../../src/domain/code-book.ts';
import type { GatewayEvent, Json, JsonObject } from '../../../src/domain/words.ts';
import { readEventSchemas } from '../../../src/http/event-schemas.ts';
import { createHttpClient } from '../../../src/wire/client.ts';
import { memorySessionStore } from '../../../src/wire/session.ts';

export const SECRETS: Readonly<Record<string, string>> = { clientId: 'lien-thong', clientSecret: 'bi-mat' };

export function contextFor(
  baseUrl: string,
  now: () => Date = () => new Date(),
  timeoutMs = 2_000,
): ConnectorContext & { close(): void } {
  const http = createHttpClient({ baseUrl, timeoutMs });
  return {
    system: { id: 'commune', role: 'commune', baseUrl, statusList: 'xa-3b', settings: {} },
    http,
    session: memorySessionStore(() => now().getTime()),
    secret: name => SECRETS[name] ?? '',
    now,
    close: () => http.close(),
  };
}
/** A connector that may only format and parse: every call fails the test. */
export function offline(answers: Record<string, Json> = {}): Connector {
  return create({
    ...contextFor('http://127.0.0.1:1'),
    session: { current: async () => ({ token: 't' }), renew: async () => ({ token: 't' }) },
    http: async ({ path }) => {
      const body = answers[path];
      if (body === undefined) throw new Error(`unexpected call of ${path}`);
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) };
    },
  });
}

export const example = (name: string): JsonObject =>
  JSON.parse(readFileSync(new URL(`./examples/${name}`, import.meta.url), 'utf8')) as JsonObject;

export const inbound = (json: Json, messageId: string | undefined = 'msg_1'): InboundRequest => ({
  headers: {},
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify(json)),
  json,
  ...(messageId === undefined ? {} : { messageId }),
  receivedAt: new Date('2026-11-24T01:00:00Z'),
});

export const book: CodeBook = {
  encode: () => undefined,
  decode: () => undefined,
  procedure: code =>
    code === '1.001193'
      ? { code, name: 'Đăng ký khai sinh', plainTitle: 'Làm giấy khai sinh cho con', field: 'Hộ tịch', level: 'xã' }
      : undefined,
  unitName: () => undefined,
};

export const event = (type: string, data: JsonObject, more: Partial<GatewayEvent> = {}): GatewayEvent => ({
  specversion: '1.0',
  id: 'e1',
  source: 'portal',
  type,
  time: '2026-11-24T08:00:00+07:00',
  data,
  ...more,
});
export const input = (type: string, data: JsonObject, more: Partial<FormatInput> = {}): FormatInput => ({
  event: event(type, data),
  entity: {},
  codes: [],
  book,
  ...more,
});

export const deliveryOf = (connector: Connector, given: FormatInput, more: Partial<Delivery> = {}): Delivery => ({
  syncId: 's1',
  message: connector.format(given),
  headers: { 'idempotency-key': 's1', 'x-lienthong-sync': 's1' },
  ...more,
});

const CODE = 'G22.99-20261124-0001';
/** A dossier filed online, in the commune's vocabulary. */
export const SUBMITTED: JsonObject = {
  dossierCode: CODE,
  procedureCode: '1.001193',
  procedureName: 'Đăng ký khai sinh',
  plainTitle: 'Làm giấy khai sinh cho con',
  unitCode: '26041',
  status: 'cho-tiep-nhan',
  statusList: 'xa-3b',
  codes: [{ system: 'portal', code: CODE, kind: 'national' }],
  applicant: {
    kind: 'citizen',
    name: 'Điểu Thị Mỹ Linh',
    identityNumber: '075190001234',
    identity: { type: 'cccd', number: '075190001234' },
    phone: '0901234567',
    address: 'Tổ 3, Phường Trấn Biên, Đồng Nai',
  },
  decidingAgency: { code: '26041', level: 'commune', name: 'UBND Phường Trấn Biên' },
  returnMethod: 'counter',
  summary: 'Đăng ký khai sinh cho cháu Bảo An',
  channel: 'online',
  submittedAt: '2026-11-24T07:55:00+07:00',
  dueAt: '2026-11-25T17:00:00+07:00',
  files: [{ id: 'f1', name: 'giay-chung-sinh.pdf', mediaType: 'application/pdf', size: 3, sha256: 'a'.repeat(64) }],
  fees: [{ code: 'LP1', name: 'Lệ phí', amount: 0, state: 'waived' }],
  accountVerified: true,
  filedAt: 'national',
  more: { LoaiDoiTuong: '1' },
};
export const STATUS: JsonObject = {
  dossierCode: CODE,
  unitCode: '26041',
  status: 'cho-nop-tien',
  statusList: 'xa-3b',
  at: '2026-11-24T09:00:00+07:00',
  actor: { name: 'Trần Văn Long', post: 'chuyen-vien' },
  reason: 'Có thông báo thuế',
};

/** A check of events against schemas/events/: what does not fit, empty when all does. */
export function schemaCheck(): (event: GatewayEvent) => string {
  const ajv = new Ajv2020({
    strict: false,
    formats: { 'date-or-time': true, 'date-time': /^\d{4}-\d{2}-\d{2}T.*([+-]\d{2}:\d{2}|Z)$/, base64: true },
  });
  const { common, byType } = readEventSchemas();
  ajv.addSchema(common);
  const checks = new Map([...byType].map(([type, schema]) => [type, ajv.compile(schema)]));
  return ({ type, data }) => {
    const valid = checks.get(type);
    if (valid === undefined) return `no schema for ${type}`;
    return valid(data) ? '' : `${type} ${JSON.stringify(valid.errors)}`;
  };
}
