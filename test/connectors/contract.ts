/**
 * What every connector must keep, whatever its dialect: the tools of the contract suite. Finds connectors, their sample systems
 * and their recorded examples; contract.test.ts says what is checked.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Connector,
  ConnectorContext,
  CreateConnector,
  FormatInput,
  HttpCall,
  HttpClient,
  InboundRequest,
} from '../../connectors/connector.ts';
import type { GatewayEvent, Json, JsonObject, Role } from '../../src/domain/words.ts';
import { memorySessionStore } from '../../src/wire/session.ts';

const HERE = import.meta.dirname;
const CONNECTORS = join(HERE, '../../connectors');
export const NOW = new Date('2026-11-24T03:00:00.000Z');
export const BASE_URL = 'https://contract.example.vn';

/** A call of the dialect and its answer. `path` and `body` are patterns. */
export interface Rule {
  method: string;
  path: string;
  body?: string;
  status?: number;
  answer: Json;
}
/** A sample system for one connector: the file beside the suite. */
export interface Sample {
  role: Role;
  statusList: string;
  settings: JsonObject;
  statuses: Readonly<Record<string, string>>;
  signIn: Rule;
  reads: Rule[];
}
export interface Subject {
  name: string;
  create: CreateConnector;
  sample: Sample;
  examples: Example[];
}
/** A recorded message of the dialect. */
export interface Example {
  name: string;
  request: InboundRequest;
  /** What it becomes, where that is recorded. */
  events?: GatewayEvent[];
}

const read = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;
const folder = (name: string): string => join(HERE, name, 'examples');

/** Every folder of connectors/, or the one named; each with its sample and examples. Throws where one has none. */
export async function findSubjects(only: string | undefined): Promise<Subject[]> {
  const names = readdirSync(CONNECTORS, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && (only === undefined || entry.name === only))
    .map(entry => entry.name);
  return Promise.all(
    names.map(async name => {
      const { create } = (await import(join(CONNECTORS, name, 'create.ts'))) as { create: CreateConnector };
      const sample = fill(read(join(HERE, 'contract', `${name}.json`)), name) as unknown as Sample;
      return { name, create, sample, examples: findExamples(name) };
    }),
  );
}

/** Puts recorded examples in the place of `{"$example": file}`. */
function fill(value: Json, name: string): Json {
  if (Array.isArray(value)) return value.map(item => fill(item, name));
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.$example === 'string') return read(join(folder(name), value.$example));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, name)]));
}

function findExamples(name: string): Example[] {
  const files = existsSync(folder(name)) ? readdirSync(folder(name)).sort() : [];
  return files
    .filter(file => /\.(?:json|xml)$/.test(file) && !/\.(?:events|event|message)\.json$/.test(file))
    .map(file => {
      const body = readFileSync(join(folder(name), file));
      const events = join(folder(name), file.replace(/(?:\.in)?\.(?:json|xml)$/, '.events.json'));
      return {
        name: file,
        request: file.endsWith('.xml') ? inbound(body) : inbound(body, JSON.parse(body.toString()) as Json),
        ...(existsSync(events) ? { events: read(events) as unknown as GatewayEvent[] } : {}),
      };
    });
}

/** Recorded pairs of canonical event and message. */
export function findPairs(name: string): { name: string; event: GatewayEvent; message: Json }[] {
  const files = existsSync(folder(name)) ? readdirSync(folder(name)) : [];
  return files
    .filter(file => file.endsWith('.event.json'))
    .map(file => ({
      name: file,
      event: read(join(folder(name), file)) as unknown as GatewayEvent,
      message: read(join(folder(name), file.replace(/\.event\.json$/, '.message.json'))),
    }));
}

/** A request as intake hands it over: JSON parsed, XML as bytes. */
export function inbound(body: Buffer, json?: Json): InboundRequest {
  return {
    headers: {},
    contentType: json === undefined ? 'application/xml' : 'application/json',
    body,
    ...(json === undefined ? {} : { json }),
    messageId: 'msg_contract',
    receivedAt: NOW,
  };
}

/** A context of the sample system; every secret has the name of itself. */
export function contextOf({ name, sample }: Subject, profile: string | undefined, http: HttpClient): ConnectorContext {
  const { role, statusList, settings } = sample;
  return {
    system: Object.freeze({ id: name, role, profile, baseUrl: BASE_URL, statusList, settings }),
    http,
    session: memorySessionStore(() => NOW.getTime()),
    secret: secret => `${secret}-of-the-contract`,
    now: () => NOW,
  };
}

export const fits = (rule: Rule, call: { method: string; path: string; body: string }): boolean =>
  rule.method === call.method &&
  new RegExp(rule.path).test(call.path) &&
  (rule.body === undefined || new RegExp(rule.body).test(call.body));

/** The system as far as reading goes, without a network; anything else is answered 404. */
export function readingOnly({ sample }: Subject): HttpClient {
  return async (call: HttpCall) => {
    const asked = { method: call.method, path: call.path, body: String(call.body ?? '') };
    const rule = [sample.signIn, ...sample.reads].find(each => fits(each, asked));
    return {
      status: rule === undefined ? 404 : (rule.status ?? 200),
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(rule?.answer ?? {})),
    };
  };
}

const DOSSIER = 'H19.TT.26041-261124-0001';

/** One canonical event of each type in the vocabulary of the sample system, with the entity as the gateway would know it. */
export function sampleInputs({ name, sample }: Subject): FormatInput[] {
  const all = read(join(HERE, 'contract', 'events.json')) as { type: string; data: JsonObject }[];
  const local = (data: JsonObject): JsonObject =>
    typeof data.status === 'string' && data.dossierCode !== undefined
      ? { ...data, status: sample.statuses[data.status] ?? data.status, statusList: sample.statusList }
      : data;
  const entity = local(all[0]?.data ?? {});
  return all.map(({ type, data }, index) => ({
    event: {
      specversion: '1.0',
      id: `su-kien-${index}`,
      source: name === 'portal' ? 'commune' : 'portal',
      type,
      time: '2026-11-24T09:00:00+07:00',
      data: local(data),
    },
    entity: 'dossierCode' in data || 'about' in data ? entity : {},
    codes: [{ system: 'portal', code: DOSSIER, kind: 'national' }],
    book: {
      encode: () => undefined,
      decode: () => undefined,
      procedure: code =>
        code === '1.001193'
          ? { code, name: 'Đăng ký khai sinh', plainTitle: 'Làm giấy khai sinh', field: 'Hộ tịch', level: 'xã' }
          : undefined,
      unitName: code => (code === '26041' ? 'Phường Trấn Biên' : undefined),
    },
  }));
}

/** Freezes all of it: formatting is pure. */
export function frozen<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}

/** The connector of a subject, reading only. */
export const offline = (subject: Subject, profile: string | undefined): Connector =>
  subject.create(contextOf(subject, profile, readingOnly(subject)));

/** Profiles of a connector; one that has none is tried once without. */
export const profilesOf = (subject: Subject): (string | undefined)[] => {
  const { profiles } = offline(subject, undefined).describe();
  return profiles.length === 0 ? [undefined] : profiles;
};
