/**
 * Parts that all events of this connector have in common: the envelope, times, organisations, files.
 */
import { InputFault } from '../../src/domain/errors.ts';
import type { GatewayEvent, Json, JsonObject } from '../../src/domain/words.ts';
import { sha256 } from './attachments.ts';
import { LIMITS, toIsoDate, toIsoTime } from './dialect.ts';
import type { Attachment, EdxmlDocument, Organisation, ResponseFor } from './message.ts';

/** What stands around a message: who reports it, when, and what names it. */
export interface Around {
  /** Id of the system. */
  source: string;
  receivedAt: Date;
  /** Unit of an agency code, where it is proven. */
  unitOf(agencyCode: string): string | undefined;
  /** `webhook-id`, for what was pushed. */
  messageId?: string;
  /** For what was pulled: the system's own id of the message, and when it put it there (RFC 3339). */
  pulled?: { id: string; createdAt?: string };
}

type Loose = { [key: string]: Json | undefined };
/** An object without the members that are undefined, empty lists or empty objects. */
export function compact(values: Loose): JsonObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (value !== null && typeof value === 'object' && Object.keys(value).length === 0) continue;
    result[key] = value;
  }
  return result;
}

/** What an event needs and the message lacks, at its place. */
export function fault(place: string, code: string, vi: string, en: string): InputFault {
  return new InputFault(
    'invalid-edxml',
    422,
    { vi: 'Thông điệp edXML thiếu dữ liệu.', en: 'The edXML message lacks data.' },
    { faults: [{ pointer: place, code, detail: { vi, en } }] },
  );
}

/** An organisation, with the unit that it is proven to be. */
export function organisation(value: Organisation, around: Around): JsonObject {
  const unitCode = value.agencyCode === undefined ? undefined : around.unitOf(value.agencyCode);
  return compact({ ...value, unitCode });
}
/** What a message answers. */
export const reference = ({ issuedOn, ...rest }: ResponseFor): JsonObject =>
  compact({ ...rest, issuedAt: issuedOn === undefined ? undefined : toIsoDate(issuedOn) });

/** An attachment as canonical file; above the inline limit its content is left out, and the file says so. */
export function file(attachment: Attachment): JsonObject {
  const { contentId, name, mediaType, description, content } = attachment;
  const facts: Loose = { id: contentId, name, mediaType, description };
  if (content === undefined) return compact({ ...facts, contentLeftOut: 'not-attached' });
  const known = { ...facts, size: content.length, sha256: sha256(content) };
  return content.length > LIMITS.inlineBytes
    ? compact({ ...known, contentLeftOut: 'over-256-kib' })
    : compact({ ...known, content: content.toString('base64') });
}

/** The dialect's own time, or what stands in for it; the same for a message that is pulled or pushed again. */
export function timeOf(own: string | undefined, issuedOn: string | undefined, around: Around): Partial<GatewayEvent> {
  if (own !== undefined) return { time: toIsoTime(own) };
  if (around.pulled?.createdAt !== undefined) return { time: around.pulled.createdAt, timeassumed: true };
  if (issuedOn !== undefined) return { time: toIsoTime(issuedOn), timeassumed: true };
  return { time: around.receivedAt.toISOString(), timeassumed: true };
}

/** The envelope around data. */
export function event(
  around: Around,
  type: string,
  id: string,
  subject: string,
  time: Partial<GatewayEvent>,
  data: JsonObject,
): GatewayEvent {
  return {
    specversion: '1.0',
    id,
    source: around.source,
    type,
    subject,
    time: around.receivedAt.toISOString(),
    ...time,
    datacontenttype: 'application/json',
    data,
  };
}

/** The latest time of the trace, in the dialect's form. */
export const lastTrace = (document: EdxmlDocument): string | undefined =>
  document.trace
    .flatMap(item => item.at ?? [])
    .sort()
    .at(-1);
