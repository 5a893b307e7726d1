/**
 * What REDIS_URL may say: a server (`redis://…`), or the Sentinels that know which server is the master now
 * (`redis+sentinel://[user:password@]host:port,host:port/name[/database]`). With `rediss` every connection is encrypted. Pure.
 */

interface Host {
  host: string;
  port: number;
}
/** Where Redis is. */
type RedisAddress =
  | { kind: 'server'; url: string }
  | {
      kind: 'sentinel';
      sentinels: Host[];
      /** The master's name with the Sentinels. */
      name: string;
      username: string | undefined;
      password: string | undefined;
      database: number;
      encrypted: boolean;
    };

const SENTINEL = /^(rediss?)\+sentinel:\/\/(?:([^@/]*)@)?([^@/]+)\/([\w.-]+)(?:\/(\d{1,3}))?$/;
const HOST = /^(\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(\d{1,5}))?$/;
const SENTINEL_PORT = 26_379;

/** Reads an address; undefined where it is none. */
export function readRedisAddress(text: string): RedisAddress | undefined {
  const parts = SENTINEL.exec(text);
  if (parts === null) {
    const fits = URL.canParse(text) && ['redis:', 'rediss:'].includes(new URL(text).protocol);
    return fits ? { kind: 'server', url: text } : undefined;
  }
  const [, scheme, account, list = '', name = '', database] = parts;
  const sentinels = list.split(',').map(readHost);
  if (sentinels.includes(undefined)) return undefined;
  const cut = account?.indexOf(':') ?? -1;
  try {
    return {
      kind: 'sentinel',
      sentinels: sentinels as Host[],
      name,
      username: (account && decodeURIComponent(cut < 0 ? account : account.slice(0, cut))) || undefined,
      password: cut < 0 ? undefined : decodeURIComponent(account?.slice(cut + 1) ?? ''),
      database: Number(database ?? 0),
      encrypted: scheme === 'rediss',
    };
  } catch {
    // a stray % in user or password
    return undefined;
  }
}

function readHost(text: string): Host | undefined {
  const [, host, port = String(SENTINEL_PORT)] = HOST.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
