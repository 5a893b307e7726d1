/**
 * Names: of an approval request inside the document system, so that the answer alone says what it answers; and of events,
 * which edXML gives none (events.md §5).
 */
import { sha256 } from './attachments.ts';

/** What a request is about; all of it stands in its DocumentId. */
export interface RequestKey {
  act: string;
  unitCode: string;
  requestId: string;
  about: { dossierCode: string } | { documentId: string };
}

const PREFIX = 'lienthong';

/**
 * DocumentId of a request: `lienthong:<act>:<unit>:<requestId>:<ho-so|van-ban>:<code>`, each part percent-encoded. An answer
 * carries it in ResponseFor/DocumentId, the one element that document systems copy back (a proposal; no source has one).
 */
export function requestDocumentId(key: RequestKey): string {
  const [kind, code] =
    'dossierCode' in key.about ? ['ho-so', key.about.dossierCode] : ['van-ban', key.about.documentId];
  return [PREFIX, key.act, key.unitCode, key.requestId, kind, code].map(encodeURIComponent).join(':');
}

/** The request that a DocumentId names; undefined where it is not one of ours. */
export function requestOf(documentId: string): RequestKey | undefined {
  const parts = documentId.split(':');
  if (parts.length !== 6 || parts[0] !== PREFIX) return undefined;
  let decoded: string[];
  try {
    decoded = parts.map(decodeURIComponent);
  } catch {
    return undefined;
  }
  const [, act = '', unitCode = '', requestId = '', kind = '', code = ''] = decoded;
  if (!act || !unitCode || !requestId || !code || (kind !== 'ho-so' && kind !== 'van-ban')) return undefined;
  return { act, unitCode, requestId, about: kind === 'ho-so' ? { dossierCode: code } : { documentId: code } };
}

/**
 * Id of an event made of what tells two true events apart, at most 128 printable ASCII characters: the parts joined where
 * that fits, else their hash. Absent parts count, so that their order never shifts.
 */
export function eventId(parts: ReadonlyArray<string | undefined>): string {
  const joined = parts.map(part => encodeURIComponent(part ?? '')).join('|');
  return joined.length <= 128 ? joined : `sha256-${sha256(joined)}`;
}
