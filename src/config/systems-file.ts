/**
 * Reads the systems file: YAML checked against schemas/systems.schema.json, secrets resolved, frozen.
 * Every fault is named at once with line, column and pointer, so that a person mends the file in one go.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { validateDetailed } from 'node-cron';
import { LineCounter, parseDocument } from 'yaml';
import type { BreakerPolicy } from '../domain/breaker.ts';
import type { JsonObject, Role } from '../domain/words.ts';
import { type EscalationConfig, type EscalationEntry, NOBODY, readEscalation } from './escalation.ts';
import { readSecret, type SecretSource } from './secrets.ts';
import type { SystemConfig } from './system.ts';
import { placeInYaml, type YamlFile } from './yaml-place.ts';

/** A systems file's entry after the schema has filled in its defaults. */
interface Entry {
  id: string;
  role: Role;
  connector: string;
  profile?: string;
  baseUrl: string;
  trialBaseUrl?: string;
  statusList: string;
  secrets: Record<string, SecretSource>;
  webhookSecrets: SecretSource[];
  timeoutMs: number;
  settleMs: number;
  honoursKeys: boolean;
  looksUp: boolean;
  concurrency: number;
  ratePerSecond?: number;
  retry: { baseMs: number; capMs: number; maxAgeMs: number };
  breaker: BreakerPolicy;
  poll?: string;
  settings: JsonObject;
}

export interface PlacedFault {
  place: string;
  text: string;
}

export interface SystemsFileOptions {
  path: string;
  env: NodeJS.ProcessEnv;
  /** Files of secrets are relative to it. */
  dataDir: string;
  /** The project's root: schemas/ and connectors/ lie below it. */
  rootDir: string;
  /** Base addresses by system id that replace those of the file (the sandbox's ports). */
  baseUrls?: Readonly<Record<string, string>>;
}

/** The systems of the file, or all its faults; never throws for what the file says. */
export function readSystemsFile(options: SystemsFileOptions): {
  systems: readonly SystemConfig[];
  escalation: EscalationConfig;
  faults: PlacedFault[];
} {
  const none = { systems: [], escalation: NOBODY };
  let text: string;
  try {
    text = readFileSync(options.path, 'utf8');
  } catch (fault) {
    const code = (fault as NodeJS.ErrnoException).code ?? 'unreadable';
    return { ...none, faults: [{ place: 'LIENTHONG_CONFIG', text: `cannot read ${options.path} (${code})` }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', uniqueKeys: true });
  const file: YamlFile = { path: options.path, document, lines };
  if (document.errors.length > 0) {
    const faults = document.errors.map(error => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { place: `${options.path}:${line}:${col}`, text: error.message.split('\n')[0] ?? error.code };
    });
    return { ...none, faults };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 50 });
  } catch (fault) {
    return { ...none, faults: [{ place: options.path, text: String(fault) }] };
  }
  const shapeFaults = checkShape(content, file, options.rootDir);
  if (shapeFaults.length > 0) return { ...none, faults: shapeFaults };
  const { systems, escalation } = content as { systems: Entry[]; escalation?: EscalationEntry };
  const read = readEntries(systems, file, options);
  const blame = (pointer: string, said: string) => read.faults.push({ place: placeInYaml(file, pointer), text: said });
  return { ...read, escalation: escalation === undefined ? NOBODY : readEscalation(escalation, options, blame) };
}

/** Checks against the schema and, where it holds, fills in its defaults. */
function checkShape(content: unknown, file: YamlFile, rootDir: string): PlacedFault[] {
  const schema = JSON.parse(readFileSync(join(rootDir, 'schemas/systems.schema.json'), 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true, useDefaults: true, strict: true }).compile(schema);
  if (validate(content)) return [];
  const faults = (validate.errors ?? []).flatMap(error => sayFault(error, file));
  // Several branches of one oneOf may say the same of one place.
  return faults.filter(
    (fault, at) => faults.findIndex(same => same.place === fault.place && same.text === fault.text) === at,
  );
}

function sayFault(error: ErrorObject, file: YamlFile): PlacedFault[] {
  const params = error.params as Record<string, unknown>;
  const pointer = error.instancePath;
  if (/#\/\$defs\/secret\/oneOf\/\d/.test(error.schemaPath)) return [];
  if (error.schemaPath.endsWith('/secret/oneOf')) {
    return [
      {
        place: placeInYaml(file, pointer),
        text: 'bí mật được khai bằng {env: TÊN} hoặc {file: đường dẫn}, không ghi vào đây (a secret is named by {env: NAME} or {file: path}, never written here)',
      },
    ];
  }
  switch (error.keyword) {
    case 'additionalProperties':
      return [
        {
          place: placeInYaml(file, `${pointer}/${params.additionalProperty}`, 'key'),
          text: 'không có mục này (is not known here)',
        },
      ];
    case 'required':
      return [
        {
          place: placeInYaml(file, pointer),
          text: `thiếu ${params.missingProperty} (lacks ${params.missingProperty})`,
        },
      ];
    case 'enum':
      return [{ place: placeInYaml(file, pointer), text: oneOf(params.allowedValues as string[]) }];
    case 'propertyNames':
      return [
        {
          place: placeInYaml(file, `${pointer}/${params.propertyName}`, 'key'),
          text: 'không phải là tên (is not a name)',
        },
      ];
    default:
      return [{ place: placeInYaml(file, pointer), text: beyond(error) }];
  }
}

const oneOf = (values: readonly string[]): string =>
  `phải là một trong: ${values.join(', ')} (must be one of ${values.join(', ')})`;

/** Bounds and forms, which Ajv says in English alone. */
function beyond({ keyword, message, params }: ErrorObject): string {
  const said = message ?? keyword;
  const { limit, type } = params as { limit?: unknown; type?: unknown };
  const vi: Readonly<Record<string, string>> = {
    minimum: `phải từ ${limit} trở lên`,
    maximum: `không được quá ${limit}`,
    exclusiveMinimum: `phải lớn hơn ${limit}`,
    type: `phải là kiểu ${type}`,
    pattern: 'không đúng mẫu',
    minItems: `phải có ít nhất ${limit} mục`,
    maxItems: `không được quá ${limit} mục`,
  };
  return `${vi[keyword] ?? 'không đúng'} (${said})`;
}

/** What the schema cannot say: ids once only, connectors that exist, schedules that can be read, secrets that are there. */
function readEntries(
  entries: Entry[],
  file: YamlFile,
  options: SystemsFileOptions,
): { systems: readonly SystemConfig[]; faults: PlacedFault[] } {
  const faults: PlacedFault[] = [];
  const systems = entries.map((entry, index): SystemConfig => {
    const at = `/systems/${index}`;
    const blame = (pointer: string, text: string) => faults.push({ place: placeInYaml(file, at + pointer), text });
    const secret = (pointer: string, source: SecretSource): string => {
      const found = readSecret(source, options);
      if ('value' in found) return found.value;
      blame(pointer, found.fault);
      return '';
    };
    const first = entries.findIndex(other => other.id === entry.id);
    if (first < index)
      blame('/id', `mã ${entry.id} đã dùng ở /systems/${first} (${entry.id} is taken by /systems/${first})`);
    if (!existsSync(join(options.rootDir, 'connectors', entry.connector))) {
      blame('/connector', `không có thư mục connectors/${entry.connector} (there is no connectors/${entry.connector})`);
    }
    if (entry.poll !== undefined) {
      if (entry.poll.trim().split(/\s+/).length !== 6)
        blame('/poll', 'lịch gồm sáu trường, giây đứng đầu (a schedule has six fields, seconds first)');
      else if (!validateDetailed(entry.poll).valid)
        blame('/poll', 'lịch không đọc được (is no schedule that can be read)');
    }
    const { retry, breaker } = entry;
    if (retry.capMs < retry.baseMs)
      blame('/retry', 'capMs phải lớn hơn hoặc bằng baseMs (capMs is less than baseMs: raise it)');
    if (retry.maxAgeMs < entry.settleMs && !entry.honoursKeys)
      blame(
        '/retry',
        'maxAgeMs ngắn hơn settleMs: hết hạn trước khi tra cứu được (maxAgeMs is less than settleMs: it would end before a look-up proves anything)',
      );
    if (breaker.maxOpenMs < breaker.openMs)
      blame('/breaker', 'maxOpenMs phải lớn hơn hoặc bằng openMs (maxOpenMs is less than openMs: raise it)');
    const webhookSecrets = entry.webhookSecrets.map((source, nth) => {
      const value = secret(`/webhookSecrets/${nth}`, source);
      if (value !== '' && !/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(value)) {
        blame(
          `/webhookSecrets/${nth}`,
          'phải là whsec_ và base64 của ít nhất 24 byte (must be whsec_ and base64 of at least 24 bytes)',
        );
      }
      return value;
    });
    const secrets = Object.entries(entry.secrets).map(([name, source]) => [name, secret(`/secrets/${name}`, source)]);
    return deepFreeze({
      ...entry,
      baseUrl: (options.baseUrls?.[entry.id] ?? entry.baseUrl).replace(/\/+$/, ''),
      secrets: Object.fromEntries(secrets) as Record<string, string>,
      webhookSecrets,
    });
  });
  return { systems: faults.length > 0 ? [] : Object.freeze(systems), faults };
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}
