/**
 * Is there room for more? Intake asks before it takes anything, so that the disk is never run full by what we accept ourselves: what
 * is left stays for deliveries, records and the database's own upkeep. Embedded PostgreSQL's disk is looked at; of another server
 * only its own word is known (SQLSTATE 53100).
 */
import { statfs } from 'node:fs/promises';
import { sqlState } from './database.ts';

/** How often the disk is looked at. */
const LOOK_MS = 1_000;
/** How long PostgreSQL's word that its disk is full keeps the door shut; then one request finds out. */
const SHUT_MS = 5_000;

export interface Room {
  /** True while nothing more may be taken. */
  full(): boolean;
  /** Bytes free on the fullest disk as last seen; undefined where no disk can be seen. */
  free(): number | undefined;
  /** Hears of every commit that failed; keeps those that say the disk is full. */
  failed(error: unknown): void;
  stop(): void;
}

export interface RoomOptions {
  /** Folders of embedded PostgreSQL, which may lie on several disks; none where another server is used. */
  folders: readonly string[];
  /** Below this many free bytes nothing more is taken. */
  reserveBytes: number;
  onError(error: unknown): void;
  now?: () => number;
  freeBytes?: (folder: string) => Promise<number>;
}

/** Bytes that an account without privileges may still write where `folder` lies. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Watches until stopped; resolves when the disk was looked at once. */
export async function watchRoom(options: RoomOptions): Promise<Room> {
  const { folders, reserveBytes, onError } = options;
  const now = options.now ?? (() => performance.now());
  const read = options.freeBytes ?? freeBytes;
  let free: number | undefined;
  let shutUntil = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    try {
      const all = await Promise.all(folders.map(read));
      free = Math.min(...all);
    } catch (error) {
      // Not to see the disk is no reason to stop; PostgreSQL still says when it is full.
      free = undefined;
      onError(error);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  if (folders.length > 0) {
    await look();
    timer = setInterval(() => void look(), LOOK_MS);
    timer.unref();
  }
  return {
    full: () => now() < shutUntil || (free !== undefined && free < reserveBytes),
    free: () => free,
    failed: error => {
      if (sqlState(error) === '53100') shutUntil = now() + SHUT_MS;
    },
    stop: () => clearInterval(timer),
  };
}
