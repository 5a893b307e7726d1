/**
 * The JSON Schemas of mappings/ (schemas/mappings/), one a kind, compiled strictly; their faults told in Vietnamese with the place.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';

/** Where the schemas stand in this project. */
export const SCHEMAS_DIR = join(import.meta.dirname, '../../schemas/mappings');

export interface MappingSchemas {
  /** The kinds there are. */
  kinds: readonly string[];
  /** Hash of all schemas: content checked under others is checked again. */
  fingerprint: string;
  validator(kind: string): ValidateFunction | undefined;
}

/** Reads the schemas; each is compiled when its kind is first met. */
export function readMappingSchemas(dir: string = SCHEMAS_DIR): MappingSchemas {
  const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: false, formats: { date: fullFormats.date } });
  const kinds: string[] = [];
  const hash = createHash('sha256');
  for (const name of readdirSync(dir).sort()) {
    if (!name.endsWith('.schema.json')) continue;
    const text = readFileSync(join(dir, name), 'utf8');
    hash.update(name).update(text);
    ajv.addSchema(JSON.parse(text));
    if (name !== 'common.schema.json') kinds.push(name.slice(0, -'.schema.json'.length));
  }
  return {
    kinds,
    fingerprint: hash.digest('hex'),
    validator: kind => (kinds.includes(kind) ? ajv.getSchema(`${kind}.schema.json`) : undefined),
  };
}

/** JSON pointer of an ajv fault as a path. */
export function pathOf(error: ErrorObject): (string | number)[] {
  return error.instancePath
    .split('/')
    .slice(1)
    .map(part => (/^[0-9]+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}

/** What is wrong, for the person who edits the file. */
export function schemaFaultText(error: ErrorObject): string {
  const field = error.instancePath.split('/').findLast(part => part !== '' && !/^[0-9]+$/.test(part)) ?? 'tệp';
  const { keyword, params } = error;
  switch (keyword) {
    case 'required':
      return `thiếu trường "${params.missingProperty}"`;
    case 'additionalProperties':
      return `không có trường "${params.additionalProperty}" trong loại tệp này`;
    case 'type':
      return `"${field}" phải có kiểu ${params.type}${params.type === 'string' ? ' (đặt trong dấu nháy)' : ''}`;
    case 'enum':
      return `"${field}" phải là một trong: ${params.allowedValues.join(', ')}`;
    case 'const':
      return `"${field}" phải là "${params.allowedValue}"`;
    case 'pattern':
      return `"${field}" không đúng mẫu ${params.pattern}`;
    case 'format':
      return `"${field}" không phải ngày có thật dạng năm-tháng-ngày`;
    default:
      return `"${field}": ${error.message ?? keyword}`;
  }
}
