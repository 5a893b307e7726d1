/** What a witness may be told, and how its list is read again. */
import { readFile } from 'node:fs/promises';
import type { Call } from './history.ts';

/** Where a call can be halted: a look-up before its answer, or a change just before its effect, just after it, within the answer, just after the answer. */
export type Point = 'look-up' | 'before-effect' | 'after-effect' | 'first-byte' | 'answered';

export type WitnessMode =
  | 'pass'
  /** Every call takes effect and its answer is lost. */
  | 'lost-answer'
  | 'half-answer'
  /** Takes effect, then says 500. */
  | 'fail-after'
  /** Takes effect, then answers what nobody can read. */
  | 'garbage'
  | 'slow'
  /** Says 503; nothing was done. */
  | 'down'
  | 'throttle'
  /** Resets the connection; nothing was done. */
  | 'hang-up';

export type WitnessOrder =
  | { do: 'halt'; point: Point }
  | { do: 'go' }
  | { do: WitnessMode; rate: number; delayMs: number };

export const CALM = { do: 'pass', rate: 0, delayMs: 0 } as const;

interface Line {
  call?: number;
  effect?: number;
  of?: number;
  end?: number;
  target?: string;
  at?: number;
  sync?: string;
  key?: string;
  id?: string;
  unit?: string | null;
  until?: number;
  status?: number | null;
  retryAfterMs?: number | null;
}

/** The calls of a witness's list file. */
export async function readWitness(file: string): Promise<Call[]> {
  const calls = new Map<number, Call>();
  for (const text of (await readFile(file, 'utf8')).split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as Line;
    if (line.call !== undefined) {
      const { target = '', at = 0, sync = '', key = '', id = '', unit = null } = line;
      calls.set(line.call, {
        target,
        seq: line.call,
        at,
        until: null,
        sync,
        key,
        id,
        unit,
        effect: null,
        status: null,
        retryAfterMs: null,
      });
    }
    const effective = calls.get(line.of ?? -1);
    if (effective) effective.effect = line.effect ?? null;
    const ended = calls.get(line.end ?? -1);
    if (ended) Object.assign(ended, { until: line.until, status: line.status, retryAfterMs: line.retryAfterMs });
  }
  return [...calls.values()];
}
