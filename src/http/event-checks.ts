/**
 * Judges an event's data against the schema of its type before anything of it is stored: every fault is named, in bounds,
 * and an event without fault costs one pass (two-pass.ts).
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Fault } from '../domain/errors.ts';
import type { GatewayEvent, Json } from '../domain/words.ts';
import { type EventSchemas, readEventSchemas } from './event-schemas.ts';
import { FORMATS } from './formats.ts';
import { faultOfAjv, type SchemaError } from './schema-faults.ts';
import { compileTwoPass, limitFaults } from './two-pass.ts';

export interface EventContext {
  /** List of the source's statuses where the event names none (SystemConfig.statusList). */
  statusList: string;
  /** Pointer of the event in the body, `/17` in a batch. */
  pointer?: string;
}

export interface EventChecker {
  /** Every fault of the event's type and data, at most 100 and a count of the rest; empty when it may be accepted. */
  check(event: GatewayEvent, context: EventContext): Fault[];
}

/** Statuses of the national list (statuses.json); an unknown one is refused, of a local list it is parked. */
const NATIONAL = new Set(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
/** What may stand in `secrecy` of a document that the exchange may carry. */
const NOT_SECRET = new Set(['', '0', 'normal', 'none', 'thuong', 'thường', 'khong', 'không']);

function compiler(schemas: EventSchemas, allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    // `if/then/else` and `anyOf` with `required` name members that the outer schema defines.
    strictRequired: false,
    allErrors,
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: false,
    ownProperties: true,
    // Half the start-up time for a twelfth more per check; that the schemas are sound is a test's business.
    inlineRefs: false,
    code: { optimize: false },
    validateSchema: false,
    formats: { ...FORMATS },
  });
  ajv.addVocabulary(['x-version', 'x-since']);
  ajv.addSchema(schemas.common);
  return ajv;
}

const unknownStatus = (pointer: string): Fault => ({
  pointer,
  code: 'unknown-status',
  detail: { vi: 'Trạng thái quốc gia là số từ 1 đến 10.', en: 'A national status is a number from 1 to 10.' },
});

const member = (value: Json | undefined, key: string): Json | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value[key] : undefined;

/** Rules that need more than the data: the source's status list, and what the exchange may not carry. */
function contextFaults(event: GatewayEvent, statusList: string, at: string): Fault[] {
  const { data, type } = event;
  const faults: Fault[] = [];
  if (type.startsWith('dossier.') && (data.statusList ?? statusList) === 'national') {
    const { status } = data;
    if (typeof status === 'string' && !NATIONAL.has(status)) faults.push(unknownStatus(`${at}/status`));
    const inStep = member(data.step, 'status');
    if (typeof inStep === 'string' && !NATIONAL.has(inStep)) faults.push(unknownStatus(`${at}/step/status`));
  }
  const { secrecy } = data;
  if (typeof secrecy === 'string' && !NOT_SECRET.has(secrecy.trim().normalize('NFC').toLowerCase())) {
    faults.push({
      pointer: `${at}/secrecy`,
      code: 'secret-document',
      detail: {
        vi: 'Văn bản mật không được gửi qua cổng liên thông.',
        en: 'Secret documents may not pass through the gateway.',
      },
    });
  }
  return faults;
}

/**
 * Compiles a type's schema when its first event comes, the second pass's when it first meets a bad one.
 * @param schemas read from the package unless given
 */
export function createEventChecker(schemas: EventSchemas = readEventSchemas()): EventChecker {
  const quick = compiler(schemas, false);
  const thorough = compiler(schemas, true);
  const compilers = {
    quick: (schema: object) => quick.compile(schema),
    thorough: (schema: object) => thorough.compile(schema),
  };
  const byType = new Map<string, (data: unknown) => SchemaError[]>();
  for (const [type, schema] of schemas.byType) byType.set(type, compileTwoPass(schema, compilers));
  return {
    check(event, context) {
      const root = context.pointer ?? '';
      const errorsOf = byType.get(event.type);
      if (errorsOf === undefined) {
        const detail = {
          vi: 'Không có loại sự kiện này (xem GET /v1/event-types).',
          en: 'There is no such event type.',
        };
        return [{ pointer: `${root}/type`, code: 'unknown-type', detail }];
      }
      const at = `${root}/data`;
      const faults = errorsOf(event.data).map(error => faultOfAjv(error, at));
      return limitFaults([...faults, ...contextFaults(event, context.statusList, at)], root);
    },
  };
}
