/**
 * The process log. It takes named fields only and masks what looks like a citizen's number, because an error object of
 * an HTTP client carries headers and bodies, and any text may quote an identity number (Luật 91/2025/QH15).
 */
import { type DestinationStream, type Logger, pino } from 'pino';
import { ConfigurationFault, FormatFault, GatewayError, TransportFault } from '../domain/errors.ts';

/** Fields that a log line may carry; any other is dropped and named in `dropped`. Scalars and lists of scalars only. */
const LOG_FIELDS: readonly string[] = [
  ...[
    'attempt',
    'attempts',
    'bytes',
    'cause',
    'code',
    'component',
    'count',
    'durationMs',
    'event',
    'eventId',
    'faults',
  ],
  ...['host', 'id', 'job', 'kind', 'lane', 'level', 'method', 'migration', 'mode', 'name', 'path', 'phase', 'port'],
  ...['procedure', 'queue', 'reason', 'release', 'reqId', 'requestId', 'role', 'roles', 'route', 'service', 'signal'],
  ...['source', 'state', 'status', 'syncId', 'syncs', 'system', 'target', 'task', 'total', 'type', 'unit', 'url'],
  ...['user', 'version', 'vocabulary', 'waitMs', 'worker'],
];

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** UUIDs pass; telephone numbers (10 digits from 0 or +84, also in groups) and runs of 9 or 12 digits do not. */
const PERSONAL = new RegExp(
  `${UUID}|(?<![0-9])(?:\\+?84|0)(?:[ .-]?[0-9]){9}(?![0-9])|(?<![0-9])[0-9]{9}(?:[0-9]{3})?(?![0-9])`,
  'gi',
);
const ONE_UUID = new RegExp(`^${UUID}$`, 'i');
const LONGEST_TEXT = 2_000;
const LONGEST_LIST = 100;
const LONGEST_STACK = 8_000;

/** The text with identity and telephone numbers cut to their last three digits. */
export function maskPersonal(text: string): string {
  return text.replaceAll(PERSONAL, found =>
    ONE_UUID.test(found) ? found : `***${found.replaceAll(/[ .-]/g, '').slice(-3)}`,
  );
}

/** An error as it may be logged: never its other properties, which may be a request, a response or a database row. */
function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  const cause = error.cause === undefined || depth >= 3 ? {} : { cause: describeError(error.cause, depth + 1) };
  const known =
    error instanceof GatewayError ||
    error instanceof TransportFault ||
    error instanceof FormatFault ||
    error instanceof ConfigurationFault;
  return {
    type: error.name,
    message: maskPersonal(error.message.slice(0, LONGEST_TEXT)),
    ...(typeof code === 'string' ? { code: maskPersonal(code.slice(0, 100)) } : {}),
    ...(known || error.stack === undefined ? {} : { stack: maskPersonal(error.stack.slice(0, LONGEST_STACK)) }),
    ...cause,
  };
}

/** A field's value as it may be logged; undefined for what may not. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return maskPersonal(value.slice(0, LONGEST_TEXT));
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map(item => (Array.isArray(item) ? null : plain(item)));
  return undefined;
}

/** The masked message of an error that is logged without a text; else nothing. */
function messageOf(first: unknown): string[] {
  const { err } =
    first !== null && typeof first === 'object' && !(first instanceof Error)
      ? (first as { err?: unknown })
      : { err: first };
  return err instanceof Error ? [maskPersonal(err.message.slice(0, LONGEST_TEXT))] : [];
}

/** What may be put into a log line's text: an object there would be written whole. */
function safeArgument(item: unknown, index: number): unknown {
  if (typeof item === 'string') return maskPersonal(item.slice(0, LONGEST_TEXT));
  return index > 0 && item !== null && typeof item === 'object' ? '[object]' : item;
}

/** Most bytes of lines kept for a log that cannot be written just now; what is over is dropped. */
const LOG_BACKLOG = 256 * 1024;

/**
 * Where a process writes its log. A full disk or a closed pipe behind it loses lines and never the process: the gateway's work is
 * worth more than its log, and what it owes stands in the ledger.
 */
export function logDestination(fd: number): DestinationStream {
  const destination = pino.destination({ dest: fd, sync: true, maxLength: LOG_BACKLOG });
  // Nowhere to tell it: what failed is the log itself. The next line tries again.
  destination.on('error', () => undefined);
  return destination;
}

/**
 * The process's logger, JSON lines on standard output unless a destination is given.
 *
 * @param options.fields further field names that this process logs
 */
export function createLogger(options: {
  level: string;
  fields?: readonly string[];
  destination?: DestinationStream;
}): Logger {
  const allowed = new Set([...LOG_FIELDS, ...(options.fields ?? [])]);
  const choose = (record: Record<string, unknown>): Record<string, unknown> => {
    const kept: Record<string, unknown> = {};
    const dropped: string[] = [];
    for (const [name, value] of Object.entries(record)) {
      if (name === 'err' || name === 'error') kept.err = describeError(value);
      else {
        const field = allowed.has(name) ? plain(value) : undefined;
        if (field !== undefined) kept[name] = field;
        else if (value !== undefined) dropped.push(name);
      }
    }
    if (dropped.length > 0) kept.dropped = dropped.slice(0, 20);
    return kept;
  };
  const settings = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: choose },
    // The `err` serializer runs after `log` has already described the error.
    serializers: { err: (described: unknown) => described },
    hooks: {
      logMethod(
        this: Logger,
        args: Parameters<Logger['info']>,
        method: (...given: Parameters<Logger['info']>) => void,
      ) {
        const [first, ...rest] = args as unknown[];
        // Without a text, pino takes the error's message as it is.
        if (rest.length === 0) rest.push(...messageOf(first));
        const masked = [first, ...rest].map((item, index) => safeArgument(item, index));
        method.apply(this, masked as Parameters<Logger['info']>);
      },
    },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
