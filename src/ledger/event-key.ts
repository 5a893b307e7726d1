/**
 * What an event is known by for ever: a digest of (source, id), so that a unique index over it stays narrow.
 */
import { hash } from 'node:crypto';

/** First 128 bits of SHA-256(source, id), as a uuid. */
export function eventKey(source: string, id: string): string {
  const hex = hash('sha256', `${source}\u0000${id}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
