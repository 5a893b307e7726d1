/**
 * CloudEvents 1.0 over HTTP (CNCF, HTTP protocol binding 1.0.2) in its three modes, read into canonical events.
 * Only the envelope is judged here; what a type's data must hold is event-checks.ts's business.
 */
import { type Fault, InputFault } from '../domain/errors.ts';
import type { GatewayEvent, Json, JsonObject } from '../domain/words.ts';
import { isDateTime } from './formats.ts';
import { parseJson } from './json.ts';
import { pointerSegment, safePointer } from './json-faults.ts';
import { mediaTypeOf } from './media-type.ts';

/** Events in one batch. */
const MOST_EVENTS = 1_000;
/** Faults named before the rest is only counted. */
const MOST_FAULTS = 100;
const MOST_ATTRIBUTES = 40;
const LONGEST_EXTENSION = 4_096;
const NAME = /^[a-z0-9]{1,64}$/;
const SOURCE = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
const TYPE = /^[a-z0-9]+(?:[.-][a-z0-9]+){0,8}$/;
/** What CloudEvents 1.0, 3.1 forbids in strings: control characters and noncharacters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/;

/** One request that carries canonical events. */
export interface CloudEventsRequest {
  contentType: string | undefined;
  /** As node:http gives them: lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  raw: Buffer;
  /** Stands in for a missing `time`, which is then marked `timeassumed`. */
  receivedAt: Date;
}

type Add = (pointer: string, code: string, vi: string, en: string) => void;

/** Collects faults, bounded. */
class Faults {
  readonly list: Fault[] = [];
  private more = 0;
  readonly add: Add = (pointer, code, vi, en) => {
    if (this.list.length < MOST_FAULTS) this.list.push({ pointer: safePointer(pointer), code, detail: { vi, en } });
    else this.more += 1;
  };

  throwIfAny(): void {
    if (this.list.length === 0) return;
    if (this.more > 0) {
      const detail = { vi: `Và ${this.more} lỗi nữa.`, en: `And ${this.more} more.` };
      this.list.push({ pointer: '', code: 'more-faults', detail });
    }
    throw new InputFault(
      'invalid-event',
      400,
      {
        vi: 'Sự kiện không đúng CloudEvents 1.0; không có phần nào được lưu.',
        en: 'Not acceptable as CloudEvents 1.0; nothing of it was stored.',
      },
      { faults: this.list },
    );
  }
}

/** A required or optional text attribute of the envelope. */
function checkText(value: Json | undefined, at: string, longest: number, required: boolean, add: Add): void {
  if (value === undefined) {
    if (required) add(at, 'missing', 'Thiếu thuộc tính bắt buộc.', 'The required attribute is missing.');
  } else if (typeof value !== 'string') add(at, 'type', 'Phải là chuỗi ký tự.', 'Must be a string.');
  else if (value.length === 0 || value.length > longest) {
    add(at, 'length', `Phải có 1 đến ${longest} ký tự.`, `Must have 1 to ${longest} characters.`);
  } else if (UNPRINTABLE.test(value)) {
    add(at, 'unprintable', 'Có ký tự điều khiển.', 'Holds control characters.');
  }
}

function checkForm(value: Json | undefined, form: RegExp, at: string, add: Add): void {
  if (typeof value === 'string' && value.length <= 128 && value !== '' && !form.test(value)) {
    add(at, 'pattern', 'Không đúng dạng của thuộc tính này.', 'Not of the form that this attribute has.');
  }
}

const ENVELOPE: ReadonlySet<string> = new Set([
  ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'dataschema', 'data'],
]);

/** Extension attributes: named by lower-case letters and digits, of the simple types (CloudEvents 1.0, 3.1). */
function checkExtensions(event: JsonObject, at: string, add: Add): void {
  let count = 0;
  for (const name in event) {
    count += 1;
    if (ENVELOPE.has(name)) continue;
    const value = event[name];
    const place = `${at}/${pointerSegment(name)}`;
    if (name === 'data_base64') {
      add(place, 'not-taken', 'Chỉ nhận dữ liệu JSON trong data.', 'Only JSON in data is taken.');
    } else if (!NAME.test(name)) {
      add(
        place,
        'attribute-name',
        'Tên chỉ gồm chữ thường a-z và số.',
        'Names have lower-case letters and digits only.',
      );
    } else if (typeof value === 'number' ? !Number.isInteger(value) : typeof value === 'object') {
      add(place, 'type', 'Phải là chuỗi, số nguyên, true hoặc false.', 'Must be a string, an integer, true or false.');
    } else if (typeof value === 'string') checkText(value, place, LONGEST_EXTENSION, false, add);
  }
  if (count > MOST_ATTRIBUTES) {
    add(at, 'too-many-attributes', `Có quá ${MOST_ATTRIBUTES} thuộc tính.`, `More than ${MOST_ATTRIBUTES} attributes.`);
  }
  if (event.timeassumed !== undefined && typeof event.timeassumed !== 'boolean') {
    add(`${at}/timeassumed`, 'type', 'Phải là true hoặc false.', 'Must be true or false.');
  }
}

/** The canonical event in one JSON value, or undefined with its faults added; `at` is its pointer in the body. */
function readEnvelope(value: Json, at: string, receivedAt: Date, add: Add): GatewayEvent | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    add(at, 'type', 'Phải là một đối tượng CloudEvents.', 'Must be a CloudEvents object.');
    return undefined;
  }
  let clean = true;
  const fault: Add = (...what) => {
    clean = false;
    add(...what);
  };
  // A null attribute is an unset one (CloudEvents JSON format, 2.2).
  for (const name in value) if (value[name] === null && name !== 'data') delete value[name];
  if (value.specversion !== '1.0') fault(`${at}/specversion`, 'specversion', 'Phải là "1.0".', 'Must be "1.0".');
  checkText(value.id, `${at}/id`, 128, true, fault);
  checkText(value.source, `${at}/source`, 64, true, fault);
  checkForm(value.source, SOURCE, `${at}/source`, fault);
  checkText(value.type, `${at}/type`, 64, true, fault);
  checkForm(value.type, TYPE, `${at}/type`, fault);
  checkText(value.subject, `${at}/subject`, 256, false, fault);
  checkText(value.dataschema, `${at}/dataschema`, 1_024, false, fault);
  const { time, datacontenttype, data } = value;
  if (time === undefined) {
    value.time = receivedAt.toISOString();
    value.timeassumed = true;
  } else if (typeof time !== 'string' || !isDateTime(time)) {
    fault(
      `${at}/time`,
      'format',
      'Phải là thời điểm RFC 3339 có múi giờ, ví dụ 2025-07-01T08:00:00+07:00.',
      'Must be an RFC 3339 time with offset, such as 2025-07-01T08:00:00+07:00.',
    );
  }
  if (datacontenttype !== undefined && datacontenttype !== 'application/json') {
    const plainJson = typeof datacontenttype === 'string' && mediaTypeOf(datacontenttype) === 'application/json';
    if (!plainJson)
      fault(`${at}/datacontenttype`, 'const', 'Chỉ nhận application/json.', 'Only application/json is taken.');
  }
  if (data === undefined) fault(`${at}/data`, 'missing', 'Thiếu data.', 'data is missing.');
  else if (data === null || typeof data !== 'object' || Array.isArray(data)) {
    fault(`${at}/data`, 'type', 'data phải là một đối tượng.', 'data must be an object.');
  }
  checkExtensions(value, at, fault);
  return clean ? (value as GatewayEvent) : undefined;
}

/** A header's attribute value: unquoted, percent-decoded (HTTP binding, 3.1.3.2); undefined when it cannot be read. */
function decodeHeader(value: string): string | undefined {
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(value)?.[1];
  const text = quoted === undefined ? value : quoted.replaceAll(/\\(.)/g, '$1');
  // Node gives bytes above 127 as Latin-1: whoever sent them did not encode.
  if (!/^[ -~]*$/.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Binary mode: attributes from `ce-` headers, data from the body. */
function fromHeaders(request: CloudEventsRequest, faults: Faults): JsonObject {
  const event: JsonObject = { datacontenttype: 'application/json' };
  for (const [header, value] of Object.entries(request.headers)) {
    if (!header.startsWith('ce-') || value === undefined) continue;
    const name = header.slice(3);
    const decoded = typeof value === 'string' && value.length <= LONGEST_EXTENSION ? decodeHeader(value) : undefined;
    if (name === 'data' || name === 'datacontenttype') {
      faults.add(`/${name}`, 'not-taken', `Không nhận header ${header}.`, `The header ${header} is not taken.`);
    } else if (decoded === undefined) {
      const vi = `Header ${header} phải là ASCII, mã hóa phần trăm theo UTF-8.`;
      const en = `The header ${header} must be ASCII with UTF-8 percent-encoding.`;
      faults.add(`/${pointerSegment(name)}`, 'header-encoding', vi, en);
    } else if (name === 'timeassumed' && (decoded === 'true' || decoded === 'false')) {
      event.timeassumed = decoded === 'true';
    } else if (!NAME.test(name)) {
      const vi = `Tên header ${header.slice(0, 80)} chỉ gồm ce- rồi chữ thường a-z và số.`;
      faults.add(`/${pointerSegment(name)}`, 'attribute-name', vi, 'After ce- there are letters and digits only.');
    } else event[name] = decoded;
  }
  event.data = parseBinaryData(request.raw);
  return event;
}

/** The body of binary mode; its faults are named from the event's root, as in the other modes. */
function parseBinaryData(raw: Buffer): Json {
  try {
    return parseJson(raw);
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    const faults = error.faults.map(fault => ({ ...fault, pointer: `/data${fault.pointer}` }));
    throw new InputFault(error.code, error.status, error.text, { faults, cause: error });
  }
}

const unsupported = (): InputFault =>
  new InputFault('unsupported-media-type', 415, {
    vi: 'Gửi application/cloudevents+json, application/cloudevents-batch+json, hoặc application/json với các header ce-.',
    en: 'Send application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce- headers.',
  });

/**
 * The canonical events in one request, in their order; all or nothing.
 *
 * Modes: structured (`application/cloudevents+json`, also `application/json` without a `ce-specversion` header), batch
 * (`application/cloudevents-batch+json`, 1 to 1,000), binary (`application/json` with `ce-` headers). Pointers are from the
 * body's root (`/17/data/unitCode` in a batch). Unknown extension attributes are kept; null ones count as absent.
 *
 * @throws InputFault `invalid-json` or `invalid-event` (400), `unsupported-media-type` (415)
 */
export function readCloudEvents(request: CloudEventsRequest): GatewayEvent[] {
  const type = mediaTypeOf(request.contentType);
  const faults = new Faults();
  let values: Json[];
  let at = (_index: number): string => '';
  if (type === 'application/cloudevents-batch+json') {
    const batch = parseJson(request.raw);
    if (!Array.isArray(batch) || batch.length === 0 || batch.length > MOST_EVENTS) {
      const vi = `Lô phải là danh sách có 1 đến ${MOST_EVENTS} sự kiện.`;
      faults.add('', 'batch-size', vi, `A batch is an array of 1 to ${MOST_EVENTS} events.`);
    }
    values = Array.isArray(batch) && batch.length <= MOST_EVENTS ? batch : [];
    at = index => `/${index}`;
  } else if (type === 'application/json' && request.headers['ce-specversion'] !== undefined) {
    values = [fromHeaders(request, faults)];
  } else if (type === 'application/cloudevents+json' || type === 'application/json') {
    values = [parseJson(request.raw)];
  } else throw unsupported();
  const events: GatewayEvent[] = [];
  for (const [index, value] of values.entries()) {
    const event = readEnvelope(value, at(index), request.receivedAt, faults.add);
    if (event !== undefined) events.push(event);
  }
  faults.throwIfAny();
  return events;
}
