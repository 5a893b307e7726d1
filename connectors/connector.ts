/**
 * What a connector is: one folder that knows one system's dialect, both ways, and nothing about other systems.
 * Connectors import types of src/domain only; everything they need from the process arrives in the ConnectorContext.
 */
import type { CauseCode } from '../src/domain/causes.ts';
import type { CodeBook } from '../src/domain/code-book.ts';
import type { GatewayEvent, Json, JsonObject, Role } from '../src/domain/words.ts';

/** A connected system as a connector may see it: its part of the systems file, secrets resolved, frozen. */
export interface SystemFacts {
  id: string;
  role: Role;
  /** Dialect variant, e.g. `dvcqg`; undefined where the connector has one. */
  profile?: string | undefined;
  baseUrl: string;
  /** The list that this system's statuses belong to where a message names none (`national`, `xa-3b`, `edxml`). */
  statusList: string;
  /** Settings of this connector alone, as they stand in the systems file. */
  settings: Readonly<JsonObject>;
}

/** One call to the system; `path` is joined to its base URL and may not be absolute (no value of an event is ever fetched). */
export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  body: Buffer;
}
/**
 * The outgoing client: never throws for a status, never follows redirects, bounds time and size.
 * Throws TransportFault (src/domain/errors.ts): `sent: false` when no byte of the request can have taken effect.
 */
export type HttpClient = (call: HttpCall) => Promise<HttpAnswer>;

/** A sign-in shared by all workers of all processes; `renew` lets one of them sign in while the others wait. */
export interface SessionStore {
  /** The session that is valid as far as is known, signing in by `signIn` if there is none. */
  current(signIn: () => Promise<Session>): Promise<Session>;
  /** After a refusal of `refused`: one new sign-in, whoever comes first. */
  renew(refused: Session, signIn: () => Promise<Session>): Promise<Session>;
}
export interface Session {
  token: string;
  /** Epoch milliseconds, where the system said how long it lasts. */
  expiresAt?: number;
}

export interface ConnectorContext {
  system: SystemFacts;
  http: HttpClient;
  session: SessionStore;
  /** A secret of this system by the name the systems file gives it (`username`, `password`, `clientId`, `clientSecret`, …). */
  secret(name: string): string;
  /** Now; passed in so that tests can hold the clock. */
  now(): Date;
}

/** What a connector says of itself and its system; shown to people and relied on by delivery. */
export interface Description {
  dialect: string;
  profiles: string[];
  /** Canonical types it can parse, and those it can format. */
  typesIn: string[];
  typesOut: string[];
  /** Can lookUp() prove whether a message took effect? */
  looksUp: boolean;
  /** Does the target deduplicate by idempotency-key? (The systems file may say otherwise.) */
  honoursKeys: boolean;
  /** Most messages of one operation that one call takes (1 = no lists). */
  listCalls: Record<string, number>;
  /** Does its poll() bring anything? */
  polls: boolean;
}

/** A request in the system's own dialect, authenticated, not yet parsed. */
export interface InboundRequest {
  headers: Record<string, string | undefined>;
  contentType: string;
  /** Raw bytes as received. */
  body: Buffer;
  /** JSON body, checked for depth, doubled keys and the like, when contentType is JSON; undefined for XML. */
  json?: Json;
  /** The `webhook-id`, where one was signed. */
  messageId?: string;
  receivedAt: Date;
}

/** Answer in the dialect's own form, sent only after the events are committed. */
export interface DialectAnswer {
  status: number;
  contentType: string;
  body: string;
}
export interface Parsed {
  events: GatewayEvent[];
  /** The dialect's own acknowledgement, where it has one; else the gateway's answer is sent. */
  answer?: DialectAnswer;
}

/** One thing pulled: events, or the fault that kept it from becoming any (it goes to the refused inbox). */
export interface Pulled {
  /** The system's own name for what was pulled; what acknowledge() takes. */
  ref: string;
  raw: Buffer;
  events: GatewayEvent[];
  fault?: { code: string; message: string };
  /** Set when nothing but this may be kept (secret documents): payload must not be stored. */
  withhold?: { code: 'secret-document'; sender: string; documentId: string };
}
export interface PollResult {
  items: Pulled[];
  /** Where to go on next time; stored in the ledger after the commit. */
  cursor: string | null;
  /** True when more is waiting now. */
  more: boolean;
}

/** All that formatting may use; the same input always gives the same messages. */
export interface FormatInput {
  /** Canonical event, already in the target's vocabulary (units, procedures, statuses). */
  event: GatewayEvent;
  /** Canonical data of the dossier or document as of this event, merged from all that was said before. */
  entity: Readonly<JsonObject>;
  /** All numbers known of the entity, `{system, code, kind}` as in events.md. */
  codes: ReadonlyArray<{ system: string; code: string; kind: string }>;
  /** Code lists of the vocabulary (dialect code ⇄ canonical). */
  book: CodeBook;
}
/** What is to be sent, before session and transport: JSON, or XML as text. */
export interface Message {
  /** The dialect's own name of the act, `DongBoHoSoMC`, `POST /api/ho-so`. */
  operation: string;
  payload: Json;
  /** By what the effect can be found again. */
  ref: LookUpRef;
}
export interface LookUpRef {
  kind: 'dossier' | 'document' | 'procedure';
  code: string;
  /** What the target must hold if this message took effect, in its own dialect's terms. */
  expect: JsonObject;
}

/** One message with the identity of its sync; `headers` go out with every call made for it. */
export interface Delivery {
  syncId: string;
  message: Message;
  /** idempotency-key, x-lienthong-sync, traceparent, x-lienthong-mode. */
  headers: Record<string, string>;
  /** The target's own id of the entity, where it is known. */
  foreignId?: string | undefined;
}
export type Outcome =
  | {
      syncId: string;
      result: 'delivered';
      /** The target's own id of the entity, and numbers it gave. */
      foreignId?: string;
      codes?: { code: string; kind: 'national' | 'local' }[];
      detail?: string;
    }
  | {
      syncId: string;
      result: 'failed';
      cause: CauseCode;
      /** What the target answered, shortened, without personal data. */
      detail: string;
      status?: number;
      retryAfterMs?: number;
      /** True when the message may have taken effect nevertheless. */
      unknown: boolean;
    };
/** What the target holds of what a message should have done. */
export type LookUp =
  | { found: 'equal'; foreignId?: string }
  | { found: 'absent' }
  /** Something else is there: a state that ours may be written over. */
  | { found: 'different'; foreignId?: string }
  /** The system does not tell enough to say: sending again might double it. */
  | { found: 'unproven'; foreignId?: string }
  | { found: 'newer'; foreignId?: string };

export interface Connector {
  describe(): Description;
  /** Dialect → canonical events. Throws InputFault (domain/errors.ts) naming the faults with JSON pointers; a thin notice is completed by calling the system. */
  parse(request: InboundRequest): Promise<Parsed>;
  /** What the system holds for us since `cursor`; at most `limit` items. */
  poll(cursor: string | null, limit: number): Promise<PollResult>;
  /** Tells the system that `ref` is stored (`done`) or refused (`fail`); called only after the commit. */
  acknowledge(ref: string, result: 'done' | 'fail', reason?: string): Promise<void>;
  /** Canonical → dialect, pure. Throws FormatFault: the sync parks as `invalid-for-target`, naming the field. */
  format(input: FormatInput): Message;
  /** Sends; one outcome per delivery, never throws for what a target does. All in one call are of one operation. */
  deliver(deliveries: Delivery[]): Promise<Outcome[]>;
  /** After an unknown outcome: did it take effect? An error that names a cause as `reason` (and `retryAfterMs`) is judged by it. */
  lookUp(delivery: Delivery): Promise<LookUp>;
  /** One entity as the system holds it, as canonical events. */
  fetch(ref: { kind: 'dossier' | 'document' | 'procedure'; code: string }): Promise<GatewayEvent[]>;
  /** What the system holds that changed in a window, a page at a time (reconciliation). */
  list(
    window: { from: Date; to: Date },
    cursor: string | null,
  ): Promise<{ items: { code: string; status: string; changedAt: string }[]; cursor: string | null }>;
  /** Signs in once and forgets it: what `doctor` and the contract suite call. */
  signIn(): Promise<void>;
}
/** What a connector's folder exports as `create`. */
export type CreateConnector = (context: ConnectorContext) => Connector;
