/**
 * The words of the domain as types (docs/glossary.md). Nothing here does anything; everything else speaks these words.
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** What part a connected system plays. An id is a system's own; several systems may share a role. */
export type Role = 'portal' | 'commune' | 'documents';

/**
 * A fact that a system reported, in canonical form: a CloudEvents 1.0 envelope with typed data.
 * Extension attributes and unknown data fields are kept and passed on.
 */
export interface GatewayEvent {
  specversion: '1.0';
  /** Given by the source; unique with `source` for ever. */
  id: string;
  /** The id of the system that reported it. */
  source: string;
  /** A type of the catalogue (event-types.ts). */
  type: string;
  /** As sent: a code of the dossier, document, procedure or seat. */
  subject?: string;
  /** RFC 3339 with offset. */
  time: string;
  datacontenttype?: string;
  /** True where the dialect gave no time and the time of receipt stands in for it. */
  timeassumed?: boolean;
  traceparent?: string;
  data: JsonObject;
  [extension: string]: Json | undefined;
}

/** What a sync's life may be, as people see it; the last six are stored, the others derived from lane and gate. */
export type SyncState =
  | 'waiting'
  | 'queued'
  | 'delivering'
  | 'retrying'
  | 'delivered'
  | 'parked'
  | 'failed'
  | 'cancelled'
  | 'superseded';

/** What stands in the ledger; `open` is shown as waiting, queued, delivering or retrying. */
export type StoredState = 'open' | 'delivered' | 'parked' | 'failed' | 'cancelled' | 'superseded';

/** A text in both languages of the interface, Vietnamese first. */
export interface Bilingual {
  vi: string;
  en: string;
}

/** How sure an entry's source makes us. */
export type Certainty = 'confirmed' | 'high' | 'medium-high' | 'medium' | 'low' | 'proposal';
/** How close a mapping is, as in FHIR ConceptMap. */
export type Grade = 'equivalent' | 'broader' | 'narrower' | 'related';

/** One changed value of a translation and the vocabulary entry that changed it. */
export interface TraceEntry {
  /** JSON pointer into the event, `/data/unitCode`. */
  pointer: string;
  from: Json;
  to: Json;
  /** Id of the vocabulary entry, `unit:26011`. */
  entry: string;
  grade: Grade;
  source: string;
  certainty: string;
}

/** A specialised term in a text that is passed on, and what it means in plain words. */
export interface Mark {
  /** JSON pointer to the text in the event, `/data/summary`. */
  pointer: string;
  /** In UTF-16 units of the text as passed on. */
  offset: number;
  length: number;
  /** Id of the term or abbreviation, `T064`. */
  term: string;
  label: string;
  explanation: string;
}
