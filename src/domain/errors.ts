/**
 * The errors of the gateway: one small hierarchy, each with a stable code and the reader's next step in both languages.
 * At the edge they become problem+json (RFC 9457) or an attempt's cause; any other error is a bug.
 */
import type { Bilingual } from './words.ts';

/** One fault of an input, with the place. */
export interface Fault {
  /** JSON pointer (`/data/unitCode`), or `line:column` in XML and YAML. */
  pointer: string;
  code: string;
  detail: Bilingual;
}

/** The base: `code` is stable and public, it ends the problem's `type` URI. */
export class GatewayError extends Error {
  readonly code: string;
  /** HTTP status at the edge. */
  readonly status: number;
  readonly text: Bilingual;
  readonly faults: Fault[];
  readonly headers: Record<string, string>;
  /** Further members of the problem object. */
  readonly extra: Record<string, unknown>;
  constructor(
    code: string,
    status: number,
    text: Bilingual,
    more: {
      faults?: Fault[];
      cause?: unknown;
      headers?: Record<string, string>;
      extra?: Record<string, unknown>;
    } = {},
  ) {
    super(text.en, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = new.target.name;
    this.code = code;
    this.status = status;
    this.text = text;
    this.faults = more.faults ?? [];
    this.headers = more.headers ?? {};
    this.extra = more.extra ?? {};
  }
}

/** What was sent is wrong: nothing of it was stored. */
export class InputFault extends GatewayError {}

/** A canonical event cannot be put into the target's dialect: the sync parks as `invalid-for-target`. */
export class FormatFault extends Error {
  readonly pointer: string;
  readonly text: Bilingual;
  constructor(pointer: string, text: Bilingual) {
    super(`${pointer}: ${text.en}`);
    this.name = 'FormatFault';
    this.pointer = pointer;
    this.text = text;
  }
}

/** A call to a system did not bring an answer. Carries no header, body or URL: it may be logged as it is. */
export class TransportFault extends Error {
  readonly kind: 'unavailable' | 'timeout' | 'too-large' | 'protocol';
  /** False only when no byte of the request can have reached the system. */
  readonly sent: boolean;
  constructor(kind: 'unavailable' | 'timeout' | 'too-large' | 'protocol', sent: boolean, detail: string) {
    super(detail);
    this.name = 'TransportFault';
    this.kind = kind;
    this.sent = sent;
  }
}

/** Configuration that cannot be run with: every fault at once, each with its place. */
export class ConfigurationFault extends Error {
  readonly faults: { place: string; text: string }[];
  constructor(faults: { place: string; text: string }[]) {
    super(faults.map(fault => `${fault.place}: ${fault.text}`).join('\n'));
    this.name = 'ConfigurationFault';
    this.faults = faults;
  }
}
