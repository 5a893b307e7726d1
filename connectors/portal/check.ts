/**
 * Checks what the portal posts against the dialect's schemas and answers every fault at once, each with its JSON pointer.
 */
import type { ErrorObject } from 'ajv';
import { Ajv } from 'ajv';
import type { Fault } from '../../src/domain/errors.ts';
import { InputFault } from '../../src/domain/errors.ts';
import type { Json, JsonObject } from '../../src/domain/words.ts';
import { fromLocalTime, SERVICES } from './dialect.ts';
import { isObject, textIn, withoutBlanks } from './read.ts';
import dossierSync from './schema/dossier-sync.schema.json' with { type: 'json' };
import notice from './schema/notice.schema.json' with { type: 'json' };
import procedureNotice from './schema/procedure-notice.schema.json' with { type: 'json' };
import stepSync from './schema/step-sync.schema.json' with { type: 'json' };

/** Checks one message: its object without blank members. Throws InputFault `invalid-message` or `unknown-service`. */
export type CheckMessage = (body: Json | undefined) => JsonObject;

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
ajv.addFormat('portal-time', (value: string) => fromLocalTime(value) !== undefined);
const SCHEMAS: ReadonlyMap<string, object> = new Map<string, object>([
  [SERVICES.dossier, dossierSync],
  [SERVICES.step, stepSync],
  [SERVICES.notice, notice],
  [SERVICES.procedureNotice, procedureNotice],
]);

/** The checker of messages; a service's schema is compiled when its first message comes, once for all connectors of a process. */
export function messageChecker(): CheckMessage {
  return body => {
    if (!isObject(body)) {
      throw invalid([
        {
          pointer: '',
          code: 'type',
          detail: { vi: 'Bản tin phải là một đối tượng JSON.', en: 'The message must be a JSON object.' },
        },
      ]);
    }
    const message = withoutBlanks(body) as JsonObject;
    const service = textIn(message, 'service');
    const schema = SCHEMAS.get(service ?? '');
    if (schema === undefined) {
      throw new InputFault(
        'unknown-service',
        422,
        { vi: 'Cổng liên thông không tiếp nhận dịch vụ này.', en: 'The gateway does not take this service.' },
        {
          faults: [
            {
              pointer: '/service',
              code: 'unknown-service',
              detail: {
                vi: `Chỉ tiếp nhận: ${[...SCHEMAS.keys()].join(', ')}.`,
                en: `Taken are: ${[...SCHEMAS.keys()].join(', ')}.`,
              },
            },
          ],
        },
      );
    }
    // compiled once: ajv keeps what it has compiled
    const validate = ajv.compile(schema);
    if (!validate(message)) throw invalid((validate.errors ?? []).filter(error => error.keyword !== 'if').map(faultOf));
    return message;
  };
}

/** One refusal for all faults of a message. */
export function invalid(faults: Fault[]): InputFault {
  return new InputFault(
    'invalid-message',
    422,
    { vi: 'Bản tin của Cổng dịch vụ công không đúng quy cách.', en: 'The message of the portal is not well formed.' },
    { faults },
  );
}

/** An ajv error as a fault people can act on. */
function faultOf(error: ErrorObject): Fault {
  const params = error.params as Record<string, unknown>;
  if (error.keyword === 'required') {
    const field = String(params.missingProperty);
    const pointer = `${error.instancePath}/${field}`;
    return {
      pointer,
      code: 'required',
      detail: { vi: `Thiếu trường bắt buộc ${field}.`, en: `The required field ${field} is missing.` },
    };
  }
  if (error.keyword === 'format') {
    return {
      pointer: error.instancePath,
      code: 'time',
      detail: {
        vi: 'Thời điểm phải có dạng yyyyMMddHHmmss và là ngày giờ có thật.',
        en: 'A time must be a real one in the form yyyyMMddHHmmss.',
      },
    };
  }
  if (error.keyword === 'type') {
    return {
      pointer: error.instancePath,
      code: 'type',
      detail: {
        vi: `Kiểu dữ liệu phải là ${String(params.type)}; số định danh gửi dạng văn bản để giữ số 0 đầu.`,
        en: `Must be ${String(params.type)}; identity numbers are text, or they lose leading zeros.`,
      },
    };
  }
  return {
    pointer: error.instancePath,
    code: error.keyword,
    detail: { vi: `Giá trị không hợp lệ (${error.keyword}).`, en: `Not valid: ${error.message ?? error.keyword}.` },
  };
}
