/** Is Redis there, new enough, and will it keep the queue's keys? An evicted key is a turn that has to be found again. */
import { openRedis } from '../../wire/redis.ts';
import type { Finding } from '../finding.ts';

const check = 'redis';
/** Share of the allowed memory from which people should act. */
const NEARLY_FULL = 0.9;

/** Findings on Redis; without REDIS_URL the queue lives in PostgreSQL. */
export async function checkRedis(url: string | undefined): Promise<Finding[]> {
  if (url === undefined) return [{ check, state: 'green', detail: 'not used; the queue is in PostgreSQL' }];
  const redis = openRedis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const info = await redis.info();
    const version = field(info, 'redis_version') ?? '0';
    const policy = field(info, 'maxmemory_policy') ?? 'unknown';
    const name =
      field(info, 'server_name') === 'valkey' ? `Valkey ${field(info, 'valkey_version')}` : `Redis ${version}`;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const recent = major > 6 || (major === 6 && minor >= 2);
    return [
      {
        check,
        state: recent ? 'green' : 'red',
        detail: name,
        ...(recent ? {} : { remedy: 'Redis 6.2 or newer is needed' }),
      },
      {
        check: `${check} maxmemory-policy`,
        state: policy === 'noeviction' ? 'green' : 'red',
        detail: `maxmemory-policy = ${policy}`,
        ...(policy === 'noeviction' ? {} : { remedy: 'set maxmemory-policy noeviction' }),
      },
      roleOf(info),
      memoryOf(info),
    ];
  } catch (fault) {
    const detail = `cannot be used: ${fault instanceof Error ? fault.message : String(fault)}`;
    return [{ check, state: 'red', detail, remedy: 'check REDIS_URL and the server' }];
  } finally {
    redis.disconnect();
  }
}

/** A replica takes no turns: each event then waits for the relay until a master is found. */
function roleOf(info: string): Finding {
  const master = field(info, 'role') === 'master';
  return {
    check: `${check} role`,
    state: master ? 'green' : 'red',
    detail: master ? 'master' : 'a replica, to which nothing can be written',
    ...(master ? {} : { remedy: 'name the master in REDIS_URL, or the Sentinels: redis+sentinel://host:port/name' }),
  };
}

/** A full Redis refuses turns. */
function memoryOf(info: string): Finding {
  const most = Number(field(info, 'maxmemory') ?? 0);
  const used = Number(field(info, 'used_memory') ?? 0);
  const full = most > 0 && used > NEARLY_FULL * most;
  return {
    check: `${check} maxmemory`,
    state: full ? 'red' : 'green',
    detail: most === 0 ? 'no limit' : `${Math.round((100 * used) / most)} % of ${Math.round(most / 2 ** 20)} MiB used`,
    ...(full ? { remedy: 'raise maxmemory' } : {}),
  };
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}
