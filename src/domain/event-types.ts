/**
 * The catalogue of event types: who may report one, what it is about, and whether it carries state or a fact.
 * Where each goes is decided in src/routing; the schemas stand in schemas/events/.
 */
import type { JsonObject, Role } from './words.ts';

/** What an event is about; with the target this makes the lane. */
export type EntityKind = 'dossier' | 'document' | 'procedure' | 'seat';

export interface EventType {
  type: string;
  reportedBy: readonly Role[];
  about: EntityKind;
  /** `state` may be superseded by a newer one of its type; a `fact` never. */
  carries: 'state' | 'fact';
  /** True for facts about the gateway's own knowledge: effect in the accepting commit, no sync. */
  internal?: true;
}

const type = (name: string, reportedBy: readonly Role[], about: EntityKind, carries: 'state' | 'fact'): EventType => ({
  type: name,
  reportedBy,
  about,
  carries,
});
const internal = (name: string, reportedBy: readonly Role[]): EventType => ({
  type: name,
  reportedBy,
  about: 'seat',
  carries: 'fact',
  internal: true,
});

const BOTH: readonly Role[] = ['portal', 'commune'];
const ANY: readonly Role[] = ['portal', 'commune', 'documents'];

/** The types of this release. */
export const EVENT_TYPES: ReadonlyMap<string, EventType> = new Map(
  [
    type('procedure.published', ['portal'], 'procedure', 'state'),
    type('procedure.withdrawn', ['portal'], 'procedure', 'state'),
    type('dossier.submitted', BOTH, 'dossier', 'fact'),
    type('dossier.updated', BOTH, 'dossier', 'state'),
    type('dossier.status-changed', BOTH, 'dossier', 'state'),
    type('dossier.step-changed', BOTH, 'dossier', 'fact'),
    type('dossier.result-issued', BOTH, 'dossier', 'fact'),
    type('document.sent', ['documents'], 'document', 'fact'),
    type('document.updated', ['documents'], 'document', 'fact'),
    type('document.recalled', ['documents'], 'document', 'fact'),
    type('document.replaced', ['documents'], 'document', 'fact'),
    type('document.status-changed', ANY, 'document', 'fact'),
    type('approval.requested', BOTH, 'dossier', 'fact'),
    type('opinion.requested', BOTH, 'dossier', 'fact'),
    type('approval.given', ['documents'], 'dossier', 'fact'),
    type('opinion.given', ['documents'], 'dossier', 'fact'),
    internal('right.granted', ['documents', 'commune']),
    internal('right.revoked', ['documents', 'commune']),
    internal('post.assigned', ['documents', 'commune']),
    internal('post.ended', ['documents', 'commune']),
  ].map(entry => [entry.type, entry]),
);

/** Text member of an object, if it is one. */
const text = (object: JsonObject, key: string): string | undefined => {
  const value = object[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** What an event is about: kind and the code it names it by; undefined where the data lacks it (the schema refuses that). */
export function entityOf(eventType: EventType, data: JsonObject): { kind: EntityKind; code: string } | undefined {
  const about = data.about !== null && typeof data.about === 'object' && !Array.isArray(data.about) ? data.about : {};
  const dossier = text(about, 'dossierCode') ?? text(data, 'dossierCode');
  if (eventType.about === 'dossier' || eventType.about === 'document') {
    if (dossier !== undefined) return { kind: 'dossier', code: dossier };
    const document = text(about, 'documentId') ?? text(data, 'documentId');
    return document === undefined ? undefined : { kind: 'document', code: document };
  }
  if (eventType.about === 'procedure') {
    const procedure = data.procedure;
    if (procedure === null || typeof procedure !== 'object' || Array.isArray(procedure)) return undefined;
    const code = text(procedure, 'code');
    return code === undefined ? undefined : { kind: 'procedure', code };
  }
  const seat = text(data, 'seat') ?? [text(data, 'unitCode'), text(data, 'post')].filter(Boolean).join('/');
  return seat === '' ? undefined : { kind: 'seat', code: seat };
}
