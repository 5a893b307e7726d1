/**
 * The one place where payloads and entity states become the bytes that are stored, and back.
 * Sealing (AES-256-GCM, key ring) and erasing come in here; key id 0 means "not sealed".
 */
import type { Json } from '../domain/words.ts';

export interface Sealed {
  keyId: number;
  body: Buffer;
}

/** Value → bytes to be stored. */
export function seal(value: Json): Sealed {
  return { keyId: 0, body: Buffer.from(JSON.stringify(value)) };
}

/** Raw bytes (what was pulled and could not be parsed) → bytes to be stored. */
export function sealBytes(bytes: Buffer): Sealed {
  return { keyId: 0, body: bytes };
}

/** Stored bytes → raw bytes. Throws when the key is not on the ring. */
export function openBytes(sealed: Sealed): Buffer {
  if (sealed.keyId !== 0) throw new Error(`payload is sealed with key ${sealed.keyId}, which is not on the key ring`);
  return sealed.body;
}

/** Stored bytes → value. */
export function open<T extends Json>(sealed: Sealed): T {
  return JSON.parse(openBytes(sealed).toString('utf8')) as T;
}
