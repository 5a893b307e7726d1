/**
 * May a call still be made for the lane it belongs to? Carried along all the asynchronous work of one delivery, because between the
 * claim and the first byte stand look-ups, sign-ins and connections, and the process may have slept through its lease in any of them.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const holders = new AsyncLocalStorage<() => boolean>();

/** Runs `work`; its calls are made only while `held` answers true. */
export const whileHeld = <T>(held: () => boolean, work: () => Promise<T>): Promise<T> => holders.run(held, work);

/** The question for the work under way; always true outside of a delivery. */
export const holderOfNow = (): (() => boolean) => holders.getStore() ?? (() => true);
