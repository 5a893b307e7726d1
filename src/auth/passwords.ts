/**
 * Passwords by argon2id. A check costs 20 MB and some 30 ms on purpose, so only a few run at once: a flood of sign-ins must
 * not take the memory and the cores that deliveries need.
 */
import { hash, verify } from '@node-rs/argon2';
import { GatewayError } from '../domain/errors.ts';

/** Checks that run at once, and those that may wait. */
const AT_ONCE = 2;
const WAITING = 32;

/** A hash of no one's password, so that an unknown account takes as long as a known one. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$qCdgqoW0nC/FCbDk3ISguw$p1hWGz86n3vRI/v7qS36FmwrKszdICyt9b3KQmdifNA';

/** The stored form of a password: argon2id with a salt of its own. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

export class PasswordChecks {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Is `password` the one behind `stored`? An undefined `stored` costs the same and is false. Throws 503 when too many wait. */
  async matches(stored: string | undefined, password: string): Promise<boolean> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= WAITING) throw busy();
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      const same = await verify(stored ?? NOBODY, password);
      return stored !== undefined && same;
    } finally {
      const next = this.#waiting.shift();
      // the slot passes on to the next one
      if (next) next();
      else this.#running -= 1;
    }
  }
}

function busy(): GatewayError {
  return new GatewayError(
    'too-many-sign-ins',
    503,
    { vi: 'Đang có quá nhiều lượt đăng nhập. Hãy thử lại.', en: 'Too many sign-ins at once. Try again.' },
    { headers: { 'retry-after': '2' } },
  );
}
