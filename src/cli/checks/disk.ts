/** Is there room for embedded PostgreSQL? Another server's disk cannot be seen from here. */
import type { Settings } from '../../config/environment.ts';
import { embeddedFolders } from '../../embedded/postgres.ts';
import { freeBytes } from '../../ledger/room.ts';
import type { Finding } from '../finding.ts';

/** Yellow below twice the reserve, red below it: then the gateway takes no events. */
export async function checkDisk(
  settings: Pick<Settings, 'databaseUrl' | 'dataDir' | 'diskReserveBytes'>,
): Promise<Finding[]> {
  if (settings.databaseUrl !== undefined) return [];
  const check = 'disk';
  const reserve = settings.diskReserveBytes;
  // Before the first start only the folder itself is there.
  const seen = await Promise.allSettled([settings.dataDir, ...embeddedFolders(settings.dataDir)].map(freeBytes));
  const free = Math.min(...seen.flatMap(found => (found.status === 'fulfilled' ? [found.value] : [])));
  if (free === Number.POSITIVE_INFINITY) {
    return [{ check, state: 'red', detail: `${settings.dataDir} cannot be looked at`, remedy: 'check the folder' }];
  }
  const mib = (bytes: number): number => Math.floor(bytes / 2 ** 20);
  const state = free < reserve ? 'red' : free < 2 * reserve ? 'yellow' : 'green';
  return [
    {
      check,
      state,
      detail: `${mib(free)} MiB free; below ${mib(reserve)} MiB no events are taken`,
      ...(state === 'green'
        ? {}
        : { remedy: 'make room on the disk of LIENTHONG_DATA_DIR (or lower LIENTHONG_DISK_RESERVE_MB)' }),
    },
  ];
}
