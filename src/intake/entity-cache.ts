/**
 * Entity states that this process read or wrote last, by version: what the ledger's row still has is not read again.
 * The row's lock decides; a version that differs is read anew.
 */
import type { EntityState } from '../entities/state.ts';
import type { LockedEntity } from '../ledger/lock-entities.ts';
import type { Sealed } from '../ledger/seal.ts';

interface Entry {
  version: number;
  state: EntityState;
}

export class EntityCache {
  readonly #byId = new Map<number, Entry>();
  readonly #ids = new Map<string, number>();
  readonly #limit: number;
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Version held of the entity that `key` leads to; -1 = none. */
  version(key: string): number {
    const id = this.#ids.get(key);
    return (id === undefined ? undefined : this.#byId.get(id)?.version) ?? -1;
  }

  /** Takes what the ledger answered under lock. */
  take(row: LockedEntity, open: (sealed: Sealed) => unknown): void {
    this.#ids.set(row.key, row.id);
    const held = this.#byId.get(row.id);
    if (held && held.version === row.version) {
      this.#byId.delete(row.id);
      this.#byId.set(row.id, held);
    } else if (row.state !== null) {
      this.#byId.delete(row.id);
      this.#byId.set(row.id, {
        version: row.version,
        state: open({ keyId: row.key_id, body: Buffer.from(row.state, 'base64') }) as EntityState,
      });
    }
  }

  /** The state of an entity taken before; the caller may change it while it holds the row's lock. */
  state(id: number): EntityState {
    const entry = this.#byId.get(id);
    if (!entry) throw new Error(`entity ${id} was not locked`);
    return entry.state;
  }

  /** After writing: the row's version went up by one. */
  advance(id: number): void {
    const entry = this.#byId.get(id);
    if (entry) entry.version += 1;
  }

  /** After a failed commit: what is held may never have been. */
  forget(id: number): void {
    this.#byId.delete(id);
  }

  /** Lets go of the least used beyond the limit; called between groups. */
  shrink(): void {
    while (this.#byId.size > this.#limit) {
      const oldest = this.#byId.keys().next().value as number;
      this.#byId.delete(oldest);
    }
    while (this.#ids.size > this.#limit * 3) {
      const oldest = this.#ids.keys().next().value as string;
      this.#ids.delete(oldest);
    }
  }
}
