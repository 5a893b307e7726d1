/**
 * Standard Webhooks (github.com/standard-webhooks) over the raw bytes: who a message comes from, before it is parsed.
 * Written by hand because the usual package turns the body into a string first, so that two bodies with invalid UTF-8
 * share a signature, and reads `1700000000abc` as a time.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type Fault, GatewayError } from '../domain/errors.ts';

/** The message's three headers as received. */
export interface SignatureHeaders {
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
}

/** What is known of a message once its signature holds. */
export interface VerifiedMessage {
  /** `webhook-id`: the same over all attempts, so it serves as the idempotency key. */
  id: string;
  /** When this attempt was signed. */
  signedAt: Date;
}

const ID = /^[A-Za-z0-9_-]{1,128}$/;
const SECONDS = /^[0-9]{1,12}$/;
const SIGNATURE_V1 = /^v1,[A-Za-z0-9+/]{43}=$/;
/** Several signatures stand in one header while keys rotate; more than this is nobody's rotation. */
const MOST_SIGNATURES = 8;
const LONGEST_HEADER = 1024;
/** Five minutes both ways, as the reference libraries have it. */
const TOLERANCE_SECONDS = 300;
/** Compared against when a system has no key or is unknown, so that both take the same time. */
const NO_KEY = createSecretKey(Buffer.alloc(32));

/**
 * The key inside a `whsec_…` secret (the prefix may be left out), to be decoded once and kept: a KeyObject makes each HMAC
 * five times cheaper than a Buffer, and does not print its bytes.
 * @throws RangeError when it is not base64 of 24 to 64 bytes; the message never holds the secret.
 */
export function decodeWebhookSecret(secret: string): KeyObject {
  const text = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret;
  const key = Buffer.from(text, 'base64');
  if (key.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) {
    throw new RangeError('a webhook secret must be base64, after an optional whsec_');
  }
  if (key.length < 24 || key.length > 64) throw new RangeError('a webhook secret must hold 24 to 64 bytes');
  return createSecretKey(key);
}

/** HMAC-SHA256 over id, full stop, seconds, full stop, raw body. */
function digest(key: KeyObject, id: string, seconds: string, body: Buffer | string): Buffer {
  return createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest();
}

/**
 * The three headers of a message we send.
 * @throws RangeError when the id holds what Standard Webhooks does not allow (a full stop, a space).
 */
export function signMessage(message: { id: string; at: Date; body: Buffer | string; key: KeyObject }): {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
} {
  if (!ID.test(message.id)) throw new RangeError('a webhook id holds 1 to 128 letters, digits, - or _');
  const seconds = String(Math.floor(message.at.getTime() / 1000));
  return {
    'webhook-id': message.id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${digest(message.key, message.id, seconds, message.body).toString('base64')}`,
  };
}

const fault = (header: string, code: string, vi: string, en: string): Fault => ({
  pointer: `/headers/${header}`,
  code,
  detail: { vi, en },
});

/** The answer to every failed authentication; the same whether the system is unknown or the signature wrong. */
export function unauthenticated(faults: Fault[] = []): GatewayError {
  return new GatewayError(
    'unauthenticated',
    401,
    {
      vi: 'Không xác thực được bên gửi. Kiểm tra mã hệ thống, khóa bí mật và giờ máy chủ của bên gửi.',
      en: "The sender cannot be authenticated. Check its system id, its secret and its server's clock.",
    },
    { faults, headers: { 'www-authenticate': 'Webhook realm="lienthong"' } },
  );
}

/** Faults of the headers that anyone can see without a key: absence, form, age. */
function visibleFaults(headers: SignatureHeaders, now: Date, tolerance: number): Fault[] {
  const faults: Fault[] = [];
  const missing = (name: string): void => {
    faults.push(fault(name, 'missing-header', `Thiếu header ${name}.`, `The header ${name} is missing.`));
  };
  if (headers.id === undefined) missing('webhook-id');
  else if (!ID.test(headers.id)) {
    faults.push(
      fault(
        'webhook-id',
        'invalid-header',
        'webhook-id gồm 1 đến 128 chữ, số, dấu - hoặc _.',
        'webhook-id holds 1 to 128 letters, digits, - or _.',
      ),
    );
  }
  if (headers.timestamp === undefined) missing('webhook-timestamp');
  else if (!SECONDS.test(headers.timestamp)) {
    faults.push(
      fault(
        'webhook-timestamp',
        'invalid-header',
        'webhook-timestamp là số giây Unix.',
        'webhook-timestamp is Unix seconds.',
      ),
    );
  } else if (Math.abs(now.getTime() / 1000 - Number(headers.timestamp)) > tolerance) {
    faults.push(
      fault(
        'webhook-timestamp',
        'outside-window',
        `Thời điểm ký lệch quá ${tolerance} giây so với giờ của cổng.`,
        `Signed more than ${tolerance} seconds away from the gateway's clock.`,
      ),
    );
  }
  if (headers.signature === undefined) missing('webhook-signature');
  else if (
    headers.signature.length > LONGEST_HEADER ||
    headers.signature.trim() === '' ||
    headers.signature.trim().split(/ +/).length > MOST_SIGNATURES
  ) {
    faults.push(
      fault(
        'webhook-signature',
        'invalid-header',
        `webhook-signature có 1 đến ${MOST_SIGNATURES} chữ ký, cách nhau bằng dấu cách.`,
        `webhook-signature holds 1 to ${MOST_SIGNATURES} signatures with spaces between.`,
      ),
    );
  }
  return faults;
}

/**
 * Checks a message's signature. Order: headers, time window, signature; only then may the body be parsed.
 *
 * Every key is tried against every signature without an early exit. Signatures of other versions (`v1a`) are skipped.
 * The webhook headers and the body are signed, other headers are not: a CloudEvent in binary mode has its attributes
 * outside the signature.
 *
 * @param input.keys the keys of the system that the request claims to come from; empty when it is unknown
 * @param input.now the gateway's clock
 * @throws GatewayError `unauthenticated`, status 401
 */
export function verifySignature(input: {
  headers: SignatureHeaders;
  body: Buffer;
  keys: readonly KeyObject[];
  now: Date;
  toleranceSeconds?: number;
}): VerifiedMessage {
  const { headers, body, keys, now } = input;
  const faults = visibleFaults(headers, now, input.toleranceSeconds ?? TOLERANCE_SECONDS);
  const { id, timestamp, signature } = headers;
  if (faults.length > 0 || id === undefined || timestamp === undefined || signature === undefined) {
    throw unauthenticated(faults);
  }
  const given: Buffer[] = [];
  for (const part of signature.trim().split(/ +/)) {
    if (SIGNATURE_V1.test(part)) given.push(Buffer.from(part.slice(3), 'base64'));
  }
  let matches = 0;
  for (const key of keys.length === 0 ? [NO_KEY] : keys) {
    const expected = digest(key, id, timestamp, body);
    for (const candidate of given) matches += timingSafeEqual(expected, candidate) ? 1 : 0;
  }
  if (matches === 0 || keys.length === 0) {
    throw unauthenticated([
      fault(
        'webhook-signature',
        'no-match',
        'Không có chữ ký nào khớp với nội dung và khóa của bên gửi.',
        "No signature matches the body and the sender's key.",
      ),
    ]);
  }
  return { id, signedAt: new Date(Number(timestamp) * 1000) };
}
