/** Is Redis there, new enough, and will it keep the queue's keys? An evicted key is a turn that has to be found again. */
import { Redis } from 'ioredis';
import type { Finding } from '../finding.ts';

const check = 'redis';

/** Findings on Redis; without REDIS_URL the queue lives in PostgreSQL. */
export async function checkRedis(url: string | undefined): Promise<Finding[]> {
  if (url === undefined) return [{ check, state: 'green', detail: 'not used; the queue is in PostgreSQL' }];
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
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
    ];
  } catch (fault) {
    const detail = `cannot be used: ${fault instanceof Error ? fault.message : String(fault)}`;
    return [{ check, state: 'red', detail, remedy: 'check REDIS_URL and the server' }];
  } finally {
    redis.disconnect();
  }
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}
