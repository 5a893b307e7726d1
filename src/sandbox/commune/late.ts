/**
 * The habit of answering "Đang xử lý" and doing it up to three seconds later. What is owed is kept, so that a kill loses nothing;
 * whoever touches the dossier sooner finds it done, so that the order of a dossier's changes holds.
 */
import type { JsonObject } from '../../domain/words.ts';
import type { Box } from '../box.ts';
import { applyStatus } from './dossier-writes.ts';
import { isObject, text } from './model.ts';

const OWED = 'con-no';
/** Every so manyth status is taken late: often enough to be met, and the same in every run. */
const EVERY = 7;
const LATE_MS = 1_500;

export interface Late {
  /** Is this status one of those taken late? Counts. */
  isNext(): boolean;
  /** Keeps a change of the dossier `id` for later. */
  add(id: string, body: JsonObject): void;
  /** Takes up what was owed before a restart. */
  start(): void;
  stop(): void;
}

function carryOut(box: Box, key: string): void {
  const owed = box.store.get(OWED, key);
  if (owed === undefined) return;
  box.store.delete(OWED, key);
  applyStatus(box, String(owed.id), isObject(owed.body) ? owed.body : {});
}

/** Does now what is owed to the dossier `id`, and whatever else is due. */
export function settleOwed(box: Box, id?: string): void {
  const now = box.now().getTime();
  for (const owed of box.store.list(OWED)) {
    if (owed.id === id || Number(owed.due) <= now) carryOut(box, text(owed.key) ?? '');
  }
}

export function createLate(box: Box): Late {
  const timers = new Set<NodeJS.Timeout>();
  const later = (key: string, ms: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      carryOut(box, key);
    }, ms);
    timer.unref();
    timers.add(timer);
  };
  return {
    isNext: () => box.store.next('trang-thai-nhan') % EVERY === 0,
    add: (id, body) => {
      const key = String(box.store.next('con-no')).padStart(8, '0');
      box.store.put(OWED, key, { key, id, body, due: box.now().getTime() + LATE_MS });
      later(key, LATE_MS);
    },
    start: () => {
      for (const owed of box.store.list(OWED)) later(text(owed.key) ?? '', LATE_MS);
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
