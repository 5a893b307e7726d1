/**
 * Every refusal leaves as RFC 9457 problem+json in one shape: what is wrong, where, and what to do, Vietnamese first.
 * Errors that are not ours are answered without detail, because their texts may hold data or inner workings.
 */
import { type Fault, GatewayError } from '../domain/errors.ts';
import type { Bilingual } from '../domain/words.ts';
import { faultOfAjv, type SchemaError } from './schema-faults.ts';
import { limitFaults } from './two-pass.ts';

const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** One fault as it is sent. */
export interface ProblemFault {
  pointer: string;
  code: string;
  detail: string;
  detailEn: string;
}
/** RFC 9457 with our members; further ones from GatewayError.extra. */
export interface Problem {
  /** `urn:lienthong:problem:<code>`: stable, to be compared and never fetched. */
  type: string;
  title: string;
  status: number;
  detail: string;
  detailEn: string;
  code: string;
  faults: ProblemFault[];
  instance?: string;
  [more: string]: unknown;
}
export interface ProblemAnswer {
  status: number;
  headers: Record<string, string>;
  body: Problem;
  /** True when the error is not one we foresaw: log it whole. */
  unexpected: boolean;
}

const TITLES: Readonly<Record<number, Bilingual>> = {
  400: { vi: 'Yêu cầu không hợp lệ', en: 'Bad request' },
  401: { vi: 'Chưa xác thực', en: 'Not authenticated' },
  403: { vi: 'Không có quyền', en: 'Not allowed' },
  404: { vi: 'Không tìm thấy', en: 'Not found' },
  405: { vi: 'Phương thức không được hỗ trợ', en: 'Method not allowed' },
  406: { vi: 'Không có định dạng được yêu cầu', en: 'Not acceptable' },
  408: { vi: 'Gửi quá chậm', en: 'Request timeout' },
  409: { vi: 'Xung đột với dữ liệu đã lưu', en: 'Conflict' },
  410: { vi: 'Không còn nữa', en: 'Gone' },
  412: { vi: 'Điều kiện không còn đúng', en: 'Precondition failed' },
  413: { vi: 'Nội dung quá lớn', en: 'Content too large' },
  414: { vi: 'Địa chỉ quá dài', en: 'URI too long' },
  415: { vi: 'Kiểu nội dung không được hỗ trợ', en: 'Unsupported media type' },
  422: { vi: 'Không xử lý được nội dung', en: 'Unprocessable content' },
  429: { vi: 'Gửi quá nhiều', en: 'Too many requests' },
  431: { vi: 'Header quá lớn', en: 'Header fields too large' },
  500: { vi: 'Lỗi của cổng liên thông', en: 'Fault of the gateway' },
  503: { vi: 'Tạm thời không nhận', en: 'Service unavailable' },
};
const UNEXPECTED: Bilingual = {
  vi: 'Cổng liên thông gặp lỗi ngoài dự kiến. Hãy gửi lại sau; nếu vẫn lỗi, báo nhóm kỹ thuật kèm mã yêu cầu.',
  en: 'The gateway met an unexpected fault. Try again later; if it stays, tell the engineers the request id.',
};

/** Refusals that the HTTP framework itself makes, by its error code: ours by code, status and text. */
const FRAMEWORK: Readonly<Record<string, { code: string; status: number; text: Bilingual }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'body-too-large',
    status: 413,
    text: {
      vi: 'Nội dung vượt giới hạn của địa chỉ này. Chia lô nhỏ hơn, hoặc gửi tệp lớn qua PUT /v1/files/{sha256}.',
      en: 'The body is over the limit of this address. Send smaller batches, or large files by PUT /v1/files/{sha256}.',
    },
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported-media-type',
    status: 415,
    text: {
      vi: 'Content-Type thiếu hoặc không được nhận ở địa chỉ này.',
      en: 'Content-Type is missing or not taken at this address.',
    },
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'invalid-content-length',
    status: 400,
    text: { vi: 'Content-Length không đúng với nội dung.', en: 'Content-Length does not match the body.' },
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    code: 'empty-body',
    status: 400,
    text: { vi: 'Nội dung trống.', en: 'The body is empty.' },
  },
  FST_ERR_BAD_URL: {
    code: 'invalid-url',
    status: 400,
    text: { vi: 'Địa chỉ không hợp lệ.', en: 'The URL is not valid.' },
  },
  FST_ERR_MAX_PARAM_LENGTH: {
    code: 'url-too-long',
    status: 414,
    text: { vi: 'Một phần của địa chỉ quá dài.', en: 'A part of the URL is too long.' },
  },
  FST_ERR_HANDLER_TIMEOUT: {
    code: 'timeout',
    status: 503,
    text: { vi: 'Chưa trả lời kịp. Hãy thử lại.', en: 'No answer in time. Try again.' },
  },
};

/** What the framework throws has this shape; all of it optional because anything can be thrown. */
interface ForeignError {
  code?: unknown;
  statusCode?: unknown;
  validation?: unknown;
  validationContext?: unknown;
}

/** `en` only where the reader prefers English to Vietnamese (RFC 9110, 12.5.4); else Vietnamese. */
function preferredLanguage(acceptLanguage: string | undefined): 'vi' | 'en' {
  if (acceptLanguage === undefined) return 'vi';
  const best = { vi: -1, en: -1 };
  for (const part of acceptLanguage.slice(0, 256).split(',')) {
    const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
    const weight = parameters.map(parameter => /^\s*q=([01](?:\.[0-9]{0,3})?)\s*$/.exec(parameter)?.[1]).find(Boolean);
    const quality = weight === undefined ? 1 : Number(weight);
    const language = range.split('-')[0];
    if (language === 'vi' || language === 'en') best[language] = Math.max(best[language], quality);
  }
  return best.en > best.vi && best.en > 0 ? 'en' : 'vi';
}

/** A foreign error as one of ours, where it is a foreseen refusal. */
function foreseen(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, statusCode, validation, validationContext } = error as ForeignError;
  if (Array.isArray(validation)) {
    const place = validationContext === 'querystring' ? '/query' : `/${String(validationContext)}`;
    const prefix = validationContext === 'body' || validationContext === undefined ? '' : place;
    return new GatewayError(
      'invalid-request',
      400,
      { vi: 'Yêu cầu có trường không hợp lệ.', en: 'The request has fields that are not valid.' },
      { faults: limitFaults((validation as SchemaError[]).map(item => faultOfAjv(item, prefix))) },
    );
  }
  const known = typeof code === 'string' ? FRAMEWORK[code] : undefined;
  if (known !== undefined) return new GatewayError(known.code, known.status, known.text);
  if (typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' && statusCode < 500) {
    return new GatewayError('bad-request', statusCode, TITLES[statusCode] ?? (TITLES[400] as Bilingual));
  }
  return undefined;
}

const sentFault = (fault: Fault, language: 'vi' | 'en'): ProblemFault => ({
  pointer: fault.pointer,
  code: fault.code,
  detail: fault.detail[language],
  detailEn: fault.detail.en,
});

/**
 * The answer to an error. `title` and `detail` are in the language of Accept-Language (Vietnamese unless English is
 * preferred); `detailEn` is always English.
 *
 * @param request.instance what names this occurrence, `urn:uuid:<request id>`
 */
export function toProblem(
  error: unknown,
  request: { acceptLanguage?: string | undefined; instance?: string } = {},
): ProblemAnswer {
  const own = foreseen(error);
  const language = preferredLanguage(request.acceptLanguage);
  const status = own?.status ?? 500;
  const text = own?.text ?? UNEXPECTED;
  const code = own?.code ?? 'internal';
  const title = (TITLES[status] ?? (status < 500 ? TITLES[400] : TITLES[500])) as Bilingual;
  return {
    status,
    headers: { ...own?.headers, 'content-type': PROBLEM_MEDIA_TYPE, 'content-language': language },
    body: {
      ...own?.extra,
      type: `urn:lienthong:problem:${code}`,
      title: title[language],
      status,
      detail: text[language],
      detailEn: text.en,
      code,
      faults: (own?.faults ?? []).map(fault => sentFault(fault, language)),
      ...(request.instance === undefined ? {} : { instance: request.instance }),
    },
    unexpected: own === undefined,
  };
}
