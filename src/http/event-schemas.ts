/**
 * Reads schemas/events/: one JSON Schema (2020-12) a type for `data`, and the parts they share. The files are also what
 * people and OpenAPI read, so they are data and not code.
 */
import { readFileSync } from 'node:fs';
import { EVENT_TYPES } from '../domain/event-types.ts';
import type { JsonObject, Role } from '../domain/words.ts';

const SCHEMAS = new URL('../../schemas/', import.meta.url);
/** `$id` of the shared parts. */
const COMMON = 'urn:lienthong:schema:events:common';

const read = (path: string): JsonObject => JSON.parse(readFileSync(new URL(path, SCHEMAS), 'utf8')) as JsonObject;

export interface EventSchemas {
  common: JsonObject;
  /** Schema of `data` by event type, every type of this release. */
  byType: ReadonlyMap<string, JsonObject>;
}

/** All event schemas from the package; throws where a file is missing. */
export function readEventSchemas(): EventSchemas {
  const types = [...EVENT_TYPES.keys()];
  return {
    common: read('events/common.schema.json'),
    byType: new Map(types.map(type => [type, read(`events/${type}.schema.json`)])),
  };
}

/** One entry of `GET /v1/event-types`. */
export interface CatalogueEntry {
  type: string;
  title: string;
  description: string;
  version: string;
  /** Roles whose systems may report it. */
  reportedBy: readonly Role[];
  about: string;
  carries: 'state' | 'fact';
  /** True where it takes effect in the gateway itself and goes nowhere. */
  internal: boolean;
  since: string;
  retired: string | null;
  /** JSON Schema 2020-12 of `data`, complete in itself. */
  schema: JsonObject;
}

/** The definitions of `common` that `value` refers to, directly or through each other. */
function collect(value: unknown, definitions: JsonObject, found: JsonObject): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    if (key !== '$ref' || typeof inner !== 'string') collect(inner, definitions, found);
    else {
      const name = inner.slice(inner.lastIndexOf('/') + 1);
      const definition = definitions[name];
      if (definition === undefined || Object.hasOwn(found, name)) continue;
      found[name] = definition;
      collect(definition, definitions, found);
    }
  }
}

/** The schema with what it refers to inside, so that a reader needs one document. */
function bundled(schema: JsonObject, common: JsonObject): JsonObject {
  const definitions: JsonObject = {};
  collect(schema, common.$defs as JsonObject, definitions);
  const local = JSON.parse(JSON.stringify(schema).replaceAll(`"${COMMON}#/`, '"#/')) as JsonObject;
  return Object.keys(definitions).length === 0 ? local : { ...local, $defs: definitions };
}

/** The catalogue of event types with schema, version, who may send it, and since when. */
export function eventTypeCatalogue(schemas: EventSchemas = readEventSchemas()): CatalogueEntry[] {
  return [...EVENT_TYPES.values()].map(entry => {
    const schema = schemas.byType.get(entry.type) ?? {};
    return {
      type: entry.type,
      title: String(schema.title),
      description: String(schema.description),
      version: String(schema['x-version']),
      reportedBy: entry.reportedBy,
      about: entry.about,
      carries: entry.carries,
      internal: entry.internal === true,
      since: String(schema['x-since']),
      retired: null,
      schema: bundled(schema, schemas.common),
    };
  });
}
