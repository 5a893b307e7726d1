/**
 * Checks what the commune system says against the schemas of its dialect and names each fault with its place, in both languages.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Fault } from '../../src/domain/errors.ts';
import type { Bilingual, Json } from '../../src/domain/words.ts';
import dossierSchema from './schema/dossier.schema.json' with { type: 'json' };
import webhookSchema from './schema/webhook.schema.json' with { type: 'json' };

/** Faults of a value, empty when it is as the schema wants it. */
export type Check = (value: Json, at?: string) => Fault[];
interface Checks {
  webhook: Check;
  dossier: Check;
}

/** Keywords that only say that another rule was not met; the other one is reported. */
const FRAMES: ReadonlySet<string> = new Set(['if', 'anyOf', 'allOf']);

const ajv = new Ajv({ allErrors: true, strict: false, allowUnionTypes: true });

/** A check that compiles its schema when it is first asked, once for all connectors of a process. */
function check(schema: object): Check {
  let valid: ValidateFunction | undefined;
  return (value, at = '') => {
    valid ??= ajv.compile(schema);
    return valid(value) ? [] : faultsOf(valid.errors ?? [], at);
  };
}

/** The messages of the dialect that are checked. */
export const CHECKS: Readonly<Checks> = { webhook: check(webhookSchema), dossier: check(dossierSchema) };

function faultsOf(errors: ErrorObject[], at: string): Fault[] {
  const named = errors.filter(error => !FRAMES.has(error.keyword));
  const seen = new Map<string, Fault>();
  for (const error of named.length > 0 ? named : errors) {
    const missing = error.keyword === 'required' ? `/${String(error.params.missingProperty)}` : '';
    const pointer = `${at}${error.instancePath}${missing}`;
    const key = `${pointer} ${error.keyword}`;
    if (!seen.has(key)) seen.set(key, { pointer, code: codeOf(error), detail: detailOf(error) });
  }
  return [...seen.values()];
}

function codeOf({ keyword }: ErrorObject): string {
  if (keyword === 'required') return 'missing';
  if (keyword === 'type') return 'wrong-type';
  return keyword === 'enum' || keyword === 'const' ? 'unknown-code' : 'invalid';
}

/** The fault in words; never repeats the value, which may be personal data. */
function detailOf({ keyword, params }: ErrorObject): Bilingual {
  switch (keyword) {
    case 'required':
      return { vi: `Thiếu trường ${params.missingProperty}.`, en: `The field ${params.missingProperty} is missing.` };
    case 'type':
      return { vi: `Phải là kiểu ${params.type}.`, en: `It must be of type ${params.type}.` };
    case 'enum':
      return {
        vi: `Phải là một trong: ${params.allowedValues.join(', ')}.`,
        en: `It must be one of ${params.allowedValues.join(', ')}.`,
      };
    case 'maxLength':
      return { vi: `Dài quá ${params.limit} ký tự.`, en: `It is longer than ${params.limit} characters.` };
    case 'minLength':
      return { vi: 'Không được để trống.', en: 'It must not be empty.' };
    default:
      return { vi: 'Giá trị không đúng mẫu.', en: `The value does not fit (${keyword}).` };
  }
}
