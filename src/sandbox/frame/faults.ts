/**
 * The faults of a sandbox system: what `PUT /_sandbox/faults` may ask for, and what a call meets while a fault is on.
 */
import { InputFault } from '../../domain/errors.ts';
import type { JsonObject, Role } from '../../domain/words.ts';
import type { Faults } from '../box.ts';

const MODES = ['none', 'down', 'slow', 'flapping', 'throttle', 'reject', 'garbage', 'lost-answer'] as const;
const DEFAULT_RATE = { throttle: 10, reject: 1, 'lost-answer': 1 } as const;
const DEFAULT_DELAY_MS = 5_000;
const DEFAULT_FLAP_SECONDS = 2;
const FIELDS = ['mode', 'rate', 'delayMs', 'seconds', 'echo', 'keys'];

/** What a call meets. */
export type Meeting =
  | { kind: 'pass' }
  | { kind: 'hang-up' }
  | { kind: 'delay'; ms: number }
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'rejected' }
  | { kind: 'garbage' }
  | { kind: 'answer-lost' };

export interface FaultBox {
  current(): Readonly<Faults>;
  /** Sets faults from a request's body and answers what holds now; throws InputFault naming what is wrong. */
  set(wish: JsonObject): Readonly<Faults>;
  /** Is the system down at this moment? */
  down(): boolean;
  /** What this call meets; `alters` tells whether it would change something. */
  meet(alters: boolean): Meeting;
}

/** What a system starts with: nothing wrong, echoing; only the commune system knows idempotency keys. */
export function firstFaults(role: Role): Faults {
  return {
    mode: 'none',
    rate: 0,
    delayMs: 0,
    seconds: 0,
    echo: true,
    keys: role === 'commune' ? 'honoured' : 'ignored',
  };
}

/** Faults of one system; `now` in epoch milliseconds, `random` from 0 to below 1. */
export function createFaults(first: Faults, now: () => number, random: () => number = Math.random): FaultBox {
  let faults = first;
  let since = now();
  let second = 0;
  let callsThisSecond = 0;

  const current = (): Faults => {
    const over = faults.mode !== 'none' && faults.mode !== 'flapping' && faults.seconds > 0;
    if (over && now() - since >= faults.seconds * 1000) faults = { ...faults, ...CALM };
    return faults;
  };
  const down = (): boolean => {
    const { mode, seconds } = current();
    // Flapping begins with being away, so that its effect is seen at once.
    return mode === 'down' || (mode === 'flapping' && Math.floor((now() - since) / (seconds * 1000)) % 2 === 0);
  };
  const overRate = (): boolean => {
    const thisSecond = Math.floor(now() / 1000);
    if (thisSecond !== second) {
      second = thisSecond;
      callsThisSecond = 0;
    }
    callsThisSecond += 1;
    return callsThisSecond > faults.rate;
  };
  return {
    current,
    down,
    set: wish => {
      const checked = checkWish(wish);
      const mode = checked.mode ?? current().mode;
      const kept = { echo: checked.echo ?? faults.echo, keys: checked.keys ?? faults.keys };
      if (checked.mode === undefined) {
        faults = { ...faults, ...kept };
        return faults;
      }
      since = now();
      faults = {
        mode,
        rate: checked.rate ?? (mode in DEFAULT_RATE ? DEFAULT_RATE[mode as keyof typeof DEFAULT_RATE] : 0),
        delayMs: checked.delayMs ?? (mode === 'slow' ? DEFAULT_DELAY_MS : 0),
        seconds: checked.seconds ?? (mode === 'flapping' ? DEFAULT_FLAP_SECONDS : 0),
        ...kept,
      };
      return faults;
    },
    meet: alters => {
      const { mode, rate, delayMs } = current();
      if (down()) return { kind: 'hang-up' };
      if (mode === 'slow') return { kind: 'delay', ms: delayMs };
      if (mode === 'throttle' && overRate()) return { kind: 'throttled', retryAfterSeconds: 1 };
      if (mode === 'garbage') return { kind: 'garbage' };
      // A sign-in or a look-up has no effect to lose and no content to reject.
      if (mode === 'reject' && alters && random() < rate) return { kind: 'rejected' };
      if (mode === 'lost-answer' && alters && random() < rate) return { kind: 'answer-lost' };
      return { kind: 'pass' };
    },
  };
}

const CALM = { mode: 'none', rate: 0, delayMs: 0, seconds: 0 } as const;

/** A refusal of one field of a fault, with the place. */
const wrong = (field: string, vi: string, en: string): InputFault =>
  new InputFault(
    'invalid-fault',
    400,
    { vi, en },
    { faults: [{ pointer: `/${field}`, code: 'invalid', detail: { vi, en } }] },
  );

/** The wish as far as it is given, each field checked. */
function checkWish(wish: JsonObject): Partial<Faults> {
  for (const field of Object.keys(wish)) {
    if (!FIELDS.includes(field))
      throw wrong(
        field,
        `Không có trường ${field}; chỉ có ${FIELDS.join(', ')}`,
        `No field ${field}; there are ${FIELDS.join(', ')}`,
      );
  }
  const { mode, rate, delayMs, seconds, echo, keys } = wish;
  if (mode !== undefined && !MODES.includes(mode as Faults['mode']))
    throw wrong('mode', `Chế độ lỗi chỉ có: ${MODES.join(', ')}`, `The modes are ${MODES.join(', ')}`);
  const share = mode === 'reject' || mode === 'lost-answer';
  if (rate !== undefined && (typeof rate !== 'number' || rate < 0 || (share && rate > 1)))
    throw wrong(
      'rate',
      'rate là tỷ lệ từ 0 đến 1, hoặc số lượt mỗi giây',
      'rate is a share from 0 to 1, or calls a second',
    );
  if (delayMs !== undefined && (typeof delayMs !== 'number' || delayMs < 0 || delayMs > 3_600_000))
    throw wrong('delayMs', 'delayMs từ 0 đến 3600000 mili giây', 'delayMs is 0 to 3600000 milliseconds');
  if (seconds !== undefined && (typeof seconds !== 'number' || seconds <= 0 || seconds > 86_400))
    throw wrong('seconds', 'seconds lớn hơn 0 và không quá 86400 giây', 'seconds is above 0 and at most 86400');
  if (echo !== undefined && typeof echo !== 'boolean')
    throw wrong('echo', 'echo là true hoặc false', 'echo is true or false');
  if (keys !== undefined && keys !== 'honoured' && keys !== 'ignored')
    throw wrong('keys', 'keys là "honoured" hoặc "ignored"', 'keys is "honoured" or "ignored"');
  return wish as Partial<Faults>;
}
