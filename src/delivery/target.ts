/**
 * A target as one process serves it: its connector, the slots free here, and the switch that stops new sends.
 */
import type { Connector, Description } from '../../connectors/connector.ts';
import type { SystemConfig } from '../config/system.ts';

export interface Target {
  system: SystemConfig;
  connector: Connector;
  /** The connector at the system's trial address; without one, trial traffic goes marked to the official address. */
  trial?: Connector | undefined;
  description: Description;
  /** Can an effect be found again, and are keys honoured? From the connector and the systems file. */
  means: { honoursKeys: boolean; looksUp: boolean; settleMs: number };
  slots: Slots;
}

/** Calls that this process may have in the air at once for one target. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  constructor(size: number) {
    this.#free = size;
  }
  get free(): number {
    return this.#free;
  }
  take(count: number): void {
    this.#free -= count;
  }
  give(count: number): void {
    this.#free += count;
    if (this.#free > 0) this.#waiting.shift()?.();
  }
  /** Resolves when a slot is free, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (this.#free > 0) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(done, ms);
      const waiting = this.#waiting;
      function done(): void {
        clearTimeout(timer);
        const index = waiting.indexOf(done);
        if (index >= 0) waiting.splice(index, 1);
        resolve();
      }
      waiting.push(done);
    });
  }
}

/** Makes a target of a configured system. */
export function createTarget(system: SystemConfig, connector: Connector, trial?: Connector): Target {
  const description = connector.describe();
  return {
    system,
    connector,
    trial,
    description,
    means: {
      honoursKeys: system.honoursKeys,
      looksUp: system.looksUp && description.looksUp,
      settleMs: system.settleMs,
    },
    slots: new Slots(system.concurrency),
  };
}

/** Where a sync of this mode is sent and looked up. `apart`: another address than the official one, whose state says nothing of it. */
export function lineOf(target: Target, mode: string): { connector: Connector; apart: boolean } {
  const apart = mode === 'trial' && target.trial !== undefined;
  return { connector: apart ? (target.trial as Connector) : target.connector, apart };
}
