/**
 * What a JSON Schema found wrong, said to people: ajv's own texts are English, terse and sometimes quote values.
 * None of these texts holds a value of the sender, since faults are logged and values may be personal data.
 */
import type { Fault } from '../domain/errors.ts';
import type { Bilingual } from '../domain/words.ts';
import { pointerSegment, safePointer } from './json-faults.ts';

/** The part of ajv's ErrorObject that is used; Fastify hands on the same shape. */
export interface SchemaError {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
}

const TYPES: Readonly<Record<string, Bilingual>> = {
  string: { vi: 'chuỗi ký tự', en: 'a string' },
  number: { vi: 'số', en: 'a number' },
  integer: { vi: 'số nguyên', en: 'an integer' },
  boolean: { vi: 'true hoặc false', en: 'true or false' },
  object: { vi: 'đối tượng', en: 'an object' },
  array: { vi: 'danh sách', en: 'an array' },
  null: { vi: 'null', en: 'null' },
};
const FORMATS: Readonly<Record<string, Bilingual>> = {
  'date-time': {
    vi: 'thời điểm RFC 3339 có múi giờ, ví dụ 2025-07-01T08:00:00+07:00',
    en: 'an RFC 3339 time with offset, such as 2025-07-01T08:00:00+07:00',
  },
  date: { vi: 'ngày, ví dụ 2025-07-01', en: 'a date, such as 2025-07-01' },
  'date-or-time': {
    vi: 'ngày (2025-07-01) hoặc thời điểm có múi giờ (2025-07-01T08:00:00+07:00)',
    en: 'a date (2025-07-01) or a time with offset (2025-07-01T08:00:00+07:00)',
  },
  base64: { vi: 'base64 chuẩn, có đủ dấu =', en: 'standard base64 with its padding' },
  email: { vi: 'địa chỉ thư điện tử, ví dụ a@dongnai.gov.vn', en: 'an e-mail address, such as a@dongnai.gov.vn' },
  uuid: { vi: 'UUID', en: 'a UUID' },
};

const text = (value: unknown): string => String(value);
/** The values a schema allows stand in the schema, not in the input: they may be shown. */
const list = (value: unknown): string => (Array.isArray(value) ? value.slice(0, 30).join(', ') : text(value));
const typeNames = (value: unknown): Bilingual => {
  const names = (Array.isArray(value) ? value : text(value).split(',')).map(name => TYPES[text(name)]);
  const known = names.filter(name => name !== undefined);
  return { vi: known.map(name => name.vi).join(' hoặc '), en: known.map(name => name.en).join(' or ') };
};
const COMPARE: Readonly<Record<string, Bilingual>> = {
  '<=': { vi: 'không lớn hơn', en: 'at most' },
  '>=': { vi: 'không nhỏ hơn', en: 'at least' },
  '<': { vi: 'nhỏ hơn', en: 'less than' },
  '>': { vi: 'lớn hơn', en: 'more than' },
};
const compared = (params: Record<string, unknown>): Bilingual => {
  const words = COMPARE[text(params.comparison)] ?? { vi: text(params.comparison), en: text(params.comparison) };
  return { vi: `Phải ${words.vi} ${text(params.limit)}.`, en: `Must be ${words.en} ${text(params.limit)}.` };
};

type Say = (params: Record<string, unknown>) => Bilingual;
const SAY: Readonly<Record<string, Say>> = {
  required: p => ({
    vi: `Thiếu trường bắt buộc “${text(p.missingProperty)}”.`,
    en: `The required member “${text(p.missingProperty)}” is missing.`,
  }),
  type: p => {
    const names = typeNames(p.type);
    return { vi: `Phải là ${names.vi}.`, en: `Must be ${names.en}.` };
  },
  enum: p => ({
    vi: `Phải là một trong: ${list(p.allowedValues)}.`,
    en: `Must be one of: ${list(p.allowedValues)}.`,
  }),
  const: p => ({ vi: `Phải là ${text(p.allowedValue)}.`, en: `Must be ${text(p.allowedValue)}.` }),
  minLength: p => ({
    vi: `Phải có ít nhất ${text(p.limit)} ký tự.`,
    en: `Must have at least ${text(p.limit)} characters.`,
  }),
  maxLength: p => ({
    vi: `Không được quá ${text(p.limit)} ký tự.`,
    en: `Must have at most ${text(p.limit)} characters.`,
  }),
  minItems: p => ({
    vi: `Phải có ít nhất ${text(p.limit)} mục.`,
    en: `Must have at least ${text(p.limit)} items.`,
  }),
  maxItems: p => ({ vi: `Không được quá ${text(p.limit)} mục.`, en: `Must have at most ${text(p.limit)} items.` }),
  minProperties: p => ({
    vi: `Phải có ít nhất ${text(p.limit)} trường.`,
    en: `Must have at least ${text(p.limit)} members.`,
  }),
  maxProperties: p => ({
    vi: `Không được quá ${text(p.limit)} trường.`,
    en: `Must have at most ${text(p.limit)} members.`,
  }),
  minimum: compared,
  maximum: compared,
  exclusiveMinimum: compared,
  exclusiveMaximum: compared,
  multipleOf: p => ({
    vi: `Phải là bội của ${text(p.multipleOf)}.`,
    en: `Must be a multiple of ${text(p.multipleOf)}.`,
  }),
  pattern: () => ({
    vi: 'Không đúng mẫu của trường này (xem lược đồ).',
    en: 'Not of the form that the schema gives for this member.',
  }),
  format: p => {
    const name = FORMATS[text(p.format)] ?? { vi: text(p.format), en: text(p.format) };
    return { vi: `Phải là ${name.vi}.`, en: `Must be ${name.en}.` };
  },
  uniqueItems: p => ({
    vi: `Mục ${text(p.j)} và ${text(p.i)} giống nhau.`,
    en: `Items ${text(p.j)} and ${text(p.i)} are the same.`,
  }),
  additionalProperties: () => ({ vi: 'Trường không được nhận ở đây.', en: 'This member is not taken here.' }),
  unevaluatedProperties: () => ({ vi: 'Trường không được nhận ở đây.', en: 'This member is not taken here.' }),
  unevaluatedItems: () => ({ vi: 'Có mục thừa.', en: 'There are items too many.' }),
  additionalItems: () => ({ vi: 'Có mục thừa.', en: 'There are items too many.' }),
  propertyNames: () => ({ vi: 'Tên trường không hợp lệ.', en: 'The name of the member is not valid.' }),
  dependentRequired: p => ({
    vi: `Có “${text(p.property)}” thì phải có “${text(p.missingProperty)}”.`,
    en: `With “${text(p.property)}” there must be “${text(p.missingProperty)}”.`,
  }),
  contains: p => ({
    vi: `Phải có ít nhất ${text(p.minContains ?? 1)} mục hợp lệ.`,
    en: `At least ${text(p.minContains ?? 1)} item must fit.`,
  }),
  anyOf: () => ({
    vi: 'Không đúng dạng nào trong các dạng được nhận.',
    en: 'Fits none of the forms that are taken.',
  }),
  oneOf: () => ({ vi: 'Phải đúng một trong các dạng được nhận.', en: 'Must fit exactly one of the forms taken.' }),
  not: () => ({ vi: 'Nội dung ở đây không được phép.', en: 'What stands here is not allowed.' }),
  'false schema': () => ({ vi: 'Không được có trường này.', en: 'This member must not be there.' }),
};

/** The member at fault: for a missing or surplus one, ajv names its parent. */
function pointerOf(error: SchemaError): string {
  const { params, instancePath } = error;
  const member =
    params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName;
  return member === undefined ? instancePath : `${instancePath}/${pointerSegment(text(member))}`;
}

/**
 * One of ajv's errors as a fault; `prefix` is put before its pointer (`/17/data`).
 * The fault's code is the schema keyword in kebab case (`max-length`), `missing` for `required`.
 */
export function faultOfAjv(error: SchemaError, prefix = ''): Fault {
  const say = SAY[error.keyword];
  const kebab = error.keyword.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`).replaceAll(' ', '-');
  return {
    pointer: safePointer(prefix + pointerOf(error)),
    code: error.keyword === 'required' ? 'missing' : kebab,
    detail: say?.(error.params) ?? { vi: 'Không đúng lược đồ.', en: 'Does not fit the schema.' },
  };
}
